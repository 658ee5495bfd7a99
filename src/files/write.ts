// Writes captures. Also the live spool, at more than 100 000 packets a second: no object per packet, one system call per 256 KiB.

import { Output } from './output.ts'
import { CaptureError } from './types.ts'
import { PcapWriter } from './write-pcap.ts'
import { PcapngWriter } from './write-pcapng.ts'
import type { CaptureWriter, WriterOptions } from './write-types.ts'

/** Starts a capture file: a path, `-` for standard output, or an open descriptor. Throws CaptureError. */
export function createWriter(target: string | number, options: WriterOptions): CaptureWriter {
  if (options.format === 'pcapng') return new PcapngWriter(new Output(target), options)
  const first = options.interfaces[0]
  const other = options.interfaces.find((one) => one.linkType !== first?.linkType)
  if (first === undefined || other !== undefined) {
    const path = typeof target === 'string' ? target : 'The capture'
    throw new CaptureError(
      'format',
      path,
      `${path} cannot be a pcap file: it holds one link type, not none or several.`,
      'Use --format pcapng.',
    )
  }
  return new PcapWriter(new Output(target), options, first)
}
