// Small captures made byte by byte, and running filters over a whole capture.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Capture, registry } from '../../../src/engine/index.ts'
import { openCapture } from '../../../src/files/index.ts'
import { checkFilter, compileFilter, planOf } from '../../../src/filter/index.ts'

const MAC = Buffer.from('020000000002020000000001', 'hex')

function ethernet(type: number, payload: Buffer): Buffer {
  return Buffer.concat([MAC, Buffer.of(type >> 8, type & 0xff), payload])
}

function ipv4(protocol: number, source: string, target: string, payload: Buffer): Buffer {
  const header = Buffer.alloc(20)
  header[0] = 0x45
  header.writeUInt16BE(20 + payload.length, 2)
  header[8] = 64
  header[9] = protocol
  Buffer.from(source.split('.').map(Number)).copy(header, 12)
  Buffer.from(target.split('.').map(Number)).copy(header, 16)
  return Buffer.concat([header, payload])
}

function ipv6(payload: Buffer): Buffer {
  const header = Buffer.alloc(40)
  header[0] = 0x60
  header.writeUInt16BE(payload.length, 4)
  header[6] = 6
  header[7] = 64
  Buffer.from('20010db8000000000000000000000001', 'hex').copy(header, 8)
  Buffer.from('20010db8000000000000000000000002', 'hex').copy(header, 24)
  return Buffer.concat([header, payload])
}

function tcp(from: number, to: number, sequence: number, flags: number, payload = ''): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt16BE(from, 0)
  header.writeUInt16BE(to, 2)
  header.writeUInt32BE(sequence, 4)
  header[12] = 0x50
  header[13] = flags
  header.writeUInt16BE(65_535, 14)
  return Buffer.concat([header, Buffer.from(payload, 'latin1')])
}

function udp(from: number, to: number, payload: string): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt16BE(from, 0)
  header.writeUInt16BE(to, 2)
  header.writeUInt16BE(8 + payload.length, 4)
  return Buffer.concat([header, Buffer.from(payload, 'latin1')])
}

const SYN = 2
const ACK = 0x10
const PUSH = 0x18

/** The packets of the language's page: ARP; TCP; TCP with a request; UDP; IP in IP; an ICMP error; a TLS alert over IPv6; TCP. */
export const eightPackets: readonly Buffer[] = [
  ethernet(0x0806, Buffer.from('00010800060400010200000000010a0000010000000000000a000002', 'hex')),
  ethernet(0x0800, ipv4(6, '10.0.0.1', '10.0.0.2', tcp(40_000, 80, 1000, SYN))),
  ethernet(0x0800, ipv4(6, '10.0.0.1', '10.0.0.2', tcp(40_000, 80, 1001, PUSH, 'GET /fluffy HTTP/1.1\r\nHost: example.com\r\n\r\n'))),
  ethernet(0x0800, ipv4(17, '10.0.0.1', '10.0.0.2', udp(5000, 6000, 'a datagram'))),
  ethernet(0x0800, ipv4(4, '10.0.0.1', '10.0.0.2', ipv4(6, '10.8.8.8', '10.9.9.9', tcp(1111, 2222, 5, SYN)))),
  ethernet(
    0x0800,
    ipv4(
      1,
      '10.0.0.2',
      '10.0.0.1',
      Buffer.concat([Buffer.from('0303000000000000', 'hex'), ipv4(17, '10.0.0.1', '10.0.0.2', udp(5000, 6001, 'lost'))]),
    ),
  ),
  ethernet(0x86dd, ipv6(tcp(50_000, 443, 1, PUSH, '\x15\x03\x03\x00\x02\x02\x30'))),
  ethernet(0x0800, ipv4(6, '10.0.0.1', '10.0.0.2', tcp(40_000, 80, 1045, ACK))),
]

/** Writes packets as a pcap file into a folder of their own and returns its path. */
export function writePcap(packets: readonly Buffer[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'wiretail-filter-')), 'packets.pcap')
  const head = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex')
  const records = packets.flatMap((packet, i) => {
    const record = Buffer.alloc(16)
    record.writeUInt32LE(1_699_336_000 + i, 0)
    record.writeUInt32LE(250_000 * (i % 4), 4)
    record.writeUInt32LE(packet.length, 8)
    record.writeUInt32LE(packet.length, 12)
    return [record, packet]
  })
  writeFileSync(path, Buffer.concat([head, ...records]))
  return path
}

/** A capture in which filters are looked up one after the other. */
export class Selection {
  private readonly capture: Capture

  private constructor(capture: Capture) {
    this.capture = capture
  }

  static async open(path: string): Promise<Selection> {
    const capture = new Capture(await openCapture(path), { strict: true })
    while (capture.step(4096) === 'more');
    return new Selection(capture)
  }

  /** Numbers of the packets that a filter selects. Throws for a wrong filter, and when a packet that matches was ruled out beforehand. */
  select(filter: string): number[] {
    const checked = checkFilter(filter, registry)
    if (!checked.ok) throw new Error(`${filter}: ${checked.message}`)
    const compiled = compileFilter(checked.filter)
    const plan = planOf(compiled.fields, registry)
    const { capture } = this
    const d = capture.dissection()
    const found: number[] = []
    for (let packet = 1; packet <= capture.index.count; packet++) {
      capture.record(d, packet, null, 0, plan)
      if (!compiled.matches(d)) continue
      found.push(packet)
      if (!compiled.mayMatch((id) => capture.chains.mayHold(capture.index.chain(packet), id)))
        throw new Error(`${filter} matches packet ${packet}, which was ruled out by its layers`)
    }
    return found
  }

  close(): void {
    this.capture.close()
  }
}
