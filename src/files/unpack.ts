// Unpacks a compressed source into a spool, a little ahead of whoever reads it.
//
// What an unpacked file may take: half of the free space of the folder for temporary files (spool.ts), and at most 1 GiB or 1100 times its
// packed size, whichever is more. deflate reaches 1032 times at the most; real captures 2 to 50. A file that unpacks to more is a bomb.

import { isSkippable, LZ4_MAGIC, PackedInput, UnpackError, type Unpacker, u32le, ZSTD_MAGIC } from './packed.ts'
import { type ByteSource, systemCode } from './source.ts'
import { Spool } from './spool.ts'
import type { Compression } from './types.ts'

const GENEROUS = 1024 * 1024 * 1024
const LARGEST_RATIO = 1100

// Loaded when a file needs them.
const UNPACKERS: Readonly<Record<Exclude<Compression, 'none'>, () => Promise<Unpacker>>> = {
  gzip: async () => (await import('./gzip.ts')).unpackGzip,
  zstd: async () => (await import('./zstd.ts')).unpackZstd,
  lz4: async () => (await import('./lz4.ts')).unpackLz4,
}

/** What the first bytes say. Skippable frames belong to zstd and lz4 alike; what comes in front of captures is zstd's (pzstd). */
export function recogniseCompression(head: Uint8Array): Compression {
  if (head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.length < 4) return 'none'
  const magic = u32le(head, 0)
  if (magic === ZSTD_MAGIC || isSkippable(magic)) return 'zstd'
  return magic === LZ4_MAGIC ? 'lz4' : 'none'
}

/** The unpacked bytes as a source of their own; closing it closes `packed`. */
export function unpack(packed: ByteSource, compression: Exclude<Compression, 'none'>): ByteSource {
  // A stream's size is not known yet: its packed bytes are counted as they come.
  const limit = () => Math.max(GENEROUS, LARGEST_RATIO * packed.size)
  const spool = new Spool({ total: packed.complete ? packed.size : 0, heldBack: true, limit })
  spool.onClose = () => packed.close()
  void fill(spool, packed, UNPACKERS[compression])
  return spool
}

async function fill(spool: Spool, packed: ByteSource, load: () => Promise<Unpacker>): Promise<void> {
  const input = new PackedInput(packed)
  try {
    const unpacker = await load()
    for await (const block of unpacker(input)) {
      spool.consumed = input.position
      if (!spool.append(block)) return
      await spool.room()
      if (spool.complete) return
    }
    spool.consumed = input.position
    spool.end(null)
  } catch (error) {
    if (error instanceof UnpackError) {
      const remedy = 'The packets before it are intact; copy the file again if the original is complete.'
      spool.end({ code: 'compression', expected: error.expected, found: error.found, remedy })
    } else {
      spool.end({ code: 'io', expected: 'readable data', found: systemCode(error), remedy: 'Check the disk.' })
    }
  }
}
