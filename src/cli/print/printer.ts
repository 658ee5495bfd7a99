// What every output format is.

import type { Capture, Dissection, Field } from '../../engine/printing.ts'
import type { Output } from '../output.ts'

/** Prints the packets of one capture in one format. */
export interface Printer {
  /** Fields that it reads; undefined for everything. */
  readonly fields: readonly Field[] | undefined
  begin(): void
  /**
   * `dissect` records the fields above; a printer that finds its answer in the index does not call it. The packet's bytes are those of
   * `bytes` from `start`, during the call.
   */
  packet(packet: number, dissect: () => Dissection, bytes: Uint8Array, start: number): void
  end(): void
}

export type PrinterMaker = (capture: Capture, out: Output) => Printer
