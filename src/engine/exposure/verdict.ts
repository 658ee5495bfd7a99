// Is the secret on the wire, and for whom? Computed from the bytes of the capture, in the order in which a stranger would look: in the
// packets as they are, in the streams that they make, in unpacked bodies, behind spellings that anybody can undo, and behind keys.

import type { Capture } from '../capture.ts'
import { readDeliveredStepwise } from '../delivered.ts'
import { Readahead } from '../readahead.ts'
import { finish, STEP } from '../steps.ts'
import { type Keys, NO_KEYS, type OpenedRun } from './keys.ts'
import { LEVEL_DECODED, LEVEL_KEYS, LEVEL_PACKETS, LEVEL_STREAMS, LEVEL_TRIVIAL, Pieces, type Region } from './regions.ts'
import { type Finding, SecretSearch } from './search.ts'
import { StreamCollector } from './streams.ts'

/** Each level holds what the one before it holds, and more. */
export interface Verdict {
  /** In the bytes of a packet, as they are. */
  readonly inPackets: boolean
  /** In the bytes that TCP delivered, or in a datagram put together from fragments. */
  readonly inStreams: boolean
  /** After undoing HTTP's chunks and compression. */
  readonly afterDecoding: boolean
  /** After undoing what needs no key: base64, hexadecimal, escapes, shifted letters. */
  readonly afterTrivial: boolean
  /** After opening what the given keys open. */
  readonly withKeys: boolean
  /** Packets that hold the secret or a part of it, ascending. */
  readonly packets: readonly number[]
  readonly where: readonly Finding[]
  /** True when something was too large to be looked at as a whole. */
  readonly bounded: boolean
}

export interface Searched {
  readonly verdict: Verdict
  /** How each direction begins, and how much it carried. */
  readonly streams: StreamCollector
}

/**
 * Looks for the secret in an indexed capture. An empty secret is nowhere. `seen` is shown the stream regions too, with the flow that
 * they belong to.
 */
export function searchSecret(
  capture: Capture,
  secret: string,
  keys: Keys = NO_KEYS,
  seen: (region: Region, flow: number) => void = () => {},
): Searched {
  return finish(searchStepwise(capture, secret, keys, seen))
}

/** The same in steps. Yields how much is done, from 0 to 1. */
export function* searchStepwise(
  capture: Capture,
  secret: string,
  keys: Keys,
  seen: (region: Region, flow: number) => void,
): Generator<number, Searched> {
  const all = Math.max(1, capture.index.count)
  const search = new SecretSearch(secret, keys.fernet)
  const streams = new StreamCollector((region, flow) => {
    if (!search.idle) search.region(region)
    seen(region, flow)
  })
  if (!search.idle) for (const packet of searchPackets(capture, search)) yield packet / all / 2
  for (const packet of readDeliveredStepwise(capture, streams)) yield (1 + packet / all) / 2
  streams.finish()
  if (!search.idle) searchPackings(capture, search)
  const whole = search.idle || searchOpened(capture, search, keys)
  return { verdict: verdictOf(search, streams.bounded || !whole), streams }
}

function verdictOf(search: SecretSearch, bounded: boolean): Verdict {
  return {
    inPackets: search.at(LEVEL_PACKETS),
    inStreams: search.at(LEVEL_STREAMS),
    afterDecoding: search.at(LEVEL_DECODED),
    afterTrivial: search.at(LEVEL_TRIVIAL),
    withKeys: search.at(LEVEL_KEYS),
    packets: [...search.packets].sort((a, b) => a - b),
    where: search.findings.toSorted((a, b) => a.packet - b.packet || a.offset - b.offset),
    bounded,
  }
}

/** Protocols whose packings only they themselves can undo: compressed headers, bodies in frames, masked messages. */
const PACKERS: ReadonlySet<string> = new Set(['http2', 'websocket'])

/** What HTTP/2 and WebSocket carry, unpacked. Inside TLS that takes its keys. */
function searchPackings(capture: Capture, search: SecretSearch): void {
  const { index, chains, registry } = capture
  const nameOf = (id: number): string => registry.protocols[id]!.name
  const packers = new Map<number, { readonly step: string; readonly sealed: boolean } | null>()
  const d = capture.dissection()
  for (let packet = 1; packet <= index.count; packet++) {
    const chain = index.chain(packet)
    let packer = packers.get(chain)
    if (packer === undefined) {
      const names = chains.protocols(chain).map(nameOf)
      const step = names.find((name) => PACKERS.has(name))
      packer = step === undefined ? null : { step, sealed: names.includes('tls') || names.includes('quic') }
      packers.set(chain, packer)
    }
    if (packer === null) continue
    const { step, sealed } = packer
    capture.record(d, packet)
    const { rows } = d
    const layer = rows.field.subarray(0, rows.count).findIndex((id, row) => rows.source[row] === 0 && OUTER.has(registry.fields[id]!.name))
    // Packed bytes do not lie one to one: the place is all that the packet has of them.
    const offset = layer < 0 ? 0 : rows.start[layer]!
    const place = { packet, offset, length: d.sources[0]!.length - offset }
    d.sources.forEach((bytes, source) => {
      // What a key opened as it is was looked at before.
      if (source === 0 || /^Decrypted/.test(d.sourceNames[source] ?? '')) return
      search.region({ bytes, level: sealed ? LEVEL_KEYS : LEVEL_DECODED, steps: [step], locate: () => [place] }, false)
    })
  }
}

/** The layers whose bytes a finding is shown at. */
const OUTER: ReadonlySet<string> = new Set([...PACKERS, 'tls', 'quic'])

/** Frames as they are, what no TCP stream carries with its spellings, and datagrams put together from fragments. */
function* searchPackets(capture: Capture, search: SecretSearch): Generator<number, void> {
  const { index, memory } = capture
  const readahead = new Readahead(capture)
  /** Those before it lack the secret as it is: whole windows are searched at once. */
  let next = 1
  for (let packet = 1; packet <= index.count; packet++) {
    if (packet % STEP === 0) yield packet
    if (packet >= next) next = readahead.passOver(packet, index.count, search.needle)
    const captured = index.captured(packet)
    if (packet === next) search.frame(packet, readahead.bytes, readahead.start(packet), index.captured(next++))
    if (memory.tcpStreamOf(packet) >= 0) continue
    const start = readahead.start(packet)
    search.region({
      bytes: readahead.bytes.subarray(start, start + captured),
      level: LEVEL_PACKETS,
      steps: [],
      locate: (at, length) => [{ packet, offset: at, length }],
    })
    const assembly = memory.fragments.completedBy(packet, 0)
    if (assembly >= 0) search.region(datagram(capture, assembly))
  }
}

function datagram(capture: Capture, assembly: number): Region {
  const { assemblies } = capture.memory
  const pieces = new Pieces()
  for (let i = 0; i < assemblies.pieces(assembly); i++)
    pieces.add(assemblies.piecePacket(assembly, i), assemblies.piecePlace(assembly, i), assemblies.pieceLength(assembly, i))
  return { bytes: assemblies.bytes(assembly), level: LEVEL_STREAMS, steps: [], locate: (at, length) => pieces.locate(at, length) }
}

/** Opened bytes that are looked at together; what is cut there may be overlooked. */
const MAX_OPENED = 64 * 1024 * 1024

/** What keys open, direction by direction. Returns false when it was too much to be looked at as a whole. */
function searchOpened(capture: Capture, search: SecretSearch, keys: Keys): boolean {
  let whole = true
  for (const opener of keys.openers) {
    const runs = new Map<number, OpenedRun[]>()
    let size = 0
    const look = (): void => {
      for (const run of runs.values()) search.region(openedRegion(run))
      runs.clear()
      size = 0
    }
    opener.open(capture, (opened) => {
      const run = runs.get(opened.run)
      if (run === undefined) runs.set(opened.run, [opened])
      else run.push(opened)
      size += opened.bytes.length
      if (size <= MAX_OPENED) return
      whole = false
      look()
    })
    look()
  }
  return whole
}

function openedRegion(run: readonly OpenedRun[]): Region {
  return {
    bytes: Buffer.concat(run.map(({ bytes }) => bytes)),
    level: LEVEL_KEYS,
    steps: [run[0]!.how],
    locate(at, length) {
      const places = []
      let start = 0
      for (const { bytes, packet, offset, length: sealed } of run) {
        // Sealed bytes do not lie one to one: the place is that of the whole record.
        if (start < at + length && start + bytes.length > at) places.push({ packet, offset, length: sealed })
        start += bytes.length
      }
      return places
    },
  }
}
