// Writes packets of a capture to a file.

import { existsSync, renameSync, rmSync } from 'node:fs'
import { CaptureError, type CaptureFormat, type CaptureWriter, createWriter, NO_INTERFACE } from '../files/index.ts'
import type { Capture } from './capture.ts'
import { Readahead } from './readahead.ts'
import type { View } from './types.ts'

const SLICE_MS = 8
const BATCH = 256

/** The format that a file name asks for: pcapng unless it ends in .pcap or .cap. */
export function formatOf(path: string): CaptureFormat {
  return /\.p?cap$/i.test(path) ? 'pcap' : 'pcapng'
}

/** A writer for packets of this capture, with its interfaces and the secrets that it holds. */
export function writerFor(capture: Capture, target: string | number, format: CaptureFormat): CaptureWriter {
  return createWriter(target, {
    format,
    nanosecond: capture.reader.nanosecond || format === 'pcapng',
    interfaces: capture.interfaces.length > 0 ? capture.interfaces : [{ linkType: 1 }],
    application: 'wiretail',
  })
}

/** Hands one packet to the writer, with its comments. `known` is the number of interfaces that the writer knows; returns the new one. */
export function writePacket(
  capture: Capture,
  writer: CaptureWriter,
  packet: number,
  bytes: Uint8Array,
  start: number,
  known: number,
): number {
  let interfaces = known
  while (interfaces < capture.interfaces.length) writer.interface(capture.interfaces[interfaces++]!)
  const { index } = capture
  if (index.interfaceId(packet) !== NO_INTERFACE) {
    for (const comment of capture.comments.get(packet) ?? []) writer.comment(comment)
    writer.packet(
      bytes,
      start,
      index.captured(packet),
      index.length(packet),
      index.seconds(packet),
      index.nanos(packet),
      index.interfaceId(packet),
    )
  }
  return interfaces
}

/**
 * Writes the packets of a view, in slices. The file appears under its name when it is complete; one that is there already, which may be
 * the very capture that is being read, is never written over. Resolves to the number of packets; rejects with a CaptureError.
 */
export async function savePackets(capture: Capture, path: string, view: View, onProgress: () => void): Promise<number> {
  if (existsSync(path)) throw new CaptureError('io', path, `${path} is there already.`, 'Choose another name.')
  const partial = `${path}.part`
  const writer = writerFor(capture, partial, formatOf(path))
  const readahead = new Readahead(capture)
  let known = Math.max(1, capture.interfaces.length)
  for (const { type, bytes } of capture.secretBlocks) writer.secrets(type, bytes)
  const last = view.count
  let complete = false
  try {
    for (let position = 0; position < last; ) {
      const deadline = performance.now() + SLICE_MS
      do {
        for (const end = Math.min(last, position + BATCH); position < end; position++) {
          const packet = view.packetAt(position)
          const start = readahead.start(packet)
          known = writePacket(capture, writer, packet, readahead.bytes, start, known)
        }
      } while (position < last && performance.now() < deadline)
      onProgress()
      await new Promise((resolve) => setImmediate(resolve))
    }
    complete = true
    return writer.packets
  } finally {
    writer.close()
    if (complete) renameSync(partial, path)
    else rmSync(partial, { force: true })
  }
}
