// Prints captures through the real engine into a file, and hands back what was printed.

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Output } from '../../../src/cli/output.ts'
import type { PrinterMaker } from '../../../src/cli/print/printer.ts'
import { openForReading, runQuery } from '../../../src/engine/printing.ts'

/** A recorded capture of the demo. */
export const recorded = (name: string): string => resolve(import.meta.dirname, '../../../captures', name)

const folder = mkdtempSync(join(tmpdir(), 'wiretail-print-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
let files = 0

/** Writes bytes to a file that goes when the tests end. */
export function temporary(bytes: Uint8Array): string {
  const path = join(folder, `${files++}.pcap`)
  writeFileSync(path, bytes)
  return path
}

/** What an Output is given, as bytes. */
export function captureOutput(write: (out: Output) => void): Buffer {
  const path = temporary(new Uint8Array(0))
  const fd = openSync(path, 'w')
  const out = new Output(fd)
  write(out)
  out.flush()
  closeSync(fd)
  return readFileSync(path)
}

/** All packets of a capture, printed. */
export async function printed(path: string, make: PrinterMaker): Promise<string> {
  const capture = await openForReading(path, { strict: true })
  const target = temporary(new Uint8Array(0))
  const fd = openSync(target, 'w')
  const out = new Output(fd)
  const printer = make(capture, out)
  printer.begin()
  await runQuery(capture, {
    ...(printer.fields === undefined ? {} : { fields: printer.fields }),
    onPacket(packet, dissect, bytes, start) {
      printer.packet(packet, dissect, bytes, start)
      return false
    },
  })
  printer.end()
  out.flush()
  closeSync(fd)
  capture.close()
  return readFileSync(target, 'utf8')
}

/** A capture of one packet: an HTTP request whose head holds these bytes. */
export function request(head: Uint8Array): string {
  const frame = Buffer.alloc(54 + head.length)
  frame.writeUInt16BE(0x0800, 12)
  frame.writeUInt8(0x45, 14)
  frame.writeUInt16BE(40 + head.length, 16)
  frame.writeUInt8(64, 22)
  frame.writeUInt8(6, 23)
  frame.set([127, 0, 0, 1, 127, 0, 0, 1], 26)
  frame.writeUInt16BE(40000, 34)
  frame.writeUInt16BE(80, 36)
  frame.writeUInt32BE(1, 38)
  frame.writeUInt32BE(1, 42)
  frame.writeUInt16BE(0x5018, 46)
  frame.set(head, 54)
  const header = Buffer.alloc(40)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(65535, 16)
  header.writeUInt32LE(1, 20)
  header.writeUInt32LE(1_700_000_000, 24)
  header.writeUInt32LE(123_456, 28)
  header.writeUInt32LE(frame.length, 32)
  header.writeUInt32LE(frame.length, 36)
  return temporary(Buffer.concat([header, frame]))
}

/** A request with everything in it that could hurt a terminal or a format. */
export const HOSTILE = request(
  Buffer.concat([
    Buffer.from('GET /a\\b"c\'d<e>&f HTTP/1.1\r\nHost: x\r\nX-A: tab\there\x1b[31mred\x01\x7f\x07end\u202e\u0085\u200b\r\nX-B: ', 'utf8'),
    Buffer.from([0xff, 0xfe, 0xc3]),
    Buffer.from('\r\n\r\n'),
  ]),
)
