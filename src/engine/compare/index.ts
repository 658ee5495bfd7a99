// One secret in several captures: each measured, and what is said of them side by side.

import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { Settings } from '../../core/dissect.ts'
import type { Capture } from '../capture.ts'
import { type Exposure, type Keys, measureStepwise } from '../exposure/index.ts'
import { explainFailures } from '../handshake-failure.ts'
import { readSettings } from '../settings.ts'
import { finish } from '../steps.ts'
import type { Exposed } from './exposed.ts'

export type { Exposed } from './exposed.ts'
export { comparisonRows, type TableRow } from './rows.ts'

/** The recordings of the demo that are compared when none is named. */
export const DEMO_CAPTURES = ['plain.pcapng', 'fernet.pcapng', 'https.pcapng']

/** Settings with the keys that come with a recording of the demo, in a key log beside it: so it can be said who reads it, and who does not. */
export function keysBeside(recording: string): { readonly settings?: Settings } {
  const keyLog = recording.replace(/\.pcapng$/, '.keys.txt')
  if (!existsSync(keyLog)) return {}
  const read = readSettings({ keyLogs: [keyLog] })
  return read.ok ? { settings: read.settings } : {}
}

/** Bytes of the secret shown as hexadecimal digits. */
const MAX_LIT = 24

/** Letters shown on both sides of the secret. */
const AROUND = 12

/** Measures an indexed capture. */
export function expose(file: string, capture: Capture, secret: string, keys: Keys): Exposed {
  return finish(exposeStepwise(file, capture, secret, keys))
}

/** The same in short steps. Yields how much is done, from 0 to 1. */
export function* exposeStepwise(file: string, capture: Capture, secret: string, keys: Keys): Generator<number, Exposed> {
  const exposure = yield* measureStepwise(capture, { secret, keys })
  const name = file === '-' ? 'standard input' : basename(file).replace(/\.(pcapng|pcap|cap)(\.(gz|zst|lz4))?$/, '')
  return { file, name, exposure, failures: explainFailures(exposure, capture), excerpt: excerptOf(capture, exposure, secret) }
}

/** The secret as it stands in the first packet that has it as it is, with what is around it. */
function excerptOf(capture: Capture, { secret }: Exposure, text: string): string[] {
  const raw = secret.where.find(({ how }) => how === 'raw')
  if (raw !== undefined) {
    const bytes = capture.bytes(raw.packet)
    const part = (from: number, to: number): string =>
      Buffer.from(bytes.subarray(Math.max(0, from), to))
        .toString('utf8')
        .replace(/\s+/g, ' ')
    const lineStart = bytes.lastIndexOf(0x0a, raw.offset) + 1
    const before = part(Math.max(lineStart, raw.offset - AROUND), raw.offset)
    return [
      `${before}»${text}«${part(raw.offset + raw.length, raw.offset + raw.length + AROUND).trimEnd()}`,
      Buffer.from(bytes.subarray(raw.offset, raw.offset + Math.min(raw.length, MAX_LIT)))
        .toString('hex')
        .replace(/..(?=.)/g, '$& '),
    ]
  }
  const first = secret.where[0]
  if (first === undefined || !secret.afterTrivial) return []
  return [first.how === 'stream' ? `»${text}«, put together from several packets` : `»${text}«, with ${first.how} undone`]
}
