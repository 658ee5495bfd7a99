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

/** Milliseconds of work between two looks at what else there is to do. */
const SLICE_MS = 6

/** Runs the work to its end, a few milliseconds at a time. */
export async function finishSliced<T>(work: Generator<unknown, T>): Promise<T> {
  for (;;) {
    const deadline = performance.now() + SLICE_MS
    do {
      const { done, value } = work.next()
      if (done) return value
    } while (performance.now() < deadline)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
