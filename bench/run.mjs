#!/usr/bin/env node
// wiretail side by side with tshark (and termshark, where installed) on generated captures, called as a user calls them.
// Prints Markdown tables. Needs a built dist/, tshark and /usr/bin/time.
//
//   node bench/run.mjs [--quick] [--runs 3] [--only print,screen,scale,start,ring,keys]
//
// --quick uses 100 000 packets only. Captures are generated into bench/data once; 10 000 000 packets take 4.5 GB there.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { provideCapture } from './generate.mjs'
import { compare, findProgram, measure, median, timeScreen } from './measure.mjs'

const ROOT = resolve(fileURLToPath(import.meta.url), '../..')
const MAIN = join(ROOT, 'dist/main.js')
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: 'print,screen,scale,start,ring,keys' },
  },
})
const runs = Number(values.runs)
const wanted = new Set(values.only.split(','))
const wiretail = (...args) => [process.execPath, MAIN, ...args]
const tshark = findProgram('tshark')

const seconds = (value) => (value < 10 ? `${value.toFixed(2)} s` : `${value.toFixed(1)} s`)
const megabytes = (value) => `${Math.round(value)} MB`
const times = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(1)}×`
const count = (value) => value.toLocaleString('en').replaceAll(',', ' ')
const table = (head, rows) => {
  console.log(`\n| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`)
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}
const verdict = (met) => (met ? 'met' : '**missed**')

const TASKS = [
  { name: 'every packet: frame.number, tcp.stream', args: ['-T', 'fields', '-e', 'frame.number', '-e', 'tcp.stream'] },
  { name: '-Y http.request: http.request.uri', args: ['-Y', 'http.request', '-T', 'fields', '-e', 'http.request.uri'] },
  { name: 'summary lines', args: [] },
]

function comparePrinting(packets) {
  const { path, requests, bytes } = provideCapture({ packets })
  const rows = []
  for (const { name, args } of TASKS) {
    // tshark takes its time; one run of it is enough beyond 100 000 packets.
    const rival = tshark ? [{ command: [tshark, '-n', '-r', path, ...args], runs: packets > 100_000 ? 1 : runs }] : []
    const [ours, theirs] = compare([wiretail('print', '-n', '-r', path, ...args), ...rival], runs)
    const same = theirs === undefined ? '' : theirs.digest === ours.digest ? 'same' : `${ours.lines} lines, not the same`
    rows.push([
      name,
      `${seconds(ours.wall)} (${ours.spread.map((wall) => wall.toFixed(2)).join('–')})`,
      seconds(ours.cpu),
      megabytes(ours.rss),
      ...(theirs ? [seconds(theirs.wall), seconds(theirs.cpu), megabytes(theirs.rss)] : ['-', '-', '-']),
      theirs ? times(theirs.wall / ours.wall) : '-',
      theirs ? times(theirs.cpu / ours.cpu) : '-',
      theirs ? `1/${(theirs.rss / ours.rss).toFixed(1)}` : '-',
      same,
    ])
  }
  console.log(`\n### ${count(packets)} packets, ${count(Math.round(bytes / 1e6))} MB, ${count(requests)} HTTP requests`)
  const head = ['print', 'wiretail', 'CPU', 'memory', 'tshark', 'CPU', 'memory', 'faster', 'in CPU', 'memory', 'output']
  table(head, rows)
  for (const [program, args] of [
    ['tcpdump', ['-r', path, '-w', '/dev/null']],
    ['cat', [path]],
  ]) {
    const found = findProgram(program)
    if (found) console.log(`\nFor scale, \`${program}\` through the same file: ${seconds(measure([found, ...args], 1).wall)}`)
  }
}

async function compareScreens(packets) {
  const { path } = provideCapture({ packets })
  const several = async (command) => {
    const samples = []
    for (let run = 0; run < runs; run++) samples.push(await timeScreen(command))
    return { frame: median(samples.map(({ frame }) => frame)), rows: median(samples.map(({ rows }) => rows)) }
  }
  const ours = await several(wiretail(path))
  const rows = [
    [
      'wiretail',
      seconds(ours.frame),
      seconds(ours.rows),
      packets === 1_000_000 ? `0.3 s, 0.4 s: ${verdict(ours.frame <= 0.3 && ours.rows <= 0.4)}` : '',
    ],
  ]
  const termshark = findProgram('termshark')
  if (termshark) {
    const theirs = await several([termshark, '-r', path])
    rows.push(['termshark', seconds(theirs.frame), seconds(theirs.rows), `${times(theirs.rows / ours.rows)} as long`])
  }
  console.log(`\n### On the screen, 220x60, ${count(packets)} packets`)
  table(['program', 'first frame', 'first rows', 'floor'], rows)
}

/** Time per packet without what starting takes, so that a short file does not look dearer than it is. */
function compareScale(sizes) {
  const idle = measure(wiretail('--version'), 5).wall
  const samples = sizes.map((packets) => {
    const { path } = provideCapture({ packets })
    const { wall, rss } = measure(wiretail('print', '-n', '-r', path, ...TASKS[0].args), runs)
    return { packets, wall, rss, each: ((wall - idle) / packets) * 1e6 }
  })
  const first = samples[0]
  console.log('\n### Cost per packet as captures grow (every packet: frame.number, tcp.stream)')
  table(
    ['packets', 'wall', 'memory', 'bytes a packet above 100 MB', 'µs a packet without start-up', 'against the smallest'],
    samples.map(({ packets, wall, rss, each }) => [
      count(packets),
      seconds(wall),
      megabytes(rss),
      Math.max(0, Math.round(((rss - 100) * 1_048_576) / packets)),
      each.toFixed(2),
      times(each / first.each) + (packets === 10_000_000 ? ` (at most 1.15×: ${verdict(each <= first.each * 1.15)})` : ''),
    ]),
  )
}

function compareStart() {
  const [node, ours] = compare([[process.execPath, '-e', '0'], wiretail('--version')], 15)
  const [bare, version] = [node.wall * 1000, ours.wall * 1000]
  console.log('\n### Starting')
  table(
    ['command', 'wall'],
    [
      ['node -e 0', `${Math.round(bare)} ms`],
      [
        'wiretail --version',
        `${Math.round(version)} ms (floor: 100 ms where bare node takes 67: ${verdict(version <= Math.max(100, bare * 1.49))})`,
      ],
    ],
  )
}

function runOther(script, title) {
  const path = join(ROOT, 'bench', script)
  if (!existsSync(path)) return
  console.log(`\n### ${title}\n`)
  spawnSync(process.execPath, [path], { stdio: 'inherit', timeout: 120_000 })
}

if (!existsSync(MAIN)) {
  console.error('bench: dist/main.js is missing. Build it first: npm run build')
  process.exitCode = 1
} else {
  const sizes = values.quick ? [100_000] : [100_000, 1_000_000]
  console.log(`## Benchmarks\n\nNode ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, kernel ${release()}.`)
  if (!tshark) console.log('\ntshark is not installed, so there is nothing to compare with: apt-get install tshark')
  if (wanted.has('start')) compareStart()
  if (wanted.has('print')) for (const packets of sizes) comparePrinting(packets)
  if (wanted.has('scale')) compareScale(values.quick ? [100_000] : [100_000, 1_000_000, 10_000_000])
  if (wanted.has('screen')) for (const packets of sizes) await compareScreens(packets)
  if (wanted.has('ring')) runOther('ring.mjs', 'The capture ring on loopback')
  if (wanted.has('keys')) runOther('keys.mjs', 'Key to paint')
}
