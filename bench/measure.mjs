// Runs programs and measures them from outside, as a user with a stopwatch and `top` would.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import pty from '@lydell/node-pty'
import xterm from '@xterm/headless'

const TIME = '/usr/bin/time'

export function findProgram(name) {
  const folders = `${process.env.PATH}:/usr/sbin:/sbin`.split(':')
  return folders.map((folder) => join(folder, name)).find(existsSync)
}

export const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

/**
 * Runs commands in turn, `runs` rounds, so that what else the machine does meets all of them alike; their output goes to a file.
 * A command is an array, or { command, runs } to run it less often. Returns for each: medians { wall, cpu } in seconds and { rss } in
 * MB, the spread of the wall times, and { digest, lines } of the output.
 */
export function compare(commands, runs = 3) {
  const tasks = commands.map((one) => ({ command: one.command ?? one, runs: one.runs ?? runs, samples: [] }))
  for (let round = 0; round < runs; round++) {
    for (const { command, runs: wanted, samples } of tasks) if (round < wanted) samples.push(runOnce(command, round === 0))
  }
  return tasks.map(({ samples }) => {
    const walls = samples.map(({ wall }) => wall)
    return {
      wall: median(walls),
      cpu: median(samples.map(({ cpu }) => cpu)),
      rss: median(samples.map(({ rss }) => rss)),
      spread: [Math.min(...walls), Math.max(...walls)],
      digest: samples[0].digest,
      lines: samples[0].lines,
    }
  })
}

export const measure = (command, runs = 3) => compare([command], runs)[0]

function runOnce(command, withOutput) {
  if (!existsSync(TIME)) throw new Error(`${TIME} is missing: apt-get install time`)
  const output = join(tmpdir(), `wiretail-bench-${process.pid}.out`)
  const file = openSync(output, 'w')
  try {
    const start = performance.now()
    const child = spawnSync(TIME, ['-q', '-f', '\n%U %S %M', ...command], { stdio: ['ignore', file, 'pipe'], encoding: 'utf8' })
    const wall = (performance.now() - start) / 1000
    const [user = 0, system = 0, kilobytes = 0] = (child.stderr.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number)
    if (child.status !== 0) throw new Error(`${command.join(' ')} ended with ${child.status}: ${child.stderr.trim().split('\n')[0]}`)
    const sample = { wall, cpu: user + system, rss: kilobytes / 1024, digest: '', lines: 0 }
    if (!withOutput) return sample
    const bytes = readFileSync(output)
    let lines = 0
    for (const byte of bytes) if (byte === 10) lines++
    return { ...sample, digest: createHash('sha256').update(bytes).digest('hex'), lines }
  } finally {
    closeSync(file)
    rmSync(output)
  }
}

/** Seconds until a program in a terminal of 220x60 shows the first frame, and packet rows: { frame, rows }. It is killed then. */
export function timeScreen(command, { limit = 60_000, wanted = 10 } = {}) {
  return new Promise((done, reject) => {
    const screen = new xterm.Terminal({ cols: 220, rows: 60, allowProposedApi: true })
    const start = performance.now()
    const since = () => (performance.now() - start) / 1000
    const [program, ...args] = command
    const child = pty.spawn(program, args, { cols: 220, rows: 60, name: 'xterm-256color', env: { ...process.env, TERM: 'xterm-256color' } })
    let frame
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${program} showed no packets within ${limit / 1000} s`))
    }, limit)
    child.onData((text) => {
      screen.write(text, () => {
        const lines = Array.from({ length: 60 }, (_, row) => screen.buffer.active.getLine(row)?.translateToString() ?? '')
        if (frame === undefined && lines.some((line) => line.trim() !== '')) frame = since()
        const packets = lines.filter((line) => /^\W*\d+\s+\d+\.\d+\s/.test(line)).length
        if (packets < wanted) return
        clearTimeout(timer)
        child.kill('SIGKILL')
        done({ frame, rows: since() })
      })
    })
    // Answers what full-screen programs ask the terminal before they paint.
    screen.onData((answer) => child.write(answer))
  })
}
