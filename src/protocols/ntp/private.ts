// NTP's private messages (mode 7), as ntpd has them: what `ntpdc` asks. Short questions with long answers: they were used to flood others,
// so servers refuse them nowadays. No RFC; ntpd's ntp_request.h.

import type { Dissection } from '../../core/dissect.ts'
import { type Field, type Fields, ipv4, ipv6, text, u8, u16, u32 } from '../../core/protocol.ts'
import { ntpImplementations, ntpModes, ntpPrivateErrors, ntpRequests, ntpVersions } from '../names/ntp.ts'

const HEADER = 8
const MONITOR_OLD = 20
const MONITOR = 42
/** Sizes of an entry without and with addresses of IPv6. */
const ENTRY = 32
const ENTRY6 = 72

export const P = {
  privateFlags: u8('ntp.flags', 'Flags', {
    base: 'hex',
    about: 'Says whether a private message asks or answers, and in which version.',
    display: (_get, value, shown) =>
      `Flags: ${shown}, Response bit: ${value >= 0x80 ? 'Response' : 'Request'}, Version number: ${ntpVersions[(value >> 3) & 7]}, Mode: ${ntpModes[value & 7]}`,
  }),
  response: u8('ntp.priv.flags.r', 'Response bit', {
    mask: 0x80,
    names: { 0: 'Request', 1: 'Response' },
    about: 'Tells whether a private message asks or answers.',
  }),
  more: u8('ntp.priv.flags.more', 'More bit', { mask: 0x40, about: 'Tells that further messages of the answer follow.' }),
  authSequence: u8('ntp.priv.auth_seq', 'Auth, sequence', { about: 'Says whether the message is signed, and which of several it is.' }),
  auth: u8('ntp.priv.auth', 'Auth bit', { mask: 0x80, about: 'Tells whether a digest stands at the end.' }),
  sequence: u8('ntp.priv.seq', 'Sequence number', { mask: 0x7f, about: 'Numbers the messages of one answer.' }),
  implementation: u8('ntp.priv.impl', 'Implementation', { names: ntpImplementations, about: 'Says whose private messages these are.' }),
  request: u8('ntp.priv.reqcode', 'Request code', {
    names: ntpRequests,
    about: 'Says what the message wants to know or to be done.',
    explain: (value) =>
      value === MONITOR || value === MONITOR_OLD
        ? 'The answer is many times longer than the question, which attackers send in the name of their victims.'
        : '',
  }),
  error: u8('ntp.priv.err', 'Err', {
    base: 'hex',
    mask: 0xf0,
    names: ntpPrivateErrors,
    about: 'Says why a question could not be answered.',
  }),
  count: u16('ntp.priv.numitems', 'Number of data items', { mask: 0x0fff, about: 'Counts the items in this message.' }),
  reserved: u8('ntp.priv.reserved', 'Reserved', { base: 'hex', mask: 0xf0, about: 'Four bits that have no meaning and are zero.' }),
  size: u16('ntp.priv.itemsize', 'Size of data item', { mask: 0x0fff, about: 'Counts the bytes of each item in this message.' }),
  privateItem: text('ntp.priv.mode7.item', 'Mode7 item', {
    about: 'One thing that the server tells of itself or of others.',
    display: (_get, _value, shown) => shown,
  }),
  average: u32('ntp.priv.monlist.avgint', 'avgint', { about: 'How many seconds lay between two packets of this host, on average.' }),
  last: u32('ntp.priv.monlist.lsint', 'lsint', { about: 'How many seconds ago this host was last heard.' }),
  restrictions: u32('ntp.priv.monlist.restr', 'restr', { base: 'hex', about: 'What this host is not allowed to do.' }),
  packets: u32('ntp.priv.monlist.count', 'count', { about: 'How many packets have come from this host.' }),
  remote: ipv4('ntp.priv.monlist.remote_address', 'remote address', { about: 'The host that has talked with the server.' }),
  local: ipv4('ntp.priv.monlist.local_address', 'local address', { about: 'The address of the server that the host talked with.' }),
  monitorFlags: u32('ntp.priv.monlist.flags', 'flags', { base: 'hex', about: 'Whether the packets came to all or to the server alone.' }),
  port: u16('ntp.priv.monlist.port', 'port', { about: 'The port that the host used last.' }),
  monitorMode: u8('ntp.priv.monlist.mode', 'mode', { about: 'As what the host talked last: client, server or equal.' }),
  monitorVersion: u8('ntp.priv.monlist.version', 'version', { about: 'The version of the protocol that the host used last.' }),
  hasIpv6: u32('ntp.priv.monlist.ipv6', 'ipv6', { base: 'hex', about: 'Tells whether the addresses of IPv6 further on count.' }),
  unused: u32('ntp.priv.monlist.unused', 'unused', { base: 'hex', about: 'Four bytes that only fill the entry up.' }),
  remote6: ipv6('ntp.priv.monlist.addr6', 'ipv6 remote addr', { about: 'The host that has talked with the server, over IPv6.' }),
  local6: ipv6('ntp.priv.monlist.daddr6', 'ipv6 local addr', { about: 'The address of the server that the host talked with, over IPv6.' }),
} satisfies Fields

/** `version` and `mode`: the parts of the first byte that all messages have. */
export function recordPrivate(p: Dissection, version: Field, mode: Field): void {
  p.open(P.privateFlags, 0)
  p.add(P.response, 0)
  p.add(P.more, 0)
  p.add(version, 0)
  p.add(mode, 0)
  p.close()
  if (!p.has(HEADER)) {
    p.short(HEADER)
    return
  }
  p.open(P.authSequence, 1)
  p.add(P.auth, 1)
  p.add(P.sequence, 1)
  p.close()
  p.add(P.implementation, 2)
  p.add(P.request, 3)
  p.add(P.error, 4)
  p.add(P.count, 4)
  p.add(P.reserved, 6)
  p.add(P.size, 6)
  recordItems(p)
}

function recordItems(p: Dissection): void {
  const request = p.u8(3)
  const count = p.u16(4) & 0x0fff
  const size = p.u16(6) & 0x0fff
  if (size === 0 || p.u8(0) < 0x80) return
  const monitors = request === MONITOR || request === MONITOR_OLD
  const name = monitors ? 'Monlist Item' : `${ntpRequests[request] ?? `Request code ${request}`} Item`
  for (let i = 0, at = HEADER; i < count && p.has(at + size); i++, at += size) {
    p.nest(p.wants(P.privateItem) ? p.generateText(P.privateItem, name, at, size) : -1)
    if (monitors && size >= ENTRY - 4) recordMonitored(p, at, size, request)
    p.close()
  }
}

function recordMonitored(p: Dissection, at: number, size: number, request: number): void {
  const words = [P.average, P.last, P.restrictions, P.packets]
  words.forEach((field, i) => {
    p.add(field, at + 4 * i)
  })
  p.add(P.remote, at + 16)
  // The older form has no address of the server.
  const next = request === MONITOR ? at + 20 : at + 16
  if (request === MONITOR) p.add(P.local, at + 20)
  p.add(P.monitorFlags, next + 4)
  p.add(P.port, next + 8)
  p.add(P.monitorMode, next + 10)
  p.add(P.monitorVersion, next + 11)
  if (size < ENTRY6 || request !== MONITOR) return
  p.add(P.hasIpv6, at + 32)
  p.add(P.unused, at + 36)
  if (p.u32(at + 32) === 0) return
  p.add(P.remote6, at + 40)
  p.add(P.local6, at + 56)
}
