// pcapng: blocks of type u32, length u32, body, length u32, each section in the byte order that its header states.
// draft-ietf-opsawg-pcapng; where it leaves a choice, as wiretap 4.0 does.
//
//   packet  type 6 (enhanced) or 2 (its obsolete forerunner) · length · interface · time high · time low · captured · length
//           · packet, padded to 4 · options · length

import { largestPacket } from './link-types.ts'
import { type BlockBody, readInterface, readNames, readPacketOptions, readSecrets, readSection, readStatistics } from './pcapng-blocks.ts'
import { isFinerThanMicroseconds, TimeSplitter } from './pcapng-time.ts'
import { RecordReader } from './reader.ts'
import { type CaptureInterface, LONGEST, NO_INTERFACE, NO_TIME, type PacketSink, type StepResult } from './types.ts'

const SECTION = 0x0a0d0d0a
const INTERFACE = 1
const OBSOLETE_PACKET = 2
const SIMPLE_PACKET = 3
const NAMES = 4
const STATISTICS = 5
const PACKET = 6
const SECRETS = 10
const CUSTOM = 0xbad
const CUSTOM_NOT_COPIED = 0x40000bad
/** Tells the byte order: the first four bytes of a section header's body. */
const ORDER_MAGIC = 0x1a2b3c4d

/** Type, length, length. */
const SMALLEST_BLOCK = 12
/** Of a packet block, up to the packet. */
const PACKET_HEADER = 28
/** Room for options beside the largest packet, and the largest block of any other type: wiretap's bound of 16 MiB. */
const LARGEST_BLOCK = 16 * 1024 * 1024
/** More interfaces than any machine has; an interface costs us memory, and a hostile file could hold millions. */
const MOST_INTERFACES = 65_536

/** True when the bytes at the start are a section header's type. */
export function isPcapng(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x0a && bytes[1] === 0x0d && bytes[2] === 0x0d && bytes[3] === 0x0a
}

export class PcapngReader extends RecordReader {
  readonly format = 'pcapng'
  nanosecond = false
  private readonly interfaces: CaptureInterface[] = []
  private readonly times: TimeSplitter[] = []
  private readonly largest: number[] = []
  /** Id of the section's first interface: packets count from it. */
  private sectionBase = 0
  private sections = 0
  private little = true

  protected records(sink: PacketSink, maxRecords: number): StepResult {
    const { window } = this
    for (let count = 0; count < maxRecords; count++) {
      if (window.end - window.start < SMALLEST_BLOCK && !window.fill(SMALLEST_BLOCK)) return this.shortage(SMALLEST_BLOCK, 'a block')
      let view = window.view
      let start = window.start
      let little = this.little
      const type = view.getUint32(start, little)
      if (type === SECTION) {
        const magic = view.getUint32(start + 8, true)
        little = magic === ORDER_MAGIC
        if (!little && view.getUint32(start + 8, false) !== ORDER_MAGIC) {
          return this.corrupt('the byte-order magic 1a2b3c4d of a section header', magic.toString(16).padStart(8, '0'))
        }
        this.little = little
      } else if (this.sections === 0) {
        return this.corrupt('a section header block', `a block of type ${type}`)
      }
      const total = view.getUint32(start + 4, little)
      // Some old writers left the padding of the last option out of the length.
      const size = total + (-total & 3)
      if (total < SMALLEST_BLOCK) return this.corrupt(`a block length of at least ${SMALLEST_BLOCK}`, `${total}`)
      const packet = type === PACKET || type === OBSOLETE_PACKET
      if (packet) {
        if (total < PACKET_HEADER + 4) return this.corrupt(`a packet block of at least ${PACKET_HEADER + 4} bytes`, `${total}`)
        if (window.end - start < PACKET_HEADER) {
          if (!window.fill(PACKET_HEADER)) return this.shortage(size, 'a packet block')
          ;({ view, start } = window)
        }
        const captured = view.getUint32(start + 20, little)
        const id = this.sectionBase + (type === PACKET ? view.getUint32(start + 8, little) : view.getUint16(start + 8, little))
        const largest = this.largest[id]
        if (largest === undefined) {
          return this.corrupt(
            `one of the section's ${this.interfaces.length - this.sectionBase} interfaces`,
            `interface ${id - this.sectionBase}`,
          )
        }
        if (captured > largest) return this.corrupt(`a packet of at most ${largest} bytes`, `a captured length of ${captured}`)
        if (captured > total - PACKET_HEADER - 4)
          return this.corrupt(`a packet inside its block of ${total} bytes`, `a captured length of ${captured}`)
        if (size > captured + LARGEST_BLOCK) return this.corrupt(`a block of at most ${LARGEST_BLOCK} bytes`, `${total}`)
      } else if (size > LARGEST_BLOCK) {
        return this.corrupt(`a block of at most ${LARGEST_BLOCK} bytes`, `${total}`)
      }
      if (window.end - start < size) {
        if (!window.fill(size)) return this.shortage(size, 'a block')
        ;({ view, start } = window)
      }
      const trailer = view.getUint32(start + size - 4, little)
      if (trailer !== total) return this.corrupt(`the block length ${total} again at the end of the block`, `${trailer}`)
      if (packet) {
        this.takePacket(sink, type, size)
      } else {
        const problem = this.takeBlock(sink, type, { bytes: window.bytes, view, start: start + 8, end: start + size - 4, little })
        if (problem !== null) return this.corrupt(problem.expected, problem.found)
        window.start += size
      }
    }
    return 'more'
  }

  /** The packet block at the window's start, checked by records(). */
  private takePacket(sink: PacketSink, type: number, size: number): void {
    const { window, little } = this
    const { view, start, bytes } = window
    const captured = view.getUint32(start + 20, little)
    const length = Math.min(view.getUint32(start + 24, little), LONGEST)
    const id = this.sectionBase + (type === PACKET ? view.getUint32(start + 8, little) : view.getUint16(start + 8, little))
    const time = this.times[id]!
    time.split(view.getUint32(start + 12, little), view.getUint32(start + 16, little))
    const data = start + PACKET_HEADER
    const options = data + ((captured + 3) & ~3)
    const end = start + size - 4
    if (options + 4 <= end) readPacketOptions({ bytes, view, start, end, little }, options, sink)
    window.start = start + size
    sink.packet(bytes, data, captured, length, time.seconds, time.nanos, id, window.base + data)
  }

  /** Any other block. Returns what is wrong with it, if so. */
  private takeBlock(sink: PacketSink, type: number, block: BlockBody): { expected: string; found: string } | null {
    const room = block.end - block.start
    switch (type) {
      case SECTION:
        return this.takeSection(sink, block, room)
      case INTERFACE:
        return this.takeInterface(sink, block, room)
      case SIMPLE_PACKET:
        return this.takeSimple(sink, block, room)
      case CUSTOM:
      case CUSTOM_NOT_COPIED:
        if (room < 4) return { expected: 'a custom block with an enterprise number', found: `${room} bytes` }
        // As in tshark 4.0: a packet of its own, which starts after the enterprise number.
        sink.packet(block.bytes, block.start + 4, room - 4, room - 4, 0, NO_TIME, NO_INTERFACE, this.window.base + block.start + 4)
        return null
      case NAMES:
        readNames(block, sink)
        return null
      case SECRETS:
        readSecrets(block, sink)
        return null
      case STATISTICS:
        if (room >= 12) sink.statistics?.(readStatistics(block, this.sectionBase + block.view.getUint32(block.start, block.little)))
        return null
      default:
        return null
    }
  }

  private takeSection(sink: PacketSink, block: BlockBody, room: number): { expected: string; found: string } | null {
    if (room < 16) return { expected: 'a section header of at least 28 bytes', found: `${room + SMALLEST_BLOCK}` }
    const major = block.view.getUint16(block.start + 4, block.little)
    const minor = block.view.getUint16(block.start + 6, block.little)
    // 1.2 was written by mistake and means 1.0 (section 4.1).
    if (major !== 1 || (minor !== 0 && minor !== 2)) return { expected: 'pcapng version 1.0', found: `version ${major}.${minor}` }
    this.sectionBase = this.interfaces.length
    sink.section?.(readSection(block, this.sections))
    this.sections++
    return null
  }

  private takeInterface(sink: PacketSink, block: BlockBody, room: number): { expected: string; found: string } | null {
    if (room < 8) return { expected: 'an interface description of at least 20 bytes', found: `${room + SMALLEST_BLOCK}` }
    const id = this.interfaces.length
    if (id >= MOST_INTERFACES) return { expected: `at most ${MOST_INTERFACES} interfaces`, found: 'one more' }
    const described = readInterface(block, id, this.sections - 1)
    this.interfaces.push(described)
    this.times.push(new TimeSplitter(described.resolution, described.offsetSeconds))
    this.largest.push(largestPacket(described.linkType))
    if (isFinerThanMicroseconds(described.resolution)) this.nanosecond = true
    sink.interface(described)
    return null
  }

  /** Simple packets belong to the section's first interface, have no time, and are cut at its snap length. */
  private takeSimple(sink: PacketSink, block: BlockBody, room: number): { expected: string; found: string } | null {
    const described = this.interfaces[this.sectionBase]
    if (described === undefined) return { expected: 'an interface description before the first packet', found: 'none' }
    if (room < 4) return { expected: 'a simple packet block of at least 16 bytes', found: `${room + SMALLEST_BLOCK}` }
    const length = Math.min(block.view.getUint32(block.start, block.little), LONGEST)
    const snap = described.snapLength === 0 ? length : described.snapLength
    const captured = Math.min(length, snap, room - 4)
    const largest = largestPacket(described.linkType)
    if (captured > largest) return { expected: `a packet of at most ${largest} bytes`, found: `a captured length of ${captured}` }
    const data = block.start + 4
    sink.packet(block.bytes, data, captured, length, 0, NO_TIME, described.id, this.window.base + data)
    return null
  }
}
