// The one error that live capture throws, and the sentences that people meet most.

import { safeText } from '../bytes/text.ts'

/** permission: no right. interface: none of that name, or down. filter: not understood. engine: cannot run here. spool: no file. */
export type LiveErrorCode = 'permission' | 'interface' | 'filter' | 'engine' | 'spool'

/** A live capture could not start. `message` is one line with its remedy, safe for a terminal. */
export class LiveError extends Error {
  override readonly name = 'LiveError'
  readonly code: LiveErrorCode
  /** What mends it, in the order to try; the last part of the message. */
  readonly remedies: readonly string[]

  constructor(code: LiveErrorCode, what: string, remedies: readonly string[] = [], cause?: unknown) {
    super(safeText([what, remedies.join(' · ')].filter(Boolean).join(' ')), cause === undefined ? undefined : { cause })
    this.code = code
    this.remedies = remedies
  }
}

/** 1204 → "1 204". */
export function groupDigits(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** "the 1 204 packets so far are kept". */
export function tellKept(captured: number): string {
  if (captured === 0) return 'no packet had arrived yet'
  return captured === 1 ? 'the 1 packet so far is kept' : `the ${groupDigits(captured)} packets so far are kept`
}

/** The interface went away, or (`down`) is there but down. */
export function tellInterfaceLost(name: string, captured: number, down: boolean): string {
  return safeText(
    `${name} disappeared; ${tellKept(captured)}.${down ? ` It was set down: sudo ip link set ${quoteForShell(name)} up` : ''}`,
  )
}

export function interfaceMissing(name: string, present: readonly string[]): LiveError {
  const shown = name === '' ? 'No interface was named.' : `No interface "${name}".`
  const list = present.length === 0 ? 'No interface can be seen at all.' : `There are: ${present.join(', ')}.`
  return new LiveError('interface', shown, [list])
}

export function interfaceDown(name: string): LiveError {
  return new LiveError('interface', `${name} is down.`, [`Bring it up: sudo ip link set ${quoteForShell(name)} up`])
}

/** A word as a POSIX shell takes it, quoted only where it must be. */
export function quoteForShell(word: string): string {
  return /^[\w./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** The wiretail command that starts this capture: "wiretail -i lo -p 5683". */
export function spellCommand(interfaceName: string, filter: string): string {
  const port = /^tcp port (\d+)$/.exec(filter)?.[1]
  const what = port !== undefined ? ` -p ${port}` : filter === '' ? '' : ` -f ${quoteForShell(filter)}`
  return `wiretail -i ${quoteForShell(interfaceName)}${what}`
}
