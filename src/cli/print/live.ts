// Printing a live capture: what it writes is printed as a file that grows.

import { ENGINE_NAMES, type EngineName, follow } from '../../engine/following.ts'
import type { LiveOptions } from '../../engine/live.ts'
import { UsageError } from '../args.ts'

export interface LiveChoice {
  readonly device: string
  readonly filter: string
  readonly engine: string | undefined
  readonly strict: boolean
  readonly settings: NonNullable<LiveOptions['settings']>
}

/** The engine that --engine names. */
export function parseEngine(name: string): EngineName {
  const engine = ENGINE_NAMES.find((known) => known === name)
  if (engine !== undefined) return engine
  throw new UsageError(`There is no engine "${name}". There are: ${ENGINE_NAMES.join(', ')}; wiretail doctor says which can run here.`)
}

/** Starts capturing; `tell` gets lines for the user. Rejects with a LiveError or UsageError. */
export async function startPrinting(choice: LiveChoice, tell: (line: string) => void) {
  const { device, filter, engine, strict, settings } = choice
  const { capture, source } = await follow(
    { interface: device, filter, ...(engine === undefined ? {} : { engine: parseEngine(engine) }) },
    { strict, settings },
  )
  const { feed } = source
  if (source.user !== '') tell(`wiretail: now running as ${source.user}\n`)
  tell(`Capturing on ${device}${filter === '' ? '' : `, ${filter}`}. Ctrl-C ends it.\n`)
  return {
    capture,
    stop: () => feed.stop(),
    /** Ends the capture and forgets the packets. Resolves to what it has to say at the end, and to its exit code. */
    async close() {
      await feed.stop()
      const { message } = await feed.ended
      const dropped = feed.dropped()
      feed.discard()
      const { count } = capture.index
      const lost = dropped === null || dropped === 0 ? '' : `, ${dropped} dropped by the kernel`
      tell(`${count} packet${count === 1 ? '' : 's'} captured${lost}\n`)
      if (message !== undefined) tell(`wiretail: ${message}\n`)
      return message === undefined ? 0 : 2
    },
  }
}
