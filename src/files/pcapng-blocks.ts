// The blocks of pcapng that describe something and come rarely: sections, interfaces, names, statistics, secrets, and the options of
// all blocks. The packets themselves are in pcapng.ts. (draft-ietf-opsawg-pcapng, sections 3.5 and 4)

import { decodeResolution, MICROSECONDS } from './pcapng-time.ts'
import type { CaptureInterface, CaptureSection, CaptureStatistics, PacketSink } from './types.ts'

const OPTION_END = 0
const OPTION_COMMENT = 1
const PACKET_FLAGS = 2

const decoder = new TextDecoder()

/** A block's fixed bytes start at `start`; its last option ends before `end`. All inside `bytes`. */
export interface BlockBody {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly start: number
  readonly end: number
  readonly little: boolean
}

/** Calls `take` for each option from `at` on. One that reaches past the block ends the list: what stood before it counts. */
function eachOption(block: BlockBody, at: number, take: (code: number, start: number, length: number) => void): void {
  let next = at
  while (next + 4 <= block.end) {
    const code = block.view.getUint16(next, block.little)
    const length = block.view.getUint16(next + 2, block.little)
    if (code === OPTION_END || next + 4 + length > block.end) return
    take(code, next + 4, length)
    next += 4 + ((length + 3) & ~3)
  }
}

/** Text options are UTF-8, not terminated; some writers terminate them all the same. */
function textAt(bytes: Uint8Array, start: number, length: number): string {
  let end = start + length
  while (end > start && bytes[end - 1] === 0) end--
  return decoder.decode(bytes.subarray(start, end))
}

/** Hands the comments of a packet to the sink, and what the link layer said of it. */
export function readPacketOptions(block: BlockBody, at: number, sink: PacketSink): void {
  if (sink.comment === undefined && sink.flags === undefined) return
  eachOption(block, at, (code, start, length) => {
    if (code === OPTION_COMMENT) sink.comment?.(textAt(block.bytes, start, length))
    else if (code === PACKET_FLAGS && length === 4) sink.flags?.(block.view.getUint32(start, block.little))
  })
}

/** A type whose properties are assigned one by one while options are read. */
type Draft<T> = { -readonly [K in keyof T]: T[K] }

export function readSection(block: BlockBody, id: number): CaptureSection {
  const section: Draft<CaptureSection> = { id }
  eachOption(block, block.start + 16, (code, start, length) => {
    const text = textAt(block.bytes, start, length)
    if (code === OPTION_COMMENT) section.comment ??= text
    else if (code === 2) section.hardware = text
    else if (code === 3) section.system = text
    else if (code === 4) section.application = text
  })
  return section
}

export function readInterface(block: BlockBody, id: number, section: number): CaptureInterface {
  const { bytes, view, little } = block
  const described: Draft<CaptureInterface> = {
    id,
    section,
    linkType: view.getUint16(block.start, little),
    snapLength: view.getUint32(block.start + 4, little),
    resolution: MICROSECONDS,
    offsetSeconds: 0,
  }
  eachOption(block, block.start + 8, (code, start, length) => {
    if (code === OPTION_COMMENT) described.comment ??= textAt(bytes, start, length)
    else if (code === 2) described.name = textAt(bytes, start, length)
    else if (code === 3) described.description = textAt(bytes, start, length)
    else if (code === 9 && length === 1) described.resolution = decodeResolution(view.getUint8(start))
    // if_filter: the first byte is the kind, 0 a libpcap expression; anything else is machine code.
    else if (code === 11 && length > 1 && view.getUint8(start) === 0) described.filter = textAt(bytes, start + 1, length - 1)
    else if (code === 12) described.system = textAt(bytes, start, length)
    else if (code === 13 && length === 1) described.fcsLength = view.getUint8(start)
    else if (code === 14 && length === 8) described.offsetSeconds = Number(view.getBigInt64(start, little))
    else if (code === 15) described.hardware = textAt(bytes, start, length)
  })
  return described
}

const COUNTERS: Readonly<Record<number, Exclude<keyof CaptureStatistics, 'interfaceId'>>> = {
  4: 'received',
  5: 'dropped',
  6: 'accepted',
  7: 'droppedBySystem',
  8: 'delivered',
}

export function readStatistics(block: BlockBody, interfaceId: number): CaptureStatistics {
  const statistics: Draft<CaptureStatistics> = { interfaceId }
  eachOption(block, block.start + 12, (code, start, length) => {
    const counter = COUNTERS[code]
    if (counter !== undefined && length === 8) statistics[counter] = Number(block.view.getBigUint64(start, block.little))
  })
  return statistics
}

/** Name resolution: records of type, length, address and zero-terminated names; type 0 ends them. */
export function readNames(block: BlockBody, sink: PacketSink): void {
  if (sink.name === undefined) return
  const { bytes, view, little, end } = block
  let at = block.start
  while (at + 4 <= end) {
    const type = view.getUint16(at, little)
    const length = view.getUint16(at + 2, little)
    const start = at + 4
    const addressLength = type === 1 ? 4 : 16
    if (type === 0 || start + length > end) return
    if ((type === 1 || type === 2) && length > addressLength) {
      const names = textAt(bytes, start + addressLength, length - addressLength).split('\0')
      sink.name(bytes.slice(start, start + addressLength), names)
    }
    at = start + ((length + 3) & ~3)
  }
}

export function readSecrets(block: BlockBody, sink: PacketSink): void {
  if (sink.secrets === undefined || block.end - block.start < 8) return
  const length = block.view.getUint32(block.start + 4, block.little)
  const start = block.start + 8
  if (length > block.end - start) return
  sink.secrets(block.view.getUint32(block.start, block.little), block.bytes.slice(start, start + length))
}
