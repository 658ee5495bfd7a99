// Network Time Protocol: RFC 5905 7.3; extension fields: RFC 7822.
//
//   0      1        2     3          4           8                16            20
//   flags  stratum  poll  precision  root delay  root dispersion  reference id  reference, origin, receive, transmit time, 8 bytes each
//
// then extension fields, then a key number and a digest. Control and private messages (modes 6 and 7) share only the first byte.

import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, type Field, type Fields, type Get, group, time, u8, u16, u32 } from '../core/protocol.ts'
import { ntpExtensions, ntpLeaps, ntpModes, ntpVersions } from './names/ntp.ts'
import { dateText } from './names/times.ts'
import { C, recordControl } from './ntp/control.ts'
import { P, recordPrivate } from './ntp/private.ts'

const HEADER = 48
const KEY = 4
const CONTROL = 6
const PRIVATE = 7
/** Seconds from 1900 to 1970. */
const EPOCH = 2_208_988_800
const ERA = 2 ** 32

const stratumName = (value: number): string => {
  if (value === 0) return 'unspecified or invalid'
  if (value === 1) return 'primary reference'
  return value < 16 ? 'secondary reference' : value === 16 ? 'unsynchronized' : 'reserved'
}

const fixedPoint = (label: string) => (_get: Get, value: number) => `${label}: ${(value / 65_536).toFixed(6)} seconds`

const F = {
  flags: u8('ntp.flags', 'Flags', {
    at: 0,
    base: 'hex',
    about: 'Says who sends the message, in which version, and whether a leap second is near.',
    display: (_get, value, shown) =>
      `Flags: ${shown}, Leap Indicator: ${ntpLeaps[value >> 6]}, Version number: ${ntpVersions[(value >> 3) & 7]}, Mode: ${ntpModes[value & 7]}`,
  }),
  leap: u8('ntp.flags.li', 'Leap Indicator', {
    at: 0,
    mask: 0xc0,
    in: 'ntp.flags',
    names: ntpLeaps,
    about: 'Warns of a leap second, or says that the clock is not set at all.',
  }),
  version: u8('ntp.flags.vn', 'Version number', {
    at: 0,
    mask: 0x38,
    in: 'ntp.flags',
    names: ntpVersions,
    about: 'The version of the protocol, 4 since 2010.',
  }),
  mode: u8('ntp.flags.mode', 'Mode', {
    at: 0,
    mask: 0x07,
    in: 'ntp.flags',
    names: ntpModes,
    about: 'Says whether a client asks, a server answers, or equals talk.',
  }),
  stratum: u8('ntp.stratum', 'Peer Clock Stratum', {
    about: 'How many servers lie between this clock and an atomic clock or a satellite.',
    display: (_get, value) => `Peer Clock Stratum: ${stratumName(value)} (${value})`,
    explain: (value) => (value === 1 ? 'This server has a clock of its own that is right.' : ''),
  }),
  poll: u8('ntp.ppoll', 'Peer Polling Interval', {
    about: 'How often the sender asks, as a power of two, in seconds.',
    display: (_get, value) =>
      value < 4 || value > 17 ? `Peer Polling Interval: invalid (${value})` : `Peer Polling Interval: ${value} (${2 ** value} seconds)`,
  }),
  precision: u8('ntp.precision', 'Peer Clock Precision', {
    about: 'How exactly the clock of the sender can be read, as a power of two.',
    display: (_get, value) => `Peer Clock Precision: ${(2 ** (value > 127 ? value - 256 : value)).toFixed(6)} seconds`,
  }),
  rootDelay: u32('ntp.rootdelay', 'Root Delay', {
    about: 'How long a question takes to the best clock and back.',
    display: fixedPoint('Root Delay'),
  }),
  rootDispersion: u32('ntp.rootdispersion', 'Root Dispersion', {
    about: 'How far the clock may be off from the best one.',
    display: fixedPoint('Root Dispersion'),
  }),
  reference: bytes('ntp.refid', 'Reference ID', {
    about: 'Where the sender has its time from: the address of a server, or the kind of clock.',
    display: (get, _value, shown, raw): string => `Reference ID: ${referenceText(get.number(F.stratum), shown, raw())}`,
  }),
  referenceTime: time('ntp.reftime', 'Reference Timestamp', { about: 'When the clock of the sender was last set.' }),
  origin: time('ntp.org', 'Origin Timestamp', { about: 'When the question left, by the clock of whoever asked.' }),
  receive: time('ntp.rec', 'Receive Timestamp', { about: 'When the question arrived, by the clock of the server.' }),
  transmit: time('ntp.xmt', 'Transmit Timestamp', { about: 'When this message left, by the clock of its sender.' }),
  extension: group('ntp.ext', 'Extension', { about: 'More than the protocol needs: a type, a length and a value.' }),
  extensionType: u16('ntp.ext.type', 'Field Type', { base: 'hex', names: ntpExtensions, about: 'Says what the extension is good for.' }),
  extensionLength: u16('ntp.ext.length', 'Length', { about: 'Counts the bytes of the whole extension.' }),
  extensionValue: bytes('ntp.ext.value', 'Value', { about: 'What the extension says, as it is.' }),
  keyId: bytes('ntp.keyid', 'Key ID', { about: 'The number of the key that both sides share.' }),
  mac: bytes('ntp.mac', 'Message Authentication Code', { about: 'A digest by which the receiver knows that the message is no forgery.' }),
}

/** Shorter words for the two kinds of messages that are not about time. */
const MODES: Readonly<Record<number, string>> = { 6: 'control', 7: 'private' }
const CLOCKS: Readonly<Record<string, string>> = {
  GPS: 'Global Position System',
  INIT: '(Initialization)',
  LOCL: 'uncalibrated local clock',
}

const TIMES = [F.referenceTime, F.origin, F.receive, F.transmit]

/** The server's address; for clocks that are right by themselves four letters. */
function referenceText(stratum: number, hex: string, letters: string): string {
  if (stratum <= 1) {
    const name = letters.replace(/\0+$/, '')
    if (CLOCKS[name] !== undefined) return CLOCKS[name]
    return stratum === 0 && name === ''
      ? 'NULL'
      : stratum === 0
        ? `Unidentified Kiss-o'-Death message '${name}'`
        : `Unidentified reference source '${name}'`
  }
  return [0, 2, 4, 6].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.')
}

/** Keys of two tables are alike. */
const prefixed = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).map(([key, field]) => [`private.${key}`, field]))

export const ntp = defineProtocol({
  name: 'ntp',
  title: 'Network Time Protocol',
  spec: 'RFC 5905',
  about: 'Sets the clocks of computers by asking others what time it is.',
  fields: { ...F, ...C, ...prefixed(P) },
  accepts: { 'udp.port': [123] },
  scanStops: true,
  heading: (get) => `Network Time Protocol (${modeWords(get)})`,
  summary: (get) => `${modeWords(get)}${privateWords(get)}`,

  dissect(p) {
    if (!p.recording) return
    if (!p.has(1)) return p.short(1)
    if ((p.u8(0) & 7) === PRIVATE) return recordPrivate(p, F.version, F.mode)
    p.header()
    if ((p.u8(0) & 7) === CONTROL) return recordControl(p)
    if (!p.has(HEADER)) return p.short(HEADER)
    p.add(F.stratum, 1)
    p.add(F.poll, 2)
    p.add(F.precision, 3)
    p.add(F.rootDelay, 4)
    p.add(F.rootDispersion, 8)
    p.add(F.reference, 12, 4)
    for (const [i, field] of TIMES.entries()) recordTime(p, field, 16 + 8 * i)
    recordRest(p)
  },
})

function modeWords(get: Get): string {
  const flags = get.number(get.has(P.privateFlags) ? P.privateFlags : F.flags)
  return Number.isNaN(flags) ? '' : `${ntpVersions[(flags >> 3) & 7]}, ${MODES[flags & 7] ?? ntpModes[flags & 7]}`
}

/** ", Request, MON_GETLIST_1": what a private message wants. */
function privateWords(get: Get): string {
  return get.has(P.request) ? `, ${get.name(P.response)}, ${get.name(P.request)}` : ''
}

/** Seconds since 1900 in 32.32 bits (RFC 5905 6); the count began anew in 2036, which the highest bit tells. */
function recordTime(p: Dissection, field: Field, at: number): void {
  if (!p.wants(field)) return
  const seconds = p.u32(at)
  const fraction = p.u32(at + 4)
  if (seconds === 0 && fraction === 0) p.generateText(field, 'NULL', at, 8)
  else p.generateText(field, dateText((seconds >= ERA / 2 ? seconds : seconds + ERA) - EPOCH, Math.floor((fraction * 1e9) / ERA)), at, 8)
}

/** What is 20 or 24 bytes long, or 4, is a key number and a digest; what stands before it is extensions (RFC 7822 7.5). */
function recordRest(p: Dissection): void {
  let at = HEADER
  while (p.available() - at > KEY + 20) {
    const length = p.u16(at + 2)
    if (length < 16 || length % 4 !== 0 || !p.has(at + length)) {
      p.malformed(F.extensionLength, `is ${length}, which no extension can have here`)
      return
    }
    p.open(F.extension, at, length)
    p.add(F.extensionType, at)
    p.add(F.extensionLength, at + 2)
    p.add(F.extensionValue, at + 4, length - 4)
    p.close()
    at += length
  }
  if (p.available() === at) return
  if (!p.has(at + KEY)) {
    p.short(at + KEY)
    return
  }
  p.add(F.keyId, at, KEY)
  if (p.available() > at + KEY) p.add(F.mac, at + KEY, p.available() - at - KEY)
}
