// The text of tree rows, as Wireshark words them: "Time to Live: 64", ".1.. .... = Don't fragment: Set", "Type: IPv4 (0x0800)".

import { hexText } from '../bytes/address.ts'
import { decodeText } from '../bytes/decode.ts'
import type { Dissection } from './dissect.ts'
import type { Field } from './field.ts'
import { GENERATED } from './rows.ts'
import { valueText } from './value.ts'
import { LayerView } from './view.ts'

/** Wireshark's picture of masked bits: "0100 ....", groups of four. */
export function bitPicture(mask: number, size: number, raw: number): string {
  const bits = size * 8
  let picture = ''
  for (let i = bits - 1; i >= 0; i--) {
    const place = 2 ** i
    picture += Math.floor(mask / place) % 2 === 1 ? (Math.floor(raw / place) % 2 === 1 ? '1' : '0') : '.'
    if (i % 4 === 0 && i > 0) picture += ' '
  }
  return picture
}

/** What stands behind the label, without the bit picture. */
export function shownValue(field: Field, value: number, text: string): string {
  switch (field.type) {
    case 'bool':
      return value !== 0 ? field.states[0] : field.states[1]
    case 'uint':
    case 'int': {
      if (field.mask !== 0 && (field.base === 'hex' || field.base === 'hex-dec')) text = shortHex(field, value)
      if (field.names !== null) {
        const name = field.names[value]
        return name === undefined ? `Unknown (${text})` : `${name} (${text})`
      }
      if (field.base === 'dec-hex') return `${text} (0x${value.toString(16).padStart(2 * field.size, '0')})`
      if (field.base === 'hex-dec') return `${text} (${value})`
      if (field.unit !== '') {
        const unit = value === 1 && field.unit.endsWith('s') ? field.unit.slice(0, -1) : field.unit
        return field.scale === 1 ? `${text} ${unit}` : `${text} ${unit} (${value / field.scale})`
      }
      return text
    }
    case 'duration':
      return `${text} seconds`
    default:
      return text
  }
}

/** A masked number in as many digits as its bits need. */
function shortHex(field: Field, value: number): string {
  let bits = 0
  for (let mask = field.mask >>> 0; mask > 0; mask = Math.floor(mask / 2)) bits += mask % 2
  return `0x${value.toString(16).padStart(Math.ceil(bits / 4), '0')}`
}

/** Tree rows of a dissection in display order: rows of one layer together, in the order of recording. */
export function treeOrder(d: Dissection): number[] {
  const { rows } = d
  const order: number[] = []
  let sorted = true
  for (let row = 0; row < rows.count; row++) {
    if (row > 0 && rows.layer[row]! < rows.layer[row - 1]!) sorted = false
    order.push(row)
  }
  return sorted ? order : order.sort((a, b) => rows.layer[a]! - rows.layer[b]! || a - b)
}

export class TreeText {
  private readonly view: LayerView
  private readonly d: Dissection

  constructor(d: Dissection) {
    this.d = d
    this.view = new LayerView(d)
  }

  /** The text of a row; not yet safe for a terminal. */
  of(row: number): string {
    const { rows, registry, sources } = this.d
    const field = registry.fields[rows.field[row]!]!
    this.view.layer = rows.layer[row]!
    if (field.type === 'protocol') {
      const protocol = registry.protocols[field.protocol]!
      return protocol.heading === undefined ? protocol.title : protocol.heading(this.view)
    }
    const value = rows.value[row]!
    const text = valueText(field, rows, row, sources)
    let line: string
    if (field.display !== null) {
      const start = rows.start[row]!
      const length = rows.length[row]!
      line = field.display(this.view, value, text, () => decodeText(sources[rows.source[row]!]!, start, length), start, length)
    } else if (field.type === 'group') line = rows.texts.get(row) ?? field.label
    else if (field.type === 'bytes')
      line = `${field.label}: ${clippedHex(sources[rows.source[row]!]!, rows.start[row]!, rows.length[row]!)}`
    else line = `${field.label}: ${shownValue(field, value, text)}`
    if (field.mask !== 0 && field.display === null) {
      const bytes = sources[rows.source[row]!]!
      let raw = 0
      for (let i = 0; i < field.size; i++) raw = raw * 256 + (bytes[rows.start[row]! + i] ?? 0)
      line = `${bitPicture(field.mask, field.size, raw)} = ${line}`
    }
    const words = rows.remarks.get(row)
    if (words !== undefined) line += ` (${words})`
    return (rows.flags[row]! & GENERATED) !== 0 && !line.startsWith('[') ? `[${line}]` : line
  }
}

function clippedHex(bytes: Uint8Array, at: number, length: number): string {
  if (length === 0) return '<MISSING>'
  return length <= 36 ? hexText(bytes, at, length) : `${hexText(bytes, at, 36)}…`
}
