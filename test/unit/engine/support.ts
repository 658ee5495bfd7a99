// Captures for tests of the engine: the project's own recordings, and files written from their packets with something changed.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Settings } from '../../../src/core/dissect.ts'
import { Capture } from '../../../src/engine/capture.ts'
import { createWriter, openCapture } from '../../../src/files/index.ts'

export const CAPTURES = fileURLToPath(new URL('../../../captures/', import.meta.url))

/** Paths of the recordings in captures/. */
export function recordings(): string[] {
  return readdirSync(CAPTURES)
    .filter((name) => name.endsWith('.pcapng'))
    .sort()
    .map((name) => join(CAPTURES, name))
}

/** Opens a capture and indexes it whole. Exceptions in dissectors are thrown on. */
export async function indexed(path: string, settings?: Settings): Promise<Capture> {
  const capture = new Capture(await openCapture(path), { strict: true, ...(settings === undefined ? {} : { settings }) })
  while (capture.step(1000) === 'more');
  return capture
}

/** The packets of a capture, as bytes. */
export async function packetsOf(path: string): Promise<Uint8Array[]> {
  const capture = await indexed(path)
  const packets = Array.from({ length: capture.index.count }, (_, i) => capture.bytes(i + 1))
  capture.close()
  return packets
}

/** Writes packets as an Ethernet capture, opens it, indexes it, and hands it to `use`. `lengths` are those on the wire, if longer. */
export async function withCapture<T>(
  packets: readonly Uint8Array[],
  use: (capture: Capture) => T | Promise<T>,
  { linkType = 1, lengths = [] }: { linkType?: number; lengths?: readonly number[] } = {},
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'wiretail-test-'))
  const path = join(folder, 'packets.pcapng')
  try {
    const writer = createWriter(path, { format: 'pcapng', interfaces: [{ linkType }] })
    packets.forEach((bytes, i) => {
      writer.packet(bytes, 0, bytes.length, Math.max(bytes.length, lengths[i] ?? 0), 1_700_000_000 + i, 0, 0)
    })
    writer.close()
    const capture = await indexed(path)
    try {
      return await use(capture)
    } finally {
      capture.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
