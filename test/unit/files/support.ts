// What the tests of capture files share: files made on the spot, and everything that a reader says of one.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { ByteWriter } from '../../../src/bytes/writer.ts'
import {
  type CaptureDamage,
  type CaptureInterface,
  type CaptureReader,
  type CaptureSection,
  type CaptureStatistics,
  openCapture,
  type PacketSink,
} from '../../../src/files/index.ts'

export interface ReadPacket {
  bytes: number[]
  length: number
  seconds: number
  nanos: number
  interfaceId: number
  offset: number
  comments: string[]
}

/** Everything that a reader handed out. */
export class Collector implements PacketSink {
  packets: ReadPacket[] = []
  interfaces: CaptureInterface[] = []
  sections: CaptureSection[] = []
  names: { address: number[]; names: readonly string[] }[] = []
  secretBlocks: { type: number; text: string }[] = []
  counts: CaptureStatistics[] = []
  private comments: string[] = []

  packet(
    bytes: Uint8Array,
    start: number,
    captured: number,
    length: number,
    seconds: number,
    nanos: number,
    interfaceId: number,
    offset: number,
  ): void {
    this.packets.push({
      bytes: [...bytes.subarray(start, start + captured)],
      length,
      seconds,
      nanos,
      interfaceId,
      offset,
      comments: this.comments,
    })
    this.comments = []
  }

  interface(described: CaptureInterface): void {
    this.interfaces.push(described)
  }

  comment(text: string): void {
    this.comments.push(text)
  }

  section(described: CaptureSection): void {
    this.sections.push(described)
  }

  secrets(type: number, bytes: Uint8Array): void {
    this.secretBlocks.push({ type, text: new TextDecoder().decode(bytes) })
  }

  name(address: Uint8Array, names: readonly string[]): void {
    this.names.push({ address: [...address], names })
  }

  statistics(described: CaptureStatistics): void {
    this.counts.push(described)
  }
}

/** Reads to the end, waiting where the reader says so. */
export async function drain(reader: CaptureReader, sink: PacketSink, stride = 7): Promise<void> {
  for (;;) {
    const result = reader.step(sink, stride)
    if (result === 'end') return
    if (result === 'waiting') await reader.readable()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'wiretail-test-'))
let files = 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A path in a folder that goes away after the tests. */
export function scratch(name = `file${files++}`): string {
  return join(folder, name)
}

export function scratchFile(bytes: Uint8Array): string {
  const path = scratch()
  writeFileSync(path, bytes)
  return path
}

export interface ReadCapture extends Collector {
  damage: CaptureDamage | null
  nanosecond: boolean
  format: string
  compression: string
}

/** Everything in a capture given as bytes. */
export async function readBytes(bytes: Uint8Array): Promise<ReadCapture> {
  return readPath(scratchFile(bytes))
}

export async function readPath(path: string): Promise<ReadCapture> {
  const reader = await openCapture(path)
  try {
    const sink = new Collector()
    await drain(reader, sink)
    return Object.assign(sink, {
      damage: reader.damage,
      nanosecond: reader.nanosecond,
      format: reader.format,
      compression: reader.compression,
    })
  } finally {
    reader.close()
  }
}

/** A pcap file header, little-endian unless told otherwise. */
export function pcapHeader(
  options: { magic?: number; little?: boolean; major?: number; minor?: number; snap?: number; link?: number } = {},
): ByteWriter {
  const { magic = 0xa1b2c3d4, little = true, major = 2, minor = 4, snap = 262_144, link = 1 } = options
  return new ByteWriter(little).u32(magic).u16(major).u16(minor).u32(0).u32(0).u32(snap).u32(link)
}

/** A pcapng block: type, length, body, length. */
export function block(type: number, body: (into: ByteWriter) => void, little = true): Uint8Array {
  const inside = new ByteWriter(little)
  body(inside)
  inside.align(4)
  const size = inside.length + 12
  return new ByteWriter(little).u32(type).u32(size).bytes(inside.finish()).u32(size).finish()
}

export function sectionBlock(little = true, options: (into: ByteWriter) => void = () => {}): Uint8Array {
  return block(
    0x0a0d0d0a,
    (into) => {
      into.u32(0x1a2b3c4d).u16(1).u16(0).u64(-1)
      options(into)
    },
    little,
  )
}

export function interfaceBlock(little = true, link = 1, snap = 0, options: (into: ByteWriter) => void = () => {}): Uint8Array {
  return block(
    1,
    (into) => {
      into.u16(link).u16(0).u32(snap)
      options(into)
    },
    little,
  )
}

export interface BlockPacket {
  interfaceId?: number
  time?: bigint
  bytes: readonly number[]
  length?: number
  captured?: number
  options?: (into: ByteWriter) => void
}

export function packetBlock(packet: BlockPacket, little = true): Uint8Array {
  const { interfaceId = 0, time = 0n, bytes, length = bytes.length, captured = bytes.length, options = () => {} } = packet
  return block(
    6,
    (into) => {
      into
        .u32(interfaceId)
        .u32(Number(time >> 32n))
        .u32(Number(time & 0xffffffffn))
      into.u32(captured).u32(length).bytes(bytes).align(4)
      options(into)
    },
    little,
  )
}

export function option(into: ByteWriter, code: number, value: Uint8Array | readonly number[] | string): ByteWriter {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return into.u16(code).u16(bytes.length).bytes(bytes).align(4)
}

export function concatenate(...parts: Uint8Array[]): Uint8Array {
  const whole = new ByteWriter()
  for (const part of parts) whole.bytes(part)
  return whole.finish()
}
