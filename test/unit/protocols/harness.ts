// Dissects packets given as hexadecimal text (or bytes) with everything real: the registry of all protocols and the memory of streams.

import { Dissection, type InterfaceFacts, type PacketFacts } from '../../../src/core/dissect.ts'
import { GENERATED } from '../../../src/core/rows.ts'
import { TreeText, treeOrder } from '../../../src/core/tree.ts'
import { valueText } from '../../../src/core/value.ts'
import { infoText, LayerView, protocolColumn } from '../../../src/core/view.ts'
import { registry } from '../../../src/engine/registry.ts'
import { StreamMemory } from '../../../src/streams/index.ts'

export { registry }

export interface Row {
  /** Wireshark's name, '' for a row that only groups. */
  readonly name: string
  readonly depth: number
  readonly source: number
  readonly start: number
  readonly length: number
  readonly value: number
  /** As `-T fields` prints it. */
  readonly show: string
  /** As the tree shows it. */
  readonly text: string
  readonly generated: boolean
  readonly hidden: boolean
  readonly layer: number
}

export interface Dissected {
  readonly rows: readonly Row[]
  /** Names of the layers, outermost first, without the frame. */
  readonly layers: readonly string[]
  readonly info: string
  readonly protocol: string
  readonly sources: readonly Uint8Array[]
  /** First row of that name; throws when there is none, with what there is. */
  row(name: string): Row
  /** All rows of that name. */
  all(name: string): readonly Row[]
  has(name: string): boolean
  /** Text of the tree, a row a line, two spaces a level. */
  readonly tree: string
}

export interface PacketInput {
  readonly bytes: Uint8Array
  /** Bytes on the wire; default: as many as there are. */
  readonly length?: number
  readonly linkType?: number
  readonly seconds?: number
  readonly nanos?: number
  readonly interfaceId?: number
}

/** Bytes of hexadecimal text; white space and `# comments` do not count. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/#.*$/gm, '').replace(/\s+/g, '')
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) throw new Error(`not hexadecimal: ${digits}`)
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** A capture in memory: all packets were scanned, any can be dissected, in any order. */
export class Capture {
  readonly dissection: Dissection
  readonly memory: StreamMemory
  private readonly packets: readonly PacketInput[]

  constructor(packets: readonly PacketInput[], interfaces: readonly InterfaceFacts[] = [], showsInterfaces = false) {
    this.packets = packets
    this.memory = new StreamMemory(registry, (packet, at, length, target, targetAt) => {
      const piece = packets[packet - 1]!.bytes.subarray(at, at + length)
      target.set(piece, targetAt)
      return piece.length
    })
    this.dissection = new Dissection(registry, this.memory)
    this.dissection.interfaces = interfaces
    this.dissection.showsInterfaces = showsInterfaces
    this.dissection.clock = {
      seconds: (packet) => packets[packet - 1]?.seconds ?? 0,
      nanos: (packet) => packets[packet - 1]?.nanos ?? 0,
    }
    packets.forEach((packet, i) => {
      this.dissection.scan(packet.bytes, 0, factsOf(packet, i + 1), packet.linkType ?? 1)
    })
  }

  /** `number` counts from 1. */
  dissect(number: number): Dissected {
    const packet = this.packets[number - 1]!
    this.dissection.record(packet.bytes, 0, factsOf(packet, number), packet.linkType ?? 1)
    return readRows(this.dissection)
  }
}

function factsOf(packet: PacketInput, number: number): PacketFacts {
  return {
    packet: number,
    captured: packet.bytes.length,
    length: packet.length ?? packet.bytes.length,
    seconds: packet.seconds ?? 0,
    nanos: packet.nanos ?? 0,
    interfaceId: packet.interfaceId ?? 0,
  }
}

/** Dissects one packet: hexadecimal text or bytes, Ethernet unless said otherwise. */
export function dissect(packet: string | Uint8Array, options: Omit<PacketInput, 'bytes'> = {}): Dissected {
  const bytes = typeof packet === 'string' ? hex(packet) : packet
  return new Capture([{ ...options, bytes }]).dissect(1)
}

/** What a dissection recorded, in display order. */
export function readRows(d: Dissection): Dissected {
  const text = new TreeText(d)
  const rows: Row[] = treeOrder(d).map((row) => {
    const field = d.registry.fields[d.rows.field[row]!]!
    return {
      name: field.name,
      depth: d.rows.depth[row]!,
      source: d.rows.source[row]!,
      start: d.rows.start[row]!,
      length: d.rows.length[row]!,
      value: d.rows.value[row]!,
      show: field.type === 'protocol' ? '' : valueText(field, d.rows, row, d.sources),
      text: text.of(row),
      generated: (d.rows.flags[row]! & GENERATED) !== 0,
      hidden: field.hidden,
      layer: d.rows.layer[row]!,
    }
  })
  const layers: string[] = []
  for (let i = 1; i < d.layers; i++) layers.push(d.registry.protocols[d.layerProtocol[i]!]!.name)
  const all = (name: string) => rows.filter((row) => row.name === name)
  return {
    rows,
    layers,
    info: infoText(d, new LayerView(d)),
    protocol: protocolColumn(d, new LayerView(d)),
    sources: [...d.sources],
    all,
    has: (name) => rows.some((row) => row.name === name),
    row(name) {
      const found = rows.find((row) => row.name === name)
      if (found === undefined) throw new Error(`no row ${name} among ${rows.map((row) => row.name).join(' ')}`)
      return found
    },
    tree: rows.map((row) => '  '.repeat(row.depth) + row.text).join('\n'),
  }
}

/** "name@start+length" of every row that has bytes and is not computed: a whole packet's ranges in one comparison. */
export function ranges(d: Dissected, prefix: string): string[] {
  return d.rows.filter((row) => row.name.startsWith(prefix) && !row.generated).map((row) => `${row.name}@${row.start}+${row.length}`)
}

/**
 * The rules that hold for any bytes, here for a packet cut at every length: nothing throws, no dissector bug, rows lie inside their
 * source, and dissecting twice gives the same rows.
 */
export function checkTruncations(packet: string | Uint8Array, options: Omit<PacketInput, 'bytes'> = {}): void {
  const bytes = typeof packet === 'string' ? hex(packet) : packet
  for (let kept = 0; kept <= bytes.length; kept++) {
    // Cut by the capture, and cut on the wire.
    for (const length of [bytes.length, kept]) {
      const capture = new Capture([{ ...options, bytes: bytes.slice(0, kept), length }])
      const first = capture.dissect(1)
      checkRows(first, `cut at ${kept} of ${length}`)
      const again = capture.dissect(1)
      if (again.tree !== first.tree) throw new Error(`cut at ${kept} of ${length}: not the same twice`)
    }
  }
}

/** Throws when a row lies outside its source or a dissector failed. */
export function checkRows(d: Dissected, where: string): void {
  for (const row of d.rows) {
    const source = d.sources[row.source]
    if (source === undefined || row.start + row.length > source.length) {
      throw new Error(`${where}: ${row.name} at ${row.start}+${row.length} lies outside source ${row.source} of ${source?.length} bytes`)
    }
    if (row.name === '_ws.dissector_bug') throw new Error(`${where}: ${row.text}`)
  }
}
