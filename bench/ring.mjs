// Loses the ring packets? A process sends UDP datagrams over loopback at a steady rate for a few seconds, and the ring engine writes
// them to its spool in this one. Needs the right to capture, or a namespace: it makes one where it can.
//
//     node bench/ring.mjs [--rate 100000] [--seconds 5] [--size 100] [--engine ring|dumpcap|tcpdump]
//
// Ends with 0 when nothing was lost, 1 otherwise.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import koffi from 'koffi'

const PORT = 40_199
const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '5' },
    size: { type: 'string', default: '100' },
    engine: { type: 'string', default: 'ring' },
    send: { type: 'boolean', default: false },
  },
})
const rate = Number(values.rate)
const count = rate * Math.min(30, Number(values.seconds))

if (values.send) await send()
else if (process.getuid() !== 0)
  process.exitCode = spawnSync('unshare', ['-U', '-r', '-n', process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' }).status
else process.exitCode = await measure()

/** Sends through the C library: Node's own sockets are too slow for this. The receiver never reads; only the wire matters. */
async function send() {
  const libc = koffi.load(null)
  const socket = libc.func('int socket(int, int, int)')
  const bind = libc.func('int bind(int, void *, uint)')
  const connect = libc.func('int connect(int, void *, uint)')
  const write = libc.func('long send(int, void *, size_t, int)')
  const address = Buffer.from([2, 0, PORT >> 8, PORT & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
  const [AF_INET, SOCK_DGRAM] = [2, 2]
  const sink = socket(AF_INET, SOCK_DGRAM, 0)
  const source = socket(AF_INET, SOCK_DGRAM, 0)
  if (bind(sink, address, 16) < 0 || connect(source, address, 16) < 0) throw new Error('the sockets could not be set up')
  const bytes = Buffer.alloc(Number(values.size))
  const started = performance.now()
  let sent = 0
  while (sent < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - started) / 1000) * rate))
    for (; sent < due; sent++) if (write(source, bytes, bytes.length, 0) < 0) throw new Error('a datagram could not be sent')
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  console.log(JSON.stringify({ sent, seconds: (performance.now() - started) / 1000 }))
}

async function measure() {
  const folder = join(import.meta.dirname, '../node_modules/.cache')
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, `bench-ring-${process.pid}.mjs`)
  const entryPoints = [join(import.meta.dirname, '../src/capture/index.ts')]
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', external: ['koffi'] })
  const { startCapture, makeSpool, removeSpool, prepareNamespace } = await import(outfile)
  rmSync(outfile)
  await prepareNamespace()
  const live = await startCapture({ interface: 'lo', filter: `udp dst port ${PORT}`, spool: makeSpool(), engine: values.engine })
  const before = process.cpuUsage()
  const sender = spawn(process.execPath, [...process.argv.slice(1), '--send'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let told = ''
  sender.stdout.on('data', (chunk) => {
    told += chunk
  })
  await new Promise((resolve) => sender.once('close', resolve))
  await live.stop()
  const { user, system } = process.cpuUsage(before)
  const { captured, dropped } = live.statistics()
  removeSpool(live.spool)
  const { sent, seconds } = JSON.parse(told)
  console.log(`| engine | sent | packets/s | seen | lost | counted as lost | CPU s | peak memory MB |`)
  console.log(`|---|---|---|---|---|---|---|---|`)
  const cells = [live.engine, sent, Math.round(sent / seconds), captured, sent - captured, dropped ?? '-']
  const memory = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(`| ${[...cells, ((user + system) / 1e6).toFixed(2), memory].join(' | ')} |`)
  return captured === sent ? 0 : 1
}
