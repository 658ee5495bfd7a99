// Long work of a view: done in slices between which keys are handled, one at a time for each view, cancelled by whoever starts it
// again, by Esc and by Ctrl-C.

import type { Session } from '../../engine/types.ts'
import type { Shell } from '../shell.ts'

/** Milliseconds of work between two looks at the keyboard. */
const SLICE_MS = 6

/** The work was called off. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}

/** Begins the work of that name; the one that still runs under it is cancelled. */
export function beginWork(shell: Shell, name: string): AbortSignal {
  shell.works.get(name)?.abort()
  const controller = new AbortController()
  shell.works.set(name, controller)
  return controller.signal
}

export function endWork(shell: Shell, name: string, signal: AbortSignal): void {
  if (shell.works.get(name)?.signal === signal) shell.works.delete(name)
}

/** Cancels the work of a view, or all of it. Returns whether there was any. */
export function cancelWork(shell: Shell, name?: string): boolean {
  const names = name === undefined ? [...shell.works.keys()] : [name]
  let any = false
  for (const one of names) {
    any ||= shell.works.has(one)
    shell.works.get(one)?.abort()
    shell.works.delete(one)
  }
  return any
}

/** Runs a generator to its end, a few milliseconds at a time. Rejects with Cancelled. */
export async function runSliced<T>(work: Generator<number, T>, signal: AbortSignal, progress: (done: number) => void): Promise<T> {
  for (;;) {
    const deadline = performance.now() + SLICE_MS
    let reached = 0
    do {
      const { done, value } = work.next()
      if (done) return value
      reached = value
    } while (performance.now() < deadline)
    progress(reached)
    await new Promise((resolve) => setImmediate(resolve))
    if (signal.aborted) throw new Cancelled()
  }
}

/** Resolves when the session has news. Rejects with Cancelled. */
export async function nextNews(session: Session, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      stop()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const stop = session.subscribe(end)
    signal.addEventListener('abort', end)
  })
  if (signal.aborted) throw new Cancelled()
}
