// What packets show of a datagram in fragments, alike for both versions of IP: RFC 791 3.2, RFC 8200 4.5.

import type { Dissection } from './dissect.ts'
import { bytes, frame, group, u32 } from './field.ts'
import type { Assemblies } from './memory.ts'

/** The rows of a datagram that was put together. `prefix` is the protocol's filter name, `title` what its rows call it ("IPv4"). */
export function fragmentFields(prefix: string, title: string, reassembledIn: string) {
  return {
    fragments: group(`${prefix}.fragments`, `${title} Fragments`, {
      generated: true,
      about: 'Lists the packets whose fragments were put together.',
      display: (_get, _value, shown) => shown,
    }),
    fragment: frame(`${prefix}.fragment`, `${title} Fragment`, {
      about: 'A packet of the capture that holds a part of this one.',
      display: (_get, value, _shown, _raw, start, length) => `Frame: ${value}, payload: ${start}-${start + length - 1} (${length} bytes)`,
    }),
    fragmentCount: u32(`${prefix}.fragment.count`, 'Fragment count', {
      generated: true,
      about: 'Counts the fragments that were put together.',
    }),
    reassembledLength: u32(`${prefix}.reassembled.length`, `Reassembled ${title} length`, {
      generated: true,
      about: 'Counts the bytes of the payload that the fragments carried together.',
    }),
    reassembledData: bytes(`${prefix}.reassembled.data`, `Reassembled ${title} data`, {
      generated: true,
      about: 'The payload that the fragments carried together.',
    }),
    reassembledIn: frame(reassembledIn, `Reassembled ${title} in frame`, {
      generated: true,
      about: 'The packet with which the fragments were complete; the whole is shown there.',
    }),
  }
}

/**
 * Shows which fragments make up the datagram that this packet completes, and returns the source that holds the whole of it. -1: this packet
 * completes none (then it shows where that happens), so its fragment stands alone. Called once for each fragment header of a packet.
 */
export function recordFragment(p: Dissection, F: ReturnType<typeof fragmentFields>, title: string): number {
  const { fragments, assemblies } = p.memory
  const assembly = p.quoted ? -1 : fragments.completedBy(p.packet, p.fragments)
  p.fragments++
  if (assembly < 0) {
    if (p.recording && !p.quoted) {
      const complete = fragments.reassembledIn(p.packet)
      if (complete > 0 && complete !== p.packet) p.generate(F.reassembledIn, complete)
    }
    return -1
  }
  const whole = assemblies.bytes(assembly)
  const source = p.addSource(`Reassembled ${title}`, whole)
  if (source < 0 || !p.recording) return source
  p.enter(source)
  p.nest(p.wants(F.fragments) ? p.generateText(F.fragments, listPieces(assemblies, assembly, title), 0, whole.length) : -1)
  let at = 0
  for (let i = 0; i < assemblies.pieces(assembly); i++) {
    const length = assemblies.pieceLength(assembly, i)
    p.generate(F.fragment, assemblies.piecePacket(assembly, i), at, length)
    at += length
  }
  p.generate(F.fragmentCount, assemblies.pieces(assembly))
  p.generate(F.reassembledLength, whole.length)
  p.add(F.reassembledData, 0, whole.length)
  p.close()
  p.leave()
  return source
}

/** "2 IPv4 Fragments (24 bytes): #1(16), #2(8)". */
function listPieces(assemblies: Assemblies, assembly: number, title: string): string {
  const pieces = Array.from(
    { length: assemblies.pieces(assembly) },
    (_, i) => `#${assemblies.piecePacket(assembly, i)}(${assemblies.pieceLength(assembly, i)})`,
  )
  return `${pieces.length} ${title} Fragments (${assemblies.length(assembly)} bytes): ${pieces.join(', ')}`
}
