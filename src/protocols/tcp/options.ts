// TCP options: kind, length, value. RFC 9293 3.1, RFC 7323, RFC 2018, RFC 7413, RFC 5482, RFC 2385.

import type { Dissection } from '../../core/dissect.ts'
import { GROUP_SEQUENCE, SEVERITY_ERROR, SEVERITY_NOTE, SEVERITY_WARN } from '../../core/note.ts'
import type { Field, Get } from '../../core/protocol.ts'
import { tcpOptionNames } from '../names/tcp-options.ts'
import { ACK, F, plural, SYN } from './fields.ts'

/** Runs of bytes that fit into one SACK option. */
const MAX_SACK_RANGES = 4
/** The options follow the fixed header. */
const MIN_HEADER = 20
const MSS = 2
/** RFC 7323 2.3. */
const MAX_SHIFT = 14

export function scaleOf(p: Dissection, header: number): number {
  for (let at = MIN_HEADER; at + 2 < header && p.has(at + 3); ) {
    const kind = p.u8(at)
    if (kind === 3) return p.u8(at + 2)
    if (kind === 0) return -1
    if (kind === 1) at++
    else if (p.u8(at + 1) < 2) return -1
    else at += p.u8(at + 1)
  }
  return -1
}

const NO_EDGES: readonly number[] = []

/** The edges of the runs beyond a gap that the SACK option names, in pairs; an option that only reports a duplicate names none there. */
export function selectiveEdges(p: Dissection, header: number): readonly number[] {
  for (let at = MIN_HEADER; at + 2 < header && p.has(at + 3); ) {
    const kind = p.u8(at)
    if (kind === 0) return NO_EDGES
    if (kind === 1) {
      at++
      continue
    }
    const length = p.u8(at + 1)
    if (length < 2 || !p.has(at + length)) return NO_EDGES
    if (kind === 5) {
      const edges: number[] = []
      for (let i = at + 2; i + 8 <= at + length && edges.length < 2 * MAX_SACK_RANGES; i += 8) edges.push(p.u32(i), p.u32(i + 4))
      return edges
    }
    at += length
  }
  return NO_EDGES
}

/** The options that matter, in the order in which they stand. */
export function optionWords(get: Get): string {
  let words = ''
  for (const kind of get.numbers(F.optionKind)) {
    if (kind === 2 && get.has(F.mssValue)) words += ` MSS=${get.number(F.mssValue)}`
    else if (kind === 3 && get.has(F.scaleMultiplier)) words += ` WS=${get.number(F.scaleMultiplier)}`
    else if (kind === 4) words += ' SACK_PERM'
    else if (kind === 8 && get.has(F.tsValue)) words += ` TSval=${get.number(F.tsValue)} TSecr=${get.number(F.tsEcho)}`
    else if (kind === 5) {
      const right = get.numbers(F.sackRight)
      for (const [i, left] of get.numbers(F.sackLeft).entries()) words += ` SLE=${left} SRE=${right[i]}`
    }
  }
  return words
}

/** A sequence number counted from the start of its stream, as far as that is known. */
export function relative(number: number, base: number): number {
  return Number.isNaN(base) ? number : (number - base) >>> 0
}

/** RFC 9293 3.1: kind, length, value; kinds 0 and 1 are a single byte. */
export function recordOptions(p: Dissection, header: number, flow: number): void {
  const end = Math.min(header, p.available())
  const syn = (p.u8(13) & SYN) !== 0
  let fillers = 0
  let sized = false
  p.open(F.options, MIN_HEADER, end - MIN_HEADER)
  for (let at = MIN_HEADER; at < end; ) {
    const kind = p.u8(at)
    fillers = kind === 1 ? fillers + 1 : 0
    if (fillers === 4) p.note(SEVERITY_WARN, F.fourNops.label, MIN_HEADER, 0, F.fourNops)
    if (kind <= 1) {
      p.open(kind === 0 ? F.eol : F.nop, at, 1)
      p.add(F.optionKind, at)
      p.close()
      at++
      if (kind === 1) continue
      if (at < end && p.u8(at) !== 0) {
        recordPadding(p, at, end)
        break
      }
      continue
    }
    const length = at + 1 < end ? p.u8(at + 1) : 0
    if (length < 2 || at + length > end) {
      remarkOnLength(p, kind, at, length, end)
      break
    }
    if (kind === MSS) sized = true
    recordOption(p, kind, at, length, flow)
    at += length
  }
  if (syn && !sized) p.note(SEVERITY_NOTE, F.mssAbsent.label, MIN_HEADER, 0, F.mssAbsent)
  p.close()
}

/** Behind the end of the list only zeroes belong. */
function recordPadding(p: Dissection, at: number, end: number): void {
  p.nest(p.generate(F.padding, 0, at, end - at))
  p.note(SEVERITY_ERROR, F.padding.label, at, 0, F.nonZeroPadding)
  p.close()
}

function remarkOnLength(p: Dissection, kind: number, at: number, length: number, end: number): void {
  const name = tcpOptionNames[kind]?.title ?? `Unknown (0x${kind.toString(16).padStart(2, '0')})`
  const trouble =
    at + 1 >= end
      ? 'length byte past end of options'
      : length < 2
        ? `with too-short option length = ${plural(length)}`
        : `option length = ${plural(length)} says option goes past end of options`
  p.note(SEVERITY_NOTE, `${name} (${trouble})`, at, 0, F.wrongLength, GROUP_SEQUENCE)
}

function recordOption(p: Dissection, kind: number, at: number, length: number, flow: number): void {
  const field = OPTION_FIELDS[kind] ?? F.unknown
  p.open(field, at, length)
  if (kind === MSS && (p.u8(13) & SYN) === 0) p.note(SEVERITY_WARN, F.mssPresent.label, at, 0, F.mssPresent)
  p.add(F.optionKind, at)
  p.add(F.optionLength, at + 1)
  if (kind === MSS && length === 4) p.add(F.mssValue, at + 2)
  else if (kind === 3 && length === 3) {
    const row = p.add(F.scaleShift, at + 2)
    if (p.u8(at + 2) > MAX_SHIFT) {
      p.nest(row)
      p.note(SEVERITY_WARN, F.shiftTooLarge.label, at + 2, 0, F.shiftTooLarge)
      p.close()
    }
    p.generate(F.scaleMultiplier, 2 ** Math.min(14, p.u8(at + 2)), at + 2, 1)
  } else if (kind === 5) {
    // The edges are numbers of the other direction's stream.
    const base = p.memory.tcp.baseSequence(flow ^ 1, p.packet)
    for (let i = at + 2; i + 8 <= at + length; i += 8) {
      p.generate(F.sackLeft, relative(p.u32(i), base), i, 4)
      p.generate(F.sackRight, relative(p.u32(i + 4), base), i + 4, 4)
    }
    p.generate(F.sackCount, Math.floor((length - 2) / 8), at, 0)
    if (length >= 10 && reportsDuplicate(p, at, length)) {
      p.generate(F.duplicateLeft, relative(p.u32(at + 2), base), at + 2, 4)
      p.generate(F.duplicateRight, relative(p.u32(at + 6), base), at + 6, 4)
      p.nest(p.generate(F.duplicateRun, 0, at + 2, 8))
      p.note(SEVERITY_WARN, F.duplicate.label, at + 2, 0, F.duplicate, GROUP_SEQUENCE)
      p.close()
    }
  } else if (kind === 8 && length === 10) {
    p.add(F.tsValue, at + 2)
    p.add(F.tsEcho, at + 6)
  } else if (kind === 34) {
    if (length === 2) p.add(F.fastOpenRequest, at, 2)
    else recordCookie(p, at + 2, length - 2)
  } else if (kind === 28 && length === 4) {
    p.add(F.userTimeoutGranularity, at + 2)
    p.add(F.userTimeoutValue, at + 2)
  } else if (kind === 19 && length === 18) p.add(F.md5Digest, at + 2, 16)
  else if (field === F.unknown && length > 2) p.add(F.unknownPayload, at + 2, length - 2)
  p.close()
}

/** RFC 2883 4: the first run lies below the acknowledgment, or within the second one. */
function reportsDuplicate(p: Dissection, at: number, length: number): boolean {
  const left = p.u32(at + 2)
  if (((left - p.u32(8)) | 0) < 0) return true
  return length >= 18 && ((left - p.u32(at + 10)) | 0) >= 0 && ((p.u32(at + 6) - p.u32(at + 14)) | 0) <= 0
}

/** RFC 7413. */
function recordCookie(p: Dissection, at: number, length: number): void {
  const row = p.add(F.fastOpenCookie, at, length)
  if ((p.u8(13) & (SYN | ACK)) !== SYN) return
  p.nest(row)
  p.note(SEVERITY_NOTE, F.fastOpenSyn.label, at, 0, F.fastOpenSyn, GROUP_SEQUENCE)
  p.close()
}

const OPTION_FIELDS: Readonly<Record<number, Field>> = {
  2: F.mss,
  3: F.windowScale,
  4: F.sackPermitted,
  5: F.sack,
  8: F.timestamp,
  19: F.md5,
  28: F.userTimeout,
  29: F.authentication,
  34: F.fastOpen,
}
