// A mistake in the command line, apart from what reads it, so that every part of it can throw one.

/** A mistake in the command line. `message` is one line with its remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** 1 for options, 2 for display filters. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
