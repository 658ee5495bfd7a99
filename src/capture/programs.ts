// Other people's programs: where they are, and running them so that none outlives us.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Ordinary users have no sbin in their PATH, and Wireshark's own folders are in nobody's. */
const MORE_FOLDERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  win32: ['C:\\Program Files\\Wireshark', 'C:\\Program Files (x86)\\Wireshark'],
  darwin: ['/usr/sbin', '/sbin', '/opt/homebrew/bin', '/usr/local/bin', '/Applications/Wireshark.app/Contents/MacOS'],
}
const SBIN = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/local/bin', '/usr/bin', '/bin']

export interface Program {
  readonly path: string
  /** False when the file is there and this user may not run it. */
  readonly permitted: boolean
  /** Group that owns the file. */
  readonly group: number
}

/** The first program of that name which this user may run, else the first that is there, else null. */
export function findProgram(name: string, environment: NodeJS.ProcessEnv = process.env): Program | null {
  const { PATH } = environment
  const folders = [...(PATH ?? '').split(delimiter), ...(MORE_FOLDERS[process.platform] ?? SBIN)].filter(Boolean)
  const file = process.platform === 'win32' ? `${name}.exe` : name
  const found = [...new Set(folders)].flatMap((folder) => inspect(join(folder, file)) ?? [])
  return found.find(({ permitted }) => permitted) ?? found[0] ?? null
}

function inspect(path: string): Program | null {
  try {
    const stat = statSync(path)
    return stat.isFile() ? { path, permitted: mayRun(path), group: stat.gid } : null
  } catch {
    return null
  }
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export interface Outcome {
  /** Exit code; null when a signal or the time limit ended it, or it could not be started. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, which is at hand: at most `limit` milliseconds and 64 KiB of output. */
export function runBriefly(path: string, args: readonly string[], limit = 3000): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { timeout: limit, maxBuffer: 65_536, killSignal: 'SIGKILL', env: plainEnvironment(), windowsHide: true } as const
    const child = execFile(path, [...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : null) : 0, stdout, stderr })
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end()
  })
}

/** Messages are read by us, so they must be in English. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C', LANGUAGE: 'C' }
}

/** Most of a child's messages that is kept: the end, where the reason stands. */
const STDERR_KEPT = 8192

/** A capture program that runs until it is stopped. It dies with us, however we die. */
export interface OwnedChild {
  /** The last 8 KiB of what it said; never shown as it is. */
  said(): string
  /** Asks it to finish. What it still has to say arrives before `ended`. */
  finish(): void
  /** The process that answers to signals, for as long as we have the right to send them. */
  signal(name: NodeJS.Signals): void
  /** Resolves after its output was read to the end. */
  readonly ended: Promise<Outcome>
}

/**
 * The watchdog. A capture program that sees no packets notices neither that its reader has gone nor that its parent has. So a shell
 * becomes the program, and leaves a child behind that waits for the end of our pipe, which comes even when we are killed. It has root's
 * rights where the program has, so it can also end a program that we no longer may, after our privileges were dropped.
 */
const WATCHDOG = 'exec 3<&0 </dev/null; (exec >/dev/null 2>&1; cat <&3; kill -TERM $$) & exec 3<&-; exec "$@"'

export function spawnOwned(path: string, args: readonly string[], onData: (chunk: Buffer) => void): OwnedChild {
  const windows = process.platform === 'win32'
  const child: ChildProcess = windows
    ? spawn(path, [...args], { stdio: ['pipe', 'pipe', 'pipe'], env: plainEnvironment(), windowsHide: true })
    : // Its own session: Ctrl-C at the terminal is for us, and we end the child in good order.
      spawn('/bin/sh', ['-c', WATCHDOG, 'sh', path, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env: plainEnvironment(), detached: true })
  let said = ''
  let failure: string | null = null
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.stdin?.on('error', () => {})
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('latin1')).slice(-STDERR_KEPT)
  })
  child.stdout?.on('data', onData)
  child.once('exit', () => child.stdin?.destroy())
  const ended = new Promise<Outcome>((resolve) => {
    child.once('error', (error) => {
      failure = error.message
      resolve({ code: null, stdout: '', stderr: failure })
    })
    child.once('close', (code) => {
      process.removeListener('exit', kill)
      resolve({ code, stdout: '', stderr: said })
    })
  })
  return {
    said: () => failure ?? said,
    finish() {
      if (windows) child.kill()
      else child.stdin?.end()
    },
    signal: (name) => void child.kill(name),
    ended,
  }
}
