// `wiretail run -- PROGRAM ARGS`: runs a program, and shows what it said on the wire, its TLS opened with the secrets that it gives away.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { safeText } from '../bytes/text.ts'
import type { EngineName } from '../engine/index.ts'
import type { RunCapture } from '../engine/run-capture.ts'
import { captureFilterOf, explainFailure, parseFilter, parseOptions, UsageError } from './args.ts'
import type { Io } from './commands.ts'
import { writeAll } from './output.ts'
import { tell } from './reading.ts'
import { SocketWatch } from './run-sockets.ts'

export const help = `wiretail run [options] -- PROGRAM [ARGUMENTS]

Runs a program and captures what it sends and receives on the loopback interface. Its TLS secrets are collected (SSLKEYLOGFILE; for Node --tls-keylog),
so what it said inside TLS can be read. The program has the terminal while it runs; afterwards the interface opens, or packets are printed. The exit
code is the program's.

Its traffic: connections that it, or what it started, opened or accepted, found by their sockets while it runs. A connection too short to be seen counts
as its own. Where nobody may capture, the program runs in a network of its own, which has nothing but a loopback interface: it reaches only what it
starts itself, and everything there is its traffic.

      --tui | --print         afterwards: open the interface (default on a terminal), or print
      --keep FILE             keep the packets, with the keys inside
  -Y, --display-filter EXPR   show only packets that match
  -i, --interface NAME        capture there instead of loopback
  -f, --capture-filter EXPR   and only what this selects
  -p, --port N                and only TCP port N (repeatable)
      --all                   everything on the interface while the program runs, whosoever it is
      --engine NAME           capture with this engine; namespace: in a network of its own

Examples:
  wiretail run -- curl https://localhost:5683/
  wiretail run --print -Y http --keep shop.pcapng -- npm test
`

const OPTIONS = {
  tui: { type: 'boolean' },
  print: { type: 'boolean' },
  keep: { type: 'string' },
  'display-filter': { type: 'string', short: 'Y' },
  interface: { type: 'string', short: 'i' },
  'capture-filter': { type: 'string', short: 'f' },
  port: { type: 'string', short: 'p', multiple: true },
  all: { type: 'boolean' },
  engine: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

type Options = ReturnType<typeof parseOptions<typeof OPTIONS>>['values']

/** Milliseconds that the last packets have to arrive once the program has ended. */
const SETTLE_MS = 150

/** Runs the command. Resolves to the program's exit code. */
export async function run(args: string[], io: Io): Promise<number> {
  try {
    const dashes = args.indexOf('--')
    const { values, positionals } = parseOptions(dashes < 0 ? args : args.slice(0, dashes), OPTIONS, 'run')
    if (values.help === true) {
      io.out(help)
      return 0
    }
    const program = [...positionals, ...(dashes < 0 ? [] : args.slice(dashes + 1))]
    if (program.length === 0 || (dashes >= 0 && positionals.length > 0))
      throw new UsageError('Which program to run is not said. Name it after two dashes: wiretail run -- curl https://localhost:5683/')
    if (values.tui === true && values.print === true) throw new UsageError('--tui and --print exclude each other. Leave one out.')
    if (values['display-filter'] !== undefined) parseFilter(values['display-filter'])
    if (values.keep !== undefined && existsSync(values.keep))
      throw new UsageError(`${values.keep} is there already. Choose another name: --keep FILE`)
    return await watch(program, values, args, io)
  } catch (error) {
    const told = explainFailure(error)
    if (told === undefined) throw error
    tell(io, told.message)
    return told.exitCode
  }
}

async function watch(program: readonly string[], values: Options, args: readonly string[], io: Io): Promise<number> {
  const inTerminal = process.stdout.isTTY === true && process.stdin.isTTY === true
  const printing = values.print === true || (values.tui !== true && !inTerminal)
  // All of it is loaded now: later root's rights are given up, and its files may be out of reach.
  const show = printing ? await loadPrinting(io) : await loadInterface(io)
  const { insideNamespace } = await import('../engine/index.ts')
  const { makeRunFolder } = await import('../engine/run-capture.ts')
  const keep = values.keep === undefined ? -1 : openKept(values.keep)
  const folder = makeRunFolder()
  const keyLog = join(folder, 'keys.txt')
  writeFileSync(keyLog, '', { mode: 0o600 })
  const capture = await startCapturing(folder, keyLog, values, args, io)
  try {
    const child = spawn(program[0]!, program.slice(1), { stdio: 'inherit', env: environment(keyLog) })
    const code = await following(child, async (root) => {
      const alone = insideNamespace() || values.all === true || process.platform !== 'linux'
      return alone ? null : new SocketWatch(root)
    })
    passOnKeys(keyLog)
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    const { path, packets, dropped } = await capture.finish(code.watch?.owns ?? null)
    if (keep >= 0) {
      writeAll(keep, readFileSync(path))
      closeSync(keep)
    }
    const lost = dropped === null || dropped === 0 ? '' : `, ${dropped} lost`
    io.err(`wiretail: ${packets} packet${packets === 1 ? '' : 's'} of ${safeText(program[0]!, 60)}${lost}\n`)
    await show(path, values['display-filter'])
    return code.exit
  } finally {
    await capture.discard()
  }
}

type Show = (path: string, filter: string | undefined) => Promise<void>

/** The program and its children write their secrets into one file. */
function environment(keyLog: string): NodeJS.ProcessEnv {
  const option = `--tls-keylog=${/[\s"\\]/.test(keyLog) ? JSON.stringify(keyLog) : keyLog}`
  const { NODE_OPTIONS } = process.env
  return { ...process.env, SSLKEYLOGFILE: keyLog, NODE_OPTIONS: NODE_OPTIONS === undefined ? option : `${NODE_OPTIONS} ${option}` }
}

/** Who collects secrets anyway gets these too. */
function passOnKeys(keyLog: string): void {
  const { SSLKEYLOGFILE } = process.env
  if (SSLKEYLOGFILE === undefined || SSLKEYLOGFILE === '') return
  try {
    writeFileSync(SSLKEYLOGFILE, readFileSync(keyLog), { flag: 'a' })
  } catch {
    // A place that the program could not have written to either.
  }
}

/** Resolves when the program has ended. Signals meant for it are passed on; those of the terminal reach it anyway. */
async function following(child: ChildProcess, watching: (root: number) => Promise<SocketWatch | null>) {
  const pass = (signal: NodeJS.Signals): void => {
    if (process.stdin.isTTY !== true || signal === 'SIGTERM') child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, pass)
  try {
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(new UsageError(explainStart(child.spawnfile, error))))
      child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 0)))
    })
    const watch = child.pid === undefined ? null : await watching(child.pid)
    try {
      return { exit: await ended, watch }
    } finally {
      watch?.close()
    }
  } finally {
    for (const signal of signals) process.off(signal, pass)
  }
}

function explainStart(program: string, error: Error): string {
  const code = 'code' in error ? String(error.code) : ''
  const name = safeText(program, 100)
  if (code === 'ENOENT') return `The program ${name} is not there. Name one of your PATH, or its whole path: wiretail run -- PROGRAM`
  return `The program ${name} cannot be started (${code}). Check that you may run it: ls -l ${name}`
}

/** The capture; where nobody may capture, the whole program starts again in a network of its own. */
async function startCapturing(folder: string, keyLog: string, values: Options, args: readonly string[], io: Io): Promise<RunCapture> {
  const { becomeNamespaced, insideNamespace, LiveError, loopbackName, namespaceProbe, prepareNamespace } = await import(
    '../engine/index.ts'
  )
  const { startRunCapture } = await import('../engine/run-capture.ts')
  const filter = captureFilterOf(values.port ?? [], values['capture-filter'] ?? '')
  const { engine } = values
  if (insideNamespace()) await prepareNamespace()
  const options = { interface: values.interface ?? (await loopbackName()), filter }
  const alone = engine === 'namespace'
  if (!alone || insideNamespace()) {
    try {
      return await startRunCapture(folder, keyLog, {
        ...options,
        ...(engine === undefined || alone ? {} : { engine: engine as EngineName }),
      })
    } catch (error) {
      const refused = error instanceof LiveError && error.code === 'permission' && engine === undefined
      if (!refused || insideNamespace() || values.interface !== undefined) throw error
    }
  }
  const probe = await namespaceProbe()
  if (!probe.usable) throw new LiveError('engine', probe.detail, [probe.remedy])
  if (!alone)
    tell(io, 'There are no rights to capture here, so the program runs in a network of its own: it reaches only what it starts itself.')
  const { rmSync } = await import('node:fs')
  rmSync(folder, { recursive: true, force: true })
  return becomeNamespaced([io.script, 'run', ...args])
}

function openKept(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new UsageError(`${path} cannot be written (${code}). Choose a folder of your own that exists: --keep FILE`)
  }
}

async function loadPrinting(io: Io): Promise<Show> {
  const { run: print } = await import('./print.ts')
  return async (path, filter) => {
    await print(['-r', path, ...(filter === undefined ? [] : ['-Y', filter])], io)
  }
}

async function loadInterface(io: Io): Promise<Show> {
  const [{ loadViews, startInterface }, { createCaptureControl }, { openFile }, { createLessonControl }, { demoRecordings }] =
    await Promise.all([
      import('../tui/index.tsx'),
      import('./capture-control.ts'),
      import('../engine/index.ts'),
      import('./lesson/control.ts'),
      import('./bundled.ts'),
    ])
  await loadViews()
  return async (path, filter) => {
    const session = await openFile(path, { title: 'run' })
    await startInterface({
      ...{
        session,
        control: createCaptureControl(null, undefined),
        bundled: demoRecordings(io),
        lessons: async () => createLessonControl(io),
      },
      ...(filter === undefined ? {} : { filter }),
    })
  }
}
