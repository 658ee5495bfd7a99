// Where a lesson's packets come from: captured now, by the best engine that works here; rebuilt by the relay; or the bundled capture.

import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEMO_HOST, DEMO_SECRET } from '../../demo/index.ts'
import { portBehind, type Scene } from '../../demo/scenes/scene.ts'
import {
  becomeNamespaced,
  type CaptureSession,
  type EngineName,
  followLive,
  insideNamespace,
  LiveError,
  type LiveSource,
  loopbackName,
  namespaceProbe,
  openFile,
  prepareNamespace,
  readSettings,
  type SessionOptions,
  startLive,
  startRelayed,
} from '../../engine/index.ts'
import type { Lesson, Words } from '../../lessons/index.ts'
import { captureFolder } from '../bundled.ts'
import type { Io } from '../commands.ts'
import { type Desk, DeskError } from './desk.ts'

export interface StageOptions {
  readonly lesson: Lesson
  readonly secret: string
  readonly port: number
  readonly engine: string | undefined
  readonly fromCapture: boolean
  /** Arguments of the whole command, to start it again in a namespace. */
  readonly args: readonly string[]
}

export interface Stage {
  readonly session: CaptureSession
  /** In a few words, for every screen. */
  readonly origin: Words
  /** File name, for the report. */
  readonly capture: string
  /** The message in these packets. */
  readonly secret: string
}

/** Milliseconds without a packet after which an exchange counts as over, and the most that is waited. */
const QUIET_MS = 150
const SETTLE_MS = 3000

const ORIGIN: Readonly<Record<EngineName, Words>> = {
  ring: { en: 'live, kernel ring', fr: 'direct, anneau du noyau' },
  namespace: { en: 'live, own namespace', fr: 'direct, espace propre' },
  dumpcap: { en: 'live, dumpcap', fr: 'direct, dumpcap' },
  tcpdump: { en: 'live, tcpdump', fr: 'direct, tcpdump' },
  relay: { en: 'rebuilt, not captured', fr: 'reconstruit, non capturé' },
}
const NAMESPACED: Words = { en: 'live, own namespace', fr: 'direct, espace propre' }
const WRITTEN: Words = { en: 'written, not captured', fr: 'écrit, non capturé' }
const BUNDLED: Words = { en: 'bundled capture', fr: 'capture fournie' }

/** Sets the lesson's packets up. Rejects with a LiveError, DemoError, CaptureError or DeskError. */
export async function setStage(options: StageOptions, desk: Desk, io: Io): Promise<Stage> {
  const { lesson } = options
  if (options.fromCapture) return openBundled(lesson, io)
  if (lesson.write !== undefined) {
    lesson.write(desk.capturePath)
    return { session: await openFile(desk.capturePath), origin: WRITTEN, capture: desk.capturePath, secret: options.secret }
  }
  if (lesson.scene === undefined) return openBundled(lesson, io)
  const { twoPorts = false } = lesson.scene
  if (options.engine === 'relay' && twoPorts) return openBundled(lesson, io)
  const recorded = await record(lesson.scene, options, desk, io)
  if (recorded === null) return openBundled(lesson, io)
  const { session, source } = recorded
  const namespaced = insideNamespace() && source.engine !== 'relay'
  return { session, origin: namespaced ? NAMESPACED : ORIGIN[source.engine], capture: desk.capturePath, secret: options.secret }
}

async function openBundled(lesson: Lesson, io: Io): Promise<Stage> {
  const folder = bundledFolder(io)
  const settings = settingsWith(lesson.lostKey === undefined ? [] : [readFileSync(join(folder, lesson.lostKey), 'latin1')])
  const session = await openFile(join(folder, lesson.capture), { secret: DEMO_SECRET, ...settings })
  return { session, origin: BUNDLED, capture: lesson.capture, secret: DEMO_SECRET }
}

/** Of a session with private keys that the spy of the lesson has. */
function settingsWith(keys: readonly string[]): Pick<SessionOptions, 'settings'> {
  if (keys.length === 0) return {}
  const read = readSettings({ rsaKeyTexts: keys })
  if (!read.ok) throw new DeskError(read.message)
  return { settings: read.settings }
}

export function bundledFolder(io: Io): string {
  const folder = captureFolder(io)
  if (!existsSync(folder)) throw new DeskError(`The bundled captures are missing (${folder}). Install wiretail again: npm install wiretail`)
  return folder
}

/** Null where only the relay works and the scene takes two ports. */
async function record(
  scene: Scene,
  options: StageOptions,
  desk: Desk,
  io: Io,
): Promise<{ session: CaptureSession; source: LiveSource } | null> {
  const { port, secret } = options
  let source = await startCapturing(options, io)
  if (source === null && scene.twoPorts === true) return null
  const lost: string[] = []
  let session: CaptureSession | undefined
  try {
    await scene.run({
      host: DEMO_HOST,
      port: source === null ? 0 : port,
      secret,
      async ready(serverPort) {
        source ??= await startRelayed({ port, host: DEMO_HOST, target: serverPort })
        session = await followLive(source, { title: `lesson ${options.lesson.number}`, secret, ...settingsWith(lost) })
        return port
      },
      lose: (key) => lost.push(key),
    })
    if (session === undefined || source === null) throw new Error('a scene never said that it is ready')
    await settle(session)
    await session.stop()
    while (session.status().state === 'live') await pause(5)
    desk.saveCapture(readSpool(source))
    return { session, source }
  } catch (error) {
    // A source without a session would leave its spool behind.
    if (session !== undefined) await session.close()
    else if (source !== null) {
      await source.feed.stop()
      source.feed.discard()
    }
    throw error
  }
}

function readSpool(source: LiveSource): Uint8Array {
  const descriptor = openSync(source.spool, 'r')
  try {
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The capture, running; null where only the relay works. May start the whole program again in a namespace. */
async function startCapturing(options: StageOptions, io: Io): Promise<LiveSource | null> {
  const { engine, port, args } = options
  if (engine === 'relay') return null
  if (insideNamespace()) await prepareNamespace()
  const ports = options.lesson.scene?.twoPorts === true ? [port, portBehind(port)] : [port]
  const anywhere = { interface: await loopbackName(), filter: ports.map((one) => `tcp port ${one}`).join(' or ') }
  if (engine !== undefined && engine !== 'namespace') return startLive({ ...anywhere, engine: engine as EngineName })
  try {
    if (engine !== 'namespace' || insideNamespace()) return await startLive(anywhere)
  } catch (error) {
    if (!(error instanceof LiveError) || error.code !== 'permission' || insideNamespace()) throw error
  }
  const probe = await namespaceProbe()
  if (probe.usable) return becomeNamespaced([io.script, 'lesson', ...args])
  if (engine === 'namespace') throw new LiveError('engine', probe.detail, [probe.remedy])
  return null
}

/** Resolves when no packet came for a while. */
async function settle(session: CaptureSession): Promise<void> {
  const end = performance.now() + SETTLE_MS
  let packets = -1
  let since = performance.now()
  while (performance.now() < end && (packets === 0 || performance.now() - since < QUIET_MS)) {
    const now = session.status().packets
    if (now !== packets) {
      packets = now
      since = performance.now()
    }
    await pause(10)
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds))
}
