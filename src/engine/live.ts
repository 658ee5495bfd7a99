// A live capture as a session: the engine writes packets to a spool file, and the session follows that file. So a live capture is read
// by the same code as any other capture, memory stays bounded, and nothing is lost when the screen is slow.

import {
  dropPrivileges,
  type EngineName,
  type LiveCapture,
  listInterfaces,
  makeSpool,
  nextIdentity,
  removeSpool,
  startCapture,
  startRelay,
} from '../capture/index.ts'
import type { Settings } from '../core/dissect.ts'
import { openCapture } from '../files/index.ts'
import { CaptureSession, type LiveFeed, type SessionOptions } from './session.ts'

export interface LiveOptions {
  readonly interface: string
  /** Capture filter in pcap-filter syntax; empty for everything. */
  readonly filter: string
  readonly snapLength?: number
  readonly engine?: EngineName
  readonly secret?: string
  readonly title?: string
  /** What the user tells protocols: see readSettings. */
  readonly settings?: Settings
}

/** What runs behind a live session. */
export interface LiveSource {
  readonly engine: EngineName
  readonly feed: LiveFeed
  /** Path of the spool, for a reader that follows it. */
  readonly spool: string
  /** Called whenever packets were written; set by who reads. */
  onPackets: () => void
  /** Whom the process became when it gave up root's rights; empty when it had none. */
  readonly user: string
}

/** "lo · tcp port 5683". */
export function liveTitle(name: string, filter: string): string {
  return filter === '' ? name : `${name} · ${filter}`
}

/**
 * Starts a capture and gives up root's rights before a byte of it is parsed: whoever may run as root must have loaded all modules that
 * are still needed. Rejects with a LiveError whose message is one line with its remedy.
 */
export function startLive(options: LiveOptions): Promise<LiveSource> {
  return start((spool, onPackets) =>
    startCapture({
      interface: options.interface,
      filter: options.filter,
      spool,
      ...(options.snapLength === undefined ? {} : { snapLength: options.snapLength }),
      ...(options.engine === undefined ? {} : { engine: options.engine }),
      onPackets,
    }),
  )
}

/**
 * The same where nothing may be captured: a relay that clients connect to on `port` passes the bytes on to `target` and writes the
 * frames that would have been on the wire.
 */
export function startRelayed(options: { readonly port: number; readonly host: string; readonly target: number }): Promise<LiveSource> {
  const { port, host, target } = options
  return start((spool, onPackets) => startRelay({ port, host, target: { host, port: target }, spool, onPackets }))
}

async function start(capture: (spool: string, onPackets: () => void) => Promise<LiveCapture>): Promise<LiveSource> {
  const spool = makeSpool()
  const source: { onPackets: () => void } = { onPackets: () => {} }
  try {
    const live = await capture(spool, () => source.onPackets())
    const user = nextIdentity()?.name ?? ''
    dropPrivileges()
    const feed: LiveFeed = {
      dropped: () => live.statistics().dropped,
      timeSource: live.timeSource === 'kernel' ? 'kernel time' : 'rebuilt, not captured',
      started: performance.now(),
      stop: () => live.stop(),
      ended: live.ended,
      discard: () => removeSpool(spool),
    }
    return Object.assign(source, { engine: live.engine, feed, spool, user })
  } catch (error) {
    removeSpool(spool)
    throw error
  }
}

/** Name of this machine's loopback interface. */
export async function loopbackName(): Promise<string> {
  return (await listInterfaces()).find(({ loopback }) => loopback)?.name ?? 'lo'
}

/** Opens a session on a live source. */
export async function followLive(source: LiveSource, options: SessionOptions): Promise<CaptureSession> {
  const reader = await openCapture(source.spool, { follow: true })
  const title = source.user === '' ? options.title : `${options.title} · as ${source.user}`
  const session = new CaptureSession(reader, { ...options, title, live: source.feed })
  source.onPackets = () => session.wake()
  session.wake()
  return session
}

/** Starts a capture and shows it as a session. */
export async function openLive(options: LiveOptions): Promise<CaptureSession> {
  const source = await startLive(options)
  const title = options.title ?? liveTitle(options.interface, options.filter)
  const { secret, settings } = options
  return followLive(source, { title, ...(secret === undefined ? {} : { secret }), ...(settings === undefined ? {} : { settings }) })
}
