// `wiretail demo`: lesson 0 of the lessons. A server keeps a secret, a client fetches it once, and a spy on the wire reads along. The
// traffic is real; how it is captured depends on what this machine allows: the interface itself, a network namespace of our own, or,
// where neither is to be had, a relay that rebuilds the frames and says so.

import { parseArgs } from 'node:util'
import { safeText } from '../bytes/text.ts'
import { DEMO_HOST, DEMO_PORT, DEMO_SECRET, DemoError, type DemoServer, fetchOnce, plain } from '../demo/index.ts'
import {
  becomeNamespaced,
  type CaptureSession,
  type EngineName,
  followLive,
  insideNamespace,
  LiveError,
  type LiveSource,
  liveTitle,
  loopbackName,
  namespaceProbe,
  prepareNamespace,
  startLive,
  startRelayed,
} from '../engine/index.ts'
import { demoRecordings } from './bundled.ts'
import type { Io } from './commands.ts'
import { tellStory } from './demo-story.ts'
import { explainUsage } from './usage.ts'

export const help = `wiretail demo [--port N] [--secret TEXT] [--engine NAME] [--plain]

A server keeps a secret, a client fetches it, and you read along on the wire. Opens the interface on the packets; without a terminal it
prints them, the one with the secret marked.

      --port N       TCP port of the demo server; 5683 unless given
      --secret TEXT  the secret; $SECRET_MESSAGE or "fluffy tail" unless given
      --engine NAME  ring, dumpcap, tcpdump, namespace or relay; the best one that works here unless given
      --plain        print, even on a terminal

Examples:
  wiretail demo
  wiretail demo --plain --secret "the owls are not what they seem"
`

interface Choices {
  readonly port: number
  readonly secret: string
  readonly engine: string | undefined
  readonly printing: boolean
}

/** Milliseconds that the packets of an exchange have to arrive before it counts as complete. */
const SETTLE_MS = 2000
/** Lesson 0's question. */
const TASK = 'You never knew the URL. What is the message, and in which packet?'
/** The exchange ends with the acknowledgment of the second FIN. */
const PACKETS = 10

export async function run(args: string[], io: Io): Promise<number> {
  try {
    const choices = parse(args)
    if (choices === null) {
      io.out(help)
      return 0
    }
    return await show(choices, args, io)
  } catch (error) {
    const told = error instanceof DemoError || error instanceof LiveError ? error.message : explainUsage(error, 'demo')
    if (told === undefined) throw error
    io.err(`wiretail: ${safeText(told)}\n`)
    return 1
  }
}

function parse(args: string[]): Choices | null {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      port: { type: 'string', short: 'p', default: String(DEMO_PORT) },
      secret: { type: 'string' },
      engine: { type: 'string' },
      plain: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  if (positionals.length > 0) throw new DemoError(`"${positionals[0]}" is too much. The demo takes options only: wiretail demo --help`)
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port < 1 || port > 65_535)
    throw new DemoError(`"${values.port}" is no port. Give a number from 1 to 65535: --port 5683`)
  const { SECRET_MESSAGE } = process.env
  const printing = values.plain || !process.stdout.isTTY || !process.stdin.isTTY
  return { port, secret: values.secret || SECRET_MESSAGE || DEMO_SECRET, engine: values.engine, printing }
}

async function show(choices: Choices, args: string[], io: Io): Promise<number> {
  // Loaded before root's rights are given up: afterwards its files may be out of reach.
  const [tui, control, lessons] = choices.printing
    ? [null, null, null]
    : await Promise.all([
        import('../tui/index.tsx').then(async (tui) => {
          await tui.loadViews()
          return tui
        }),
        import('./capture-control.ts').then((part) => part.createCaptureControl(null, choices.secret)),
        import('./lesson/control.ts').then((part) => part.createLessonControl(io)),
      ])
  const stage = await setUp(choices, args, io)
  const { session, server } = stage
  try {
    if (tui === null || control === null || lessons === null) {
      const message = await fetchSecret(stage)
      await arrived(session)
      await session.stop()
      await complete(session)
      return tellStory(session, { url: server.url, secret: choices.secret, message, engine: stage.source.engine }, io)
    }
    const running = tui.startInterface({ session, control, bundled: demoRecordings(io), lessons: async () => lessons })
    // The list is on the screen before the first packet: what drops in is seen to drop in.
    const fetching = fetchSecret(stage).catch(() => '')
    const code = await running
    await fetching
    return code
  } finally {
    await server.close()
    await session.close()
  }
}

interface Stage {
  readonly server: DemoServer
  readonly session: CaptureSession
  readonly source: LiveSource
  /** Where the client connects: the server, or the relay in front of it. */
  readonly url: string
}

/** Server and capture, ready for the client. */
async function setUp(choices: Choices, args: string[], io: Io): Promise<Stage> {
  const { port, secret, engine } = choices
  const server = await plain.serve(secret, { host: DEMO_HOST, port: engine === 'relay' ? 0 : port })
  try {
    const source = await startSource(choices, server, args, io)
    if (source === null) {
      await server.close()
      return await setUp({ ...choices, engine: 'relay' }, args, io)
    }
    const relayed = source.engine === 'relay'
    const title = relayed ? `demo · through a relay on port ${port}` : `demo · ${liveTitle(await loopbackName(), `tcp port ${port}`)}`
    const session = await followLive(source, { title, secret, task: TASK })
    return { server, session, source, url: relayed ? `http://${DEMO_HOST}:${port}/` : server.url }
  } catch (error) {
    await server.close()
    throw error
  }
}

/** The capture, by the best engine that works here; null: only the relay does. May start the whole program again in a namespace. */
async function startSource(choices: Choices, server: DemoServer, args: string[], io: Io): Promise<LiveSource | null> {
  const { port, engine } = choices
  if (engine === 'relay') return startRelayed({ port, host: DEMO_HOST, target: server.port })
  if (insideNamespace()) await prepareNamespace()
  const anywhere = { interface: await loopbackName(), filter: `tcp port ${port}` }
  if (engine !== undefined && engine !== 'namespace') return startLive({ ...anywhere, engine: engine as EngineName })
  try {
    if (engine !== 'namespace' || insideNamespace()) return await startLive(anywhere)
  } catch (error) {
    if (!(error instanceof LiveError) || error.code !== 'permission' || insideNamespace()) throw error
  }
  const probe = await namespaceProbe()
  if (probe.usable) {
    await server.close()
    return becomeNamespaced([io.script, 'demo', ...args])
  }
  if (engine === 'namespace') throw new LiveError('engine', probe.detail, [probe.remedy])
  return null
}

async function fetchSecret({ url }: Stage): Promise<string> {
  const { status, body } = await fetchOnce(url)
  if (status !== 200)
    throw new DemoError(`The demo's own server answered ${status}. Another program may stand on its port: try --port 5684`)
  return plain.read(body)
}

/** Resolves once the exchange is in the capture, or when waiting any longer makes no sense. */
async function arrived(session: CaptureSession): Promise<void> {
  const end = performance.now() + SETTLE_MS
  while (session.status().packets < PACKETS && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** Resolves when everything captured has been read. */
async function complete(session: CaptureSession): Promise<void> {
  while (session.status().state === 'live') await new Promise((resolve) => setTimeout(resolve, 5))
}
