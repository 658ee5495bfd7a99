// What became of sealed sessions: opened, or why not. For reports, and to tell which key log is of use.

import { CUT, NO_HANDSHAKE, NO_KEY, PLAIN, TORN, UNKNOWN_CIPHER, WRONG_KEY } from '../core/unseal.ts'
import type { Capture } from './capture.ts'

export interface SealedReport {
  /** Number of the TCP stream. */
  readonly stream: number
  readonly clientRandom: Uint8Array
  /** At least one record opened, and every one that a key was given for. */
  readonly decrypted: boolean
  /** Why it is not, in words; null when it is, and when nothing was sealed. */
  readonly whyNot: string | null
  /** What opened it: the name of a key log or of a private key; '' when nothing did. */
  readonly from: string
  /** Sealed records opened, and not. */
  readonly opened: number
  readonly shut: number
}

const WHY: Readonly<Record<number, string>> = {
  [NO_HANDSHAKE]: 'the handshake is not in the capture',
  [NO_KEY]: 'no key for this client random',
  [WRONG_KEY]: 'the key does not open it',
  [TORN]: 'segments are missing from the capture',
  [CUT]: 'the capture kept only a part of the packets',
  [UNKNOWN_CIPHER]: 'the cipher cannot be undone',
}

/** Every handshake of sealed connections, in the order of the capture. Empty when no keys were given: nothing was tried then. */
export function sealedSessions(capture: Capture): readonly SealedReport[] {
  const { memory } = capture
  return (memory.opened?.handshakes ?? []).map(({ conversation, clientRandom, from, opened, shut, why }) => ({
    stream: memory.streamOf(conversation * 2),
    clientRandom,
    decrypted: opened > 0 && (why === PLAIN || why === NO_KEY),
    whyNot: opened > 0 && (why === PLAIN || why === NO_KEY) ? null : (WHY[why] ?? (shut === 0 ? null : 'it stays shut')),
    from: opened > 0 ? from : '',
    opened,
    shut,
  }))
}

/** How many sessions each key log and private key opened: the ones that were given, in order. */
export function keysUsed(capture: Capture): readonly { readonly name: string; readonly sessions: number }[] {
  const counts = new Map<string, number>((capture.secretRing?.given ?? []).map((name) => [name, 0]))
  for (const { from, opened } of capture.memory.opened?.handshakes ?? [])
    if (opened > 0 && counts.has(from)) counts.set(from, counts.get(from)! + 1)
  return [...counts].map(([name, sessions]) => ({ name, sessions }))
}

/** What the keys given came to, a line each: which of them are of no use here, and how many sessions stay shut. */
export function tellKeys(capture: Capture): string[] {
  return keyLines(capture, () => true)
}

/** Of the keys given, those that opened nothing although something is sealed. */
export function tellUselessKeys(capture: Capture): string[] {
  return keyLines(capture, (sessions, sealed) => sessions === 0 && sealed > 0)
}

function keyLines(capture: Capture, wanted: (sessions: number, sealed: number) => boolean): string[] {
  const { memory } = capture
  if (memory.opened === null) return []
  const sealed = memory.opened.handshakes.filter(({ opened, shut }) => opened + shut > 0)
  const count = (n: number): string => (n === 1 ? '1 TLS session' : `${n} TLS sessions`)
  return keysUsed(capture)
    .filter(({ sessions }) => wanted(sessions, sealed.length))
    .map(({ name, sessions }) =>
      sessions > 0
        ? `${name} opened ${sessions} of ${count(sealed.length)}.`
        : sealed.length === 0
          ? `${name} opened nothing: there is no sealed TLS session in this capture.`
          : `${name} opened none of ${count(sealed.length)}. Give the key log that was written while this was captured.`,
    )
}
