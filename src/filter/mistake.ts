// A mistake in a filter's text: what is wrong, where, and the whole text as it could be mended.

/** Thrown inside this folder only; `checkFilter` turns it into a value. */
export class Mistake extends Error {
  readonly start: number
  readonly end: number
  /** What to write in place of start … end, or null. */
  readonly instead: string | null

  constructor(message: string, start: number, end: number, instead: string | null = null) {
    super(message)
    this.start = start
    this.end = end
    this.instead = instead
  }
}
