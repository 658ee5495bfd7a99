// Cases for the fuzzer: real captures, changed. Some changes know nothing of packets; others aim at fields that the dissectors found, because
// lengths, counts and types are what dissectors stumble over; others cut TCP's bytes anew, because messages must not depend on where it cut.

import { readFileSync } from 'node:fs'
import { Capture } from '../../src/engine/capture.ts'
import { openCapture } from '../../src/files/index.ts'
import { below, pick, type Random } from './random.ts'

export interface FuzzPacket {
  readonly bytes: Uint8Array
  /** Length on the wire. */
  readonly length: number
  readonly linkType: number
}

/** What is tried: packets to be written as a capture, or a file as it is. */
export type Case =
  | { readonly kind: 'packets'; readonly packets: readonly FuzzPacket[] }
  | { readonly kind: 'file'; readonly bytes: Uint8Array }

/** A capture to change. */
export interface Original {
  readonly path: string
  readonly packets: readonly FuzzPacket[]
  /** Offset and length of fields in each packet, as dissected. */
  readonly places: readonly (readonly (readonly [start: number, length: number])[])[]
}

const MAX_PACKETS = 400
const MAX_CASE = 60
const MAX_FILE = 256 * 1024

/** Reads the first packets of a capture and where their fields are; null when it is none. */
export async function readOriginal(path: string): Promise<Original | null> {
  let capture: Capture
  try {
    capture = new Capture(await openCapture(path))
    capture.step(MAX_PACKETS)
  } catch {
    return null
  }
  const packets: FuzzPacket[] = []
  const places: [number, number][][] = []
  const d = capture.dissection()
  for (let packet = 1; packet <= Math.min(MAX_PACKETS, capture.index.count); packet++) {
    packets.push({ bytes: capture.bytes(packet), length: capture.index.length(packet), linkType: Math.max(0, capture.linkType(packet)) })
    capture.record(d, packet)
    const found: [number, number][] = []
    for (let row = 0; row < d.rows.count && found.length < 4000; row++)
      if (d.rows.source[row] === 0 && d.rows.length[row]! > 0 && d.rows.length[row]! <= 8)
        found.push([d.rows.start[row]!, d.rows.length[row]!])
    places.push(found)
  }
  capture.close()
  return packets.length === 0 ? null : { path, packets, places }
}

/** The file itself with some of its bytes changed; null when it is long. */
export function damageFile(path: string, random: Random): Case | null {
  const whole = readFileSync(path)
  if (whole.length > MAX_FILE || whole.length === 0) return null
  let bytes: Uint8Array = whole
  for (let n = 1 + below(random, 8); n > 0; n--) bytes = changeBytes(bytes, random)
  return { kind: 'file', bytes }
}

/** Some consecutive packets of the capture, changed. */
export function damagePackets(original: Original, other: Original, random: Random): Case {
  const count = Math.min(original.packets.length, 1 + below(random, MAX_CASE))
  const first = below(random, original.packets.length - count + 1)
  const packets = original.packets.slice(first, first + count)
  for (let n = 1 + below(random, 12); n > 0; n--) changePackets(packets, original.places.slice(first, first + count), other, random)
  return { kind: 'packets', packets }
}

function changePackets(packets: FuzzPacket[], places: Original['places'], other: Original, random: Random): void {
  const i = below(random, packets.length)
  const one = packets[i]!
  const replace = (bytes: Uint8Array): void => {
    packets[i] = { ...one, bytes, length: Math.max(bytes.length, one.length) }
  }
  switch (below(random, 14)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: {
      // A field of a packet; it may have moved by now, which is as good as any other place.
      const place = (places[i] ?? []).length > 0 ? pick(random, places[i]!) : null
      if (place === null) return
      replace(setField(one.bytes, place[0], place[1], random))
      return
    }
    case 5:
      packets.splice(below(random, packets.length), 0, one)
      return
    case 6:
      if (packets.length > 1) packets.splice(i, 1)
      return
    case 7: {
      const j = below(random, packets.length)
      packets[i] = packets[j]!
      packets[j] = one
      return
    }
    case 8:
      packets.splice(i, 0, pick(random, other.packets))
      return
    case 9: {
      // The capture kept only the beginning.
      const cut = below(random, one.bytes.length + 1)
      packets[i] = { ...one, bytes: one.bytes.subarray(0, cut) }
      return
    }
    case 10:
    case 11: {
      const parts = splitSegment(one, random)
      if (parts !== null) packets.splice(i, 1, ...(random() < 0.2 ? parts.reverse() : parts))
      return
    }
    case 12:
      packets[i] = { ...one, linkType: pick(random, [0, 1, 101, 113, 276, 12, 228, 105, 127]) }
      return
    default:
      replace(changeBytes(one.bytes, random))
  }
}

const INTERESTING = [0, 1, 2, 3, 4, 7, 8, 15, 16, 0x1f, 0x20, 0x3f, 0x40, 0x7e, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xfe, 0xff]

function setField(bytes: Uint8Array, start: number, length: number, random: Random): Uint8Array {
  if (start + length > bytes.length) return bytes
  const out = bytes.slice()
  const last = start + length - 1
  switch (below(random, 5)) {
    case 0:
      out.fill(0xff, start, last + 1)
      break
    case 1:
      out.fill(0, start, last + 1)
      break
    case 2:
      out[last] = (out[last]! + (random() < 0.5 ? 1 : 255)) & 0xff
      break
    case 3:
      out[start] = pick(random, INTERESTING)
      break
    default:
      out[last] = pick(random, INTERESTING)
  }
  return out
}

function changeBytes(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(below(random, 256))
  const at = below(random, bytes.length)
  const length = Math.min(bytes.length - at, 1 + below(random, 32))
  const out = bytes.slice()
  switch (below(random, 7)) {
    case 0:
      out[at] = out[at]! ^ (1 << below(random, 8))
      return out
    case 1:
      out[at] = pick(random, INTERESTING)
      return out
    case 2:
      for (let i = at; i < at + length; i++) out[i] = below(random, 256)
      return out
    case 3:
      return joined([bytes.subarray(0, at), bytes.subarray(at + length)])
    case 4:
      return joined([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)])
    case 5: {
      const from = below(random, bytes.length)
      out.copyWithin(at, from, Math.min(bytes.length, from + length))
      return out
    }
    default:
      return bytes.slice(0, at)
  }
}

/** An IPv4 TCP segment in Ethernet as two, cut anywhere; null when the packet is none or too short. */
function splitSegment(packet: FuzzPacket, random: Random): FuzzPacket[] | null {
  const { bytes } = packet
  if (packet.linkType !== 1 || bytes.length < 56 || bytes[12] !== 8 || bytes[13] !== 0 || bytes[23] !== 6 || bytes[14]! >> 4 !== 4)
    return null
  const tcp = 14 + (bytes[14]! & 15) * 4
  if (tcp < 34 || tcp + 20 > bytes.length) return null
  const data = tcp + (bytes[tcp + 12]! >> 4) * 4
  const end = Math.min(bytes.length, 14 + bytes[16]! * 256 + bytes[17]!)
  if (data < tcp + 20 || data >= end - 1) return null
  const cut = data + 1 + below(random, end - data - 1)
  const make = (from: number, to: number): FuzzPacket => {
    const out = joined([bytes.subarray(0, data), bytes.subarray(from, to)])
    const view = new DataView(out.buffer)
    view.setUint16(16, out.length - 14)
    view.setUint32(tcp + 4, (view.getUint32(tcp + 4) + from - data) >>> 0)
    return { bytes: out, length: out.length, linkType: 1 }
  }
  return [make(data, cut), make(cut, end)]
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
