// Opens a capture: finds out what it is by its first bytes, whatever it is called.

import { closeSync, fstatSync } from 'node:fs'
import { isPcap, PCAP_HEADER, PcapReader } from './pcap.ts'
import { isPcapng, PcapngReader } from './pcapng.ts'
import { type ByteSource, FileSource, systemCode } from './source.ts'
import { openDescriptor, openStandardInput, readPipe } from './stream.ts'
import { CaptureError, type CaptureReader, type Compression, nameOf } from './types.ts'
import { recogniseCompression, unpack } from './unpack.ts'

export interface OpenOptions {
  /** The file still grows: its end means waiting, until the reader's finish() is called. */
  readonly follow?: boolean
}

/** Bytes that tell what a file is, compressed or not. */
const MAGIC = 4

/**
 * Opens a capture file, or standard input for `-`, and resolves when its format is known. Throws CaptureError.
 * A pipe whose writer has written nothing yet, and an empty file that is followed, are waited for.
 */
export async function openCapture(path: string, options: OpenOptions = {}): Promise<CaptureReader> {
  const follow = options.follow ?? false
  let source = path === '-' ? openStandardInput(follow) : await openPath(path, follow)
  try {
    const compression = recogniseCompression(await readHead(source, MAGIC))
    if (compression !== 'none') source = unpack(source, compression)
    return recognise(path, compression, source, await readHead(source, PCAP_HEADER))
  } catch (error) {
    source.close()
    throw error
  }
}

async function openPath(path: string, follow: boolean): Promise<ByteSource> {
  let fd: number
  try {
    fd = await openDescriptor(path)
  } catch (error) {
    throw explain(path, error)
  }
  const stat = fstatSync(fd)
  if (stat.isFile()) return new FileSource(fd, follow)
  if (stat.isDirectory()) {
    closeSync(fd)
    throw new CaptureError('directory', path, `${path} is a directory.`, 'Name a capture file in it.')
  }
  // What a shell makes of <(…) has its writer already.
  const named = stat.isFIFO() && !/^\/(dev|proc)\//.test(path)
  return readPipe(fd, named, () => closeSync(fd))
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
  const name = nameOf(path)
  const { failure } = source
  if (failure !== null) {
    throw new CaptureError(
      'format',
      path,
      `${name} holds no readable capture: expected ${failure.expected}, found ${failure.found}.`,
      failure.remedy,
      {
        offset: head.length,
        expected: failure.expected,
      },
    )
  }
  if (head.length === 0) throw new CaptureError('empty', path, `${name} is empty.`, 'Name a file with packets in it.', { offset: 0 })
  const inside =
    compression === 'none' ? `${name} is not a capture file.` : `What ${name} holds, compressed with ${compression}, is not a capture.`
  throw new CaptureError('format', path, inside, 'wiretail reads pcap and pcapng, also compressed with gzip, zstd or lz4.', {
    offset: 0,
    expected: 'the magic number of pcap or pcapng',
  })
}

function explain(path: string, error: unknown): CaptureError {
  const code = systemCode(error)
  const details = { cause: error }
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new CaptureError('missing', path, `${path} does not exist.`, 'Check the name; ls shows what is there.', details)
    case 'EACCES':
    case 'EPERM':
      return new CaptureError(
        'permission',
        path,
        `You may not read ${path}.`,
        `Ask its owner, or allow it: sudo chmod a+r '${path}'`,
        details,
      )
    case 'EMFILE':
    case 'ENFILE':
      return new CaptureError(
        'io',
        path,
        `${path} cannot be opened: too many files are open.`,
        'Close some, or raise the limit: ulimit -n 4096',
        details,
      )
    default:
      return new CaptureError('io', path, `${path} cannot be opened (${code}).`, 'Check the path and the disk.', details)
  }
}
