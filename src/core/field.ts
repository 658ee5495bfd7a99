// A field: one declared item of a protocol. The name is Wireshark's. From this one declaration come the filter name and its type,
// the tree row, the hex highlight, the JSON key, the completion and the explanation.

/** What a value is. `group` (Wireshark's FT_NONE) only groups; `frame` is the number of another packet. */
export type FieldType =
  | 'protocol'
  | 'group'
  | 'uint'
  | 'int'
  | 'bool'
  | 'double'
  | 'text'
  | 'bytes'
  | 'ether'
  | 'ipv4'
  | 'ipv6'
  | 'time'
  | 'duration'
  | 'frame'

export type Base = 'dec' | 'hex' | 'dec-hex' | 'hex-dec' | 'oct'

/** Number → name. A plain record, so that filters can look names up in both directions. */
export type Names = Readonly<Record<number, string>>

/** What a layer's rows say, for text made on demand (Info column, tree text). Never used while scanning. */
export interface Get {
  /** True when the layer recorded the field. */
  has(field: Field): boolean
  /** The first value as a number; NaN when absent or not a number. */
  number(field: Field): number
  /** The first value as tshark prints it with -T fields; '' when absent. */
  text(field: Field): string
  /** The name of the first value, or its number when it has none. */
  name(field: Field): string
  /** All values in row order. */
  numbers(field: Field): number[]
  texts(field: Field): string[]
}

export interface FieldOptions {
  /** What the field is: one plain sentence that a student understands. */
  readonly about: string
  /** Byte offset from the start of the layer, for fields at a fixed place. */
  readonly at?: number
  /** The bits of the value, within `size` bytes; the value is shifted down. */
  readonly mask?: number
  /** Multiplies the number on the wire (header lengths in words). */
  readonly scale?: number
  readonly base?: Base
  /** "bytes", "seconds": written behind the value. */
  readonly unit?: string
  readonly names?: Names
  /** Words for a flag: [set, not set]. */
  readonly states?: readonly [string, string]
  /** Further filter names under which the values also answer (`ip.addr`). */
  readonly also?: readonly string[]
  /** The field of the same table, declared before, under which this one is shown. */
  readonly in?: string
  /** Its values select children as those of this field do (`vlan.etype` like `eth.type`). */
  readonly selectsLike?: string
  /** Least significant byte first. */
  readonly little?: boolean
  /** Computed, not read from the bytes: shown in square brackets. */
  readonly generated?: boolean
  /** The analyzer always says this, whatever the bytes are ("checksum unverified"): a generated row without bytes at its place. */
  readonly constant?: number
  /** Not shown in the tree; filters and -e know it. */
  readonly hidden?: boolean
  /** Known only where connections were analysed from their beginning, which costs time: runs that want no such field go without. */
  readonly analysed?: boolean
  /** What this very value means, in a sentence. */
  readonly explain?: (value: number, get: Get) => string
  /** The whole text of the tree row, where "Label: value" is not what Wireshark shows; `raw` reads the row's bytes as text. `start` and `length` say where they are in their source. */
  readonly display?: (get: Get, value: number, text: string, raw: () => string, start: number, length: number) => string
}

export class Field {
  /** Dense number, given by the registry. */
  id = -1
  /** Index of the protocol that declares it, given by the registry. */
  protocol = -1
  /** 0 for a child of the layer, 1 for a child of such a child, …: follows from `in`. */
  level = 0
  /** Children by value, filled by the registry from what protocols accept. */
  table: Map<number, number> | null = null
  readonly name: string
  readonly label: string
  readonly type: FieldType
  /** Bytes on the wire; 0 where it varies. */
  readonly size: number
  readonly at: number
  readonly mask: number
  readonly shift: number
  readonly scale: number
  readonly little: boolean
  readonly numeric: boolean
  readonly generated: boolean
  /** NaN: the value is read from the bytes. */
  readonly constant: number
  readonly hidden: boolean
  readonly analysed: boolean
  readonly base: Base
  readonly unit: string
  readonly names: Names | null
  readonly states: readonly [string, string]
  readonly also: readonly string[]
  readonly parent: string
  readonly selectsLike: string
  readonly about: string
  readonly explain: NonNullable<FieldOptions['explain']> | null
  readonly display: NonNullable<FieldOptions['display']> | null

  constructor(name: string, label: string, type: FieldType, size: number, o: FieldOptions) {
    this.name = name
    this.label = label
    this.type = type
    this.size = size
    this.at = o.at ?? -1
    this.mask = o.mask ?? 0
    this.shift = this.mask === 0 ? 0 : 31 - Math.clz32(this.mask & -this.mask)
    this.scale = o.scale ?? 1
    this.little = o.little ?? false
    this.numeric = type === 'uint' || type === 'int' || type === 'bool' || type === 'frame' || type === 'double'
    this.generated = o.generated ?? o.constant !== undefined
    this.constant = o.constant ?? Number.NaN
    this.hidden = o.hidden ?? false
    this.analysed = o.analysed ?? false
    this.base = o.base ?? 'dec'
    this.unit = o.unit ?? ''
    this.names = o.names ?? null
    this.states = o.states ?? ['True', 'False']
    this.also = o.also ?? []
    this.parent = o.in ?? ''
    this.selectsLike = o.selectsLike ?? ''
    this.about = o.about
    this.explain = o.explain ?? null
    this.display = o.display ?? null
  }

  /** Id of the protocol that accepts this value of the field. The answer given last is kept: neighbours in a capture are alike. */
  childOf(value: number): number | undefined {
    if (value === this.lastValue) return this.lastChild
    if (this.table === null) return undefined
    this.lastChild = this.table.get(value)
    this.lastValue = value
    return this.lastChild
  }

  private lastValue = -1
  private lastChild: number | undefined = undefined
}

type Builder = (name: string, label: string, options: FieldOptions) => Field
const builder =
  (type: FieldType, size: number): Builder =>
  (name, label, options) =>
    new Field(name, label, type, size, options)

export const u8 = builder('uint', 1)
export const u16 = builder('uint', 2)
export const u24 = builder('uint', 3)
export const u32 = builder('uint', 4)
export const u48 = builder('uint', 6)
/** 64 bits: the number is exact up to 2^53; beyond, the text is decoded from the bytes. */
export const u64 = builder('uint', 8)
export const i8 = builder('int', 1)
export const i16 = builder('int', 2)
export const i32 = builder('int', 4)
export const i64 = builder('int', 8)
/** A flag in the first byte at its place. */
export const flag = builder('bool', 1)
/** A flag in a 16-bit word. */
export const flag16 = builder('bool', 2)
export const flag24 = builder('bool', 3)
export const flag32 = builder('bool', 4)
export const double = builder('double', 0)
export const text = builder('text', 0)
/** The name of an IPv4, IPv6 or hardware address, as text. Names are not looked up, so it is the address itself: a text of fixed size is one. */
export const host4 = builder('text', 4)
export const host6 = builder('text', 16)
export const etherName = builder('text', 6)
export const bytes = builder('bytes', 0)
export const ether = builder('ether', 6)
export const ipv4 = builder('ipv4', 4)
export const ipv6 = builder('ipv6', 16)
/** Absolute time: its text is recorded with the row. */
export const time = builder('time', 0)
/** Seconds, as a number with up to nine decimals. */
export const duration = builder('duration', 0)
/** The number of another packet. */
export const frame = builder('frame', 4)
export const group = builder('group', 0)
