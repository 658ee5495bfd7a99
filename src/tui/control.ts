// What the interface needs from whoever can start captures; the command line wires it to the capture engines.

import type { SafeText } from '../bytes/text.ts'
import type { FilterCheck, Session } from '../engine/types.ts'

export interface CaptureInterface {
  readonly name: string
  /** Addresses, or why it cannot be captured on. */
  readonly about: SafeText
  readonly usable: boolean
}

export interface CaptureChoice {
  readonly interface: string
  /** A capture filter, empty for everything. */
  readonly filter: string
}

export interface CaptureControl {
  /** Best guess first is not needed: the order is the one shown. */
  interfaces(): Promise<readonly CaptureInterface[]>
  /** Checks a capture filter; must answer at once. */
  check(filter: string): FilterCheck
  /** Starts a capture; rejects with an error whose message says what went wrong and how to mend it. */
  start(choice: CaptureChoice): Promise<Session>
  /** What the running session was started with, to begin the dialog with. */
  readonly current: CaptureChoice | null
}
