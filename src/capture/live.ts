// What the engines share: the way a capture ends, and waiting.

import { setTimeout as wait } from 'node:timers/promises'
import type { CaptureEnd } from './types.ts'

/** A promise that is settled once, from outside. */
export class Ending {
  readonly promise: Promise<CaptureEnd>
  private settle: (end: CaptureEnd) => void = () => {}
  private settled = false

  constructor() {
    this.promise = new Promise((resolve) => {
      this.settle = resolve
    })
  }

  get over(): boolean {
    return this.settled
  }

  /** The first call decides; later ones change nothing. */
  finish(end: CaptureEnd): void {
    this.settled = true
    this.settle(end)
  }
}

/** Resolves after so many milliseconds, or as soon as `signal` says that nobody waits any more. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, signal ? { signal } : {}).catch(() => {})
}
