// The ring engine: packets straight from the Linux kernel's capture ring into the spool. No libpcap, no child process.

import { compileForKernel } from './bpf/kernel.ts'
import { interfaceDown, interfaceMissing, LiveError, tellInterfaceLost } from './errors.ts'
import { listInterfaceNames } from './interfaces.ts'
import { ENETDOWN, type InterfaceState, type Libc, loadLibc, readInterface } from './libc.ts'
import { Ending, sleep } from './live.ts'
import { insideNamespace } from './namespace.ts'
import { openRing, parkRing, RETIRE_TIMEOUT, type RingSocket } from './ring-socket.ts'
import { Spool, tellSpoolFailure } from './spool.ts'
import {
  type CaptureCounts,
  type CaptureEnd,
  type CaptureOptions,
  LINKTYPE_ETHERNET,
  LINKTYPE_RAW,
  type LiveCapture,
  SNAP_LENGTH,
} from './types.ts'

/** Milliseconds between two looks into the ring. With the kernel's time-out a packet is 20 ms old at most. */
const INTERVAL = 8
/** Longest time in milliseconds that one look keeps the rest of the program waiting. */
const SLICE = 8
/** Looks between two questions whether the interface is still there: a quarter of a second. */
const HEALTH = 32

/** <linux/if_arp.h>: what stands in front of a network header. */
const ARPHRD_ETHER = 1
const ARPHRD_RAWIP = 519
const ARPHRD_LOOPBACK = 772
const ARPHRD_NONE = 65534

/** @throws LiveError */
export async function startRing(options: CaptureOptions): Promise<LiveCapture> {
  const calls = await loadLibc()
  if (options.interface === 'any') throw new LiveError('engine', 'The ring captures on one interface at a time.', ['Try --engine tcpdump.'])
  const state = readInterface(calls, options.interface)
  if (!state) throw interfaceMissing(options.interface, listInterfaceNames())
  const linkType = linkTypeOf(state, options.interface)
  const snapLength = options.snapLength ?? SNAP_LENGTH
  const program = await compileForKernel(options.filter, { linkType, snapLength, skipOutgoing: state.loopback })
  const ring = openRing(calls)
  try {
    if (!state.up) throw interfaceDown(options.interface)
    ring.aim(state.index, program, !state.loopback && linkType === LINKTYPE_ETHERNET)
    if (ring.pendingError() === ENETDOWN) throw interfaceDown(options.interface)
    const spool = new Spool(options.spool, { name: options.interface, filter: options.filter, linkType, snapLength })
    return new RingCapture(calls, ring, spool, options, state.index, linkType)
  } catch (error) {
    parkRing(ring)
    throw error
  }
}

/**
 * Opens a ring without starting a capture, so that one can be started after the privileges were dropped.
 * @throws LiveError, code permission without the right
 */
export async function reserveRing(): Promise<void> {
  parkRing(openRing(await loadLibc()))
}

function linkTypeOf(state: InterfaceState, name: string): number {
  if (state.hardware === ARPHRD_ETHER || state.hardware === ARPHRD_LOOPBACK) return LINKTYPE_ETHERNET
  if (state.hardware === ARPHRD_NONE || state.hardware === ARPHRD_RAWIP) return LINKTYPE_RAW
  const what = `The ring engine does not know what ${name} puts in front of a packet (hardware type ${state.hardware}).`
  throw new LiveError('engine', what, ['Try --engine dumpcap or --engine tcpdump.'])
}

class RingCapture implements LiveCapture {
  readonly engine = insideNamespace() ? 'namespace' : 'ring'
  readonly interface: string
  readonly filter: string
  readonly spool: string
  readonly timeSource = 'kernel'
  readonly linkType: number
  readonly ended: Promise<CaptureEnd>
  private readonly calls: Libc
  private readonly ring: RingSocket
  private readonly file: Spool
  private readonly ending = new Ending()
  private readonly onPackets: () => void
  private readonly index: number
  private looks = 0
  private dropped = 0
  private captured = 0
  private stopping = false
  private timer: NodeJS.Timeout | undefined
  private soon: NodeJS.Immediate | undefined

  constructor(calls: Libc, ring: RingSocket, file: Spool, options: CaptureOptions, index: number, linkType: number) {
    this.calls = calls
    this.ring = ring
    this.file = file
    this.interface = options.interface
    this.filter = options.filter
    this.spool = options.spool
    this.linkType = linkType
    this.index = index
    this.onPackets = () => options.onPackets?.()
    this.ended = this.ending.promise
    this.timer = setTimeout(this.look, INTERVAL)
  }

  statistics(): CaptureCounts {
    if (!this.ending.over) this.dropped = this.ring.countDropped()
    return { captured: this.captured, dropped: this.dropped }
  }

  async stop(): Promise<void> {
    if (!this.stopping) {
      this.ring.refuse()
      await this.end(() => ({ reason: 'stopped' }))
    }
    await this.ended
  }

  private readonly take = (bytes: Uint8Array, start: number, captured: number, length: number, seconds: number, nanos: number): void =>
    this.file.packet(bytes, start, captured, length, seconds, nanos)

  /** One look into the ring, and the appointment for the next. */
  private readonly look = (): void => {
    const more = this.empty(performance.now() + SLICE)
    if (this.stopping) return
    if (++this.looks % HEALTH === 0 && this.ring.pendingError() === ENETDOWN) void this.end(() => this.tellLoss())
    else if (more) this.soon = setImmediate(this.look)
    else this.timer = setTimeout(this.look, INTERVAL)
  }

  /** Moves packets from the ring to the spool until the deadline. Returns true when more are waiting. */
  private empty(deadline: number): boolean {
    try {
      if (this.ring.drain(this.take, deadline) === 0) return false
      this.file.flush()
    } catch (error) {
      const end = tellSpoolFailure(error, this.file.close())
      void this.end(() => end, true)
      return false
    }
    this.captured = this.file.packets
    this.onPackets()
    return this.ring.waiting
  }

  private tellLoss(): { reason: 'interface'; message: string } {
    const down = readInterface(this.calls, this.interface)?.index === this.index
    return { reason: 'interface', message: tellInterfaceLost(this.interface, this.captured, down) }
  }

  /** Takes (or, when the spool is lost, throws away) what the kernel still holds, then lets go. */
  private async end(tell: () => CaptureEnd, discard = false): Promise<void> {
    if (this.stopping) return
    this.stopping = true
    clearTimeout(this.timer)
    clearImmediate(this.soon)
    this.ring.refuse()
    await sleep(2 * RETIRE_TIMEOUT + 5)
    let failure: CaptureEnd | undefined
    try {
      while (this.ring.drain(discard ? ignore : this.take, performance.now() + SLICE) > 0) {
        if (!discard) this.file.flush()
        await sleep(0)
      }
    } catch (error) {
      failure = tellSpoolFailure(error, this.file.close())
    }
    this.dropped = this.ring.countDropped()
    parkRing(this.ring)
    this.captured = this.file.close()
    this.onPackets()
    this.ending.finish(failure ?? tell())
  }
}

function ignore(): void {}
