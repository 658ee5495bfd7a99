// Ethernet frames for a TCP connection that was seen from inside: what loopback traffic with these bytes would have looked like.
// Ethernet addresses are zero as on lo; IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293) with true checksums.

import { parseIpv4, parseIpv6 } from '../bytes/address.ts'
import { ByteWriter } from '../bytes/writer.ts'

export interface Endpoint {
  /** "127.0.0.1" or "::1"; IPv4 in IPv6 (::ffff:127.0.0.1) is written as IPv4. */
  readonly address: string
  readonly port: number
}

export const FLAG = { fin: 1, syn: 2, reset: 4, push: 8, ack: 16 } as const

const IPPROTO_TCP = 6
const WINDOW = 65_535
/** The largest segments that loopback's 65 536 bytes allow. */
const MSS = { 4: 65_495, 6: 65_475 } as const

interface Side {
  readonly address: Uint8Array
  readonly port: number
  /** Sequence number of the next byte, modulo 2^32. */
  next: number
}

/** Takes a finished frame. The bytes are the caller's to keep. */
export type TakeFrame = (frame: Uint8Array) => void

export class RebuiltConnection {
  private readonly client: Side
  private readonly server: Side
  private readonly take: TakeFrame
  private readonly version: 4 | 6
  private identification = 0

  constructor(client: Endpoint, server: Endpoint, take: TakeFrame) {
    this.client = sideOf(client)
    this.server = sideOf(server)
    this.version = this.client.address.length === 4 ? 4 : 6
    this.take = take
  }

  /** The three frames of the handshake. */
  open(): void {
    this.segment(true, FLAG.syn)
    this.segment(false, FLAG.syn | FLAG.ack)
    this.segment(true, FLAG.ack)
  }

  /** What a client meets that knocks where nobody listens. */
  refuse(): void {
    this.segment(true, FLAG.syn)
    this.segment(false, FLAG.reset | FLAG.ack)
  }

  /** Bytes from one side, in as many segments as they need, each acknowledged by the other. */
  data(fromClient: boolean, bytes: Uint8Array): void {
    const most = MSS[this.version]
    for (let at = 0; at < bytes.length; at += most) {
      const last = at + most >= bytes.length
      this.segment(fromClient, last ? FLAG.push | FLAG.ack : FLAG.ack, bytes.subarray(at, at + most))
      this.acknowledge(!fromClient)
    }
  }

  acknowledge(fromClient: boolean): void {
    this.segment(fromClient, FLAG.ack)
  }

  finish(fromClient: boolean): void {
    this.segment(fromClient, FLAG.fin | FLAG.ack)
  }

  reset(fromClient: boolean): void {
    this.segment(fromClient, FLAG.reset | FLAG.ack)
  }

  private segment(fromClient: boolean, flags: number, payload: Uint8Array = new Uint8Array(0)): void {
    const from = fromClient ? this.client : this.server
    const to = fromClient ? this.server : this.client
    const tcp = this.tcp(from, to, flags, payload)
    const ip = this.version === 4 ? this.ipv4(from, to, tcp.length) : this.ipv6(from, to, tcp.length)
    const type = this.version === 4 ? 0x0800 : 0x86dd
    this.take(new ByteWriter(false, 14 + ip.length + tcp.length).bytes(new Uint8Array(12)).u16(type).bytes(ip).bytes(tcp).finish())
    const counted = payload.length + ((flags & (FLAG.syn | FLAG.fin)) === 0 ? 0 : 1)
    from.next = (from.next + counted) >>> 0
  }

  private tcp(from: Side, to: Side, flags: number, payload: Uint8Array): Uint8Array {
    const options = (flags & FLAG.syn) === 0 ? [] : [2, 4, MSS[this.version] >> 8, MSS[this.version] & 0xff]
    const acknowledged = (flags & FLAG.ack) === 0 ? 0 : to.next
    const bytes = new ByteWriter(false, 24 + payload.length)
      .u16(from.port)
      .u16(to.port)
      .u32(from.next)
      .u32(acknowledged)
      .u8(((20 + options.length) / 4) << 4)
      .u8(flags)
      .u16(WINDOW)
      .u32(0)
      .bytes(options)
      .bytes(payload)
      .finish()
    const pseudo = new ByteWriter().bytes(from.address).bytes(to.address).u32(bytes.length).u32(IPPROTO_TCP).finish()
    new DataView(bytes.buffer, bytes.byteOffset).setUint16(16, checksum(pseudo, bytes))
    return bytes
  }

  private ipv4(from: Side, to: Side, length: number): Uint8Array {
    const DONT_FRAGMENT = 0x4000
    this.identification = (this.identification + 1) & 0xffff
    const header = new ByteWriter()
      .u8(0x45)
      .u8(0)
      .u16(20 + length)
      .u16(this.identification)
      .u16(DONT_FRAGMENT)
      .u8(64)
      .u8(IPPROTO_TCP)
      .u16(0)
      .bytes(from.address)
      .bytes(to.address)
      .finish()
    new DataView(header.buffer, header.byteOffset).setUint16(10, checksum(header))
    return header
  }

  private ipv6(from: Side, to: Side, length: number): Uint8Array {
    return new ByteWriter().u32(0x6000_0000).u16(length).u8(IPPROTO_TCP).u8(64).bytes(from.address).bytes(to.address).finish()
  }
}

function sideOf({ address, port }: Endpoint): Side {
  const bytes = parseIpv4(address.replace(/^::ffff:/i, '')) ?? parseIpv6(address.replace(/%.*$/, '')) ?? new Uint8Array(4)
  return { address: bytes, port, next: Math.floor(Math.random() * 0xffff_ffff) }
}

/** The Internet checksum (RFC 1071) over several runs of bytes, each of which but the last has an even length. */
export function checksum(...runs: readonly Uint8Array[]): number {
  let sum = 0
  for (const run of runs) {
    for (let i = 0; i < run.length; i += 2) sum += ((run[i] as number) << 8) | (run[i + 1] ?? 0)
  }
  while (sum > 0xffff) sum = (sum % 0x1_0000) + Math.floor(sum / 0x1_0000)
  return ~sum & 0xffff
}
