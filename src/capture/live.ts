// What the engines share: the way a capture ends.

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

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
