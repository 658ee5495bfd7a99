// The time column, in tshark's formats. Times follow ../files/types.ts: seconds and nanoseconds as the file states them.

import type { Clock } from '../core/dissect.ts'
import type { TimeFormat } from './types.ts'

const NO_TIME = -1
/** Beyond this Date cannot count (year 275760). */
const LAST_DATE = 8_640_000_000_000

/** Seconds between two packets, exact to the nanosecond: [whole seconds, nanoseconds], both of the sign of the difference. */
function difference(clock: Clock, later: number, earlier: number): readonly [number, number] {
  let seconds = clock.seconds(later) - clock.seconds(earlier)
  let nanos = clock.nanos(later) - clock.nanos(earlier)
  if (seconds > 0 && nanos < 0) {
    seconds--
    nanos += 1e9
  } else if (seconds < 0 && nanos > 0) {
    seconds++
    nanos -= 1e9
  }
  return [seconds, nanos]
}

function decimal(seconds: number, nanos: number, digits: number): string {
  const sign = seconds < 0 || nanos < 0 ? '-' : ''
  const fraction = String(Math.abs(nanos)).padStart(9, '0')
  return `${sign}${Math.abs(seconds)}.${digits === 9 ? fraction : fraction.slice(0, digits)}`
}

function clockText(seconds: number, nanos: number, digits: number, utc: boolean, withDate: boolean): string {
  if (Math.abs(seconds) > LAST_DATE) return decimal(seconds, nanos, digits)
  const date = new Date(seconds * 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const [year, month, day, hour, minute, second] = utc
    ? [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    : [date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()]
  const time = `${two(hour)}:${two(minute)}:${two(second)}.${String(Math.abs(nanos)).padStart(9, '0').slice(0, digits)}`
  return withDate ? `${year}-${two(month + 1)}-${two(day)} ${time}` : time
}

/**
 * The time of a packet: r since the first packet (or `reference`), a of day, ad with date, d since the packet before, dd since the packet
 * displayed before (`displayedBefore`, 0 for none), e since 1970, u of day in UTC. '' for packets without a time.
 */
export function timeText(clock: Clock, packet: number, format: TimeFormat, digits: number, displayedBefore: number, reference = 1): string {
  const nanos = clock.nanos(packet)
  if (nanos === NO_TIME) return ''
  const seconds = clock.seconds(packet)
  const since = (earlier: number): string => {
    if (earlier < 1 || clock.nanos(earlier) === NO_TIME) return decimal(0, 0, digits)
    const [whole, part] = difference(clock, packet, earlier)
    return decimal(whole, part, digits)
  }
  switch (format) {
    case 'r':
      return since(reference)
    case 'd':
      return since(packet - 1)
    case 'dd':
      return since(displayedBefore)
    case 'e':
      return decimal(seconds, nanos, digits)
    case 'a':
      return clockText(seconds, nanos, digits, false, false)
    case 'ad':
      return clockText(seconds, nanos, digits, false, true)
    case 'u':
      return clockText(seconds, nanos, digits, true, false)
  }
}
