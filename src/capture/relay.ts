// The relay: for machines where nothing may be captured. The demo's client talks to a port of ours, we talk to the server, and write
// down the frames that this exchange would have been. Nothing of it is captured, and every screen must say so (timeSource 'rebuilt').

import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { LiveError } from './errors.ts'
import { Ending, sleep } from './live.ts'
import { RebuiltConnection } from './rebuilt.ts'
import { Spool, tellSpoolFailure } from './spool.ts'
import { type CaptureCounts, type CaptureEnd, LINKTYPE_ETHERNET, type LiveCapture, SNAP_LENGTH } from './types.ts'

export interface RelayOptions {
  /** Port that clients connect to; 0 for any free one. */
  readonly port: number
  /** Address that clients connect to; default 127.0.0.1. */
  readonly host?: string
  /** Where the server listens. */
  readonly target: { readonly host?: string; readonly port: number }
  /** Path of the pcapng file that the frames are written to. */
  readonly spool: string
  /** Called after frames were written and flushed. */
  onPackets?(): void
}

export interface Relay extends LiveCapture {
  readonly engine: 'relay'
  readonly timeSource: 'rebuilt'
  /** The port that clients connect to. */
  readonly port: number
}

/** Milliseconds after which a FIN is acknowledged by itself, when the other side has nothing to say: Linux's delayed ACK. */
const DELAYED_ACK = 40

/** Milliseconds that stop() waits for connections that are being closed. */
const FAREWELL = 200

/** @throws LiveError when the port is taken or forbidden, or the spool cannot be made */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  const port = await listen(server, options)
  try {
    const comment = 'Frames rebuilt by the relay of wiretail from the bytes that passed through it; nothing was captured.'
    const described = { name: 'relay', filter: '', linkType: LINKTYPE_ETHERNET, snapLength: SNAP_LENGTH, comment }
    return new RunningRelay(server, port, new Spool(options.spool, described), options)
  } catch (error) {
    server.close()
    throw error
  }
}

function listen(server: Server, { port, host = '127.0.0.1' }: RelayOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explainListen(error, host, port)))
    server.listen({ port, host }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

function explainListen(error: NodeJS.ErrnoException, host: string, port: number): LiveError {
  if (error.code === 'EADDRINUSE')
    return new LiveError(
      'engine',
      `Port ${port} is in use.`,
      ['Stop the program that listens there, or choose another with --port.'],
      error,
    )
  if (error.code === 'EACCES')
    return new LiveError('permission', `Port ${port} needs rights that you do not have.`, ['Choose one above 1023 with --port.'], error)
  return new LiveError(
    'engine',
    `The relay cannot listen on ${host} port ${port} (${error.code}).`,
    ['Choose another port with --port.'],
    error,
  )
}

class RunningRelay implements Relay {
  readonly engine = 'relay'
  readonly interface = 'relay'
  readonly timeSource = 'rebuilt'
  readonly linkType = LINKTYPE_ETHERNET
  readonly filter: string
  readonly spool: string
  readonly port: number
  readonly ended: Promise<CaptureEnd>
  private readonly server: Server
  private readonly file: Spool
  private readonly target: RelayOptions['target']
  private readonly ending = new Ending()
  private readonly sockets = new Set<Socket>()
  private readonly onPackets: () => void
  private captured = 0
  /** Connections that one side has finished, and the other not yet. */
  private halfClosed = 0
  private flushing: NodeJS.Immediate | null = null
  /** Microseconds since 1970 of the last frame: two frames never share a time. */
  private lastTime = 0

  constructor(server: Server, port: number, file: Spool, options: RelayOptions) {
    this.server = server
    this.port = port
    this.file = file
    this.spool = file.path
    this.target = options.target
    this.filter = `tcp port ${port}`
    this.ended = this.ending.promise
    this.onPackets = () => options.onPackets?.()
    server.on('connection', (socket) => this.relay(socket))
    // An accept that fails (too many open files) concerns that client alone.
    server.on('error', () => {})
  }

  statistics(): CaptureCounts {
    return { captured: this.captured, dropped: 0 }
  }

  async stop(): Promise<void> {
    // A connection that one side has finished is about to be finished by the other.
    const limit = performance.now() + FAREWELL
    while (this.halfClosed > 0 && performance.now() < limit) await sleep(5)
    this.end({ reason: 'stopped' })
    await this.ended
  }

  private relay(client: Socket): void {
    const from = { address: client.remoteAddress ?? '127.0.0.1', port: client.remotePort ?? 0 }
    const to = { address: client.localAddress ?? '127.0.0.1', port: this.port }
    const frames = new RebuiltConnection(from, to, this.write)
    const upstream = createConnection({ host: this.target.host ?? '127.0.0.1', port: this.target.port, allowHalfOpen: true })
    for (const socket of [client, upstream]) {
      this.sockets.add(socket)
      socket.setNoDelay(true)
      socket.once('close', () => this.sockets.delete(socket))
    }
    client.on('error', () => {})
    upstream.once('error', () => {
      frames.refuse()
      client.resetAndDestroy()
    })
    upstream.once('connect', () => {
      upstream.removeAllListeners('error')
      frames.open()
      this.join(client, upstream, frames)
    })
  }

  private join(client: Socket, upstream: Socket, frames: RebuiltConnection): void {
    let over = false
    let pending: NodeJS.Timeout | undefined
    const finished = { client: false, server: false }
    const connect = (from: Socket, to: Socket, fromClient: boolean) => {
      from.on('data', (chunk) => {
        if (over) return
        clearTimeout(pending)
        frames.data(fromClient, chunk)
        if (!to.write(chunk)) from.pause()
      })
      to.on('drain', () => from.resume())
      from.on('end', () => {
        if (over) return
        clearTimeout(pending)
        frames.finish(fromClient)
        finished[fromClient ? 'client' : 'server'] = true
        const both = finished.client && finished.server
        this.halfClosed += both ? -1 : 1
        if (both) frames.acknowledge(!fromClient)
        else pending = setTimeout(() => over || frames.acknowledge(!fromClient), DELAYED_ACK)
        to.end()
      })
      from.on('error', () => {
        if (over) return
        over = true
        if (finished.client !== finished.server) this.halfClosed--
        clearTimeout(pending)
        frames.reset(fromClient)
        to.resetAndDestroy()
      })
    }
    connect(client, upstream, true)
    connect(upstream, client, false)
    client.resume()
  }

  private readonly write = (frame: Uint8Array): void => {
    if (this.ending.over) return
    const now = Math.round((performance.timeOrigin + performance.now()) * 1000)
    this.lastTime = Math.max(now, this.lastTime + 1)
    try {
      this.file.packet(frame, 0, frame.length, frame.length, Math.floor(this.lastTime / 1e6), (this.lastTime % 1e6) * 1000)
    } catch (error) {
      this.fail(error)
      return
    }
    this.flushing ??= setImmediate(this.flush)
  }

  private readonly flush = (): void => {
    this.flushing = null
    if (this.ending.over) return
    try {
      this.file.flush()
    } catch (error) {
      this.fail(error)
      return
    }
    this.captured = this.file.packets
    this.onPackets()
  }

  private fail(error: unknown): void {
    this.end(tellSpoolFailure(error, this.file.close()))
  }

  private end(end: CaptureEnd): void {
    if (this.ending.over) return
    if (this.flushing) clearImmediate(this.flushing)
    this.captured = this.file.close()
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
    this.ending.finish(end)
    this.onPackets()
  }
}
