// The packet list: a heading and one line a packet, columns aligned, coloured by protocol and trouble with a glyph or a word beside
// every colour.

import { type SafeText, safeText } from '../../bytes/text.ts'
import { displayWidth, fitText } from '../../bytes/width.ts'
import type { OwnColumn } from '../../engine/settings-file.ts'
import type { PacketLine } from '../../engine/types.ts'
import { blank, fitLine, type Ground, type Line, type Picture, type Role, type Span, say, span } from '../line.ts'
import { type ColumnWidths, shortAddress } from '../measure.ts'
import { type ColumnChoice, growing, type State } from '../state.ts'
import { emptyPicture } from './empty.ts'

export function listPane(state: State, width: number, height: number): Picture {
  const columns = columnsFor(state.widths, width, state.columnsShown)
  const focused = state.focus === 'list' && state.filter.box === null
  const heading = headingLine(columns, width, focused)
  if (state.list.count === 0) return { lines: [heading, ...emptyPicture(state, width, height - 1)] }
  const rows = height - 1
  const lines: Line[] = [heading]
  for (let i = 0; i < rows; i++) {
    const position = state.list.top + i
    const packet = state.window[position - state.windowFrom]
    if (packet === undefined || position >= state.list.count) break
    const ground: Ground = position === state.list.cursor ? (focused ? 'picked' : 'held') : 'plain'
    lines.push(packetLine(packet, columns, width - 1, ground, state.marks.includes(packet.number)))
  }
  return { lines: withThumb(lines, state, rows, width) }
}

interface Column {
  readonly name: OwnColumn | 'info' | 'field'
  /** Which of the fields that are columns. */
  readonly index?: number
  readonly title: SafeText
  readonly width: number
  readonly align: 'start' | 'end'
}

// Narrow screens give up columns from the least telling: length, then time, then number.
function columnsFor(widths: ColumnWidths, width: number, { hidden, fields }: ColumnChoice): readonly Column[] {
  const room = Math.max(widths.destination, width >= 110 ? 11 : 0)
  const destination = room >= 11 ? say`Destination` : say`Dest.`
  const own: Column[] = [
    { name: 'number', title: say`No.`, width: widths.number, align: 'end' },
    { name: 'time', title: say`Time`, width: widths.time, align: 'end' },
    { name: 'source', title: say`Source`, width: widths.source, align: 'start' },
    { name: 'destination', title: destination, width: room, align: 'start' },
    { name: 'protocol', title: say`Protocol`, width: widths.protocol, align: 'start' },
    { name: 'length', title: say`Length`, width: widths.length, align: 'end' },
  ]
  let columns: Column[] = [
    ...own.filter(({ name }) => !(hidden as readonly string[]).includes(name)),
    ...fields.map(({ field, width: cells }, index): Column => {
      const wide = cells ?? Math.max(widths.extra[index] ?? 4, Math.min(16, field.length))
      return { name: 'field', index, title: safeText(field), width: wide, align: 'start' }
    }),
  ]
  const used = (): number => 2 + columns.reduce((sum, column) => sum + column.width + gap(width), 0)
  for (const name of ['length', 'time', 'number', 'destination', 'source', 'field']) {
    if (width - used() - 1 >= Math.min(24, width / 3)) break
    columns = columns.filter((column) => column.name !== name)
  }
  return [...columns, { name: 'info', title: say`Info`, width: Math.max(0, width - 1 - used()), align: 'start' }]
}

function gap(width: number): number {
  return width >= 110 ? 2 : 1
}

function headingLine(columns: readonly Column[], width: number, focused: boolean): Line {
  const line: Span[] = [span(focused ? say`▸ ` : say`  `, 'accent', 'bar')]
  for (const column of columns) {
    line.push(span(fitText(column.title, column.width, column.align) as SafeText, focused ? 'strong' : 'dim', 'bar'))
    line.push(blank(gap(width), 'bar'))
  }
  return fitLine(line, width, 'bar')
}

function packetLine(packet: PacketLine, columns: readonly Column[], width: number, ground: Ground, marked: boolean): Line {
  const space = blank(gap(width + 1), ground)
  const line: Span[] = [span(marked ? say`»` : say` `, 'accent', ground), glyphOf(packet, ground)]
  for (const column of columns) {
    if (column.name === 'info') line.push(...infoSpans(packet, column.width, ground))
    else line.push(span(fitText(cellText(packet, column), column.width, column.align) as SafeText, cellRole(packet, column), ground), space)
  }
  const whole = fitLine(line, width, ground)
  const { colour } = packet
  return colour === undefined || ground !== 'plain'
    ? whole
    : whole.map((piece) => (piece.role === 'secret' ? piece : { ...piece, tint: colour }))
}

function glyphOf(packet: PacketLine, ground: Ground): Span {
  if (packet.secret) return span(say`◆`, 'secret', ground)
  if (packet.trouble === 'error') return span(say`✖`, 'bad', ground)
  if (packet.trouble === 'warning') return span(say`!`, 'warn', ground)
  return span(say` `, 'text', ground)
}

function cellText(packet: PacketLine, column: Column): SafeText {
  switch (column.name) {
    case 'number':
      return say`${packet.number}`
    case 'time':
      return packet.time
    case 'source':
      return shortAddress(packet.source, column.width)
    case 'destination':
      return shortAddress(packet.destination, column.width)
    case 'protocol':
      return packet.protocol
    case 'length':
      return say`${packet.length}`
    case 'info':
      return packet.info
    case 'field':
      return packet.cells?.[column.index ?? 0] ?? say``
  }
}

function cellRole(packet: PacketLine, column: Column): Role {
  if (column.name === 'protocol') return protocolRole(packet.protocol)
  return column.name === 'source' || column.name === 'destination' ? 'text' : 'dim'
}

const SECRET_WORD = say` ◆ secret`

function infoSpans(packet: PacketLine, width: number, ground: Ground): Span[] {
  const role: Role =
    packet.trouble === 'error'
      ? 'bad'
      : packet.trouble === 'warning'
        ? 'warn'
        : packet.trouble === 'note'
          ? 'note'
          : infoRole(packet.protocol)
  if (!packet.secret || width < 24) return [span(fitText(packet.info, width) as SafeText, role, ground)]
  const room = width - displayWidth(SECRET_WORD)
  const info = displayWidth(packet.info) <= room ? packet.info : (fitText(packet.info, room) as SafeText)
  return [span(info, role, ground), span(SECRET_WORD, 'secret', ground)]
}

// The handshakes and acknowledgements of TCP are the frame around what is said, not what is said.
function infoRole(protocol: string): Role {
  return protocol === 'TCP' ? 'transport' : 'text'
}

const ROLES: ReadonlyMap<string, Role> = new Map([
  ['TCP', 'transport'],
  ['UDP', 'datagram'],
  ['ARP', 'control'],
  ['ICMP', 'control'],
  ['ICMPv6', 'control'],
  ['DNS', 'name'],
  ['MDNS', 'name'],
  ['LLMNR', 'name'],
])

/** The colour family of a protocol; its name always stands beside the colour. */
export function protocolRole(protocol: string): Role {
  const known = ROLES.get(protocol)
  if (known !== undefined) return known
  if (/^HTTP|^WebSocket/.test(protocol)) return 'web'
  if (/^TLS|^SSL|^DTLS|^QUIC/.test(protocol)) return 'sealed'
  return 'other'
}

// The last cell of each row: where in the whole list the window stands.
function withThumb(lines: readonly Line[], state: State, rows: number, width: number): readonly Line[] {
  const { count, top } = state.list
  if (count <= rows || rows < 2) return lines.map((line, i) => (i === 0 ? line : fitLine(line, width)))
  const size = Math.max(1, Math.round((rows * rows) / count))
  const start = Math.round((top / (count - rows)) * (rows - size))
  return lines.map((line, i) => {
    if (i === 0) return line
    const inside = i - 1 >= start && i - 1 < start + size
    return [...line, span(inside ? say`█` : growing(state) && state.list.follow && i === rows ? say`↓` : say`│`, inside ? 'dim' : 'rule')]
  })
}
