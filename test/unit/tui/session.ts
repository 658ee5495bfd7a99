// A session over real bytes for the interface's own tests: TCP over IPv4 over Ethernet, taken apart just far enough to have layers,
// fields, ranges and conversations. The engine has its own tests; these are about what the interface does with any session.

import { type SafeText, safeText } from '../../../src/bytes/text.ts'
import type {
  ByteRange,
  Completion,
  FilterCheck,
  PacketDetail,
  PacketLine,
  Session,
  SessionStatus,
  TreeRow,
  View,
} from '../../../src/engine/types.ts'

export const SECRET = 'fluffy tail'
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost:5683\r\n\r\n'
const RESPONSE = `HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n${SECRET}`

const FLAGS: readonly (readonly [number, string, string])[] = [
  [0x02, '[SYN]', ''],
  [0x12, '[SYN, ACK]', ''],
  [0x10, '[ACK]', ''],
  [0x18, 'GET / HTTP/1.1 ', REQUEST],
  [0x10, '[ACK]', ''],
  [0x18, 'HTTP/1.1 200 OK  (text/plain)', RESPONSE],
  [0x10, '[ACK]', ''],
  [0x11, '[FIN, ACK]', ''],
  [0x11, '[FIN, ACK]', ''],
  [0x10, '[ACK]', ''],
]

/** Packet `number` (from 1): the exchange of ten packets over and over, each time from another client port. */
export function frameOf(number: number): Uint8Array {
  const step = (number - 1) % 10
  const [flags = 0, , payload = ''] = FLAGS[step] ?? []
  const port = 40000 + (Math.floor((number - 1) / 10) % 20000)
  const up = [0, 2, 3, 6, 8].includes(step)
  const frame = Buffer.alloc(54 + payload.length)
  frame.writeUInt16BE(0x0800, 12)
  frame.writeUInt16BE(0x4500, 14)
  frame.writeUInt16BE(40 + payload.length, 16)
  frame[22] = 64
  frame[23] = 6
  frame.writeUInt32BE(0x7f000001, 26)
  frame.writeUInt32BE(0x7f000001, 30)
  frame.writeUInt16BE(up ? port : 5683, 34)
  frame.writeUInt16BE(up ? 5683 : port, 36)
  frame[46] = 0x50
  frame[47] = flags
  frame.write(payload, 54, 'latin1')
  return frame
}

export interface TestSession extends Session {
  /** Adds packets, as a capture does. */
  grow(by: number): void
  set(change: Partial<SessionStatus>): void
  readonly calls: string[]
}

const FIELDS = ['tcp', 'http', 'tcp.port', 'frame.number', 'ip.ttl']

export function createSession(count: number, start: Partial<SessionStatus> = {}): TestSession {
  let status: SessionStatus = {
    title: safeText('plain.pcapng'),
    state: 'complete',
    packets: count,
    bytesRead: 0,
    bytesTotal: 0,
    dropped: null,
    timeSource: safeText(''),
    elapsed: 0,
    task: safeText(''),
    problem: safeText(''),
    ...start,
  }
  const listeners = new Set<() => void>()
  const calls: string[] = []
  const secrets: number[] = []
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    calls,
    status: () => status,
    set(change) {
      status = { ...status, ...change }
      tell()
    },
    grow(by) {
      status = { ...status, packets: status.packets + by }
      tell()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    checkFilter,
    select(filter) {
      calls.push(`select ${filter}`)
      return viewOf(filter, () => status.packets)
    },
    lines: (view, from, many) =>
      Array.from({ length: Math.max(0, Math.min(many, view.count - from)) }, (_, i) => lineOf(view.packetAt(from + i))),
    detail: detailOf,
    secretRanges: (packet) => secretsOf(packet),
    secretPackets() {
      while (secrets.length < Math.floor((status.packets + 4) / 10)) secrets.push(secrets.length * 10 + 6)
      return secrets
    },
    neighbour(view, position, step) {
      const packet = view.packetAt(position)
      for (let at = position + step; at >= 0 && at < view.count; at += step) {
        if (Math.floor((view.packetAt(at) - 1) / 10) === Math.floor((packet - 1) / 10)) return at
      }
      return -1
    },
    complete: completionsOf,
    async save(path, what) {
      calls.push(`save ${what} ${path}`)
      if (path.includes('nowhere')) throw new Error(`${path} cannot be written: there is no such folder. Make it first.`)
      return status.packets
    },
    async stop() {
      calls.push('stop')
      status = { ...status, state: 'stopped' }
      tell()
    },
    pause(paused) {
      status = { ...status, state: paused ? 'paused' : 'live' }
      tell()
    },
    async close() {
      calls.push('close')
    },
  }
}

function checkFilter(text: string): FilterCheck {
  const word = /^\s*([a-z.]*)/.exec(text)?.[1] ?? ''
  if (text.trim() === '' || FIELDS.includes(word)) return { ok: true }
  const start = text.indexOf(word)
  const message = safeText(`no field is called ${word}`)
  const near = FIELDS.find((field) => field.slice(0, 4) === word.slice(0, 4))
  return near === undefined
    ? { ok: false, message, start, end: start + word.length }
    : { ok: false, message, start, end: start + word.length, fix: text.replace(word, near) }
}

function completionsOf(text: string, caret: number): readonly Completion[] {
  const word = /[a-z.]*$/.exec(text.slice(0, caret))?.[0] ?? ''
  if (word === '') return []
  return FIELDS.filter((field) => field.startsWith(word) && field !== word).map((field) => ({
    text: text.slice(0, caret - word.length) + field + text.slice(caret),
    caret: caret - word.length + field.length,
    label: safeText(field),
    about: safeText(`the field ${field}`),
  }))
}

function viewOf(filter: string, packets: () => number): View {
  const inExchange = /http/.test(filter) ? [4, 6] : null
  const port = /tcp\.port == (\d+)/.exec(filter)?.[1]
  const none = port !== undefined && port !== '5683'
  return {
    filter,
    get count() {
      if (none) return 0
      const total = packets()
      return inExchange === null ? total : Math.floor(total / 10) * 2 + (total % 10 >= 6 ? 2 : total % 10 >= 4 ? 1 : 0)
    },
    get examined() {
      return packets()
    },
    packetAt: (position) => (inExchange === null ? position + 1 : Math.floor(position / 2) * 10 + (position % 2 === 0 ? 4 : 6)),
    positionOf(packet) {
      if (inExchange === null) return packet - 1
      const base = Math.floor((packet - 1) / 10) * 2
      const step = ((packet - 1) % 10) + 1
      return step <= 4 ? base : step <= 6 ? base + 1 : base + 2
    },
  }
}

function lineOf(number: number): PacketLine {
  const step = (number - 1) % 10
  const frame = frameOf(number)
  const payload = FLAGS[step]?.[2] ?? ''
  return {
    number,
    time: safeText((number * 0.000123).toFixed(6)),
    source: safeText('127.0.0.1'),
    destination: safeText('127.0.0.1'),
    protocol: safeText(payload === '' ? 'TCP' : 'HTTP'),
    length: frame.length,
    info: safeText(`${(frame[34] ?? 0) * 256 + (frame[35] ?? 0)} → ${FLAGS[step]?.[1] ?? ''}`),
    trouble: step === 6 ? 'warning' : 'none',
    stream: Math.floor((number - 1) / 10),
    secret: step === 5,
  }
}

function secretsOf(number: number): readonly ByteRange[] {
  const at = Buffer.from(frameOf(number)).indexOf(SECRET)
  return at < 0 ? [] : [{ source: 0, start: at, length: SECRET.length }]
}

export function detailOf(number: number): PacketDetail {
  const bytes = frameOf(number)
  const rows: TreeRow[] = []
  const add = (depth: number, name: string, text: string, start: number, length: number, hasChildren = false): void => {
    rows.push({ id: rows.length, depth, text: safeText(text), name, source: 0, start, length, hasChildren, trouble: 'none' })
  }
  add(0, 'frame', `Frame ${number}: ${bytes.length} bytes`, 0, bytes.length, true)
  add(1, 'frame.number', `Frame Number: ${number}`, 0, 0)
  add(0, 'eth', 'Ethernet II', 0, 14, true)
  add(1, 'eth.type', 'Type: IPv4 (0x0800)', 12, 2)
  add(0, 'ip', 'Internet Protocol Version 4', 14, 20, true)
  add(1, 'ip.ttl', 'Time to Live: 64', 22, 1)
  add(1, 'ip.src', 'Source Address: 127.0.0.1', 26, 4)
  add(0, 'tcp', 'Transmission Control Protocol', 34, 20, true)
  add(1, 'tcp.srcport', `Source Port: ${(bytes[34] ?? 0) * 256 + (bytes[35] ?? 0)}`, 34, 2)
  add(1, 'tcp.flags', 'Flags', 46, 2, true)
  add(2, 'tcp.flags.ack', 'Acknowledgment: Set', 47, 1)
  if (bytes.length > 54) {
    add(0, 'http', 'Hypertext Transfer Protocol', 54, bytes.length - 54, true)
    const secret = Buffer.from(bytes).indexOf(SECRET)
    if (secret >= 0) add(1, 'http.file_data', `File Data: ${SECRET}`, secret, SECRET.length)
  }
  return {
    number,
    rows,
    sources: [
      { name: safeText('Frame'), bytes },
      ...(number % 10 === 6 ? [{ name: safeText('Body'), bytes: new TextEncoder().encode(SECRET) }] : []),
    ],
    rowAt(source, byte) {
      if (source !== 0) return -1
      let deepest = -1
      for (const row of rows)
        if (row.length > 0 && byte >= row.start && byte < row.start + row.length)
          if (deepest < 0 || row.depth >= (rows[deepest]?.depth ?? 0)) deepest = row.id
      return deepest
    },
    explain(id) {
      const row = rows[id]
      const text = (value: string): SafeText => safeText(value)
      return {
        title: text(row?.text.split(':')[0] ?? ''),
        name: row?.name ?? '',
        where: text(`byte ${row?.start ?? 0}, ${row?.length ?? 0} bytes`),
        spec: text('RFC 791'),
        about: text('Each router subtracts one; at zero the packet is dropped.'),
        meaning: text('May cross 63 more.'),
      }
    },
  }
}
