#!/usr/bin/env node
// Writes captures for the benchmarks: HTTP and TLS over TCP over IPv4 and IPv6 on Ethernet, thousands of connections
// interleaved. The same arguments always give the same bytes. Independent of src/, so that it can referee it.
//
//   node bench/generate.mjs [--packets 100000] [--format pcap|pcapng] [--seed 1] [--output FILE] [--force]
//
// Beside each capture lies a .json file with what it holds, which the benchmarks use to check results.

import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { createHttpMessages, createPools, createRandom, createTlsMessages, SEGMENTS } from './messages.mjs'

const DATA = join(dirname(fileURLToPath(import.meta.url)), 'data')
const CONCURRENT = 400
const FIN = 1
const SYN = 2
const PSH = 8
const ACK = 16
const START = 1_790_000_000
// TCP options before the time stamps' values (RFC 7323, 2018): with SYN also the segment size, SACK and a window scale of 7.
const OPTIONS = Buffer.from([1, 1, 8, 10])
const SYN_OPTIONS = { 4: Buffer.from([2, 4, 5, 180, 4, 2, 8, 10]), 6: Buffer.from([2, 4, 5, 160, 4, 2, 8, 10]) }
const WINDOW_SCALE = Buffer.from([1, 3, 3, 7])

/** Packets of one direction share their first bytes; only lengths, numbers, flags and sums change. */
function createTemplate(version, from, to) {
  const ip = version === 4 ? 20 : 40
  const bytes = Buffer.alloc(14 + ip + 40)
  from.mac.copy(bytes, 6)
  to.mac.copy(bytes, 0)
  bytes.writeUInt16BE(version === 4 ? 0x0800 : 0x86dd, 12)
  if (version === 4) {
    bytes[14] = 0x45
    bytes[20] = 0x40
    bytes[22] = 64
    bytes[23] = 6
    from.address.copy(bytes, 26)
    to.address.copy(bytes, 30)
  } else {
    bytes[14] = 0x60
    bytes[20] = 6
    bytes[21] = 64
    from.address.copy(bytes, 22)
    to.address.copy(bytes, 38)
  }
  const tcp = 14 + ip
  bytes.writeUInt16BE(from.port, tcp)
  bytes.writeUInt16BE(to.port, tcp + 2)
  let addresses = 0
  for (let at = version === 4 ? 26 : 22; at < tcp; at += 2) addresses += bytes.readUInt16BE(at)
  // Pseudo-header (RFC 9293 3.1): addresses and protocol now, the length per packet.
  return { bytes, tcp, sum: addresses + 6 }
}

const CLIENT_MAC = Buffer.from([2, 0, 0, 0, 0, 1])
const SERVER_MAC = Buffer.from([2, 0, 0, 0, 0, 2])

function createConnection(serial, random, pools) {
  const version = random.below(10) < 7 ? 4 : 6
  const tls = random.below(2) === 0
  const server = 1 + random.below(20)
  const clientAddress = Buffer.from([10, (serial >> 16) & 255, (serial >> 8) & 255, serial & 255])
  const wide = (last) => Buffer.concat([Buffer.from([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0]), last])
  const port = tls ? 443 : random.below(3) === 0 ? 8080 : 80
  const client = { mac: CLIENT_MAC, address: version === 4 ? clientAddress : wide(clientAddress), port: 32768 + random.below(28000) }
  const serverAddress = Buffer.from([192, 0, 2, server])
  const other = { mac: SERVER_MAC, address: version === 4 ? serverAddress : wide(serverAddress), port }
  return {
    version,
    segment: SEGMENTS[version === 4 ? 0 : 1],
    up: createTemplate(version, client, other),
    down: createTemplate(version, other, client),
    messages: tls ? createTlsMessages(random, pools) : createHttpMessages(random, pools),
    stage: 0,
    message: 0,
    sent: 0,
    unacknowledged: 0,
    upSequence: random.next(),
    downSequence: random.next(),
    clock: random.next(),
  }
}

function createOutput(path, format) {
  const file = openSync(path, 'w')
  const buffer = Buffer.alloc(8 << 20)
  let at = 0
  const flush = () => {
    for (let from = 0; from < at; ) from += writeSync(file, buffer, from, at - from)
    at = 0
  }
  if (format === 'pcap') {
    at = buffer.writeUInt32LE(0xa1b2c3d4, at)
    at = buffer.writeUInt16LE(2, at)
    at = buffer.writeUInt16LE(4, at)
    at += 8
    at = buffer.writeUInt32LE(262_144, at)
    at = buffer.writeUInt32LE(1, at)
  } else {
    const blocks = [0x0a0d0d0a, 28, 0x1a2b3c4d, 0x00000001, 0xffffffff, 0xffffffff, 28, 1, 32, 1, 262_144, 0x00010009, 9, 0, 32]
    for (const word of blocks) at = buffer.writeUInt32LE(word, at)
  }
  return {
    file,
    buffer,
    flush,
    reserve: (size) => (at + size > buffer.length ? flush() : undefined),
    at: () => at,
    moveTo: (to) => (at = to),
  }
}

/**
 * Writes one capture and returns what it holds: { packets, bytes, connections, requests, hellos }.
 * `requests` counts HTTP requests, `hellos` TLS ClientHello messages.
 */
export function generate({ packets, format = 'pcap', seed = 1, path }) {
  const random = createRandom(seed * 2_654_435_761)
  const pools = createPools(random)
  const output = createOutput(path, format)
  const { buffer } = output
  const counts = { packets, bytes: 0, connections: 0, requests: 0, hellos: 0 }
  let seconds = START
  let nanos = 0
  let identification = 0
  const active = []
  const open = () => createConnection(counts.connections++, random, pools)
  for (let n = 0; n < CONCURRENT; n++) active.push(open())

  const emit = (connection, up, flags, payload, from, size) => {
    const template = up ? connection.up : connection.down
    const options = flags & SYN ? SYN_OPTIONS[connection.version] : OPTIONS
    const head = template.tcp + (flags & SYN ? 40 : 32)
    const total = head + size
    output.reserve(total + 40)
    nanos += 200 + random.below(9_000)
    if (nanos >= 1_000_000_000) {
      nanos -= 1_000_000_000
      seconds++
    }
    let at = output.at()
    if (format === 'pcap') {
      buffer.writeUInt32LE(seconds, at)
      buffer.writeUInt32LE(Math.floor(nanos / 1000), at + 4)
      buffer.writeUInt32LE(total, at + 8)
      buffer.writeUInt32LE(total, at + 12)
      at += 16
    } else {
      const stamp = BigInt(seconds) * 1_000_000_000n + BigInt(nanos)
      buffer.writeUInt32LE(6, at)
      buffer.writeUInt32LE(32 + ((total + 3) & ~3), at + 4)
      buffer.writeUInt32LE(0, at + 8)
      buffer.writeUInt32LE(Number(stamp >> 32n), at + 12)
      buffer.writeUInt32LE(Number(stamp & 0xffffffffn), at + 16)
      buffer.writeUInt32LE(total, at + 20)
      buffer.writeUInt32LE(total, at + 24)
      at += 28
    }
    // The template is longer than a plain header; what comes next overwrites the rest.
    buffer.set(template.bytes, at)
    const tcp = at + template.tcp
    if (size > 0) payload.copy(buffer, at + head, from, from + size)
    const stamps = tcp + 20 + options.length
    buffer.set(options, tcp + 20)
    if (flags & SYN) buffer.set(WINDOW_SCALE, stamps + 8)
    const sequence = up ? connection.upSequence : connection.downSequence
    const acknowledged = up ? connection.downSequence : connection.upSequence
    buffer.writeUInt32BE(sequence, tcp + 4)
    if (flags & ACK) buffer.writeUInt32BE(acknowledged, tcp + 8)
    buffer[tcp + 12] = flags & SYN ? 0xa0 : 0x80
    buffer[tcp + 13] = flags
    buffer.writeUInt16BE(flags & SYN ? 64_240 : 502, tcp + 14)
    const clock = (seconds - START) * 1000 + Math.floor(nanos / 1_000_000)
    buffer.writeUInt32BE((connection.clock + clock) >>> 0, stamps)
    buffer.writeUInt32BE(flags & ACK ? (connection.clock + clock) >>> 0 : 0, stamps + 4)
    const length = total - template.tcp
    if (connection.version === 4) {
      buffer.writeUInt16BE(total - 14, at + 16)
      buffer.writeUInt16BE(identification++ & 0xffff, at + 18)
      buffer.writeUInt16BE(checksum(buffer, at + 14, 20, 0), at + 24)
    } else {
      buffer.writeUInt16BE(length, at + 18)
    }
    buffer.writeUInt16BE(checksum(buffer, tcp, length, template.sum + length), tcp + 16)
    at += total
    if (format === 'pcapng') {
      for (; (at - output.at()) & 3; at++) buffer[at] = 0
      at = buffer.writeUInt32LE(32 + ((total + 3) & ~3), at)
    }
    output.moveTo(at)
    counts.bytes += total
    const advance = size + (flags & (SYN | FIN) ? 1 : 0)
    if (up) connection.upSequence = (sequence + advance) >>> 0
    else connection.downSequence = (sequence + advance) >>> 0
  }

  for (let written = 0; written < packets; written++) {
    const slot = random.below(active.length)
    const connection = active[slot]
    if (step(connection, emit, counts)) continue
    active[slot] = open()
  }
  output.flush()
  closeSync(output.file)
  return counts
}

/** Emits the connection's next packet; false when that was its last. */
function step(connection, emit, counts) {
  const none = (up, flags) => emit(connection, up, flags, undefined, 0, 0)
  switch (connection.stage) {
    case 0:
      none(true, SYN)
      break
    case 1:
      none(false, SYN | ACK)
      break
    case 2:
      none(true, ACK)
      break
    case 3:
      sendNext(connection, emit, counts)
      return true
    case 4:
      none(true, FIN | ACK)
      break
    case 5:
      none(false, FIN | ACK)
      break
    default:
      none(true, ACK)
      return false
  }
  connection.stage++
  return true
}

/** A segment of the current message, or the acknowledgement that is due: after every second segment, and at a message's end. */
function sendNext(connection, emit, counts) {
  const message = connection.messages[connection.message]
  const left = message.bytes.length - connection.sent
  if (connection.unacknowledged === 2 || (left === 0 && connection.unacknowledged > 0)) {
    emit(connection, !message.up, ACK, undefined, 0, 0)
    connection.unacknowledged = 0
  } else {
    if (connection.sent === 0 && message.kind === 'request') counts.requests++
    if (connection.sent === 0 && message.kind === 'hello') counts.hellos++
    const size = Math.min(left, connection.segment)
    emit(connection, message.up, size === left ? PSH | ACK : ACK, message.bytes, connection.sent, size)
    connection.sent += size
    connection.unacknowledged++
  }
  // A short message needs no acknowledgement of its own: the answer carries it.
  const done = connection.sent === message.bytes.length
  const last = connection.message + 1 === connection.messages.length
  if (done && (connection.unacknowledged === 0 || (message.bytes.length <= connection.segment && !last && message.kind === 'request'))) {
    connection.unacknowledged = 0
    connection.sent = 0
    connection.message++
    if (connection.message === connection.messages.length) connection.stage++
  }
}

/** Internet checksum (RFC 1071) over bytes whose checksum field is still zero, started with `sum`. */
function checksum(bytes, start, length, sum) {
  const end = start + (length & ~1)
  let total = sum
  for (let at = start; at < end; at += 2) total += (bytes[at] << 8) | bytes[at + 1]
  if (length & 1) total += bytes[end] << 8
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 65_536)
  return ~total & 0xffff
}

/** Path of the capture with these properties, generated when it is not there yet, and what it holds. */
export function provideCapture({ packets, format = 'pcap', seed = 1, path, force = false }) {
  const target = path ?? join(DATA, `${packets}${seed === 1 ? '' : `-${seed}`}.${format}`)
  const about = `${target}.json`
  if (!force && existsSync(target) && existsSync(about)) return { path: target, ...JSON.parse(readFileSync(about, 'utf8')) }
  mkdirSync(dirname(target), { recursive: true })
  // Under another name until complete: a broken-off run must not leave a short file that later runs trust.
  const counts = generate({ packets, format, seed, path: `${target}.part` })
  renameSync(`${target}.part`, target)
  writeFileSync(about, `${JSON.stringify(counts)}\n`)
  return { path: target, ...counts }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      packets: { type: 'string', default: '100000' },
      format: { type: 'string', default: 'pcap' },
      seed: { type: 'string', default: '1' },
      output: { type: 'string' },
      force: { type: 'boolean', default: false },
    },
  })
  const packets = Number(values.packets)
  if (!Number.isSafeInteger(packets) || packets < 1 || !['pcap', 'pcapng'].includes(values.format)) {
    console.error('generate: --packets needs a whole number above 0, --format needs pcap or pcapng.')
    process.exitCode = 1
  } else {
    const { path, ...counts } = provideCapture({
      packets,
      format: values.format,
      seed: Number(values.seed),
      path: values.output,
      force: values.force,
    })
    const { bytes, connections, requests, hellos } = counts
    console.log(
      `${path}: ${packets} packets, ${Math.round(bytes / packets)} bytes each, ${connections} connections, ${requests} HTTP requests, ${hellos} TLS hellos`,
    )
  }
}
