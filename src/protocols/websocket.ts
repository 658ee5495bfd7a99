// WebSocket: RFC 6455, compressed messages by RFC 7692. HTTP's Upgrade opens it, so it is known by the request before it, not by its bytes.
//
//   0                    1
//   FIN|RSV 3|opcode 4   MASK|length 7   [length 2 | 8]   [masking key 4]   payload …
//
// Each frame is a message of its connection, and a layer. Text and binary messages are shown where their last frame lies.

import type { Dissection } from '../core/dissect.ts'
import { SEVERITY_WARN } from '../core/note.ts'
import { defineProtocol } from '../core/protocol.ts'
import { F } from './websocket/fields.ts'
import {
  headerLength,
  OPCODE_BINARY,
  OPCODE_CLOSE,
  OPCODE_CONTINUATION,
  OPCODE_PING,
  OPCODE_PONG,
  OPCODE_TEXT,
  payloadLength,
  unmask,
} from './websocket/frame.ts'
import { websocketFraming } from './websocket/framing.ts'
import { ALONE, COMPRESSED, GAP, makeLog, type WebSocketLog } from './websocket/log.ts'

export const websocket = defineProtocol({
  name: 'websocket',
  title: 'WebSocket',
  column: 'WebSocket',
  spec: 'RFC 6455',
  about: 'Lets a web page and its server send each other messages at any time, over a connection that began as HTTP.',
  fields: F,
  framing: websocketFraming,
  scanStops: true,
  summary(get) {
    if (!get.has(F.opcode)) return ''
    return `WebSocket ${get.name(F.opcode)}${get.number(F.fin) === 1 ? ' [FIN]' : '[FRAGMENT] '} ${get.number(F.mask) === 1 ? '[MASKED]' : ''}`
  },

  dissect(p) {
    if (!p.recording) return
    if (!p.has(2)) return p.short(2)
    const header = headerLength(p.u8(1))
    const fact = p.message < 0 ? 0 : p.memory.messages.aux(p.message)
    const log = p.memory.shelf.keep(makeLog)
    const marks = fact === 0 ? 0 : log.marks.at(fact)
    p.add(F.fin, 0)
    p.add(F.reserved, 0)
    if ((marks & COMPRESSED) !== 0) p.add(F.compressed, 0)
    p.add(F.opcode, 0)
    p.add(F.mask, 1)
    p.add(F.length, 1)
    if (!p.has(header)) return p.short(header)
    const masked = (p.u8(1) & 0x80) !== 0
    const short = p.u8(1) & 0x7f
    if (short === 126) p.add(F.length16, 2)
    else if (short === 127) p.add(F.length64, 2)
    if (masked) p.add(F.key, header - 4, 4)
    p.span(header)
    const length = payloadLength(p.bytes, p.base)
    const there = Math.min(length, p.available() - header)
    if (there > 0) recordPayload(p, log, fact, marks, header, there, masked)
    if (there < length) p.short(header + length)
  },
})

function recordPayload(p: Dissection, log: WebSocketLog, fact: number, marks: number, at: number, length: number, masked: boolean): void {
  let source = -1
  if (masked) {
    p.add(F.masked, at, length)
    source = p.addSource('Unmasked data', unmask(p.bytes, p.base + at, p.base + at + length, p.base + at - 4))
    if (source < 0) return
  }
  const opcode = p.u8(0) & 0x0f
  const fin = (p.u8(0) & 0x80) !== 0
  const compressed = (p.u8(0) & 0x40) !== 0
  within(p, source, () => {
    const start = masked ? 0 : at
    p.nest(p.add(F.payload, start, length))
    if (opcode === OPCODE_TEXT && fin && !compressed) p.add(F.text, start, length)
    else if (opcode === OPCODE_CLOSE) recordClose(p, start, length)
    else if (opcode === OPCODE_PING) p.add(F.ping, start, length)
    else if (opcode === OPCODE_PONG) p.add(F.pong, start, length)
    else if (opcode > OPCODE_BINARY) p.add(F.unknown, start, length)
    p.close()
    // A whole message that is not compressed lies where it is.
    if (opcode <= OPCODE_BINARY && fin && opcode !== OPCODE_CONTINUATION && !compressed) hand(p, opcode, start, length)
  })
  if (opcode <= OPCODE_BINARY && fin && fact !== 0 && (opcode === OPCODE_CONTINUATION || compressed)) recordMessage(p, log, fact, marks)
}

function recordClose(p: Dissection, at: number, length: number): void {
  p.nest(p.add(F.close, at, length))
  if (length >= 2) p.add(F.closeStatus, at)
  if (length > 2) p.add(F.closeReason, at + 2, length - 2)
  p.close()
  p.look(at + 2, length - 2)
}

/** The message that ends with this frame: put together from its frames, and unpacked. */
function recordMessage(p: Dissection, log: WebSocketLog, fact: number, marks: number): void {
  const { memory } = p
  const frames = log.framesOf(memory, fact)
  const first = frames === null ? null : log.read(memory, frames[0]!)
  const whole = frames === null ? null : log.join(memory, frames)
  if (frames === null || first === null || whole === null) {
    p.note(SEVERITY_WARN, 'The message cannot be put together: a part of it is missing from the capture, or it is too long')
    return
  }
  if (frames.length > 1) {
    const source = p.addSource('Reassembled WebSocket', whole)
    if (source < 0) return
    within(p, source, () => {
      recordFragments(p, log, frames, whole.length)
      if (!first.compressed) {
        if (first.opcode === OPCODE_TEXT) p.add(F.text, 0, whole.length)
        hand(p, first.opcode, 0, whole.length)
      }
    })
  }
  if (!first.compressed) return
  const unpacked = log.unpack(memory, fact, frames, whole)
  const source = unpacked === null ? -1 : p.addSource('Decompressed payload', unpacked)
  if (unpacked === null || source < 0) {
    const missing = (marks & (ALONE | GAP)) === 0 ? 'damaged, or something that was sent before it is missing' : 'damaged'
    p.note(SEVERITY_WARN, `Decompression failed: the message is ${missing}`, 0, 0, F.decompressionFailed)
    return
  }
  within(p, source, () => {
    p.nest(p.add(F.payload, 0, unpacked.length))
    if (first.opcode === OPCODE_TEXT) p.add(F.text, 0, unpacked.length)
    p.close()
    hand(p, first.opcode, 0, unpacked.length)
  })
}

/** "2 Reassembled websocket Fragments (12 bytes): #13(5), #13(7)". */
function recordFragments(p: Dissection, log: WebSocketLog, frames: readonly number[], total: number): void {
  const { memory } = p
  const pieces = frames.map((fact) => ({
    packet: memory.messages.packet(log.messageOf.at(fact) - 1),
    length: log.read(memory, fact)?.payload().length ?? 0,
  }))
  const list = pieces.map(({ packet, length }) => `#${packet}(${length})`).join(', ')
  p.nest(p.generateText(F.fragments, `${pieces.length} Reassembled websocket Fragments (${total} bytes): ${list}`, 0, total))
  let at = 0
  for (const { packet, length } of pieces) {
    p.generate(F.fragment, packet, at, length)
    at += length
  }
  p.generate(F.fragmentCount, pieces.length)
  p.generate(F.reassembledLength, total)
  p.close()
}

/** The message goes to whoever knows what is in it: text and data are looked through for what they may hold. */
function hand(p: Dissection, opcode: number, at: number, length: number): void {
  if (length <= 0) return
  if (p.next(F.opcode, opcode, at, length)) p.look(at, length)
}

/** Reads on in another source (-1: in this one) while `work` runs. */
function within(p: Dissection, other: number, work: () => void): void {
  if (other < 0) {
    work()
    return
  }
  const { bytes, base, end, reportedEnd, source } = p
  p.bytes = p.sources[other]!
  p.source = other
  p.base = 0
  p.end = p.bytes.length
  p.reportedEnd = p.end
  work()
  p.bytes = bytes
  p.source = source
  p.base = base
  p.end = end
  p.reportedEnd = reportedEnd
}
