// UDP datagrams around a payload, as packets over bare IPv4 (link type 101), and filters on them.

import { expect } from 'vitest'
import { checkFilter, compileFilter, planOf } from '../../../src/filter/index.ts'
import { Capture, concat, type Dissected, hex, type PacketInput, registry } from './harness.ts'

/** Bytes before the payload. */
export const BEFORE = 20 + 8

const two = (value: number): string => value.toString(16).padStart(4, '0')

export interface Ports {
  readonly from?: number
  readonly to?: number
  /** The answer's direction: addresses are the other way round. */
  readonly back?: boolean
  readonly seconds?: number
}

/** A packet whose datagram carries this payload: hexadecimal text or bytes. */
export function datagram(payload: string | Uint8Array, { from = 40_000, to = 53, back = false, seconds = 0 }: Ports = {}): PacketInput {
  const bytes = typeof payload === 'string' ? hex(payload) : payload
  const addresses = back ? '0a000002 0a000001' : '0a000001 0a000002'
  const head = hex(
    `4500 ${two(BEFORE + bytes.length)} 0001 4000 40 11 0000 ${addresses} ${two(from)} ${two(to)} ${two(8 + bytes.length)} 0000`,
  )
  return { bytes: concat(head, bytes), linkType: 101, seconds }
}

/** Dissects a payload behind these ports. */
export function dissectDatagram(payload: string | Uint8Array, ports: Ports = {}): Dissected {
  return new Capture([datagram(payload, ports)]).dissect(1)
}

/** Does the filter hold on the packet? Only the fields that it names are recorded. */
export function matches(filter: string, packet: PacketInput): boolean {
  const checked = checkFilter(filter, registry)
  if (!checked.ok) throw new Error(`${checked.message} at ${checked.start}`)
  const compiled = compileFilter(checked.filter)
  const { dissection } = new Capture([packet])
  const facts = {
    packet: 1,
    captured: packet.bytes.length,
    length: packet.length ?? packet.bytes.length,
    seconds: packet.seconds ?? 0,
    nanos: 0,
    interfaceId: 0,
  }
  dissection.record(packet.bytes, 0, facts, packet.linkType ?? 1, planOf(compiled.fields, registry))
  return compiled.matches(dissection)
}

/** The filter holds on the first payload and not on the second. */
export function expectFilter(filter: string, on: PacketInput, off: PacketInput): void {
  expect([matches(filter, on), matches(filter, off)]).toEqual([true, false])
}
