// Opens a capture: finds out what it is by its first bytes, whatever it is called.

import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { isPcap, PCAP_HEADER, PcapReader } from './pcap.ts'
import { isPcapng, PcapngReader } from './pcapng.ts'
import { type ByteSource, FileSource, systemCode } from './source.ts'
import { CaptureError, type CaptureReader, type Compression, nameOf } from './types.ts'

export interface OpenOptions {
  /** The file still grows: its end means waiting, until the reader's finish() is called. */
  readonly follow?: boolean
}

/**
 * Opens a capture file, or standard input for `-`. Throws CaptureError.
 */
export async function openCapture(path: string, options: OpenOptions = {}): Promise<CaptureReader> {
  const source = openPath(path, options.follow ?? false)
  try {
    const head = await readHead(source, PCAP_HEADER)
    return recognise(path, 'none', source, head)
  } catch (error) {
    source.close()
    throw error
  }
}

function openPath(path: string, follow: boolean): ByteSource {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY)
  } catch (error) {
    throw explain(path, error)
  }
  const stat = fstatSync(fd)
  if (stat.isDirectory()) {
    closeSync(fd)
    throw new CaptureError('directory', path, `${path} is a directory.`, 'Name a capture file in it.')
  }
  return new FileSource(fd, follow)
}

async function readHead(source: ByteSource, wanted: number): Promise<Uint8Array> {
  const head = new Uint8Array(wanted)
  let length = 0
  for (;;) {
    length += source.readAt(length, head, length, wanted - length)
    if (length === wanted || source.complete) return head.subarray(0, length)
    await source.wait(length)
  }
}

function recognise(path: string, compression: Compression, source: ByteSource, head: Uint8Array): CaptureReader {
  if (isPcap(head)) return new PcapReader(path, compression, source)
  if (isPcapng(head)) return new PcapngReader(path, compression, source)
  if (head.length === 0)
    throw new CaptureError('empty', path, `${nameOf(path)} is empty.`, 'Name a file with packets in it.', { offset: 0 })
  throw new CaptureError(
    'format',
    path,
    `${nameOf(path)} is not a capture file.`,
    'wiretail reads pcap and pcapng, also compressed with gzip, zstd or lz4.',
    {
      offset: 0,
      expected: 'the magic number of pcap or pcapng',
    },
  )
}

function explain(path: string, error: unknown): CaptureError {
  const code = systemCode(error)
  const details = { cause: error }
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new CaptureError('missing', path, `${path} does not exist.`, 'Check the name.', details)
  if (code === 'EACCES' || code === 'EPERM')
    return new CaptureError(
      'permission',
      path,
      `You may not read ${path}.`,
      `Ask its owner, or allow it: sudo chmod a+r '${path}'`,
      details,
    )
  return new CaptureError('io', path, `${path} cannot be opened (${code}).`, 'Check the path and the disk.', details)
}
