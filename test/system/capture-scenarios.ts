// What the tests of live capture do inside a network namespace. Bundled and run as a program of its own: `node BUNDLE SCENARIO [ARG…]`
// prints one line of JSON.

import { spawnSync } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { statSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import {
  becomeNamespaced,
  type CaptureOptions,
  dropPrivileges,
  explainPermission,
  insideNamespace,
  type LiveCapture,
  LiveError,
  makeSpool,
  namespaceProbe,
  prepareNamespace,
  removeSpool,
  startCapture,
} from '../../src/capture/index.ts'
import { AF_PACKET, loadLibc, readInterface, SOCK_RAW } from '../../src/capture/libc.ts'
import type { EngineName } from '../../src/capture/types.ts'
import { openCapture } from '../../src/files/index.ts'

export interface SeenPacket {
  readonly captured: number
  readonly length: number
  /** First bytes, in hexadecimal. */
  readonly head: string
  readonly seconds: number
}

const PORT = 40_123

/** Every packet in a spool. */
async function readSpool(path: string, most = 64): Promise<SeenPacket[]> {
  const reader = await openCapture(path)
  const seen: SeenPacket[] = []
  const sink = {
    packet(bytes: Uint8Array, start: number, captured: number, length: number, seconds: number, nanos: number) {
      const head = Buffer.from(bytes.subarray(start, start + Math.min(captured, most))).toString('hex')
      seen.push({ captured, length, head, seconds: seconds + nanos / 1e9 })
    },
    interface() {},
  }
  while (reader.step(sink, 10_000) === 'more');
  if (reader.damage) throw new Error(reader.damage.message)
  reader.close()
  return seen
}

function start(options: Partial<CaptureOptions>): Promise<LiveCapture> {
  return startCapture({ interface: 'lo', filter: `udp dst port ${PORT}`, spool: makeSpool(), ...options })
}

/** Runs `during` with a capture, stops it, and tells what it saw. */
async function capture(options: Partial<CaptureOptions>, during: (live: LiveCapture) => Promise<void>, most?: number) {
  const live = await start(options)
  await during(live)
  await live.stop()
  const end = await live.ended
  const counts = live.statistics()
  const seen = await readSpool(live.spool, most)
  removeSpool(live.spool)
  return { end, counts, seen, linkType: live.linkType, engine: live.engine, timeSource: live.timeSource }
}

async function withSocket<T>(type: 'udp4' | 'udp6', use: (socket: Socket) => Promise<T>): Promise<T> {
  const sink = createSocket(type)
  const socket = createSocket({ type, sendBufferSize: 1 << 22 })
  await new Promise<void>((resolve) => sink.bind(PORT, resolve))
  try {
    return await use(socket)
  } finally {
    sink.close()
    socket.close()
  }
}

function send(socket: Socket, bytes: Uint8Array, address: string): Promise<void> {
  return new Promise((resolve, reject) => socket.send(bytes, PORT, address, (error) => (error ? reject(error) : resolve())))
}

async function sendNumbered(count: number, size = 8): Promise<void> {
  await withSocket('udp4', async (socket) => {
    for (let from = 0; from < count; from += 500) {
      const batch = Array.from({ length: Math.min(500, count - from) }, (_, i) => {
        const bytes = Buffer.alloc(size)
        bytes.writeUInt32BE(from + i)
        return send(socket, bytes, '127.0.0.1')
      })
      await Promise.all(batch)
    }
  })
}

/** The numbers that sendNumbered() put behind the Ethernet, IPv4 and UDP headers. */
function numbersOf(seen: readonly SeenPacket[]): number[] {
  return seen.map(({ head }) => Number.parseInt(head.slice(84, 92), 16))
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
}

/** Sends raw frames on an interface. */
async function sendFrames(name: string, frames: readonly Uint8Array[]): Promise<void> {
  const calls = await loadLibc()
  const index = readInterface(calls, name)!.index
  const fd = calls.socket(AF_PACKET, SOCK_RAW, 0)
  const address = new Uint8Array(20)
  new Uint16Array(address.buffer)[0] = AF_PACKET
  new DataView(address.buffer).setUint16(2, 3)
  new Int32Array(address.buffer)[1] = index
  if (calls.bind(fd, address, 20) < 0) throw new Error('bind')
  const koffi = (await import('koffi')).default
  const write = koffi.load(null).func('long write(int, void *, size_t)')
  for (const frame of frames) {
    if (Number(write(fd, frame, frame.length)) !== frame.length) throw new Error(`write: errno ${koffi.errno()}`)
  }
  calls.close(fd)
}

function makeVeth(): void {
  ip('link', 'add', 'va', 'type', 'veth', 'peer', 'name', 'vb')
  ip('link', 'set', 'va', 'up')
  ip('link', 'set', 'vb', 'up')
}

async function refusal(options: Partial<CaptureOptions>): Promise<string> {
  try {
    const live = await start(options)
    await live.stop()
    return 'started'
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    return `${error.code}: ${error.message}`
  }
}

const scenarios: Record<string, (...args: string[]) => Promise<unknown>> = {
  async numbered(engine, count) {
    const result = await capture({ engine: engine as EngineName }, () => sendNumbered(Number(count)))
    const numbers = numbersOf(result.seen)
    const ordered = numbers.every((number, i) => number === i)
    const times = result.seen.every(({ seconds }, i) => i === 0 || seconds >= result.seen[i - 1]!.seconds)
    return { ...result, seen: numbers.length, ordered, times, age: Date.now() / 1000 - (result.seen[0]?.seconds ?? 0) }
  },

  async short(engine, snapLength) {
    const result = await capture({ engine: engine as EngineName, snapLength: Number(snapLength) }, () => sendNumbered(3, 1000))
    return result.seen.map(({ captured, length }) => [captured, length])
  },

  async large(engine) {
    const result = await capture({ engine: engine as EngineName }, () =>
      withSocket('udp6', async (socket) => {
        for (let i = 0; i < 20; i++) await send(socket, new Uint8Array(65_488), '::1')
      }),
    )
    return result.seen.map(({ captured, length }) => [captured, length])
  },

  /** Both directions of a TCP exchange, each packet once. */
  async tcp() {
    const result = await capture(
      { filter: `tcp port ${PORT}` },
      async () => {
        const server = createServer((socket) => socket.end('fluffy tail'))
        await new Promise<void>((resolve) => server.listen(PORT, '127.0.0.1', resolve))
        const client = createConnection(PORT, '127.0.0.1')
        client.resume()
        await new Promise((resolve) => client.once('close', resolve))
        await new Promise((resolve) => server.close(resolve))
      },
      200,
    )
    const flags = result.seen.map(({ head }) => Number.parseInt(head.slice(94, 96), 16))
    return { flags, text: result.seen.some(({ head }) => Buffer.from(head, 'hex').includes('fluffy tail')) }
  },

  async lifecycle(engine) {
    const live = await start({ engine: engine as EngineName })
    const before = live.statistics()
    await Promise.all([live.stop(), live.stop()])
    await live.stop()
    const first = { before, end: await live.ended, seen: (await readSpool(live.spool)).length }
    removeSpool(live.spool)
    // The same ring again, with another filter: nothing of before may show.
    const again = await capture({ engine: engine as EngineName }, () => sendNumbered(10))
    return { first, again: numbersOf(again.seen) }
  },

  /** Milliseconds from sending until the callback. */
  async delay() {
    let arrived = () => {}
    const delays: number[] = []
    const live = await start({ onPackets: () => arrived() })
    await withSocket('udp4', async (socket) => {
      for (let i = 0; i < 50; i++) {
        const done = new Promise<void>((resolve) => {
          arrived = resolve
        })
        const from = performance.now()
        await send(socket, new Uint8Array(4), '127.0.0.1')
        await done
        delays.push(performance.now() - from)
      }
    })
    await live.stop()
    removeSpool(live.spool)
    return delays.sort((a, b) => a - b)[25]
  },

  async lost(engine, how) {
    makeVeth()
    const live = await start({ interface: 'va', filter: 'ether proto 0x88b5', engine: engine as EngineName })
    const frame = Uint8Array.from({ length: 60 }, (_, at) => [0x88, 0xb5][at - 12] ?? 0)
    await sendFrames('vb', new Array(1204).fill(frame))
    const until = Date.now() + 5000
    while (live.statistics().captured < 1204 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
    if (how === 'down') ip('link', 'set', 'va', 'down')
    else ip('link', 'del', 'va')
    const end = await Promise.race([live.ended, new Promise((resolve) => setTimeout(() => resolve('still running'), 10_000))])
    const seen = (await readSpool(live.spool)).length
    removeSpool(live.spool)
    return { end, seen }
  },

  async vlan(engine, filter) {
    makeVeth()
    const tagged = Uint8Array.from({ length: 64 }, (_, i) => [0x81, 0x00, 0x60, 0x05, 0x88, 0xb5][i - 12] ?? i)
    const plain = Uint8Array.from({ length: 60 }, (_, i) => [0x88, 0xb5][i - 12] ?? i)
    const result = await capture({ interface: 'va', filter: filter ?? '', engine: engine as EngineName }, async () => {
      await sendFrames('vb', [tagged, plain])
    })
    return result.seen.filter(({ head }) => head.includes('88b5')).map(({ length, head }) => [length, head.slice(24, 36)])
  },

  async refusals() {
    return {
      missing: await refusal({ interface: 'eth9' }),
      long: await refusal({ interface: 'lo23456789012345678901234' }),
      filter: await refusal({ filter: 'tcp prot 80' }),
      display: await refusal({ filter: 'tcp.port == 80' }),
      option: await refusal({ filter: '-w/tmp/evil', engine: 'tcpdump' }),
      engine: await refusal({ engine: 'warp' as EngineName }),
      demo: await refusal({ engine: 'relay' }),
      host: await refusal({ filter: 'host no-such-host.invalid' }),
      spool: await refusal({ spool: '/nowhere/at/all.pcapng' }),
      snap: await refusal({ snapLength: 0 }),
      long2: (await refusal({ filter: Array.from({ length: 3000 }, (_, i) => `port ${i}`).join(' or ') })).slice(0, 60),
    }
  },

  async down(engine) {
    makeVeth()
    ip('link', 'set', 'va', 'down')
    return refusal({ interface: 'va', engine: engine as EngineName })
  },

  async permission() {
    return { refused: await refusal({ filter: 'tcp port 5683' }), text: (await explainPermission('lo', 'udp and not port 53')).message }
  },

  async probe() {
    return namespaceProbe()
  },

  /** Runs until it is killed. Prints when it captures. */
  async forever(engine, filter) {
    const live = await start({ engine: engine as EngineName, filter: filter ?? '' })
    process.stdout.write('capturing\n')
    await live.ended
    return 'ended'
  },

  async full() {
    const live = await start({})
    const fill = async () => {
      while (!ended) {
        await sendNumbered(50, 1000)
        // Sending completes at once; the timers of the capture need their turn.
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
    let ended = false
    void live.ended.then(() => {
      ended = true
    })
    await Promise.race([fill(), new Promise((_, reject) => setTimeout(() => reject(new Error('the disk never filled')), 20_000))])
    const end = await live.ended
    const seen = (await readSpool(live.spool)).length
    return { end, seen, counted: live.statistics().captured }
  },

  async drop() {
    const live = await start({})
    const said = dropPrivileges()
    const { uid, gid } = statSync(live.spool)
    await sendNumbered(20)
    await live.stop()
    const first = numbersOf(await readSpool(live.spool)).length
    removeSpool(live.spool)
    const second = await capture({}, () => sendNumbered(5))
    const { HOME: home } = process.env
    return {
      said,
      user: [process.getuid?.(), process.getgid?.(), process.getgroups?.()],
      owner: [uid, gid],
      first,
      second: second.seen.length,
      third: await (async () => {
        const running = await start({})
        const other = await refusal({ engine: 'ring' })
        await running.stop()
        removeSpool(running.spool)
        return other
      })(),
      rootAgain: (() => {
        try {
          process.setuid?.(0)
          return true
        } catch {
          return false
        }
      })(),
      home: home ?? null,
    }
  },

  /** Moves into a namespace, then answers one key at the terminal. */
  async become() {
    if (!insideNamespace()) return becomeNamespaced(process.argv.slice(1))
    await prepareNamespace()
    const result = await capture({}, () => sendNumbered(7))
    process.stdin.setRawMode(true)
    process.stdout.write('press a key\r\n')
    const key = await new Promise<string>((resolve) => process.stdin.once('data', (bytes) => resolve(bytes.toString())))
    process.stdin.setRawMode(false)
    process.stdin.pause()
    return { key, seen: result.seen.length, engine: result.engine, columns: process.stdout.columns, said: dropPrivileges() }
  },
}

const [name = '', ...args] = process.argv.slice(2)
const { TEST_RAISE } = process.env
if (TEST_RAISE === '1') await prepareNamespace()
const result = await scenarios[name]!(...args)
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
