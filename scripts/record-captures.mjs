#!/usr/bin/env node
// Records captures/ anew from real loopback traffic, in a network namespace of its own so that nothing else is on the wire, and
// writes captures/README.md. Needs Linux with unshare, ip and openssl, and root or unprivileged user namespaces.
//
//   node scripts/record-captures.mjs [--with wiretail|dumpcap] [NAME…]
//
// Without names everything is recorded again. --with wiretail (default) captures with dist/main.js, so build first.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { RECORDINGS } from './recordings.mjs'

const ROOT = resolve(fileURLToPath(import.meta.url), '../..')
const CAPTURES = join(ROOT, 'captures')
const MAIN = join(ROOT, 'dist/main.js')
const ENGINES = {
  wiretail: (filter) => [process.execPath, MAIN, 'print', '-i', 'lo', '-f', filter, '-w', '-'],
  dumpcap: (filter) => ['dumpcap', '-q', '-i', 'lo', '-f', filter, '-w', '-'],
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { with: { type: 'string', default: 'wiretail' }, inside: { type: 'boolean', default: false } },
})
if (!(values.with in ENGINES)) fail(`--with knows ${Object.keys(ENGINES).join(' and ')}, not ${values.with}.`)
if (values.with === 'wiretail' && !existsSync(MAIN)) fail('dist/main.js is missing. Build it first: npm run build')
const unknown = positionals.find((name) => !RECORDINGS.some(({ file }) => file === name))
if (unknown) fail(`No recording ${unknown}. There are: ${RECORDINGS.map(({ file }) => file).join(', ')}.`)

if (values.inside) await recordAll()
else enterNamespace()

function fail(message) {
  console.error(`record-captures: ${message}`)
  process.exit(1)
}

/** Runs this script again where the only network is a loopback of its own. */
function enterNamespace() {
  const flags = process.getuid?.() === 0 ? '-n' : '-Urn'
  const command = ['ip link set lo up && exec "$@"', 'sh', process.execPath, fileURLToPath(import.meta.url), '--inside']
  const { status, error } = spawnSync('unshare', [flags, '--', 'sh', '-c', ...command, `--with=${values.with}`, ...positionals], {
    stdio: 'inherit',
  })
  if (error) fail(`unshare could not be run (${error.message}). It is part of util-linux.`)
  process.exitCode = status ?? 1
}

async function recordAll() {
  const scratch = mkdtempSync(join(tmpdir(), 'wiretail-record-'))
  try {
    const [demo, scenes] = await Promise.all([load('src/demo/index.ts'), load('src/demo/scenes/index.ts')])
    for (const recording of RECORDINGS) {
      if (positionals.length > 0 && !positionals.includes(recording.file)) continue
      await (recording.write ? write(recording, scenes) : record(recording, { demo, scenes, scratch }))
    }
    writeFileSync(join(CAPTURES, 'README.md'), describeAll())
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** A part of the program, from the sources. */
async function load(entry) {
  // In dist/, so that what is not bundled is found in node_modules.
  const outfile = join(ROOT, 'dist', `recording-${process.pid}-${entry.replaceAll('/', '-')}.mjs`)
  await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    external: ['node-forge', 'koffi'],
    logLevel: 'error',
  })
  try {
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(outfile)
  }
}

/** Frames that were written, not captured, as a pcapng file (draft-ietf-opsawg-pcapng 4): section, interface with a comment, packets. */
function write({ file, write: frames }, scenes) {
  const comment = Buffer.from('Frames written by wiretail for its lessons; nothing was captured.')
  const option = (code, data) => Buffer.concat([words16(code, data.length), data, Buffer.alloc(-data.length & 3)])
  const options = Buffer.concat([option(1, comment), option(9, Buffer.of(9)), Buffer.alloc(4)])
  const blocks = [
    block(0x0a0d0d0a, Buffer.concat([words32(0x1a2b3c4d), words16(1, 0), Buffer.alloc(8, 0xff)])),
    block(1, Buffer.concat([words16(1, 0), words32(0), options])),
  ]
  const start = BigInt(Date.now()) * 1_000_000n
  for (const { frame, time } of frames({ scenes })) {
    const at = start + BigInt(Math.round(time * 1e9))
    const head = words32(0, Number(at >> 32n), Number(at & 0xffffffffn), frame.length, frame.length)
    blocks.push(block(6, Buffer.concat([head, frame, Buffer.alloc(-frame.length & 3)])))
  }
  const target = join(CAPTURES, file)
  writeFileSync(target, Buffer.concat(blocks))
  console.log(`${file}: ${readPackets(target).packets} packets, written`)
}

function words16(...values) {
  return Buffer.from(Uint16Array.from(values).buffer)
}

function words32(...values) {
  return Buffer.from(Uint32Array.from(values).buffer)
}

function block(type, body) {
  const length = body.length + 12
  return Buffer.concat([words32(type, length), body, words32(length)])
}

async function record(recording, { demo, scenes, scratch }) {
  // 1500 bytes a packet, as on a real network; without segmentation offload the capture shows them one by one.
  const mtu = recording.segments ? ['mtu', '1500', 'gso_max_segs', '1'] : ['mtu', '65536', 'gso_max_segs', '65535']
  spawnSync('ip', ['link', 'set', 'lo', ...mtu], { stdio: 'inherit' })
  const target = join(CAPTURES, recording.file)
  const path = join(scratch, recording.file)
  const keylog = join(scratch, 'keys.txt')
  rmSync(keylog, { force: true })
  // To standard output: a program that gave up root's privileges may not write into this folder.
  const output = openSync(path, 'w')
  const [program, ...args] = ENGINES[values.with](recording.twoPorts ? 'tcp port 5683 or tcp port 5684' : 'tcp port 5683')
  const capture = spawn(program, args, { stdio: ['ignore', output, 'pipe'] })
  let said = ''
  capture.stderr.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  const ended = new Promise((done) => capture.once('close', done))
  try {
    await pause(1500)
    await recording.run({ demo, scenes, scratch, keylog, lose: (key) => writeFileSync(lostKeyOf(target), key) })
    await pause(700)
  } finally {
    capture.kill('SIGINT')
  }
  const code = await ended
  closeSync(output)
  const { packets, first } = readPackets(path)
  if (packets === 0) fail(`${recording.file} is empty: ${program} ended with ${code}: ${said.trim()}`)
  if ((first?.flags & 0x12) !== 2) fail(`${recording.file} does not begin with a SYN: the capture started late. Try again.`)
  // Copied, not moved: the scratch folder may be on another disk, and capture programs write files that only their user may read.
  writeFileSync(target, withoutMachine(readFileSync(path)))
  chmodSync(target, 0o644)
  if (recording.keys) writeFileSync(keylogOf(target), readFileSync(keylog))
  console.log(`${recording.file}: ${packets} packets`)
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds))
}

function keylogOf(path) {
  return path.replace(/\.pcapng$/, '.keys.txt')
}

function lostKeyOf(path) {
  return path.replace(/\.pcapng$/, '.key.pem')
}

/** Packets of a little-endian pcapng file, and the TCP flags of the first, read without the code that wrote it. */
function readPackets(path) {
  const bytes = readFileSync(path)
  let packets = 0
  let first
  for (let at = 0; at + 12 <= bytes.length; at += bytes.readUInt32LE(at + 4)) {
    if (bytes.readUInt32LE(at) !== 6) continue
    const ip = at + 28 + 14
    const tcp = bytes.readUInt16BE(ip - 2) === 0x86dd ? ip + 40 : ip + (bytes[ip] & 15) * 4
    first ??= { flags: bytes[tcp + 13] }
    packets++
  }
  return { packets, first }
}

/**
 * The file without what capture programs note about the machine: hardware, system and program of the section header, system and
 * hardware of the interface (pcapng 4.1, 4.2: options 12 and 15).
 */
function withoutMachine(bytes) {
  const blocks = []
  for (let at = 0; at + 12 <= bytes.length; at += bytes.readUInt32LE(at + 4)) {
    const block = bytes.subarray(at, at + bytes.readUInt32LE(at + 4))
    const type = block.readUInt32LE(0)
    if (type === 0x0a0d0d0a) blocks.push(withOptions(block, 24, () => false))
    else blocks.push(type === 1 ? withOptions(block, 16, (code) => code !== 12 && code !== 15) : block)
  }
  return Buffer.concat(blocks)
}

/** A block with only those of its options, which begin at `start`, that `keep` wants. */
function withOptions(block, start, keep) {
  const parts = [block.subarray(0, start)]
  for (let at = start; at + 4 <= block.length - 4; ) {
    const code = block.readUInt16LE(at)
    const end = at + 4 + ((block.readUInt16LE(at + 2) + 3) & ~3)
    if (code !== 0 && keep(code)) parts.push(block.subarray(at, end))
    at = code === 0 ? block.length : end
  }
  if (parts.length > 1) parts.push(Buffer.alloc(4))
  const length = parts.reduce((sum, part) => sum + part.length, 4)
  const trailer = Buffer.alloc(4)
  trailer.writeUInt32LE(length)
  const whole = Buffer.concat([...parts, trailer])
  whole.writeUInt32LE(length, 4)
  return whole
}

function describeAll() {
  const digest = (path) => createHash('sha256').update(readFileSync(path)).digest('hex')
  const rows = RECORDINGS.flatMap(({ file, about, keys, lost }) => {
    const path = join(CAPTURES, file)
    if (!existsSync(path)) return []
    const row = `| ${file} | ${readPackets(path).packets} | ${about} | \`${digest(path)}\` |`
    const rows = [row]
    if (keys) rows.push(`| ${keylogOf(file)} | | The keys of ${file} in NSS key log format. | \`${digest(keylogOf(path))}\` |`)
    if (lost) rows.push(`| ${lostKeyOf(file)} | | The private key of the server of ${file}. | \`${digest(lostKeyOf(path))}\` |`)
    return rows
  })
  return `# Captures

The recorded traffic of the demo, for machines that may not capture, for the lessons and for the tests. Unless a row says otherwise
it is real, recorded on the loopback interface of an empty network namespace, TCP port 5683, by

    npm run build && node scripts/record-captures.mjs

which makes all of it anew, this page included. Sequence numbers, ports, dates and keys differ each time.

**Every secret in here was made for the demo**: the message is "fluffy tail", certificates and private keys are made for one recording,
and the private keys are thrown away with it, but for the one that a lesson loses. It and the key logs lie here on purpose, so that sealed
traffic can be opened.

| file | packets | what | sha256 |
|---|---|---|---|
${rows.join('\n')}

Recorded with Node's own http, https and tls modules on both ends, by the code behind \`wiretail serve\`, \`wiretail get\` and the
lessons (src/demo): on a loopback with its usual packet size of 65 536 bytes, gzip and TLS with 1500 bytes a packet and without segmentation
offload, as on a real network. scripts/recordings.mjs names the scene behind each file. One file was not captured, and says so.
`
}
