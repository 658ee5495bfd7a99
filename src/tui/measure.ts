// Widths that several parts must agree on: the columns of the packet list, the bytes of a hex line, and how numbers and addresses
// are cut to them.

import type { SafeText } from '../bytes/text.ts'
import { displayWidth } from '../bytes/width.ts'
import type { PacketLine } from '../engine/types.ts'

/** Cells of the columns in front of Info. They only ever grow while one view is looked at, so that scrolling does not make them dance. */
export interface ColumnWidths {
  readonly number: number
  readonly time: number
  readonly source: number
  readonly destination: number
  readonly protocol: number
  readonly length: number
  /** Of the fields that are columns. */
  readonly extra: readonly number[]
}

/** Cells of a field's column at the most, unless it was made wider. */
const MOST_EXTRA = 24

export const EMPTY_WIDTHS: ColumnWidths = { number: 4, time: 8, source: 9, destination: 9, protocol: 8, length: 6, extra: [] }

/** The widths with room for these lines too, addresses within what the screen can spare. */
export function widen(widths: ColumnWidths, lines: readonly PacketLine[], columns: number): ColumnWidths {
  const most = columns >= 180 ? 39 : columns >= 130 ? 25 : columns >= 100 ? 17 : 15
  let { number, time, source, destination, protocol, length, extra } = widths
  for (const line of lines) {
    number = Math.max(number, digits(line.number))
    time = Math.max(time, line.time.length)
    source = Math.max(source, Math.min(most, displayWidth(line.source)))
    destination = Math.max(destination, Math.min(most, displayWidth(line.destination)))
    protocol = Math.max(protocol, Math.min(12, displayWidth(line.protocol)))
    length = Math.max(length, digits(line.length))
    const cells = (line.cells ?? []).map((cell, i) => Math.max(extra[i] ?? 4, Math.min(MOST_EXTRA, displayWidth(cell))))
    if (cells.some((cell, i) => cell !== extra[i])) extra = cells
  }
  const same =
    number === widths.number &&
    time === widths.time &&
    source === widths.source &&
    destination === widths.destination &&
    protocol === widths.protocol &&
    length === widths.length &&
    extra === widths.extra
  return same ? widths : { number, time, source, destination, protocol, length, extra }
}

function digits(value: number): number {
  return String(value).length
}

/** Bytes of a hex line in a pane of this width (its border included): offset, two cells, three a byte, a gap, one a byte. */
export function bytesPerLine(width: number): number {
  for (const bytes of [32, 16, 8]) if (width >= hexWidth(bytes)) return bytes
  return 4
}

/** Width of a hex pane with this many bytes a line: border, four digits and two cells, bytes, a gap after every eight, two cells, text. */
export function hexWidth(bytes: number): number {
  return 2 + 4 + 2 + bytes * 3 - 1 + (Math.ceil(bytes / 8) - 1) + 2 + bytes + 1
}

/** A number with its thousands apart: 1 204. */
export function grouped(value: number): SafeText {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ' ') as SafeText
}

/** "1 exchange", "1 204 exchanges". */
export function counted(count: number, what: SafeText): SafeText {
  return `${grouped(count)} ${what}${count === 1 ? '' : 's'}` as SafeText
}

/** mm:ss, or h:mm:ss. */
export function clock(milliseconds: number): SafeText {
  const seconds = Math.floor(milliseconds / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const minutes = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return (seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${minutes}` : minutes) as SafeText
}

/**
 * An address in `width` cells. A long one (IPv6) loses its middle, because its ends tell hosts apart: 2001:db8:…:beef.
 */
export function shortAddress(address: SafeText, width: number): SafeText {
  if (address.length <= width) return address
  if (width < 5) return address.slice(0, Math.max(0, width)) as SafeText
  const tail = Math.floor((width - 1) / 2)
  return `${address.slice(0, width - 1 - tail)}…${address.slice(-tail)}` as SafeText
}
