// What must hold of any capture, however damaged. Says what does not, or null.

import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Output } from '../../src/cli/output.ts'
import { createJsonPrinter } from '../../src/cli/print/json.ts'
import { createPdmlPrinter } from '../../src/cli/print/pdml.ts'
import type { PrinterMaker } from '../../src/cli/print/printer.ts'
import { createTextPrinter } from '../../src/cli/print/text.ts'
import type { Dissection } from '../../src/core/dissect.ts'
import { treeOrder } from '../../src/core/tree.ts'
import { valueText } from '../../src/core/value.ts'
import { Capture } from '../../src/engine/capture.ts'
import { Detail } from '../../src/engine/detail.ts'
import { summarise } from '../../src/engine/lines.ts'
import { prepareFilter, readSettings, runQuery } from '../../src/engine/printing.ts'
import { CaptureError, createWriter, openCapture } from '../../src/files/index.ts'
import type { Case, FuzzPacket } from './cases.ts'
import { pick, type Random } from './random.ts'

/** Milliseconds of processor time that one packet may cost. */
const MAX_COST = 50
/** Bytes that a small capture may make the process keep. */
const MAX_GROWTH = 600 * 1024 * 1024

const FILTERS = [
  'http.request or http.response.code == 200',
  'frame contains "a" and not tcp.port in {80, 443 .. 9000}',
  'ip.addr == 10.0.0.0/8 or ipv6',
  'tcp.flags.syn == 1 && tcp.len > 0',
  'dns.qry.name contains "e" or dns.flags.response == 1',
  'tls.handshake.extensions_server_name matches "^[a-z.]+$"',
  'tcp.payload[0:2] == 16:03 or udp[0-3] == 00:35:00:35',
  'frame matches "(?i)(a+)+b"',
  'max(ip.ttl) - min(ip.ttl) > 1 or count(ip.src) == 2',
  'any tcp.port >= 1024 and string(ip.src) contains "1"',
  '@ip.ttl == 40 or eth.src[0:3] == 00:00:00',
  'lower(http.host) == "localhost" or len(frame) > 100',
]
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
const CONTROL_IN_LINE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

/** Writes packets as a capture, each link type as an interface of its own. */
export function writePackets(path: string, packets: readonly FuzzPacket[]): void {
  const linkTypes = [...new Set(packets.map((packet) => packet.linkType))]
  const writer = createWriter(path, { format: 'pcapng', interfaces: linkTypes.map((linkType) => ({ linkType })) })
  packets.forEach(({ bytes, length, linkType }, i) => {
    writer.packet(bytes, 0, bytes.length, length, 1_700_000_000 + i, 0, linkTypes.indexOf(linkType))
  })
  writer.close()
}

export function writeCase(path: string, tried: Case): void {
  if (tried.kind === 'file') writeFileSync(path, tried.bytes)
  else writePackets(path, tried.packets)
}

/** Judges the capture at `path`, opened with these key logs; `scratch` is a file to print into. */
export async function judge(path: string, scratch: string, random: Random, keyLogs: readonly string[] = []): Promise<string | null> {
  const before = process.memoryUsage()
  try {
    await examine(path, scratch, random, keyLogs)
  } catch (error) {
    if (error instanceof CaptureError) return null
    if (error instanceof Finding) return error.message
    return `throws: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
  const after = process.memoryUsage()
  const growth = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers
  return growth > MAX_GROWTH ? `keeps ${Math.round(growth / 1e6)} MB` : null
}

class Finding extends Error {}

async function examine(path: string, scratch: string, random: Random, keyLogs: readonly string[]): Promise<void> {
  const read = readSettings({ fernetKeys: ['cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4='], keyLogs })
  if (!read.ok) throw new Error(read.message)
  const options = { strict: true, settings: read.settings }
  const open = async (): Promise<Capture> => new Capture(await openCapture(path), options)
  const capture = await open()
  try {
    let packet = 0
    timed(
      () => `indexing near packet ${packet}`,
      () => {
        while (
          capture.step(1, (at) => {
            packet = at
          }) === 'more'
        );
      },
      MAX_COST + capture.index.count * 2,
    )
    const { count } = capture.index
    const forward: string[] = []
    const d = capture.dissection()
    for (packet = 1; packet <= count; packet++) {
      timed(
        () => `dissecting packet ${packet}`,
        () => capture.record(d, packet),
      )
      checkRows(d, packet)
      forward.push(rowsOf(d))
      const summary = summarise(d)
      if (CONTROL_IN_LINE.test(Object.values(summary).join('')))
        throw new Finding(`the summary of packet ${packet} holds a control character`)
      const detail = new Detail(capture, packet)
      for (const row of detail.rows)
        if (CONTROL_IN_LINE.test(row.text)) throw new Finding(`"${row.name}" of packet ${packet} holds a control character`)
    }
    for (let n = Math.min(count, 12); n > 0; n--) {
      packet = 1 + Math.floor(random() * count)
      capture.record(d, packet)
      if (rowsOf(d) !== forward[packet - 1]) throw new Finding(`packet ${packet} has other rows when dissected in another order`)
    }
    const filter = prepareFilter(pick(random, FILTERS))
    if (!filter.ok) throw new Error(filter.message)
    for (packet = 1; packet <= count; packet++) {
      capture.record(d, packet)
      timed(
        () => `filtering packet ${packet}`,
        () => filter.filter.matches(d),
      )
    }
  } finally {
    capture.close()
  }
  await print(await open(), scratch, pick(random, PRINTERS))
}

const PRINTERS: readonly { readonly make: PrinterMaker; readonly json: boolean }[] = [
  { make: (c, out) => createJsonPrinter(c, out, { lines: false, cells: null, raw: true, repeatKeys: false, time: 'r' }), json: true },
  { make: createPdmlPrinter, json: false },
  { make: (c, out) => createTextPrinter(c, out, { summary: true, tree: true, hex: true, time: 'r' }), json: false },
]

async function print(capture: Capture, scratch: string, { make, json }: (typeof PRINTERS)[number]): Promise<void> {
  const fd = openSync(scratch, 'w')
  try {
    const out = new Output(fd)
    const printer = make(capture, out)
    printer.begin()
    await runQuery(capture, {
      onPacket(packet, dissect, bytes, start) {
        printer.packet(packet, dissect, bytes, start)
        return false
      },
    })
    printer.end()
    out.flush()
  } finally {
    closeSync(fd)
    capture.close()
  }
  const text = readFileSync(scratch, 'utf8')
  rmSync(scratch)
  if (CONTROL.test(text)) throw new Finding(`what is printed holds a control character: ${JSON.stringify(CONTROL.exec(text))}`)
  if (json) JSON.parse(text)
}

/** Runs it; a finding when it takes too long three times in a row (the first may pay for something else's garbage). */
function timed(what: () => string, run: () => void, limit = MAX_COST): void {
  const start = process.cpuUsage()
  run()
  const { user } = process.cpuUsage(start)
  if (user / 1000 <= limit || /indexing/.test(what())) {
    if (user / 1000 > 20 * limit) throw new Finding(`${what()} costs ${Math.round(user / 1000)} ms`)
    return
  }
  let least = user
  for (let i = 0; i < 2; i++) {
    const again = process.cpuUsage()
    run()
    least = Math.min(least, process.cpuUsage(again).user)
  }
  if (least / 1000 > limit) throw new Finding(`${what()} costs ${Math.round(least / 1000)} ms`)
}

function checkRows(d: Dissection, packet: number): void {
  const { rows } = d
  for (let row = 0; row < rows.count; row++)
    if (rows.start[row]! + rows.length[row]! > d.sources[rows.source[row]!]!.length)
      throw new Finding(`row ${row} of packet ${packet} is too long`)
  let depth = -1
  for (const row of treeOrder(d)) {
    if (rows.depth[row]! > depth + 1) throw new Finding(`row ${row} of packet ${packet} has no parent`)
    depth = rows.depth[row]!
  }
}

function rowsOf(d: Dissection): string {
  const { rows, registry } = d
  return treeOrder(d)
    .map((row) => {
      const field = registry.fields[rows.field[row]!]!
      return `${rows.depth[row]} ${field.name} ${rows.source[row]}:${rows.start[row]}+${rows.length[row]} ${valueText(field, rows, row, d.sources)}`
    })
    .join('\n')
}
