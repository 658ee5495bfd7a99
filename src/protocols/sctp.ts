// Stream Control Transmission Protocol: RFC 9260. The common header and the chunks by name.
//
//   0            2                 4                 8         12
//   source port  destination port  verification tag  checksum  chunks: type, flags, length, value, padding to 4

import type { Dissection } from '../core/dissect.ts'
import { KIND_SCTP } from '../core/memory.ts'
import { bytes, defineProtocol, type Get, group, u8, u16, u32 } from '../core/protocol.ts'
import { checksumStates } from './names/checksum.ts'
import { sctpChunks } from './names/sctp.ts'

const HEADER = 12
const CHUNK = 4

const F = {
  source: u16('sctp.srcport', 'Source port', { at: 0, also: ['sctp.port'], about: 'The port of the program that sent the packet.' }),
  destination: u16('sctp.dstport', 'Destination port', {
    at: 2,
    also: ['sctp.port'],
    about: 'The port of the program that is to take the packet.',
  }),
  tag: u32('sctp.verification_tag', 'Verification tag', {
    at: 4,
    base: 'hex',
    about: 'A number that the receiver chose, which keeps strangers out.',
  }),
  checksum: u32('sctp.checksum', 'Checksum', {
    at: 8,
    base: 'hex',
    about: 'A sum over the whole packet, with which the receiver finds damage.',
    display: (_get, _value, shown) => `Checksum: ${shown} [unverified]`,
  }),
  checksumStatus: u8('sctp.checksum.status', 'Checksum Status', {
    at: 8,
    constant: 2,
    names: checksumStates,
    about: 'Tells whether the checksum was compared with the bytes; it never is here.',
    display: () => 'Checksum Status: Unverified',
  }),
  chunk: group('', 'Chunk', { about: 'A message of its own inside the packet.', display: (_get, _value, shown) => shown }),
  type: u8('sctp.chunk_type', 'Chunk type', { names: sctpChunks, about: 'Says what the chunk is for; DATA carries what programs send.' }),
  flags: u8('sctp.chunk_flags', 'Chunk flags', { base: 'hex', about: 'Bits whose meaning depends on the type of the chunk.' }),
  length: u16('sctp.chunk_length', 'Chunk length', { about: 'Counts the bytes of the chunk, its header included.' }),
  value: bytes('sctp.chunk_value', 'Chunk value', { about: 'The content of the chunk, laid out as its type says.' }),
}

export const sctp = defineProtocol({
  name: 'sctp',
  title: 'Stream Control Transmission Protocol',
  spec: 'RFC 9260',
  about: 'Carries messages in several independent streams between programs, mostly of telephone networks.',
  fields: F,
  accepts: { 'ip.proto': [132] },
  heading: (get) =>
    `Stream Control Transmission Protocol, Src Port: ${get.text(F.source)} (${get.text(F.source)}), Dst Port: ${get.text(F.destination)} (${get.text(F.destination)})`,
  summary: (get: Get) =>
    get
      .numbers(F.type)
      .map((type) => sctpChunks[type] ?? `Unknown (${type})`)
      .join(' '),

  track(p, memory) {
    if (p.has(4)) memory.converse(p, KIND_SCTP, p.u16(0), p.u16(2))
  },

  dissect(p) {
    if (p.has(4)) p.transports++
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.span(p.available())
    if (p.recording) recordChunks(p)
  },
})

function recordChunks(p: Dissection): void {
  let at = HEADER
  while (p.has(at + 1)) {
    if (!p.has(at + CHUNK)) {
      p.short(at + CHUNK)
      return
    }
    const length = p.u16(at + 2)
    if (length < CHUNK) {
      p.malformed(F.length, `of ${length} bytes does not even cover its own header`)
      return
    }
    const there = Math.min(length, p.available() - at)
    p.nest(p.generateText(F.chunk, `${sctpChunks[p.u8(at)] ?? 'Unknown'} chunk`, at, there))
    p.add(F.type, at)
    p.add(F.flags, at + 1)
    p.add(F.length, at + 2)
    if (there > CHUNK) p.add(F.value, at + CHUNK, there - CHUNK)
    p.close()
    if (there < length) {
      p.short(at + length)
      return
    }
    at += Math.ceil(length / 4) * 4
  }
}
