// Two programs talking over TCP, as packets: Ethernet, IPv4, TCP with right sequence numbers, no checksums.

import { concat, type PacketInput } from './harness.ts'

export const CLIENT = 40_000
export const SERVER = 5683

export const latin = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

const u16 = (value: number): number[] => [value >> 8, value & 0xff]
const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]

/** Bytes before the payload in each packet. */
export const PAYLOAD = 14 + 20 + 20

export class Talk {
  readonly packets: PacketInput[] = []
  private readonly next = [1000, 9000]
  private readonly ports: readonly [number, number]

  constructor(client = CLIENT, server = SERVER) {
    this.ports = [client, server]
  }

  private add(from: 0 | 1, flags: number, payload: Uint8Array, reported = payload.length): this {
    const to = from === 0 ? 1 : 0
    const ethernet = Uint8Array.from([2, 0, 0, 0, 0, to, 2, 0, 0, 0, 0, from, 8, 0])
    const ip = Uint8Array.from([0x45, 0, ...u16(40 + reported), 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1 + from, 10, 0, 0, 1 + to])
    const ports = [...u16(this.ports[from]), ...u16(this.ports[to])]
    const tcp = Uint8Array.from([...ports, ...u32(this.next[from]!), ...u32(this.next[to]!), 0x50, flags, 0xff, 0xff, 0, 0, 0, 0])
    this.next[from]! += reported + ((flags & 3) !== 0 ? 1 : 0)
    this.packets.push({
      bytes: concat(ethernet, ip, tcp, payload),
      length: PAYLOAD + reported,
      seconds: 1_700_000_000 + this.packets.length,
      nanos: 0,
    })
    return this
  }

  open(): this {
    return this.add(0, 2, new Uint8Array()).add(1, 0x12, new Uint8Array()).add(0, 0x10, new Uint8Array())
  }

  client(payload: Uint8Array | string): this {
    return this.add(0, 0x18, typeof payload === 'string' ? latin(payload) : payload)
  }

  server(payload: Uint8Array | string): this {
    return this.add(1, 0x18, typeof payload === 'string' ? latin(payload) : payload)
  }

  /** The server's segment, of which the capture kept only the first bytes. */
  serverCut(payload: Uint8Array, kept: number): this {
    return this.add(1, 0x18, payload.subarray(0, kept), payload.length)
  }

  closeServer(): this {
    return this.add(1, 0x11, new Uint8Array())
  }
}
