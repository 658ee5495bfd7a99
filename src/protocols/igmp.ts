// Internet Group Management Protocol: RFC 1112 (version 1), RFC 2236 (2), RFC 3376 (3).
//
//   0     1              2         4
//   type  response time  checksum  group address             (query of version 3: flags, interval, number of sources, sources)
//   type  reserved       checksum  reserved  group records   (report of version 3)

import { internetChecksum } from '../bytes/checksum.ts'
import { checksumFields, recordVerdict } from '../core/checksum-rows.ts'
import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, flag, type Get, group, ipv4, u8, u16 } from '../core/protocol.ts'
import { checksumStates } from './names/checksum.ts'

const HEADER = 8
const QUERY_3 = 12
const RECORD = 8
const QUERY = 0x11
const REPORT_1 = 0x12
const REPORT_3 = 0x22

const types = { 17: 'Membership Query', 18: 'Membership Report', 22: 'Membership Report', 23: 'Leave Group', 34: 'Membership Report' }
const recordTypes = {
  1: 'Mode Is Include',
  2: 'Mode Is Exclude',
  3: 'Change To Include Mode',
  4: 'Change To Exclude Mode',
  5: 'Allow New Sources',
  6: 'Block Old Sources',
}

const sum = checksumFields(
  'igmp',
  'igmp.bad_checksum',
  checksumStates,
  'A sum over the whole message, with which the receiver finds damage.',
)

const F = {
  version: u8('igmp.version', 'IGMP Version', {
    generated: true,
    about: 'The version of the protocol, which follows from type and length.',
  }),
  type: u8('igmp.type', 'Type', { base: 'hex', names: types, about: 'Says whether a router asks or a machine answers.' }),
  response: u8('igmp.max_resp', 'Max Resp Time', {
    about: 'Says how long machines may wait with the answer, in tenths of a second.',
    display: (_get, value) => `Max Resp Time: ${(value / 10).toFixed(1)} sec (0x${value.toString(16).padStart(2, '0')})`,
  }),
  reserved: bytes('igmp.reserved', 'Reserved', { about: 'Bytes without a meaning, which senders must leave at zero.' }),
  ...sum,
  group: ipv4('igmp.maddr', 'Multicast Address', { about: 'The group that machines join, leave or are asked about.' }),
  suppress: flag('igmp.s', 'S', { mask: 0x08, about: 'Tells other routers not to restart their clocks because of this question.' }),
  robustness: u8('igmp.qrv', 'QRV', { mask: 0x07, about: 'Says how often a message is sent, so that one may be lost.' }),
  interval: u8('igmp.qqic', 'QQIC', { about: 'Says how many seconds pass between the questions of the router.' }),
  sourceCount: u16('igmp.num_src', 'Num Src', { about: 'Counts the addresses of senders that follow.' }),
  source: ipv4('igmp.saddr', 'Source Address', { about: 'A sender that machines want to hear, or do not.' }),
  recordCount: u16('igmp.num_grp_recs', 'Num Group Records', { about: 'Counts the groups that the report is about.' }),
  record: group('', 'Group Record', {
    about: 'What a machine says about one group.',
    display: (_get, _value, shown) => shown,
  }),
  recordType: u8('igmp.record_type', 'Record Type', { names: recordTypes, about: 'Says what has changed for the group.' }),
  auxiliary: u8('igmp.aux_data_len', 'Aux Data Len', { about: 'Counts words of four bytes after the record, which is always none.' }),
}

function summarize(get: Get): string {
  const type = get.number(F.type)
  const name = types[type as keyof typeof types] ?? 'Unknown Type'
  const groups = get.texts(F.group).join(', ')
  if (type === 23) return `Leave Group ${groups}`
  if (type === QUERY) return `${name}, ${groups === '0.0.0.0' ? 'general' : `specific for group ${groups}`}`
  if (type !== REPORT_3) return `${name}${type === REPORT_1 ? '' : ' group'} ${groups}`
  const changes = get.numbers(F.recordType)
  const counts = get.numbers(F.sourceCount)
  const sources = get.texts(F.source)
  let from = 0
  const joins = get.texts(F.group).map((group, i) => {
    const theirs = sources.slice(from, from + (counts[i] ?? 0))
    from += theirs.length
    return recordWords(changes[i] ?? 0, group, theirs)
  })
  return joins.length === 0 ? `${name} - General query` : [name, ...joins].join(' / ')
}

/** What a record asks for, in Wireshark's words. */
function recordWords(change: number, group: string, sources: readonly string[]): string {
  const many = sources.length > 1
  const list = `{${sources.join(', ')}}`
  switch (change) {
    case 1:
    case 3:
      return sources.length === 0 ? `Leave group ${group}` : `Join group ${group} for ${many ? 'sources in' : 'source'} ${list}`
    case 2:
    case 4:
      return sources.length === 0
        ? `Join group ${group} for any sources`
        : `Join group ${group}, for ${many ? 'sources not in' : 'source not'} ${list}`
    case 5:
    case 6: {
      const lacking = `${change === 5 ? 'ALLOW_NEW' : 'BLOCK_OLD'}_SOURCES but no source specified (?)`
      return `Group ${group}, ${sources.length === 0 ? lacking : `${change === 5 ? 'new' : 'block'} source${many ? 's' : ''} ${list}`}`
    }
    default:
      return `Group ${group}`
  }
}

export const igmp = defineProtocol({
  name: 'igmp',
  title: 'Internet Group Management Protocol',
  spec: 'RFC 3376',
  columnOf: (get) => (get.has(F.version) ? `IGMPv${get.number(F.version)}` : 'IGMP'),
  about: 'Tells routers which groups the machines on a network want to hear.',
  scanStops: true,
  fields: F,
  accepts: { 'ip.proto': [2] },
  heading: () => 'Internet Group Management Protocol',
  summary: (get) => summarize(get),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.span(p.available())
    if (p.recording) record(p)
  },
})

function record(p: Dissection): void {
  const type = p.u8(0)
  const third = type === REPORT_3 || (type === QUERY && p.available() >= QUERY_3)
  const first = type === REPORT_1 || (type === QUERY && !third && p.u8(1) === 0)
  p.generate(F.version, third ? 3 : first ? 1 : 2)
  p.add(F.type, 0)
  if (first || type === REPORT_3) p.add(F.reserved, 1, 1)
  else p.add(F.response, 1)
  p.add(F.checksum, 2)
  const whole = p.available() === p.reported()
  recordVerdict(p, sum, 2, whole ? internetChecksum(p.bytes, p.base, p.end) : -1)
  if (type === REPORT_3) {
    p.add(F.reserved, 4, 2)
    p.add(F.recordCount, 6)
    records(p, p.u16(6))
    return
  }
  p.add(F.group, 4)
  if (!third) return
  p.add(F.suppress, 8)
  p.add(F.robustness, 8)
  p.add(F.interval, 9)
  p.add(F.sourceCount, 10)
  sources(p, QUERY_3, p.u16(10))
}

function records(p: Dissection, count: number): void {
  let at = HEADER
  for (let i = 0; i < count; i++) {
    if (!p.has(at + RECORD)) {
      p.short(at + RECORD)
      return
    }
    const sourceCount = p.u16(at + 2)
    const length = RECORD + sourceCount * 4 + p.u8(at + 1) * 4
    const name = recordTypes[p.u8(at) as keyof typeof recordTypes] ?? 'Unknown'
    const address = [4, 5, 6, 7].map((byte) => p.u8(at + byte)).join('.')
    p.nest(p.generateText(F.record, `Group Record : ${address}  ${name}`, at, length))
    p.add(F.recordType, at)
    p.add(F.auxiliary, at + 1)
    p.add(F.sourceCount, at + 2)
    p.add(F.group, at + 4)
    const complete = sources(p, at + RECORD, sourceCount)
    p.close()
    if (!complete) return
    at += length
  }
}

function sources(p: Dissection, from: number, count: number): boolean {
  for (let i = 0; i < count; i++) {
    if (!p.has(from + i * 4 + 4)) {
      p.short(from + count * 4)
      return false
    }
    p.add(F.source, from + i * 4)
  }
  return true
}
