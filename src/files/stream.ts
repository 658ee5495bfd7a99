// Standard input and named pipes: bytes that come once, put into a spool as they arrive.

import { constants, fstatSync, open, readFileSync, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { type ByteSource, FileSource, systemCode } from './source.ts'
import { Spool } from './spool.ts'
import { CaptureError } from './types.ts'

/** How long a pipe that has nothing is left alone, in milliseconds, once it has been asked often enough in vain. */
const POLL = 20
const PATIENCE = 200
const CHUNK = 64 * 1024

/** Standard input as a source. Throws CaptureError when it is a terminal. */
export function openStandardInput(follow: boolean): ByteSource {
  if (process.stdin.isTTY) {
    throw new CaptureError(
      'terminal',
      '-',
      'Standard input is a terminal, not a capture.',
      'Pipe one in: tcpdump -U -w - | wiretail - (or name a file).',
    )
  }
  if (fstatSync(0).isFile() && positionOf(0) === 0) return new FileSource(0, follow)
  const spool = liveSpool()
  const { stdin } = process
  stdin.on('data', (chunk: Uint8Array) => {
    spool.consumed += chunk.length
    if (!spool.append(chunk)) stdin.destroy()
  })
  stdin.on('end', () => spool.end(null))
  stdin.on('error', (error) =>
    spool.end({ code: 'io', expected: 'readable data', found: systemCode(error), remedy: 'Check the program that writes to the pipe.' }),
  )
  return closingWith(spool, () => stdin.destroy())
}

/**
 * Opens a path without waiting for a pipe's writer. A blocking read in Node's thread pool would keep the process from ending, so pipes
 * are read without blocking and looked at again after a while.
 */
export async function openDescriptor(path: string): Promise<number> {
  return promisify(open)(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
}

/** A named pipe or a device as a source. `named`: it exists before its writer does, so an end before the first byte means waiting. */
export function readPipe(fd: number, named: boolean, close: () => void): ByteSource {
  const spool = liveSpool()
  const chunk = new Uint8Array(CHUNK)
  let idle = 0
  const look = () => {
    let got = 0
    try {
      got = readSync(fd, chunk, 0, CHUNK, null)
    } catch (error) {
      if (systemCode(error) === 'EAGAIN') got = -1
      else {
        spool.end({ code: 'io', expected: 'readable data', found: systemCode(error), remedy: 'Check the program that writes to the pipe.' })
        return
      }
    }
    if (spool.complete) return
    if (got > 0) {
      idle = 0
      spool.consumed += got
      if (spool.append(chunk.subarray(0, got))) setImmediate(look)
    } else if (got < 0 || (named && spool.size === 0)) {
      if (idle++ < PATIENCE) setImmediate(look)
      else setTimeout(look, POLL)
    } else spool.end(null)
  }
  look()
  return closingWith(spool, close)
}

/** Not held back: a program that writes packets would lose them while we make it wait. */
function liveSpool(): Spool {
  return new Spool({ total: 0, heldBack: false, limit: () => Number.POSITIVE_INFINITY })
}

function closingWith(spool: Spool, close: () => void): Spool {
  spool.onClose = close
  return spool
}

/** Where the next read of a descriptor would start; 0 where the system does not tell, as a file is read from its beginning then. */
function positionOf(fd: number): number {
  try {
    const line = /^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))
    return line === null ? 0 : Number(line[1])
  } catch {
    return 0
  }
}
