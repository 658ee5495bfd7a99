// Classic pcap: a file header of 24 bytes, then records of a header and the packet's bytes, all in the writer's byte order.
//
//   file    magic u32 · major u16 · minor u16 · zone u32 · accuracy u32 · snap length u32 · link type u32
//   record  seconds u32 · micro- or nanoseconds u32 · captured length u32 · length u32 · packet
//
// draft-ietf-opsawg-pcap; deviations of old writers as libpcap and wiretap treat them.

import { largestPacket, splitLinkType } from './link-types.ts'
import { chooseRecordHeader } from './pcap-variants.ts'
import { RecordReader } from './reader.ts'
import type { ByteSource } from './source.ts'
import { CaptureError, type CaptureInterface, type Compression, LONGEST, nameOf, type PacketSink, type StepResult } from './types.ts'

export const PCAP_HEADER = 24

const STANDARD = 0xa1b2c3d4
const NANOSECOND = 0xa1b23c4d
const MODIFIED = 0xa1b2cd34
// Ixia's hardware (nanoseconds) and software (microseconds) captures: four bytes more in the file header.
const IXIA_HARDWARE = 0x1c0001ac
const IXIA_SOFTWARE = 0x1c0001ab
const MAGICS: ReadonlySet<number> = new Set([STANDARD, NANOSECOND, MODIFIED, IXIA_HARDWARE, IXIA_SOFTWARE])

/** True when the four bytes at the start are a pcap magic number in either byte order. */
export function isPcap(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4)
  return MAGICS.has(view.getUint32(0, true)) || MAGICS.has(view.getUint32(0, false))
}

/** Whether captured length and length stand in each other's place: version 2.3 swapped them, and some of its writers did not. */
type LengthOrder = 'captured first' | 'length first' | 'smaller is captured'

export class PcapReader extends RecordReader {
  readonly format = 'pcap'
  readonly nanosecond: boolean
  private readonly described: CaptureInterface
  private readonly little: boolean
  private readonly order: LengthOrder
  private readonly recordHeader: number
  private readonly largest: number
  private announced = false

  constructor(path: string, compression: Compression, source: ByteSource) {
    super(path, compression, source)
    const window = this.window
    if (!window.fill(PCAP_HEADER)) {
      throw new CaptureError(
        'format',
        path,
        `${nameOf(path)} ends inside the pcap file header.`,
        'Copy the file again if the original is complete.',
        {
          offset: source.size,
          expected: `${PCAP_HEADER} bytes of file header`,
        },
      )
    }
    const { view } = window
    this.little = MAGICS.has(view.getUint32(0, true))
    const magic = view.getUint32(0, this.little)
    const major = view.getUint16(4, this.little)
    const minor = view.getUint16(6, this.little)
    if (major < 2) {
      throw new CaptureError(
        'format',
        path,
        `${nameOf(path)} is a pcap file of version ${major}.${minor}.`,
        'Convert it to 2.4 with the program that wrote it.',
        {
          offset: 4,
          expected: 'version 2.0 or later',
        },
      )
    }
    this.order = lengthOrder(major, minor)
    const aix = magic === STANDARD && major === 2 && minor === 2 ? aixLinkType(view.getUint32(20, this.little)) : undefined
    const { linkType, fcsLength } = splitLinkType(aix ?? view.getUint32(20, this.little))
    this.nanosecond = magic === NANOSECOND || magic === IXIA_HARDWARE || aix !== undefined
    this.largest = largestPacket(linkType)
    this.described = {
      id: 0,
      section: 0,
      linkType,
      snapLength: view.getUint32(16, this.little),
      resolution: { base: 10, power: this.nanosecond ? 9 : 6 },
      offsetSeconds: 0,
      ...(fcsLength === undefined ? {} : { fcsLength }),
    }
    const headerSize = magic === IXIA_HARDWARE || magic === IXIA_SOFTWARE ? PCAP_HEADER + 4 : PCAP_HEADER
    const guessed = magic === MODIFIED || (magic === STANDARD && this.order === 'captured first')
    this.recordHeader = guessed
      ? chooseRecordHeader(source, headerSize, this.little, magic === MODIFIED, this.described.snapLength, this.largest)
      : 16
    window.skip(headerSize)
  }

  protected records(sink: PacketSink, maxRecords: number): StepResult {
    if (!this.announced) {
      this.announced = true
      sink.interface(this.described)
    }
    const { window, little, order, recordHeader, largest } = this
    const scale = this.nanosecond ? 1 : 1000
    let { bytes, view, start, end, base } = window
    for (let count = 0; count < maxRecords; count++) {
      if (end - start < recordHeader) {
        if (!window.fill(recordHeader)) return this.shortage(recordHeader, 'a record header')
        ;({ bytes, view, start, end, base } = window)
      }
      let captured = view.getUint32(start + 8, little)
      let length = view.getUint32(start + 12, little)
      if (order !== 'captured first' && (order === 'length first' || captured > length)) {
        const first = captured
        captured = length
        length = first
      }
      if (length > LONGEST) length = LONGEST
      if (captured > largest) return this.corrupt(`a packet of at most ${largest} bytes`, `a captured length of ${captured}`)
      const size = recordHeader + captured
      if (end - start < size) {
        if (!window.fill(size)) return this.shortage(size, 'a packet record')
        ;({ bytes, view, start, end, base } = window)
      }
      const seconds = view.getUint32(start, little)
      // Microseconds out of range wrap as in wiretap, see types.ts.
      const nanos = Math.imul(view.getUint32(start + 4, little), scale)
      const data = start + recordHeader
      start += size
      window.start = start
      sink.packet(bytes, data, captured, length, seconds, nanos, 0, base + data)
    }
    return 'more'
  }
}

function lengthOrder(major: number, minor: number): LengthOrder {
  // 543.0 is DG/UX's tcpdump.
  if (major === 543 || (major === 2 && minor < 3)) return 'length first'
  return major === 2 && minor === 3 ? 'smaller is captured' : 'captured first'
}

/** AIX writes 2.2 with RFC 1573 interface types and nanoseconds; undefined for everyone else's 2.2. */
function aixLinkType(field: number): number | undefined {
  return new Map([
    [6, 1],
    [9, 6],
    [15, 10],
    [24, 0],
  ]).get(field)
}
