// A DNS message: RFC 1035 4. A header of twelve bytes, questions, and three lists of records.

import { ipv4Text, ipv6Text } from '../../bytes/address.ts'
import { decodeText } from '../../bytes/decode.ts'
import type { Dissection } from '../../core/dissect.ts'
import type { Memory } from '../../core/memory.ts'
import { SEVERITY_NOTE, SEVERITY_WARN } from '../../core/note.ts'
import type { Get } from '../../core/protocol.ts'
import { dnsClasses, dnsOpcodes, dnsReplyCodes, dnsTypes } from '../names/dns.ts'
import { recordData } from './data.ts'
import { M, RESPONSE } from './fields.ts'
import { isBroken, readName, refuse, remark } from './name.ts'
import { R } from './record-fields.ts'

export const HEADER = 12
const UPDATE = 5
const OPT = 41
const SRV = 33

export const DNS = 0
export const MDNS = 1
export const LLMNR = 2

const HEADERS = [M.id, M.flags, M.questions, M.answers, M.authorities, M.additional]
const UPDATE_HEADERS = [M.id, M.flags, M.zones, M.prerequisites, M.updates, M.additional]
const SECTIONS = [M.queries, M.answerSection, M.authoritySection, M.additionalSection]
const UPDATE_SECTIONS = [M.zone, M.prerequisiteSection, M.updateSection, M.additionalSection]
const QUERY_FLAGS = [M.response, M.opcode, M.truncated, M.desired, M.zero, M.wantsAuthentication, M.unchecked]
const RESPONSE_FLAGS = [
  M.response,
  M.opcode,
  M.authoritative,
  M.truncated,
  M.desired,
  M.available,
  M.zero,
  M.authenticated,
  M.unchecked,
  M.replyCode,
]
const LLMNR_QUERY_FLAGS = [M.response, M.opcode, M.conflictSeen, M.truncated, M.tentative]
const LLMNR_RESPONSE_FLAGS = [M.response, M.opcode, M.conflict, M.truncated, M.tentative, M.replyCode]

/** Lays a message out; `origin` is where it starts in the layer: 2 over TCP, where its length stands before it. */
export function dissectMessage(p: Dissection, origin: number, kind: number): void {
  if (!p.recording) return
  if (origin > 0 && p.has(origin)) p.add(M.length, 0)
  if (!recordHeader(p, origin, kind)) return
  const update = ((p.u8(origin + 2) >> 3) & 15) === UPDATE
  let at = origin + HEADER
  for (const [index, field] of (update ? UPDATE_SECTIONS : SECTIONS).entries()) {
    const count = p.u16(origin + 4 + 2 * index)
    if (count === 0) continue
    p.open(field, at, p.available() - at)
    for (let i = 0; i < count; i++) {
      at = index === 0 ? recordQuestion(p, origin, at, kind) : recordRecord(p, origin, at, kind)
      if (at < 0) return
    }
    p.close(at)
  }
  if (at < p.available()) recordRest(p, at)
  if (p.concerned() && !p.quoted) recordExchange(p, (p.u16(origin + 2) & RESPONSE) !== 0)
}

/** Repetitions of the same number within so many seconds are the same question. */
const PATIENCE = 5

/** Notes a question or an answer. A message put together from several segments is not looked into while a capture is scanned. */
export function trackMessage(p: Dissection, memory: Memory, origin: number): void {
  if (p.quoted || (p.message >= 0 && memory.messages.assembly(p.message) >= 0) || !p.has(origin + 4)) return
  const flow = memory.flowOf(p.packet, p.transports - 1)
  if (flow < 0) return
  if ((p.u16(origin + 2) & RESPONSE) !== 0) memory.exchanges.answer(flow, p.u16(origin), p.packet)
  else memory.exchanges.ask(flow, p.u16(origin), p.packet, p.seconds + p.nanos / 1e9, PATIENCE)
}

function recordExchange(p: Dissection, response: boolean): void {
  const { exchanges } = p.memory
  const original = exchanges.originalOf(p.packet)
  const partner = exchanges.partnerOf(p.packet)
  if (original > 0) {
    p.generate(response ? M.retransmittedResponse : M.retransmittedRequest, original)
    p.generate(M.retransmission, 1)
  } else if (!response) {
    if (partner > 0) p.generate(M.responseIn, partner)
  } else if (partner === 0) p.generate(M.unsolicited, 1)
  else {
    p.generate(M.responseTo, partner)
    if (p.clock !== null) p.generate(M.time, p.seconds - p.clock.seconds(partner) + (p.nanos - p.clock.nanos(partner)) / 1e9)
  }
}

/** Returns false when the header is not there in full. */
function recordHeader(p: Dissection, origin: number, kind: number): boolean {
  const whole = p.has(origin + HEADER)
  const update = p.has(origin + 4) && ((p.u8(origin + 2) >> 3) & 15) === UPDATE
  let at = origin
  for (const field of update ? UPDATE_HEADERS : HEADERS) {
    if (!p.has(at + 2)) break
    if (field === M.flags) recordFlags(p, at, kind)
    else if (field === M.id) recordId(p, at)
    else p.add(field, at)
    at += 2
  }
  if (!whole) p.short(origin + HEADER)
  return whole
}

function recordId(p: Dissection, at: number): void {
  p.open(M.id, at)
  const original = p.has(at + 4) ? p.memory.exchanges.originalOf(p.packet) : 0
  if (original > 0) {
    const [what, which, mark] =
      (p.u16(at + 2) & RESPONSE) === 0
        ? (['query', 'request', M.requestAgain] as const)
        : (['response', 'response', M.responseAgain] as const)
    p.note(SEVERITY_WARN, `DNS ${what} retransmission. Original ${which} in frame ${original}`, at, 0, mark)
  }
  p.close()
}

function recordFlags(p: Dissection, at: number, kind: number): void {
  const response = (p.u16(at) & RESPONSE) !== 0
  p.open(M.flags, at)
  const fields = kind === LLMNR ? (response ? LLMNR_RESPONSE_FLAGS : LLMNR_QUERY_FLAGS) : response ? RESPONSE_FLAGS : QUERY_FLAGS
  for (const field of fields) if (field !== M.wantsAuthentication || (p.u16(at) & field.mask) !== 0) p.add(field, at)
  p.close()
}

/** Returns where the question ends, or -1 when the layer ends here. */
function recordQuestion(p: Dissection, origin: number, at: number, kind: number): number {
  const name = readName(p, origin, at)
  if (isBroken(name)) {
    refuse(p, M.queryName, name)
    return -1
  }
  const rest = at + name.length
  if (!p.has(rest + 4)) {
    p.short(rest + 4)
    return -1
  }
  const type = shortType(p.u16(rest))
  const wantsUnicast = kind === MDNS && (p.u16(rest + 2) & 0x8000) !== 0
  const manner = kind === MDNS ? `, "${wantsUnicast ? 'QU' : 'QM'}" question` : ''
  if (p.wants(M.words)) p.generateText(M.words, ` ${type} ${name.text}${manner}`, at)
  p.nest(
    p.wants(M.query)
      ? p.generateText(M.query, `${name.text}: type ${type}, class ${className(p.u16(rest + 2), kind)}${manner}`, at, name.length + 4)
      : -1,
  )
  p.generateText(M.queryName, name.text, at, name.length)
  remark(p, M.queryName, name, at)
  p.generate(M.queryNameLength, name.characters, at, name.length)
  p.generate(M.labels, countLabels(name.text), at, name.length)
  p.add(M.queryType, rest)
  p.add(kind === MDNS ? M.queryClassMulticast : M.queryClass, rest + 2)
  if (kind === MDNS) p.add(M.unicast, rest + 2)
  p.close()
  return rest + 4
}

/** Returns where the record ends, or -1 when the layer ends here. */
function recordRecord(p: Dissection, origin: number, at: number, kind: number): number {
  const name = readName(p, origin, at)
  if (isBroken(name)) {
    refuse(p, M.name, name)
    return -1
  }
  const rest = at + name.length
  if (!p.has(rest + 10)) {
    p.short(rest + 10)
    return -1
  }
  const type = p.u16(rest)
  const length = p.u16(rest + 8)
  const data = rest + 10
  const whole = p.has(data + length)
  const [title, words] = whole && (p.wants(M.record) || p.wants(M.words)) ? describe(p, origin, type, data, length) : ['', '']
  const flush = kind === MDNS && type !== OPT && (p.u16(rest + 2) & 0x8000) !== 0 ? ', cache flush' : ''
  if (p.wants(M.words)) p.generateText(M.words, ` ${shortType(type)}${flush}${words}`, at)
  const heading = type === OPT ? '' : `, class ${className(p.u16(rest + 2), kind)}${flush}${title}`
  p.nest(
    p.wants(M.record) ? p.generateText(M.record, `${name.text}: type ${shortType(type)}${heading}`, at, name.length + 10 + length) : -1,
  )
  recordOwner(p, type, name.text, at, name.length)
  remark(p, M.name, name, at)
  p.add(M.type, rest)
  if (type === OPT) recordExtensions(p, rest + 2, kind)
  else {
    p.add(kind === MDNS ? M.classMulticast : M.class, rest + 2)
    if (kind === MDNS) p.add(M.cacheFlush, rest + 2)
    p.add(M.ttl, rest + 4)
  }
  p.add(M.dataLength, rest + 8)
  if (!whole) {
    p.short(data + length)
    return -1
  }
  if (!recordData(p, origin, type, data, length, at)) return -1
  p.close()
  return data + length
}

/** The names of SRV records say service, protocol and domain (RFC 2782). */
function recordOwner(p: Dissection, type: number, name: string, at: number, length: number): void {
  if (type !== SRV) {
    p.generateText(M.name, name, at, length)
    return
  }
  const [service = '', protocol = '', ...domain] = name.split('.')
  p.generateText(R.srvService, service, at, length)
  p.generateText(R.srvProtocol, protocol, at, length)
  p.generateText(R.srvName, domain.join('.'), at, length)
}

/** Class and time to live of an OPT record have other meanings: RFC 6891 6.1.3. */
function recordExtensions(p: Dissection, at: number, kind: number): void {
  p.add(kind === MDNS ? M.payloadSizeMulticast : M.payloadSize, at)
  if (kind === MDNS) p.add(M.cacheFlush, at)
  p.add(M.extendedReply, at + 2)
  p.add(M.ednsVersion, at + 3)
  p.open(M.ednsFlags, at + 4)
  p.add(M.dnssecOk, at + 4)
  p.add(M.ednsReserved, at + 4)
  p.close()
}

function recordRest(p: Dissection, at: number): void {
  const length = p.available() - at
  p.nest(p.generateText(M.extraneous, `Extraneous Data (${length} byte${length === 1 ? '' : 's'})`, at, length))
  p.add(M.extraneousData, at, length)
  p.generate(M.extraneousLength, length, at)
  p.open(M.extraneousRemark, at, length)
  p.note(SEVERITY_NOTE, 'Extraneous data', at, 0, M.extraneousMark)
  p.close()
  p.close()
}

/** What a record says, for its title in the tree and for the Info column. Broken names say nothing here. */
function describe(p: Dissection, origin: number, type: number, at: number, length: number): readonly [title: string, words: string] {
  const address = p.base + at
  const name = (skip: number) => (skip < length ? readName(p, origin, at + skip).text : '')
  switch (type) {
    case 1:
    case 11:
      return length < 4 ? ['', ''] : both(', addr ', ipv4Text(p.bytes, address))
    case 28:
      return length < 16 ? ['', ''] : both(', addr ', ipv6Text(p.bytes, address))
    case 2:
      return both(', ns ', name(0))
    case 5:
      return both(', cname ', name(0))
    case 6:
      return both(', mname ', name(0))
    case 12:
      return both(', ', name(0))
    case 39:
      return both(', dname ', name(0))
    case 47:
      return both(', next domain name ', name(0))
    case 15:
      return length < 3 ? ['', ''] : [`, preference ${p.u16(at)}, mx ${name(2)}`, ` ${p.u16(at)} ${name(2)}`]
    case SRV:
      return length < 7
        ? ['', '']
        : [
            `, priority ${p.u16(at)}, weight ${p.u16(at + 2)}, port ${p.u16(at + 4)}, target ${name(6)}`,
            ` ${p.u16(at)} ${p.u16(at + 2)} ${p.u16(at + 4)} ${name(6)}`,
          ]
    case 13: {
      const cpu = length > 0 ? p.u8(at) : 0
      if (2 + cpu > length || 2 + cpu + p.u8(at + 1 + cpu) > length) return ['', '']
      const words = decodeText(p.bytes, address + 1, cpu)
      const os = decodeText(p.bytes, address + 2 + cpu, p.u8(at + 1 + cpu))
      return [`, CPU ${words}, OS ${os}`, ` ${words} ${os}`]
    }
    case 35: {
      const size = length > 4 ? p.u8(at + 4) : 0
      if (5 + size > length) return ['', '']
      const flags = decodeText(p.bytes, address + 5, size)
      return [`, order ${p.u16(at)}, preference ${p.u16(at + 2)}, flags ${flags}`, ` ${p.u16(at)} ${p.u16(at + 2)} ${flags}`]
    }
  }
  return ['', '']
}

const both = (label: string, text: string): readonly [string, string] => [label + text, ` ${text}`]

const countLabels = (name: string): number => name.split('.').length

/** "A", "MX", "ANY". */
function shortType(type: number): string {
  if (type === 255) return 'ANY'
  return dnsTypes[type]?.split(' ')[0] ?? `Unknown (${type})`
}

function className(value: number, kind: number): string {
  return dnsClasses[kind === MDNS ? value & 0x7fff : value] ?? 'Unknown'
}

export function summarizeMessage(get: Get): string {
  const flags = get.number(M.flags)
  const id = `0x${get.number(M.id).toString(16).padStart(4, '0')}`
  const opcode = dnsOpcodes[(flags >> 11) & 15] ?? `Unknown operation (${(flags >> 11) & 15})`
  const response = (flags & RESPONSE) !== 0
  const failure = response && (flags & 15) !== 0 ? ` ${dnsReplyCodes[flags & 15] ?? `Unknown error (${flags & 15})`}` : ''
  return `${opcode}${response ? ' response' : ''} ${id}${failure}${get.texts(M.words).join('')}`
}

export const headingOf =
  (title: string) =>
  (get: Get): string =>
    `${title} (${(get.number(M.flags) & RESPONSE) !== 0 ? 'response' : 'query'})`
