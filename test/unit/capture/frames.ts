// Ethernet frames of many kinds, for trying filters on: every combination of tags, network headers, transports, addresses and ports
// that the filters can tell apart, and cut versions of them.

const bytes = (...parts: (number | readonly number[])[]): number[] => parts.flat()
const u16 = (value: number): number[] => [value >> 8, value & 0xff]

const MACS = [
  [0, 0x11, 0x22, 0x33, 0x44, 0x55],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x01, 0x00, 0x5e, 0, 0, 1],
] as const
const IPS = [
  [127, 0, 0, 1],
  [10, 0, 0, 1],
  [10, 1, 2, 3],
  [192, 168, 5, 9],
  [224, 0, 0, 251],
] as const
const IP6S = [
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  [0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
  [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfb],
] as const
const PORTS = [80, 443, 53, 5683, 1024, 65535, 22] as const
const TAGS = [
  [],
  [],
  [],
  [],
  [0x81, 0, 0, 5],
  [0x88, 0xa8, 0x20, 7],
  [0x91, 0, 0, 5, 0x81, 0, 0, 9],
  [0x88, 0xa8, 0, 7, 0x81, 0, 0, 5],
] as const

/** A small generator with a fixed seed (mulberry32), so that a failure can be seen again. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

type Pick = <T>(list: readonly T[]) => T

function transport(protocol: number, pick: Pick): number[] {
  const ports = bytes(u16(pick(PORTS)), u16(pick(PORTS)))
  if (protocol === 6)
    return bytes(
      ports,
      [0, 0, 0, 1, 0, 0, 0, 2, 0x50, pick([2, 0x12, 0x10, 0x18, 0x11, 4, 0]), 255, 255, 0, 0, 0, 0],
      pick([
        [1, 2, 3],
        [0x47, 0x45, 0x54, 0x20],
      ]),
    )
  if (protocol === 17) return bytes(ports, [0, 12, 0, 0], [0x47, 0x45, 0x54, 0x20])
  if (protocol === 132) return bytes(ports, [0, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 16])
  return bytes(pick([0, 3, 8, 11, 128, 135]), pick([0, 1, 3]), [0, 0, 0, 1, 0, 2, 3, 4])
}

function ip(pick: Pick): number[] {
  const protocol = pick([1, 2, 6, 6, 6, 17, 17, 50, 51, 103, 112, 132, 47])
  const options = pick([0, 0, 1, 3])
  const payload = transport(protocol, pick)
  const fragment = pick([0, 0, 0, 0x4000, 0x2000, 0x2010, 0x0100])
  const total = 20 + options * 4 + payload.length
  return bytes(
    [0x45 + options, 0],
    u16(total),
    [0, 1],
    u16(fragment),
    [64, protocol, 0, 0],
    pick(IPS),
    pick(IPS),
    Array.from({ length: options * 4 }, () => 1),
    payload,
  )
}

function ip6(pick: Pick): number[] {
  const protocol = pick([6, 6, 17, 58, 58, 132, 50, 89])
  const inner = transport(protocol, pick)
  const kind = pick(['plain', 'plain', 'plain', 'fragment', 'later', 'hop'])
  const extension =
    kind === 'fragment'
      ? [protocol, 0, 0, 1, 0, 0, 0, 9]
      : kind === 'later'
        ? [protocol, 0, 1, 0, 0, 0, 0, 9]
        : kind === 'hop'
          ? [protocol, 0, 1, 4, 0, 0, 0, 0]
          : []
  const next = kind === 'plain' ? protocol : kind === 'hop' ? 0 : 44
  return bytes([0x60, 0, 0, 0], u16(extension.length + inner.length), [next, 64], pick(IP6S), pick(IP6S), extension, inner)
}

function arp(pick: Pick): number[] {
  return bytes([0, 1, 8, 0, 6, 4, 0, pick([1, 2])], pick(MACS), pick(IPS), pick(MACS), pick(IPS))
}

/** Frames from a seed; the same seed yields the same frames. Some are cut short. */
export function makeFrames(seed: number, count: number): Uint8Array[] {
  const random = seeded(seed)
  const pick: Pick = (list) => list[random(list.length)]!
  return Array.from({ length: count }, () => {
    const kind = pick(['ip', 'ip', 'ip', 'ip6', 'ip6', 'arp', 'rarp', 'llc', 'other'])
    const network = kind === 'ip' ? ip(pick) : kind === 'ip6' ? ip6(pick) : kind === 'llc' ? [0xaa, 0xaa, 3, 0, 0, 0, 8, 0] : arp(pick)
    const type = { ip: 0x0800, ip6: 0x86dd, arp: 0x0806, rarp: 0x8035, llc: network.length, other: 0x88cc }[kind]!
    const frame = Uint8Array.from(bytes(pick(MACS), pick(MACS), pick(TAGS), u16(type), network))
    return random(4) === 0 ? frame.subarray(0, random(frame.length + 1)) : frame
  })
}

/** The same without the Ethernet header, for interfaces that have none. */
export function makeRawFrames(seed: number, count: number): Uint8Array[] {
  const random = seeded(seed)
  const pick: Pick = (list) => list[random(list.length)]!
  return Array.from({ length: count }, () => {
    const frame = Uint8Array.from(pick([ip, ip, ip6])(pick))
    return random(4) === 0 ? frame.subarray(0, random(frame.length + 1)) : frame
  })
}
