// What may be used to open sealed bytes: Fernet keys, and whatever opens the records of TLS.

import { type FernetKey, parseFernetKey } from '../../crypto/fernet.ts'
import type { Capture } from '../capture.ts'
import { tlsOpener } from './tls-opener.ts'

/** Bytes that a key opened. */
export interface OpenedRun {
  readonly bytes: Uint8Array
  /** The bytes of a packet that held them sealed. */
  readonly packet: number
  readonly offset: number
  readonly length: number
  /** "tls": what the finding is called. */
  readonly how: string
  /** Runs of one direction that follow each other without a gap have the same number here. */
  readonly run: number
}

/** Opens sealed streams of a capture: shows every run of bytes that its keys open, each direction in order. */
export interface StreamOpener {
  open(capture: Capture, found: (opened: OpenedRun) => void): void
}

export interface Keys {
  readonly fernet: readonly FernetKey[]
  readonly openers: readonly StreamOpener[]
}

/** None but those that the capture was opened with. */
export const NO_KEYS: Keys = { fernet: [], openers: [tlsOpener] }

/** Fernet keys from texts; the first that is none is named. */
export function readFernetKeys(texts: readonly string[]): { ok: true; keys: FernetKey[] } | { ok: false; message: string } {
  const keys: FernetKey[] = []
  for (const text of texts) {
    const key = parseFernetKey(text.trim())
    if (key === undefined)
      return { ok: false, message: 'This is no Fernet key. Give 32 bytes in base64url, 44 characters, as wiretail fernet key makes them.' }
    keys.push(key)
  }
  return { ok: true, keys }
}
