// Work over a whole capture as a generator: whoever runs it decides when it goes on, so that keys are handled in between.

/** Packets between two yields: well under a millisecond of dissection. */
export const STEP = 32

/** Runs the work to its end at once. */
export function finish<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}
