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
 * Runs a command `runs` times with its output to a file. Returns medians: { wall, cpu } in seconds, { rss } in MB, the spread of the
 * wall times, and { digest, lines } of the output.
 */
export function measure(command, { runs = 3, env = process.env } = {}) {
  if (!existsSync(TIME)) throw new Error(`${TIME} is missing: apt-get install time`)
  const samples = []
  let digest = ''
  let lines = 0
  for (let run = 0; run < runs; run++) {
    const output = join(tmpdir(), `wiretail-bench-${process.pid}.out`)
    const file = openSync(output, 'w')
    const start = performance.now()
    const child = spawnSync(TIME, ['-q', '-f', '\n%U %S %M', ...command], { stdio: ['ignore', file, 'pipe'], encoding: 'utf8', env })
    const wall = (performance.now() - start) / 1000
    closeSync(file)
    const [user = 0, system = 0, kilobytes = 0] = (child.stderr.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number)
    if (child.status !== 0) {
      rmSync(output)
      throw new Error(`${command.join(' ')} ended with ${child.status}: ${child.stderr.trim().split('\n')[0]}`)
    }
    samples.push({ wall, cpu: user + system, rss: kilobytes / 1024 })
    if (run === 0) {
      const bytes = readFileSync(output)
      digest = createHash('sha256').update(bytes).digest('hex')
      for (const byte of bytes) if (byte === 10) lines++
    }
    rmSync(output)
  }
  const walls = samples.map(({ wall }) => wall)
  return {
    wall: median(walls),
    cpu: median(samples.map(({ cpu }) => cpu)),
    rss: median(samples.map(({ rss }) => rss)),
    spread: [Math.min(...walls), Math.max(...walls)],
    digest,
    lines,
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
