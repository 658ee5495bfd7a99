#!/usr/bin/env node
// From a key to the picture: the built program in a pseudo-terminal on a generated capture of a million packets. Prints a Markdown
// table: median and 95th percentile from the key written to the repaint read, CPU a key, and the time to the first frame.
//
//   npm run build && node bench/generate.mjs --packets 1000000 && node bench/keys.mjs [--file FILE] [--keys 200] [--program FILE] [--check]
//
// With --check the exit code is 1 when CPU a key at 220x60 is above 8 ms or the first frame takes longer than 300 ms. Wall time is
// printed and not judged: on a busy machine it doubles while CPU stays the same.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { spawn } from '@lydell/node-pty'

const ROOT = resolve(fileURLToPath(import.meta.url), '../..')
const { values: options } = parseArgs({
  options: {
    file: { type: 'string', default: join(ROOT, 'bench/data/1000000.pcap') },
    program: { type: 'string', default: join(ROOT, 'dist/main.js') },
    keys: { type: 'string', default: '200' },
    check: { type: 'boolean', default: false },
  },
})
const KEYS = Number(options.keys)
const END = '\x1b[?2026l'
const TICKS_PER_SECOND = 100
/** A packet's line on the screen. */
const ROW = /TCP|HTTP|TLS/

/** The program in a terminal of its own; `frame()` resolves when the next whole frame has been read. */
function open(cols, rows) {
  const started = performance.now()
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm-256color', COLORTERM: 'truecolor' }
  const pty = spawn(process.execPath, [options.program, options.file], { cols, rows, cwd: ROOT, env })
  // Long enough for one whole frame; more would make the measuring dearer than what is measured.
  let text = ''
  let waiting = () => {}
  pty.onData((data) => {
    const whole = (text.slice(-END.length) + data).includes(END)
    text = (text + data).slice(-40_000)
    if (whole) waiting()
  })
  const frame = (holds = () => true, ms = 60_000) =>
    new Promise((done, fail) => {
      const timer = setTimeout(
        () => fail(new Error(`no frame within ${ms} ms; the program wrote: ${JSON.stringify(text.slice(-300))}`)),
        ms,
      )
      waiting = () => {
        if (!holds(text)) return
        clearTimeout(timer)
        waiting = () => {}
        done(performance.now())
      }
    })
  return { pty, started, frame, text: () => text }
}

/** CPU seconds that a process has used, all its threads together; only where /proc is. */
function cpuSeconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return Number.NaN
  }
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms))

function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
}

/** Presses keys one by one, each after the frame of the one before. */
async function press(program, key, count) {
  const times = []
  const before = cpuSeconds(program.pty.pid)
  for (let i = 0; i < count; i++) {
    const painted = program.frame(undefined, 5000)
    const at = performance.now()
    program.pty.write(key)
    times.push((await painted) - at)
    await wait(10)
  }
  return { times, cpu: ((cpuSeconds(program.pty.pid) - before) / count) * 1000 }
}

async function measure(cols, rows) {
  const program = open(cols, rows)
  try {
    const first = (await program.frame((text) => text.includes('wiretail') && text.includes('No.'))) - program.started
    const rowsShown = ROW.test(program.text()) ? first : (await program.frame((text) => ROW.test(text))) - program.started
    // Opened to the end: the title no longer says so.
    let quiet = performance.now()
    program.pty.onData(() => (quiet = performance.now()))
    while (performance.now() - quiet < 700) await wait(50)
    await press(program, '\x1b[B', 20)
    const down = await press(program, '\x1b[B', KEYS)
    const page = await press(program, '\x1b[6~', KEYS)
    program.pty.write('500000G')
    await wait(300)
    const middle = await press(program, '\x1b[A', KEYS)
    return { cols, rows, first, rowsShown, down, page, middle }
  } finally {
    program.pty.kill('SIGTERM')
  }
}

const fixed = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0))
const cell = ({ times, cpu }) => `${fixed(percentile(times, 0.5))} / ${fixed(percentile(times, 0.95))} ms, ${fixed(cpu)} ms CPU`

console.log('| screen | first frame | first rows | ↓ at the start | page down | ↑ in the middle |')
console.log('|---|---|---|---|---|---|')
let failed = false
for (const [cols, rows] of [
  [80, 24],
  [120, 40],
  [220, 60],
]) {
  const { first, rowsShown, down, page, middle } = await measure(cols, rows)
  console.log(`| ${cols}x${rows} | ${fixed(first)} ms | ${fixed(rowsShown)} ms | ${cell(down)} | ${cell(page)} | ${cell(middle)} |`)
  if (cols === 220 && (Math.max(down.cpu, middle.cpu) > 8 || first > 300)) failed = true
}
if (options.check && failed) {
  console.error('bench: a key costs more than 8 ms of CPU at 220x60, or the first frame takes longer than 300 ms.')
  process.exit(1)
}
process.exit(0)
