// A session: an open capture as a front end uses it. Indexing and filtering go on in slices of a few milliseconds, between which key
// presses are handled; nothing here blocks for longer.

import { safeText } from '../bytes/text.ts'
import type { Settings } from '../core/dissect.ts'
import type { CaptureReader } from '../files/index.ts'
import { checkFilter, compileFilter, complete } from '../filter/index.ts'
import { Capture } from './capture.ts'
import { Colourist, type ColourRule } from './colours.ts'
import { Detail } from './detail.ts'
import { ExtraColumns } from './extra-columns.ts'
import { Summariser, type Summary } from './lines.ts'
import { registry } from './registry.ts'
import { Renewal } from './renewal.ts'
import { savePackets } from './save.ts'
import { tellUselessKeys } from './sealed.ts'
import { SecretFinder } from './secret.ts'
import { timeText } from './times.ts'
import type {
  ByteRange,
  Completion,
  FilterCheck,
  Look,
  PacketDetail,
  PacketLine,
  Session,
  SessionState,
  SessionStatus,
  TimeFormat,
  View,
} from './types.ts'
import { FilteredView, WholeView } from './views.ts'

/** Milliseconds of work between two looks at the keyboard. */
/** How often key logs are looked at while packets may still come, in milliseconds. */
const KEY_PATIENCE = 500
const SLICE_MS = 8
/** Records between two looks at the clock while indexing. */
const BATCH = 512
/** Lines kept while nothing new arrives. */
const LINES_KEPT = 2000
/** Suggestions at the caret. */
const MAX_COMPLETIONS = 12

/** What a session is told of the live capture behind it. */
export interface LiveFeed {
  dropped(): number | null
  readonly timeSource: string
  /** performance.now() when it started. */
  readonly started: number
  stop(): Promise<void>
  /** Once nothing more will be written; the message says why, when it was not asked for. */
  readonly ended: Promise<{ readonly message?: string }>
  /** Forgets the packets that were not saved. */
  discard(): void
}

export interface SessionOptions {
  /** What the title line calls the capture. */
  readonly title: string
  /** What the reader is asked to find, shown above the list. */
  readonly task?: string
  /** Text to mark wherever it stands in a packet. */
  readonly secret?: string
  readonly live?: LiveFeed
  readonly strict?: boolean
  /** The file still grows: the session stays live until it is stopped. */
  readonly follow?: boolean
  /** What the user tells protocols; "fernet.key" holds Fernet keys, as text. */
  readonly settings?: Settings
}

export class CaptureSession implements Session {
  readonly capture: Capture
  readonly secret: string
  private readonly options: SessionOptions
  private readonly listeners = new Set<() => void>()
  private readonly whole: WholeView
  private view: WholeView | FilteredView
  private readonly finder: SecretFinder | null
  private state: SessionState
  private problem = ''
  /** Keys that are of no use here, in words. */
  private keys = ''
  private scheduled = false
  private closed = false
  private waiting = false
  private readonly summariser: Summariser
  private readonly summaries = new Map<number, Summary>()
  private readonly renewal: Renewal
  private extra: ExtraColumns | null = null
  private reference = 1
  private colourist: Colourist | null = null
  private timer: NodeJS.Timeout | null = null
  private summariesAt = 0
  private endedAt = 0
  private readonly started: number

  constructor(reader: CaptureReader, options: SessionOptions) {
    this.options = options
    this.secret = options.secret ?? ''
    this.capture = new Capture(reader, options)
    this.whole = new WholeView(this.capture)
    this.view = this.whole
    this.finder = options.secret === undefined || options.secret === '' ? null : new SecretFinder(this.capture, options.secret)
    this.summariser = new Summariser(this.capture)
    this.state = options.live === undefined && options.follow !== true ? 'opening' : 'live'
    this.started = performance.now()
    this.renewal = new Renewal(this.capture)
    // Keys may come while no packets do.
    if (this.state === 'live' && this.capture.secretRing !== null) this.timer = this.watchKeys()
    options.live?.ended.then(({ message }) => this.liveEnded(message))
    this.schedule()
  }

  // ── working ──

  /** New packets may be there. */
  wake(): void {
    this.waiting = false
    this.schedule()
  }

  private schedule(): void {
    if (this.scheduled || this.closed) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      if (!this.closed) this.slice()
    })
  }

  private slice(): void {
    const deadline = performance.now() + SLICE_MS
    const before = this.capture.index.count
    const indexing = this.state === 'opening' || this.state === 'live'
    let more = false
    if (indexing && !this.waiting) more = this.read(deadline)
    if (this.renewal.busy) more = this.renew(deadline) || more
    more = (this.finder?.work(deadline) ?? false) || more
    if (!this.view.done) {
      // The filter gets its share even while packets keep arriving.
      this.view.work(Math.max(deadline, performance.now() + SLICE_MS / 2))
      more ||= !this.view.done
    }
    if (more) this.schedule()
    if (this.capture.index.count !== before || !more || this.view !== this.whole) this.notify()
  }

  private watchKeys(): NodeJS.Timeout {
    return setInterval(() => {
      if (this.renewal.look()) this.schedule()
    }, KEY_PATIENCE).unref()
  }

  /** Opens what new keys open. Returns whether that goes on. */
  private renew(deadline: number): boolean {
    if (this.renewal.work(deadline)) {
      this.summaries.clear()
      this.view.restart()
      this.finder?.restart()
      this.notify()
    }
    return this.renewal.busy
  }

  /** Indexes until the deadline. Returns whether there is more to read now. */
  private read(deadline: number): boolean {
    do {
      const result = this.capture.step(BATCH, this.finder?.visitor ?? null)
      if (result === 'end') {
        this.finish()
        return false
      }
      if (result === 'waiting') {
        this.waiting = true
        this.capture.reader.readable().then(() => this.wake())
        return false
      }
    } while (performance.now() < deadline)
    return true
  }

  private finish(): void {
    const { damage } = this.capture.reader
    this.state = damage === null ? (this.options.live === undefined && this.options.follow !== true ? 'complete' : 'stopped') : 'damaged'
    if (damage !== null) this.problem = damage.message
    this.endedAt = performance.now()
    this.keys = tellUselessKeys(this.capture).join(' · ')
  }

  private liveEnded(message: string | undefined): void {
    if (message !== undefined) this.problem = message
    if (this.state === 'paused') this.state = 'live'
    this.capture.reader.finish()
    this.wake()
  }

  private notify(): void {
    for (const listener of this.listeners) listener()
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  // ── what is shown ──

  status(): SessionStatus {
    const { live } = this.options
    const { reader } = this.capture
    const truncated = this.capture.truncated > 0 ? `${this.capture.truncated} packets were cut by the capture's snap length` : ''
    const bounded = this.capture.memory.givenUp > 0 ? 'some streams were too large or too torn to follow' : ''
    return {
      title: safeText(this.options.title),
      state: this.state,
      packets: this.capture.index.count,
      bytesRead: reader.bytesRead,
      bytesTotal: reader.bytesTotal,
      dropped: live?.dropped() ?? null,
      timeSource: safeText(live?.timeSource ?? ''),
      elapsed:
        live === undefined && this.options.follow !== true ? 0 : (this.endedAt || performance.now()) - (live?.started ?? this.started),
      task: safeText(this.options.task ?? ''),
      problem: safeText([this.problem, truncated, bounded, this.keys].filter((part) => part !== '').join(' · ')),
    }
  }

  checkFilter(text: string): FilterCheck {
    const checked = checkFilter(text, registry)
    if (checked.ok) return checked.hint === undefined ? { ok: true } : { ok: true, hint: safeText(checked.hint) }
    const { start, end, fix } = checked
    const mistake = { ok: false as const, message: safeText(checked.message), start, end }
    return fix === undefined ? mistake : { ...mistake, fix }
  }

  complete(text: string, caret: number): readonly Completion[] {
    const { items, start, end } = complete(text, caret, registry)
    return items.slice(0, MAX_COMPLETIONS).map((item) => ({
      text: text.slice(0, start) + item.text + text.slice(end),
      caret: start + item.text.length,
      label: safeText(item.text, 60),
      about: safeText(item.about, 120),
    }))
  }

  select(filter: string): View {
    const checked = filter.trim() === '' ? null : checkFilter(filter, registry)
    if (checked !== null && !checked.ok) throw new Error(`the filter was not checked: ${checked.message}`)
    this.view = checked === null ? this.whole : new FilteredView(this.capture, filter, compileFilter(checked.filter))
    this.schedule()
    return this.view
  }

  lines(view: View, from: number, count: number, time: TimeFormat): readonly PacketLine[] {
    const { index, memory, reader } = this.capture
    // What a packet says may depend on later ones (the end of a message), so lines are made afresh when packets arrived.
    if (this.summariesAt !== index.count || this.summaries.size > LINES_KEPT) {
      this.summaries.clear()
      this.summariesAt = index.count
    }
    const digits = reader.nanosecond ? 9 : 6
    const lines: PacketLine[] = []
    for (let position = Math.max(0, from); position < Math.min(from + count, view.count); position++) {
      const number = view.packetAt(position)
      const { source, destination, protocol, info, trouble } = this.summary(number)
      const before = position > 0 ? view.packetAt(position - 1) : 0
      lines.push({
        number,
        time: safeText(timeText(index, number, time, digits, before, number < this.reference ? 1 : this.reference)),
        source,
        destination,
        protocol,
        length: index.length(number),
        info,
        trouble,
        stream: memory.streamOf(memory.flowOf(number, 0)),
        secret: this.finder?.has(number) ?? false,
        ...this.decoration(number),
      })
    }
    return lines
  }

  decorate({ fields, rules, reference }: Look): void {
    this.reference = reference
    this.extra = fields.length > 0 ? new ExtraColumns(this.capture, fields) : null
    this.colourist = rules.length > 0 ? new Colourist(this.capture, rules) : null
  }

  private decoration(packet: number): Pick<PacketLine, 'cells' | 'colour'> {
    const colour: ColourRule | null = this.colourist?.of(packet) ?? null
    return { ...(this.extra === null ? {} : { cells: this.extra.of(packet) }), ...(colour === null ? {} : { colour }) }
  }

  private summary(packet: number): Summary {
    let summary = this.summaries.get(packet)
    if (summary === undefined) {
      summary = this.summariser.of(packet)
      this.summaries.set(packet, summary)
    }
    return summary
  }

  detail(packet: number): PacketDetail {
    return new Detail(this.capture, packet)
  }

  secretRanges(packet: number): readonly ByteRange[] {
    return this.finder?.ranges(packet) ?? []
  }

  secretPackets(): readonly number[] {
    return this.finder?.packets ?? []
  }

  neighbour(view: View, position: number, step: 1 | -1): number {
    const { memory } = this.capture
    if (position < 0 || position >= view.count) return -1
    const flow = memory.flowOf(view.packetAt(position), 0)
    if (flow < 0) return -1
    for (let i = position + step; i >= 0 && i < view.count; i += step) if (memory.flowOf(view.packetAt(i), 0) >> 1 === flow >> 1) return i
    return -1
  }

  // ── commands ──

  async save(path: string, what: 'all' | 'displayed', view: View): Promise<number> {
    return savePackets(this.capture, path, what === 'all' ? this.whole : view, () => this.notify())
  }

  async stop(): Promise<void> {
    if (this.options.live !== undefined) await this.options.live.stop()
    else if (this.options.follow === true) this.liveEnded(undefined)
    else if (this.state === 'opening') {
      this.state = 'stopped'
      this.notify()
    }
  }

  pause(paused: boolean): void {
    if (this.state !== (paused ? 'live' : 'paused')) return
    this.state = paused ? 'paused' : 'live'
    this.wake()
    this.notify()
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    if (this.timer !== null) clearInterval(this.timer)
    this.listeners.clear()
    await this.options.live?.stop()
    this.capture.close()
    this.options.live?.discard()
  }
}
