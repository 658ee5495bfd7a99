// QUIC, versions 1 and 2 and the drafts before them: RFC 9000, RFC 9001, RFC 9369.
//
//   long header:   flags  version  ids with their lengths  token (Initial)  length  packet number  sealed frames
//   short header:  flags  id of the receiver                                        packet number  sealed frames
//
// A datagram may hold several packets; each is a layer. Initial packets open with keys that everybody can derive, the others with a key log
// (quic/track.ts). The handshake inside CRYPTO frames is TLS without its records.

import type { Dissection } from '../core/dissect.ts'
import { SEVERITY_ERROR, SEVERITY_NOTE, SEVERITY_WARN } from '../core/note.ts'
import { defineProtocol, type Get } from '../core/protocol.ts'
import { isRetryGenuine, openPacket, quicVersion } from '../crypto/quic.ts'
import { quicFrameNames, quicTypeNames } from './names/quic.ts'
import { F } from './quic/fields.ts'
import { FrameReader } from './quic/frames.ts'
import {
  type Header,
  INITIAL,
  integerLength,
  isGoogle,
  isKnownVersion,
  isLongHeader,
  isVersion2,
  NEGOTIATION,
  plainType,
  RETRY,
  RETRY_TAG,
  readHeader,
  readInteger,
  SHORT,
} from './quic/header.ts'
import {
  firstByteOf,
  idLengthOf,
  makeQuicMemory,
  OPEN,
  type QuicMemory,
  SEALED_NO_CREDIT,
  SEALED_NO_NUMBER,
  SEALED_NO_SECRET,
  SEALED_RESET,
  SEALED_WRONG_KEY,
  stateOf,
} from './quic/memory.ts'
import { trackPacket } from './quic/track.ts'

/** The value of the field `quic.crypto.crypto_data` behind which TLS is found: all that QUIC's handshake can be. */
const HANDSHAKE_BYTES = 1
const RESET_TOKEN = 16

const WHY: Readonly<Record<number, string>> = {
  [SEALED_NO_SECRET]: 'The packet stays sealed: no secret was given for this connection',
  [SEALED_NO_NUMBER]: 'The packet stays sealed: its packet number cannot be read',
  [SEALED_NO_CREDIT]: 'The packet stays sealed: too many Initial packets before it did not open, so no more keys are tried',
  [SEALED_WRONG_KEY]: 'The packet stays sealed: the keys at hand do not fit',
}

function recordConnection(p: Dissection, quic: QuicMemory, fact: number): void {
  p.open(F.connection, 0, 0)
  const number = quic.connectionOf(fact)
  if (number >= 0) p.generate(F.number, number, 0, 0)
  else p.note(SEVERITY_NOTE, 'Unknown QUIC connection. Missing Initial Packet or migrated connection?', 0, 0, F.unknown)
  p.close()
}

/** Rows of a header up to the ids; `word` says what the first byte is without its mask. */
function recordLongHeader(p: Dissection, header: Header, first: number, open: boolean): void {
  const { base } = p
  p.add(F.form, 0)
  if (header.type === NEGOTIATION) p.add(F.unused, 0)
  else {
    if (header.type !== RETRY) p.add(F.fixed, 0)
    p.add(isVersion2(header.version) ? F.type2 : F.type, 0)
    if (open && header.type !== RETRY) {
      p.generate(F.reserved, (first >> 2) & 3, 0, 1)
      p.generate(F.numberLength, first & 3, 0, 1)
    }
  }
  p.add(F.version, 1)
  p.add(F.destinationLength, 5)
  if (header.destinationLength > 0) p.add(F.destination, 6, header.destinationLength)
  p.add(F.sourceLength, header.sourceAt - 1 - base)
  if (header.sourceLength > 0) p.add(F.source, header.sourceAt - base, header.sourceLength)
}

function recordShortHeader(p: Dissection, header: Header, first: number, open: boolean): void {
  p.add(F.form, 0)
  p.add(F.fixed, 0)
  p.add(F.spin, 0)
  if (open) {
    p.generate(F.shortReserved, (first >> 3) & 3, 0, 1)
    p.generate(F.keyPhase, (first >> 2) & 1, 0, 1)
    p.generate(F.numberLength, first & 3, 0, 1)
  }
  if (header.destinationLength > 0) p.add(F.destination, 1, header.destinationLength)
}

function recordRetry(p: Dissection, quic: QuicMemory, fact: number, header: Header): void {
  const at = header.tokenAt - p.base
  const tagAt = header.end - p.base - RETRY_TAG
  if (tagAt < at) {
    p.malformed(F.retryToken, 'is followed by less than an integrity tag')
    return
  }
  if (tagAt > at) p.add(F.retryToken, at, tagAt - at)
  p.nest(p.add(F.retryTag, tagAt, RETRY_TAG))
  const profile = quicVersion(header.version)
  const original = fact < 0 ? undefined : quic.originalOf(fact)
  if (p.wants(F.badRetry) && profile !== null && profile.retry !== null && original !== undefined) {
    if (!isRetryGenuine(profile, original, p.bytes.subarray(p.base, header.end)))
      p.note(SEVERITY_WARN, 'Retry Integrity Tag verification failure', tagAt, RETRY_TAG, F.badRetry)
  }
  p.close()
}

/** A variable-length integer at offset `at` of the layer. */
function addInteger(p: Dissection, field: (typeof F)[keyof typeof F], at: number): void {
  p.generate(field, readInteger(p.bytes, p.base + at), at, integerLength(p.bytes[p.base + at]!))
}

/** What the packet holds, sealed or opened. `numberAt` counts from the layer's start. */
function recordPayload(p: Dissection, quic: QuicMemory, fact: number, header: Header, state: number, first: number): void {
  const numberAt = header.numberAt - p.base
  const end = header.end - p.base
  const keys = fact < 0 || state !== OPEN ? null : quic.keysOfFact(fact)
  if (keys === null) {
    if (header.type === SHORT && state === OPEN) p.close()
    if (header.type === SHORT && state === SEALED_RESET && end > RESET_TOKEN + 1) {
      p.add(F.unpredictable, 1, end - RESET_TOKEN - 1)
      p.add(F.resetToken0, end - RESET_TOKEN, RESET_TOKEN)
      return
    }
    const why = WHY[state]
    if (why !== undefined && !(header.type === SHORT && quic.connectionOf(fact) < 0)) p.note(SEVERITY_WARN, why, 0, 0, F.failed)
    if (end > numberAt) p.add(F.remaining, numberAt, end - numberAt)
    return
  }
  const length = (first & 3) + 1
  const number = quic.packetNumberOf(fact)
  p.generate(F.packetNumber, number, numberAt, length)
  p.add(header.type === SHORT ? F.protected : F.payload, numberAt + length, end - numberAt - length)
  if (header.type === SHORT) p.close()
  const clear = p.bytes.slice(p.base, header.numberAt + length)
  clear[0] = first
  for (let i = 0, rest = number; i < length; i++, rest = Math.floor(rest / 256)) clear[clear.length - 1 - i] = rest % 256
  const plain = openPacket(keys, number, clear, p.bytes.subarray(header.numberAt + length, header.end))
  if (plain !== null) recordFrames(p, quic, fact, plain, header.version)
}

function recordFrames(p: Dissection, quic: QuicMemory, fact: number, plain: Uint8Array, version: number): void {
  const source = p.addSource('Decrypted QUIC', plain)
  if (source < 0) return
  let cryptoFrames = 0
  const layers: { source: number; at: number; length: number; index: number }[] = []
  p.enter(source)
  const frames = new FrameReader(plain, p, isGoogle(version))
  frames.onCrypto = (at, length) => {
    const found = quic.deliveryOf(fact, cryptoFrames++)
    if (found === null) return
    const { delivery, index } = found
    if (delivery.repeated)
      p.note(SEVERITY_NOTE, 'This QUIC frame has a reused stream offset (retransmission?)', at, length, F.retransmission)
    const { run, pieces } = delivery
    if (run === null) return
    if (pieces.length === 0) layers.push({ source, at: at + length - run.length, length: run.length, index })
    else {
      const whole = p.addSource('Reassembled QUIC CRYPTO', run)
      if (whole < 0) return
      recordPieces(p, whole, pieces, run.length)
      layers.push({ source: whole, at: 0, length: run.length, index })
    }
  }
  while (frames.left() > 0) frames.next()
  if (frames.failed) p.note(SEVERITY_ERROR, 'A frame ends beyond its packet', frames.at, plain.length - frames.at, F.violation)
  p.leave()
  for (const layer of layers) p.nextSourceInside(F.cryptoData, HANDSHAKE_BYTES, layer.source, layer.at, layer.length, layer.index)
}

function recordPieces(
  p: Dissection,
  source: number,
  pieces: readonly { readonly packet: number; readonly offset: number; readonly bytes: Uint8Array }[],
  length: number,
): void {
  p.enter(source)
  const list = pieces.map((piece) => `#${piece.packet}(${piece.bytes.length})`).join(', ')
  const words = `${pieces.length} Reassembled QUIC CRYPTO Data Fragments (${length} bytes): ${list}`
  p.nest(p.wants(F.fragments) ? p.generateText(F.fragments, words, 0, length) : -1)
  const start = pieces[0]?.offset ?? 0
  for (const piece of pieces) p.generate(F.fragment, piece.packet, piece.offset - start, piece.bytes.length)
  p.generate(F.fragmentCount, pieces.length, 0, 0)
  p.close()
  p.leave()
}

/** While scanning: only that there is TLS inside, for the list of layers. */
function followHandshake(p: Dissection, quic: QuicMemory, fact: number): void {
  for (let n = 0; ; n++) {
    const found = quic.deliveryOf(fact, n)
    if (found === null) return
    if (found.delivery.run !== null) p.nextSourceInside(F.cryptoData, HANDSHAKE_BYTES, p.source, p.base, 1, found.index)
  }
}

/** Bytes behind a packet are another one when it goes to the same id; else they only fill the datagram up. */
function isCoalesced(p: Dissection, header: Header): boolean {
  const { bytes, end } = p
  const at = header.end
  const idAt = (bytes[at]! & 0x80) === 0 ? at + 1 : at + 6
  if (idAt + header.destinationLength > end) return false
  if (idAt === at + 6 && bytes[at + 5] !== header.destinationLength) return false
  for (let i = 0; i < header.destinationLength; i++) if (bytes[idAt + i] !== bytes[header.destinationAt + i]) return false
  return true
}

function summarize(get: Get): string {
  const version = get.number(F.version)
  const long = get.number(F.form) === 1
  const words: string[] = []
  if (!long) words.push(`Protected Payload (KP${get.has(F.keyPhase) ? get.number(F.keyPhase) : 0})`)
  else if (version === 0) words.push('Version Negotiation')
  else words.push(quicTypeNames[plainType(version, get.number(isVersion2(version) ? F.type2 : F.type))] ?? '')
  if (get.has(F.destination)) words.push(`DCID=${get.text(F.destination)}`)
  if (get.has(F.source)) words.push(`SCID=${get.text(F.source)}`)
  if (get.has(F.packetNumber)) words.push(`PKN: ${get.text(F.packetNumber)}`)
  // Frames of one stream name it.
  const named: Readonly<Record<string, string[]>> = {
    STREAM: get.texts(F.streamId),
    MSD: get.texts(F.maximumStream),
    RS: get.texts(F.resetStream),
    SS: get.texts(F.stopStream),
    SDB: get.texts(F.blockedStream),
  }
  for (const type of get.numbers(F.frameType)) {
    const short = quicFrameNames[type]?.[1]
    if (short === undefined) continue
    const ids = named[short]
    words.push(ids === undefined ? short : `${short}(${ids.shift() ?? ''})`)
  }
  return words.join(', ')
}

export const quic = defineProtocol({
  name: 'quic',
  title: 'QUIC IETF',
  column: 'QUIC',
  spec: 'RFC 9000',
  about: 'Carries many streams between two programs over UDP, all of it encrypted, with TLS for the handshake.',
  fields: F,
  opensWith: (bytes, start, end) => isLongHeader(bytes, start, end) && readHeader(bytes, start, end, 0) !== null,
  lastSummary: true,
  summary: summarize,

  track(p, memory) {
    const { secrets } = memory
    trackPacket(p, memory, secrets === null ? null : (label, random) => secrets.find(label, random)?.secret)
  },

  dissect(p) {
    const memory = p.memory.shelf.keep(makeQuicMemory)
    const first = p.message < 0
    const noted = first ? memory.firstOf(p.packet, Math.max(0, p.transports - 1)) : p.message
    const fact = memory.holds(noted, p.packet) ? noted : -1
    const word = fact < 0 ? 0 : memory.wordOf(fact)
    const header = readHeader(p.bytes, p.base, p.end, idLengthOf(word))
    if (header === null || (header.type !== SHORT && header.type !== NEGOTIATION && !isKnownVersion(header.version))) {
      p.data(0)
      return
    }
    const state = fact < 0 ? SEALED_NO_NUMBER : stateOf(word)
    const more = header.end < p.end && header.type !== RETRY && header.type !== NEGOTIATION && header.type !== SHORT
    const coalesced = more && isCoalesced(p, header)
    p.span(header.end - p.base)
    if (p.recording) recordPacket(p, memory, fact, header, state, firstByteOf(word), first)
    else if (fact >= 0) followHandshake(p, memory, fact)
    if (coalesced) p.follow(quic, header.end - p.base, p.reportedEnd - header.end, fact < 0 ? -1 : fact + 1)
    else if (more)
      p.note(SEVERITY_NOTE, '(Random) padding data appended to the datagram', header.end - p.base, p.end - header.end, F.filler)
  },
})

function recordPacket(
  p: Dissection,
  memory: QuicMemory,
  fact: number,
  header: Header,
  state: number,
  unmasked: number,
  first: boolean,
): void {
  const open = state === OPEN && fact >= 0
  if (first) recordConnection(p, memory, fact)
  p.generate(F.packetLength, header.end - p.base, 0, 0)
  if (header.type === SHORT) {
    p.open(F.short, 0, header.end - p.base)
    recordShortHeader(p, header, unmasked, open)
    if (!open) p.close()
    recordPayload(p, memory, fact, header, state, unmasked)
    return
  }
  recordLongHeader(p, header, unmasked, open)
  if (header.type === RETRY) {
    recordRetry(p, memory, fact, header)
    return
  }
  if (header.type === NEGOTIATION) {
    for (let at = header.tokenAt - p.base; p.has(at + 4); at += 4) p.add(F.supported, at)
    return
  }
  if (header.type === INITIAL) {
    addInteger(p, F.tokenLength, header.tokenAt - p.base)
    if (header.tokenLength > 0) p.add(F.token, header.lengthAt - header.tokenLength - p.base, header.tokenLength)
  }
  addInteger(p, F.length, header.lengthAt - p.base)
  recordPayload(p, memory, fact, header, state, unmasked)
}
