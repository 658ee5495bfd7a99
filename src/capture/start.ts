// Starts a live capture with the first engine that can.

import { checkSyntax } from './bpf/check.ts'
import { startDumpcap, startTcpdump } from './children.ts'
import { interfaceMissing, LiveError } from './errors.ts'
import { listInterfaceNames } from './interfaces.ts'
import { insideNamespace } from './namespace.ts'
import { explainPermission } from './probe.ts'
import { startRing } from './ring.ts'
import { type CaptureOptions, ENGINE_NAMES, type EngineName, type LiveCapture, SNAP_LENGTH } from './types.ts'

type Start = (options: CaptureOptions) => Promise<LiveCapture>

/** Engines that capture on an interface; the others carry the demo's own traffic. */
const STARTS: readonly (readonly [EngineName, Start])[] = [
  ['ring', startRing],
  ['dumpcap', startDumpcap],
  ['tcpdump', startTcpdump],
]

/**
 * Starts capturing; packets that arrive after this resolved are seen.
 * @throws LiveError with the remedy: filter, interface, permission, spool, or engine when none works here
 */
export async function startCapture(options: CaptureOptions): Promise<LiveCapture> {
  checkOptions(options)
  const refusals: LiveError[] = []
  for (const [, start] of choose(options.engine)) {
    try {
      return await start(options)
    } catch (error) {
      if (!(error instanceof LiveError) || (error.code !== 'permission' && error.code !== 'engine')) throw error
      refusals.push(error)
    }
  }
  if (refusals.some(({ code }) => code === 'permission')) throw await explainPermission(options.interface, options.filter)
  throw refusals[0] as LiveError
}

/** @throws LiveError */
function checkOptions({ interface: name, filter, snapLength = SNAP_LENGTH }: CaptureOptions): void {
  const checked = checkSyntax(filter)
  if (!checked.ok) throw new LiveError('filter', checked.message)
  if (!Number.isInteger(snapLength) || snapLength < 1 || snapLength > SNAP_LENGTH) {
    throw new LiveError('engine', `The snap length ${snapLength} is not possible.`, [`Choose 1 to ${SNAP_LENGTH} bytes.`])
  }
  const names = listInterfaceNames()
  // "any" is libpcap's name for all interfaces at once.
  if (process.platform === 'linux' && name !== 'any' && !names.includes(name)) throw interfaceMissing(name, names)
}

/** @throws LiveError for a name that is none, or that cannot be asked for here */
function choose(engine: EngineName | undefined): readonly (readonly [EngineName, Start])[] {
  if (engine === undefined) return STARTS
  const found = STARTS.filter(([name]) => name === engine || (engine === 'namespace' && name === 'ring' && insideNamespace()))
  if (found.length > 0) return found
  if (!ENGINE_NAMES.includes(engine)) throw new LiveError('engine', `No engine "${engine}".`, [`There are: ${ENGINE_NAMES.join(', ')}.`])
  throw new LiveError('engine', `The engine ${engine} carries the demo's own traffic only.`, ['Use it with wiretail demo or wiretail run.'])
}
