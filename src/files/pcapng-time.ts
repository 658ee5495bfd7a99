// pcapng time stamps: a 64-bit count of units since 1970, a unit being 10^-n or 2^-n seconds (if_tsresol).

import type { TimeResolution } from './types.ts'

/** Microseconds, where an interface does not say (pcapng, section 4.2, if_tsresol). */
export const MICROSECONDS: TimeResolution = { base: 10, power: 6 }

/** Splits the counts of one interface into seconds and nanoseconds. The last result stands in `seconds` and `nanos`: no object per packet. */
export class TimeSplitter {
  seconds = 0
  nanos = 0
  private readonly offset: number
  /** Units per second where it is a power of ten up to 10^9, else 0: split the slow way. */
  private readonly perSecond: number
  private readonly nanosPerUnit: number
  private readonly units: bigint

  constructor(resolution: TimeResolution, offsetSeconds: number) {
    this.offset = offsetSeconds
    this.units = BigInt(resolution.base) ** BigInt(resolution.power)
    this.perSecond = resolution.base === 10 && resolution.power <= 9 ? 10 ** resolution.power : 0
    this.nanosPerUnit = this.perSecond === 0 ? 0 : 1e9 / this.perSecond
  }

  split(high: number, low: number): void {
    const { perSecond } = this
    if (perSecond === 0) {
      this.splitSlowly(high, low)
      return
    }
    // The quotient of doubles may miss by one or, for coarse units, a few; the remainder is exact modulo 2^32, which corrects it.
    let seconds = Math.floor((high * 4_294_967_296 + low) / perSecond)
    let rest = (low - Math.imul(seconds, perSecond)) | 0
    while (rest < 0) {
      seconds--
      rest += perSecond
    }
    while (rest >= perSecond) {
      seconds++
      rest -= perSecond
    }
    this.seconds = seconds + this.offset
    this.nanos = rest * this.nanosPerUnit
  }

  /** Rounds down to whole nanoseconds, as tshark does. */
  private splitSlowly(high: number, low: number): void {
    const count = (BigInt(high) << 32n) | BigInt(low)
    this.seconds = Number(count / this.units) + this.offset
    this.nanos = Number(((count % this.units) * 1_000_000_000n) / this.units)
  }
}

/** if_tsresol: the top bit says base 2, the other seven are the power. */
export function decodeResolution(byte: number): TimeResolution {
  return { base: byte & 0x80 ? 2 : 10, power: byte & 0x7f }
}

export function isFinerThanMicroseconds(resolution: TimeResolution): boolean {
  return resolution.base === 10 ? resolution.power > 6 : resolution.power > 19
}
