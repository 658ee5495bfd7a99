// Dates, clocks and spans of time as filters write them → whole seconds and nanoseconds.

export interface Instant {
  readonly seconds: number
  /** 0 … 999 999 999. */
  readonly nanos: number
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const CLOCK = '(?:[T ]\\s*(\\d{1,2}):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{1,9})\\d*)?)?)?'
const ZONE = '\\s*(Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)?'
const ISO = new RegExp(`^(\\d{4})-(\\d\\d)-(\\d\\d)${CLOCK}${ZONE}$`, 'i')
const NAMED = new RegExp(`^([a-z]{3}) +(\\d{1,2}), *(\\d{4})${CLOCK}${ZONE}$`, 'i')
const SPAN = /^(-?)(\d+)(?:\.(\d{1,9})\d*)?$|^(-?)\.(\d{1,9})\d*$/

function fraction(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.padEnd(9, '0'))
}

/** "1.5" or "-0.000001": seconds, or null. */
export function parseSpan(text: string): Instant | null {
  const found = SPAN.exec(text)
  if (found === null) return null
  const negative = (found[1] ?? found[4]) === '-'
  const seconds = Number(found[2] ?? '0')
  const nanos = fraction(found[3] ?? found[5])
  if (!Number.isSafeInteger(seconds)) return null
  if (!negative) return { seconds, nanos }
  return nanos === 0 ? { seconds: -seconds, nanos } : { seconds: -seconds - 1, nanos: 1_000_000_000 - nanos }
}

/**
 * "2023-11-07", "2023-11-07T05:46:40.5Z", "2023-11-07 05:46:40+01:00", "Nov  7, 2023 05:46:40.5 UTC" or seconds since 1970; local time
 * unless a zone is given. Null for anything else and for days that no calendar has.
 */
export function parseTime(text: string): Instant | null {
  const trimmed = text.trim()
  const span = parseSpan(trimmed)
  if (span !== null && !/^\d{4}$/.test(trimmed)) return span
  const iso = ISO.exec(trimmed)
  const named = iso === null ? NAMED.exec(trimmed) : null
  const found = iso ?? named
  if (found === null) return null
  const year = Number(iso === null ? found[3] : found[1])
  const month = iso === null ? MONTHS.indexOf(found[1]!.toLowerCase()) : Number(found[2]) - 1
  const day = Number(iso === null ? found[2] : found[3])
  const hour = Number(found[4] ?? 0)
  const minute = Number(found[5] ?? 0)
  const second = Number(found[6] ?? 0)
  if (month < 0 || month > 11 || hour > 23 || minute > 59 || second > 60) return null
  const utc = Date.UTC(year, month, day, hour, minute, second)
  if (new Date(Date.UTC(year, month, day)).getUTCDate() !== day) return null
  const zone = found[8]
  let milliseconds = utc
  if (zone === undefined) milliseconds = new Date(year, month, day, hour, minute, second).getTime()
  else if (/^[+-]/.test(zone)) {
    const shift = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
    milliseconds = utc - (zone[0] === '-' ? -shift : shift) * 60_000
  }
  return { seconds: Math.round(milliseconds / 1000), nanos: fraction(found[7]) }
}
