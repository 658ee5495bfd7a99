// NetBIOS name service: RFC 1001, RFC 1002 4.2. DNS's form of messages, used by Windows to find names in the local network.
//
//   0   2      4          6        8            10          12
//   id  flags  questions  answers  authorities  additional  questions, then records …
//
// A question is a name, a type and a class; a record has a time to live, a length and data as well.

import { ipv4Text } from '../bytes/address.ts'
import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, type Get } from '../core/protocol.ts'
import { nbnsClasses, nbnsOpcodes, nbnsReplies, nbnsTypes } from './names/nbns.ts'
import { F, STATISTICS } from './nbns/fields.ts'
import { readName, readPlainName } from './nbns/name.ts'

const HEADER = 12
const RESPONSE = 0x8000
const WAIT = 7
const NB = 32
const NBSTAT = 33
/** Bytes of an address with its flags, and of a name in the clear with its flags. */
const ADDRESS_SIZE = 6
const NAME_SIZE = 18

const SECTIONS = [F.querySection, F.answerSection, F.authoritySection, F.additionalSection]
const QUERY_FLAGS = [F.response, F.opcode, F.truncated, F.desired, F.broadcast]
const RESPONSE_FLAGS = [F.response, F.opcode, F.authoritative, F.truncated, F.desired, F.available, F.broadcast, F.reply]
const NAME_FLAGS = [F.nameGroup, F.nameNode, F.leaving, F.conflict, F.active, F.permanent]

export const nbns = defineProtocol({
  name: 'nbns',
  title: 'NetBIOS Name Service',
  spec: 'RFC 1002',
  about: 'Finds machines and groups of Windows by their names, mostly by asking everybody in the network.',
  fields: F,
  accepts: { 'udp.port': [137] },
  scanStops: true,
  summary: summarize,

  dissect(p) {
    if (!p.recording) return
    if (!p.has(HEADER)) return p.short(HEADER)
    p.add(F.id, 0)
    recordFlags(p)
    for (const [index, field] of [F.queries, F.answers, F.authorities, F.additional].entries()) p.add(field, 4 + 2 * index)
    let at = HEADER
    for (const [index, field] of SECTIONS.entries()) {
      const count = p.u16(4 + 2 * index)
      if (count === 0) continue
      p.open(field, at, p.available() - at)
      for (let i = 0; i < count; i++) {
        at = index === 0 ? recordQuestion(p, at) : recordRecord(p, at, index)
        if (at < 0) return
      }
      p.close(at)
    }
  },
})

function recordFlags(p: Dissection): void {
  p.open(F.flags, 2)
  for (const field of (p.u16(2) & RESPONSE) !== 0 ? RESPONSE_FLAGS : QUERY_FLAGS) p.add(field, 2)
  p.close()
}

const typeName = (value: number): string => nbnsTypes[value] ?? 'Unknown'
const title = (name: string, type: number, kind: number): string =>
  `${name}: type ${typeName(type)}, class ${nbnsClasses[kind] ?? 'Unknown'}`

/** Returns where the question ends, or -1 when the layer ends here. */
function recordQuestion(p: Dissection, at: number): number {
  const name = readName(p, at)
  if (name === undefined) return refuse(p)
  const rest = at + name.length
  if (!p.has(rest + 4)) return shorten(p, rest + 4)
  const type = p.u16(rest)
  if ((p.u16(2) & RESPONSE) === 0) p.generateText(F.words, ` ${typeName(type)} ${name.text}`, at)
  p.nest(p.generateText(F.entry, title(name.text, type, p.u16(rest + 2)), at, name.length + 4))
  p.describe(p.generateText(F.name, name.text, at, name.length), name.service.slice(2, -1))
  p.add(F.type, rest)
  p.add(F.class, rest + 2)
  p.close()
  return rest + 4
}

/** Returns where the record ends, or -1 when the layer ends here. */
function recordRecord(p: Dissection, at: number, section: number): number {
  const name = readName(p, at)
  if (name === undefined) return refuse(p)
  const rest = at + name.length
  if (!p.has(rest + 10)) return shorten(p, rest + 10)
  const type = p.u16(rest)
  const length = p.u16(rest + 8)
  const data = rest + 10
  p.nest(p.generateText(F.entry, title(name.text, type, p.u16(rest + 2)), at, name.length + 10 + length))
  // Wireshark leaves the first byte of the name out, and puts what the name is for into its value.
  p.generateText(F.name, type === NB ? `${name.text}${name.service}` : name.text, at + 1, name.length - 1)
  p.add(F.type, rest)
  p.add(F.class, rest + 2)
  p.add(F.ttl, rest + 4)
  p.add(F.dataLength, rest + 8)
  const answers = section === 1 && (p.u16(2) & RESPONSE) !== 0
  const waits = ((p.u16(2) >> 11) & 15) === WAIT
  if (answers && !(waits && type === NB)) p.generateText(F.words, ` ${typeName(type)}${firstAddress(p, type, data, length)}`, at)
  if (!p.has(data + length)) return shorten(p, data + length)
  if (type === NBSTAT) recordNames(p, data, length)
  else if (type !== NB) p.add(F.data, data, length)
  else if (waits && length >= 2) p.add(F.flags, data)
  else recordAddresses(p, data, length)
  p.close()
  return data + length
}

function firstAddress(p: Dissection, type: number, at: number, length: number): string {
  return type === NB && length >= ADDRESS_SIZE && p.has(at + ADDRESS_SIZE) ? ` ${ipv4Text(p.bytes, p.base + at + 2)}` : ''
}

function recordAddresses(p: Dissection, at: number, length: number): void {
  for (let i = 0; i + ADDRESS_SIZE <= length; i += ADDRESS_SIZE) {
    p.open(F.addressFlags, at + i)
    p.add(F.addressGroup, at + i)
    p.add(F.addressNode, at + i)
    p.close()
    p.add(F.address, at + i + 2)
  }
}

/** All names of a machine, and counters of its network card: RFC 1002 4.2.18. */
function recordNames(p: Dissection, at: number, length: number): void {
  if (length < 1) return
  p.add(F.names, at)
  let i = 1
  for (let left = p.u8(at); left > 0 && i + NAME_SIZE <= length; left--) {
    if (p.wants(F.plainName)) p.generateText(F.plainName, readPlainName(p, at + i), at + i, NAME_SIZE - 2)
    p.open(F.nameFlags, at + i + NAME_SIZE - 2)
    for (const field of NAME_FLAGS) p.add(field, at + i + NAME_SIZE - 2)
    p.close()
    i += NAME_SIZE
  }
  for (const field of STATISTICS) {
    if (i + field.size > length) return
    p.add(field, at + i)
    i += field.size
  }
}

function refuse(p: Dissection): number {
  if (p.reported() > p.available()) p.short(p.reported())
  else p.malformed(F.name, 'does not end inside the message')
  return -1
}

function shorten(p: Dissection, needed: number): number {
  p.short(needed)
  return -1
}

function summarize(get: Get): string {
  const flags = get.number(F.flags)
  const response = (flags & RESPONSE) !== 0
  const opcode = nbnsOpcodes[(flags >> 11) & 15] ?? `Unknown operation (${(flags >> 11) & 15})`
  const failure = response && (flags & 15) !== 0 ? `, ${nbnsReplies[flags & 15] ?? 'Unknown error'}` : ''
  return `${opcode}${response ? ' response' : ''}${failure}${get.texts(F.words).join('')}`
}
