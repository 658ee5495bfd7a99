// Times between packets, by the clock of the index.

import type { Clock, Dissection } from '../core/dissect.ts'

/** A time that went backwards is within nothing. */
export function isWithin(nanos: number, limit: number): boolean {
  return nanos >= 0 && nanos < limit
}

/** Nanoseconds from a packet to the one at hand; NaN when they are not known. */
export function nanosSince(p: Dissection, packet: number): number {
  return p.clock === null || packet === 0 ? Number.NaN : (p.seconds - p.clock.seconds(packet)) * 1e9 + (p.nanos - p.clock.nanos(packet))
}

/** Nanoseconds between two packets; 0 when they are not known. */
export function nanosBetween({ clock }: { readonly clock: Clock | null }, from: number, to: number): number {
  return clock === null ? 0 : (clock.seconds(to) - clock.seconds(from)) * 1e9 + (clock.nanos(to) - clock.nanos(from))
}
