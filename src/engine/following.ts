// A live capture read in one pass, for printing. Apart from printing.ts, so that printing a file loads nothing that captures.

import { openCapture } from '../files/index.ts'
import { Capture, type CaptureOptions } from './capture.ts'
import { type LiveOptions, type LiveSource, startLive } from './live.ts'

export { ENGINE_NAMES, type EngineName } from '../capture/index.ts'

export interface Following {
  readonly capture: Capture
  readonly source: LiveSource
}

/** Starts a capture and opens what it writes, for a pass that ends when the capture does. Rejects with a LiveError. */
export async function follow(options: LiveOptions, reading: CaptureOptions = {}): Promise<Following> {
  const source = await startLive(options)
  const reader = await openCapture(source.spool, { follow: true })
  void source.feed.ended.then(() => reader.finish())
  return { capture: new Capture(reader, reading), source }
}
