// The terminal taken over and given back: alternate screen, raw mode, mouse, paste marks, no autowrap; restored on every way out.
// Node writes to terminals synchronously, so that the restoring sequence is out even where nothing asynchronous runs any more.

/** Autowrap off: a line that is a cell too wide by the terminal's own measure is cut instead of spilling into the next one. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[2J\x1b[H'
const LEAVE = '\x1b[?2026l\x1b[?2004l\x1b[?1006l\x1b[?1002l\x1b[?7h\x1b[0m\x1b[?25h\x1b[?1049l'

/** Signals that end the program after the terminal is itself again, with their numbers. */
const FATAL = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const

type FatalSignal = keyof typeof FATAL

/** How long a signal waits for captures to be ended and their spool files to be removed, ms. A second signal does not wait. */
const FATAL_PATIENCE = 1000

export interface TerminalHooks {
  onData(chunk: Uint8Array): void
  onResize(columns: number, rows: number): void
  /** After coming back from Ctrl-Z: everything must be painted again. */
  onResume(): void
  /** Before a signal ends the program: close what must be closed. It gets FATAL_PATIENCE for that. */
  onFatal(): Promise<void>
  /** An error nobody caught, after the terminal was restored. */
  onCrash(error: unknown): void
}

export interface Terminal {
  readonly columns: number
  readonly rows: number
  enter(): void
  /** Gives the terminal back; may be called any number of times. */
  leave(): void
  suspend(): void
}

/** Takes the two streams of a terminal; nothing happens until `enter`. An error while leaving is swallowed: the terminal is gone. */
export function createTerminal(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, hooks: TerminalHooks): Terminal {
  let entered = false
  let suspended = false

  const give = (): void => {
    if (stdin.isTTY && !stdin.destroyed) stdin.setRawMode(false)
    if (stdout.writable) stdout.write(LEAVE)
  }
  const take = (): void => {
    if (stdin.isTTY) stdin.setRawMode(true)
    stdout.write(ENTER)
  }

  const onData = (chunk: Uint8Array): void => hooks.onData(chunk)
  // The terminal went away while we wrote: the same as a hang-up.
  const onLost = (): void => fatal('SIGHUP')
  const onResize = (): void => hooks.onResize(size(stdout.columns, 80), size(stdout.rows, 24))
  const onExit = (): void => leave()
  const onCrash = (error: unknown): void => {
    leave()
    hooks.onCrash(error)
  }
  const onContinue = (): void => {
    if (!entered || !suspended) return
    suspended = false
    take()
    onResize()
    hooks.onResume()
  }
  const fatal = (signal: FatalSignal): void => {
    leave()
    // Dying by the signal itself tells a shell or a supervisor the truth; our handlers are gone by now.
    const die = (): void => void process.kill(process.pid, signal)
    setTimeout(die, FATAL_PATIENCE)
    hooks.onFatal().then(die, die)
  }
  const handlers = (Object.keys(FATAL) as FatalSignal[]).map((signal) => [signal, () => fatal(signal)] as const)

  const enter = (): void => {
    if (entered) return
    entered = true
    process.on('exit', onExit)
    process.on('uncaughtException', onCrash)
    process.on('unhandledRejection', onCrash)
    process.on('SIGCONT', onContinue)
    for (const [signal, handler] of handlers) process.on(signal, handler)
    stdout.on('resize', onResize)
    stdin.on('data', onData)
    stdin.on('end', onLost)
    stdin.on('error', onLost)
    stdout.on('error', onLost)
    take()
    stdin.resume()
    // Left once already: without this the second screen of a program would not keep it alive.
    stdin.ref?.()
  }

  const leave = (): void => {
    if (!entered) return
    entered = false
    process.off('exit', onExit)
    process.off('uncaughtException', onCrash)
    process.off('unhandledRejection', onCrash)
    process.off('SIGCONT', onContinue)
    for (const [signal, handler] of handlers) process.off(signal, handler)
    stdout.off('resize', onResize)
    stdin.off('data', onData)
    stdin.off('end', onLost)
    stdin.off('error', onLost)
    stdout.off('error', onLost)
    stdout.on('error', () => {})
    stdin.pause()
    // Only process.stdin stops reading when it is paused; another terminal's stream would keep the program alive.
    stdin.unref?.()
    give()
  }

  const suspend = (): void => {
    if (!entered || process.platform === 'win32') return
    suspended = true
    give()
    // The whole process group, as the terminal's own Ctrl-Z does; SIGCONT brings us to onContinue. Where no shell could ever
    // continue us the kernel ignores the signal (POSIX 2.4.3, orphaned process groups), and we come back by ourselves.
    process.kill(0, 'SIGTSTP')
    setTimeout(onContinue, 100)
  }

  return {
    get columns() {
      return size(stdout.columns, 80)
    },
    get rows() {
      return size(stdout.rows, 24)
    },
    enter,
    leave,
    suspend,
  }
}

function size(value: number | undefined, otherwise: number): number {
  return value === undefined || value < 1 ? otherwise : value
}
