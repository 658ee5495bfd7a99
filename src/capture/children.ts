// The engines that are other people's programs: dumpcap and tcpdump. Both use the kernel's ring through libpcap and stamp packets there.

import { safeText } from '../bytes/text.ts'
import { checkSyntax, explainFilter } from './bpf/check.ts'
import { interfaceDown, interfaceMissing, LiveError, tellInterfaceLost, tellKept } from './errors.ts'
import { type Intake, PcapIntake, PcapngIntake } from './intake.ts'
import { listInterfaceNames } from './interfaces.ts'
import { type Libc, loadLibc, readInterface } from './libc.ts'
import { Ending, sleep } from './live.ts'
import { findProgram, type Outcome, type OwnedChild, type Program, spawnOwned } from './programs.ts'
import { tellSpoolFailure } from './spool.ts'
import { type CaptureCounts, type CaptureEnd, type CaptureOptions, type LiveCapture, SNAP_LENGTH } from './types.ts'

/** What sets the two programs apart. */
interface Kind {
  readonly engine: 'dumpcap' | 'tcpdump'
  /** The filter is one argument that cannot be taken for an option, whatever it looks like. */
  args(options: CaptureOptions): string[]
  takeIn(options: CaptureOptions): Intake
  /** Milliseconds without packets after which all that arrived before have been handed over. */
  readonly quiet: number
  /** Packets lost, as the program last said; null when it has not. */
  readDropped(said: string): number | null
  /** Makes it say so, where it can. */
  readonly askDropped?: NodeJS.Signals
}

/**
 * Immediate mode has no delay, but on Linux a ring of slots that are each as large as the largest packet: a burst of a thousand
 * packets overruns its 64 MiB. Without it nothing is lost, and packets are up to a second late.
 */
const IMMEDIATE = process.platform !== 'linux'

/** On Linux's lo every packet passes twice. libpcap throws the copy away that is on its way out, but counts it when it is lost. */
function doublesPackets(name: string): boolean {
  return process.platform === 'linux' && name === 'lo'
}

/** Room in the kernel for bursts. */
const BUFFER_MIB = 64

const DUMPCAP: Kind = {
  engine: 'dumpcap',
  args: ({ interface: name, filter, snapLength = SNAP_LENGTH }) => [
    ...['-i', name, '-n', '-q', '-B', String(BUFFER_MIB), '-s', String(snapLength), '-w', '-'],
    ...(filter === '' ? [] : ['-f', filter]),
  ],
  takeIn: ({ spool }) => new PcapngIntake(spool),
  quiet: 300,
  readDropped: (said) => lastNumber(said, /received\/dropped on interface .*?: \d+\/(\d+)/g),
}

const TCPDUMP: Kind = {
  engine: 'tcpdump',
  args: ({ interface: name, filter, snapLength = SNAP_LENGTH }) => [
    ...['-i', name, '-n', '-U', ...(IMMEDIATE ? ['--immediate-mode'] : []), '-B', String(BUFFER_MIB * 1024), '-s', String(snapLength)],
    ...['--time-stamp-precision=nano', '-w', '-', '--', ...(filter === '' ? [] : [filter])],
  ],
  takeIn: ({ spool, interface: name, filter }) => new PcapIntake(spool, name, filter),
  quiet: IMMEDIATE ? 100 : 1100,
  readDropped: (said) => lastNumber(said, /(\d+) packets? dropped by kernel/g),
  ...(process.platform === 'linux' ? { askDropped: 'SIGUSR1' as const } : {}),
}

/** Longest time in milliseconds that a program takes to open an interface. */
const START_LIMIT = 10_000
/** Longest time in milliseconds that stop() waits for the traffic to pause. */
const STOP_LIMIT = 3000
/** Milliseconds between two looks whether the interface is still there. */
const WATCH_INTERVAL = 250
/** Milliseconds after which a program that was asked to finish is killed. */
const PATIENCE = 2000

/** @throws LiveError */
export function startDumpcap(options: CaptureOptions): Promise<LiveCapture> {
  return start(DUMPCAP, options)
}

/** @throws LiveError */
export function startTcpdump(options: CaptureOptions): Promise<LiveCapture> {
  return start(TCPDUMP, options)
}

async function start(kind: Kind, options: CaptureOptions): Promise<LiveCapture> {
  const program = findProgram(kind.engine)
  if (!program) throw new LiveError('engine', `${kind.engine} is not installed.`, [installAdvice(kind.engine)])
  if (!program.permitted) throw new LiveError('permission', `${program.path} may not be run by this user.`)
  // The names of interfaces are ours to check: "-w/path" is none.
  if (options.interface.startsWith('-') || options.interface === '') throw interfaceMissing(options.interface, listInterfaceNames())
  const capture = new ChildCapture(kind, program, options)
  await capture.started()
  return capture
}

export function installAdvice(engine: 'dumpcap' | 'tcpdump'): string {
  if (process.platform === 'darwin' || process.platform === 'win32') return 'Install Wireshark from https://www.wireshark.org.'
  return `Install it: sudo apt install ${engine === 'dumpcap' ? 'wireshark-common' : 'tcpdump'}`
}

class ChildCapture implements LiveCapture {
  readonly engine: 'dumpcap' | 'tcpdump'
  readonly interface: string
  readonly filter: string
  readonly spool: string
  readonly timeSource = 'kernel'
  readonly ended: Promise<CaptureEnd>
  private readonly kind: Kind
  private readonly intake: Intake
  private readonly child: OwnedChild
  private readonly ending = new Ending()
  private readonly onPackets: () => void
  private captured = 0
  private lastPacket = 0
  private stopping = false
  private failure: CaptureEnd | null = null
  private broken: unknown = null
  private asking: NodeJS.Timeout | undefined
  private watching: NodeJS.Timeout | undefined
  private calls: Libc | null = null
  /** The interface went down or away. */
  private lost = false
  private down = false
  private opened: () => void = () => {}

  constructor(kind: Kind, program: Program, options: CaptureOptions) {
    this.kind = kind
    this.engine = kind.engine
    this.interface = options.interface
    this.filter = options.filter
    this.spool = options.spool
    this.onPackets = () => options.onPackets?.()
    this.ended = this.ending.promise
    this.intake = kind.takeIn(options)
    this.child = spawnOwned(program.path, kind.args(options), this.take)
    void this.child.ended.then((outcome) => this.close(outcome))
  }

  get linkType(): number {
    return this.intake.linkType ?? 0
  }

  /** Resolves when the program captures. @throws LiveError */
  async started(): Promise<void> {
    const opened = new Promise<boolean>((resolve) => {
      this.opened = () => resolve(true)
    })
    const limit = new AbortController()
    const result = await Promise.race([opened, this.child.ended, sleep(START_LIMIT, limit.signal)])
    limit.abort()
    if (this.broken) throw this.broken
    if (this.intake.linkType === null) {
      this.stopping = true
      this.child.signal('SIGKILL')
      throw this.explainRefusal(result === undefined ? 'it did not start within ten seconds' : this.child.said())
    }
    const { askDropped } = this.kind
    this.watching = setInterval(this.watch, WATCH_INTERVAL).unref()
    this.calls = await loadLibc().catch(() => null)
    // Only a program that captures has a handler for this signal; before, it would die of it.
    if (askDropped) this.asking = setInterval(() => this.child.signal(askDropped), 1000).unref()
  }

  /** libpcap goes on waiting when an interface is set down, so this has to be noticed here. */
  private readonly watch = (): void => {
    if (!this.calls || this.stopping || this.interface === 'any') return
    const state = readInterface(this.calls, this.interface)
    if (state?.up) return
    this.down = state !== null
    this.lost = true
    clearInterval(this.watching)
    this.letGo()
  }

  statistics(): CaptureCounts {
    const dropped = this.kind.readDropped(this.child.said())
    return { captured: this.captured, dropped: dropped !== null && doublesPackets(this.interface) ? Math.ceil(dropped / 2) : dropped }
  }

  async stop(): Promise<void> {
    if (!this.stopping && !this.ending.over) {
      this.stopping = true
      const limit = performance.now() + STOP_LIMIT
      const asked = performance.now()
      const { quiet } = this.kind
      while (performance.now() < limit && performance.now() - Math.max(this.lastPacket, asked) < quiet) await sleep(20)
      this.letGo()
    }
    await this.ended
  }

  private letGo(): void {
    this.child.finish()
    const killing = setTimeout(() => this.child.signal('SIGKILL'), PATIENCE)
    void this.child.ended.then(() => clearTimeout(killing))
  }

  private readonly take = (chunk: Buffer): void => {
    if (this.failure || this.broken) return
    try {
      this.intake.take(chunk)
    } catch (error) {
      if (this.intake.linkType === null || error instanceof LiveError) this.broken = error
      else this.failure = tellSpoolFailure(error, this.intake.close())
      this.letGo()
    }
    if (this.intake.linkType !== null) this.opened()
    if (this.intake.packets === this.captured) return
    this.captured = this.intake.packets
    this.lastPacket = performance.now()
    this.onPackets()
  }

  private close(outcome: Outcome): void {
    clearInterval(this.asking)
    clearInterval(this.watching)
    if (!this.failure) this.captured = this.intake.close()
    this.onPackets()
    this.ending.finish(this.failure ?? (this.stopping ? { reason: 'stopped' } : this.explainEnd(outcome)))
  }

  /** dumpcap ends with 0 even when its interface vanished: what counts is what it said. */
  private explainEnd({ code, stderr }: Outcome): CaptureEnd {
    const gone = !this.down && !listInterfaceNames().includes(this.interface)
    if (gone || this.lost || /went down|is down|disappeared|no longer|network adapter|not up/i.test(stderr)) {
      return { reason: 'interface', message: tellInterfaceLost(this.interface, this.captured, !gone) }
    }
    const why = lastLine(stderr) || (code === null ? 'it was killed' : `exit code ${code}`)
    return { reason: 'engine', message: safeText(`${this.engine} ended by itself (${why}); ${tellKept(this.captured)}.`) }
  }

  private explainRefusal(said: string): LiveError {
    const { interface: name, filter, engine } = this
    if (/permission|not permitted/i.test(said)) return new LiveError('permission', `${engine} may not capture on ${name}.`)
    if (/no such device|no device named|doesn't exist/i.test(said)) return interfaceMissing(name, listInterfaceNames())
    if (/not up|network is down|is down/i.test(said)) return interfaceDown(name)
    if (filter !== '' && (/filter|expression|syntax/i.test(said) || checkSyntax(filter).foreign))
      return new LiveError('filter', explainFilter(filter, wholeFilter(filter, said)).message)
    return new LiveError('engine', `${engine} could not start: ${lastLine(said) || 'it said nothing'}.`, ['See wiretail doctor.'])
  }
}

function wholeFilter(filter: string, said: string): { message: string; start: number; end: number; foreign: boolean } {
  const reason = /expression: ([^)\n]*)/.exec(said)?.[1] ?? lastLine(said).replace(/^\w+: /, '')
  return { message: `is refused by libpcap: ${reason}`, start: 0, end: filter.length, foreign: false }
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split(/[\r\n]+/)
      .at(-1)
      ?.trim() ?? ''
  )
}

function lastNumber(text: string, pattern: RegExp): number | null {
  const found = [...text.matchAll(pattern)].at(-1)?.[1]
  return found === undefined ? null : Number(found)
}
