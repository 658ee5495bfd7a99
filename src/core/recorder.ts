// Records where fields lie: the rows of a packet, and the remarks on it. With a plan only the fields that it names are recorded;
// while scanning none are.

import { readInt, readUint } from '../bytes/read.ts'
import type { Field } from './field.ts'
import { LayerReader } from './layer-reader.ts'
import { GROUP_PROTOCOL, groupNames, noteFields, severityNames } from './note.ts'
import type { Protocol } from './protocol.ts'
import type { Registry } from './registry.ts'
import { GENERATED, HAS_TEXT, Rows } from './rows.ts'

/** Layers per packet; what lies deeper is left alone, with a note. */
export const MAX_LAYERS = 64
const MAX_NESTING = 64

/** Which fields to record: made from what filters and -e name. */
export interface Plan {
  readonly fields: readonly Field[]
  /** 1 for each wanted field id. */
  readonly wants: Uint8Array
  /** 1 for each protocol id of which fields, or any remarks, are wanted. */
  readonly concerns: Uint8Array
  /** Wanted fields with a fixed place, by protocol id. */
  readonly headers: readonly (readonly Field[])[]
}

export class Recorder extends LayerReader {
  readonly rows = new Rows()
  layers = 0
  readonly layerProtocol = new Uint16Array(MAX_LAYERS)
  readonly layerDepth = new Uint8Array(MAX_LAYERS)

  recording = false
  protected plan: Plan | null = null
  protected layer = -1
  protected depth = 0
  /** The layer's header was recorded. */
  protected headed = false
  protected opened = 0
  private readonly openRow = new Int32Array(MAX_NESTING)

  readonly registry: Registry

  constructor(registry: Registry) {
    super()
    this.registry = registry
  }

  /** Records all fields with a fixed place. The caller has checked that the header is there. */
  header(): void {
    if (!this.recording) return
    this.headed = true
    const id = this.layerProtocol[this.layer]!
    const fields = this.plan === null ? this.registry.protocols[id]!.header : this.plan.headers[id]!
    for (let i = 0; i < fields.length; i++) this.fixed(fields[i]!, fields[i]!.at)
  }

  /** Records these fields, whose `at` counts from `origin`: a group that repeats (an option, a record header). */
  table(fields: readonly Field[], origin: number): void {
    if (!this.recording) return
    for (const field of fields) this.fixed(field, origin + field.at)
  }

  protected fixed(field: Field, at: number): void {
    if (this.plan !== null && this.plan.wants[field.id] === 0) return
    if (!Number.isNaN(field.constant)) {
      this.put(field, this.base + at, 0, field.constant, this.depth + field.level, GENERATED)
      return
    }
    const value = field.numeric ? (field.type === 'bool' ? (this.uintAt(field, at) !== 0 ? 1 : 0) : this.uintAt(field, at)) : 0
    this.put(field, this.base + at, field.size, value, this.depth + field.level, 0)
  }

  /** Is it worth working a value out? False while scanning and for fields that nobody asked for. */
  wants(field: Field): boolean {
    return this.recording && (this.plan === null || this.plan.wants[field.id] === 1)
  }

  /**
   * Can a message of this protocol be passed over, because none of the wanted fields can be in it? What is wanted of layers that were
   * already seen does not matter; what may lie deeper does.
   */
  passesOver(protocol: Protocol, aux: number): boolean {
    if (this.plan === null || protocol.lacks === undefined) return false
    for (const field of this.plan.fields) {
      if (field.protocol === protocol.id) {
        if (field === protocol.self || !protocol.lacks(field, aux)) return false
      } else if (!this.layerProtocol.subarray(0, this.layers).includes(field.protocol)) return false
    }
    return true
  }

  /** Does anybody want a field of this layer? Saves working out many at once. */
  concerned(): boolean {
    return this.recording && (this.plan === null || this.plan.concerns[this.layerProtocol[this.layer]!] === 1)
  }

  /** Records a field at a place of its own; numbers are read from there. Returns the row, or -1. */
  add(field: Field, at: number, length = field.size): number {
    if (!this.wants(field)) return -1
    const start = this.base + at
    let value = 0
    if (field.numeric) {
      if (length === field.size) value = this.uintAt(field, at)
      else
        value = field.type === 'int' ? readInt(this.bytes, start, length, field.little) : readUint(this.bytes, start, length, field.little)
      if (field.type === 'bool') value = value !== 0 ? 1 : 0
    }
    return this.row(field, start, length, value, 0)
  }

  /** Records a numeric field and returns its value, recorded or not. */
  number(field: Field, at: number): number {
    const value = this.uintAt(field, at)
    if (this.wants(field)) this.row(field, this.base + at, field.size, field.type === 'bool' ? (value !== 0 ? 1 : 0) : value, 0)
    return value
  }

  /** Records a number that does not stand in the bytes as such; `at` and `length` say what it was taken from. */
  generate(field: Field, value: number, at = 0, length = 0): number {
    if (!this.wants(field)) return -1
    return this.row(field, this.base + at, length, value, field.generated ? GENERATED : 0)
  }

  /** Records a text that does not stand in the bytes as such. Ask `wants` before working it out. */
  generateText(field: Field, text: string, at = 0, length = 0): number {
    if (!this.wants(field)) return -1
    const row = this.row(field, this.base + at, length, 0, (field.generated ? GENERATED : 0) | HAS_TEXT)
    if (row >= 0) this.rows.texts.set(row, text)
    return row
  }

  /** Words that the tree shows in brackets behind a row's value, where that alone says little. */
  describe(row: number, words: string): void {
    if (row >= 0 && words !== '') this.rows.remarks.set(row, words)
  }

  /** Records a field whose children follow; each `open` has its `close`. */
  open(field: Field, at: number, length = field.size): number {
    const row = this.add(field, at, length)
    this.nest(row)
    return row
  }

  /** The rows that follow are children of the row before, until `close`. */
  nest(row: number): void {
    if (this.opened < MAX_NESTING) this.openRow[this.opened] = row
    this.opened++
    this.depth++
  }

  /** Ends the innermost group; `end` (when given) is where it ends, counted from the start of the layer. */
  close(end = -1): void {
    this.opened--
    this.depth--
    const row = this.opened < MAX_NESTING ? this.openRow[this.opened]! : -1
    if (end >= 0 && row >= 0) this.rows.length[row] = Math.max(0, Math.min(this.base + end, this.end) - this.rows.start[row]!)
  }

  protected row(field: Field, start: number, length: number, value: number, flags: number): number {
    if (this.plan !== null && this.plan.wants[field.id] === 0) return -1
    return this.put(field, start, length, value, this.depth, flags)
  }

  /** Rows lie inside their source: whatever a dissector says is cut to the bytes that are there. */
  private put(field: Field, start: number, length: number, value: number, depth: number, flags: number): number {
    const limit = this.bytes.length
    if (start > limit) start = limit
    if (length > limit - start) length = limit - start
    return this.rows.add(field.id, this.source, start, Math.max(length, 0), value, Math.min(depth, 255), this.layer, flags)
  }

  // ── remarks ──

  /** The layer needs `needed` bytes and has fewer: cut by the capture, or too short by the lengths on the wire. */
  short(needed: number): void {
    if (!this.recording) return
    const there = this.end - this.base
    const cut = this.base + needed <= this.reportedEnd
    const field = cut ? noteFields.short : noteFields.malformed
    const why = cut ? `needs ${needed} bytes, the capture kept ${there}` : `needs ${needed} bytes, has ${there}`
    this.opened = 0
    this.depth = this.layerDepth[this.layer]! + 1
    if (!this.headed) this.headerThatIsThere(there)
    this.remark(field, `${this.registry.protocols[this.layerProtocol[this.layer]!]!.columnName} ${why}`, this.base, there)
  }

  /** The fields of a header that was cut, up to the first one that is not there in full. */
  private headerThatIsThere(there: number): void {
    for (const field of this.registry.protocols[this.layerProtocol[this.layer]!]!.header) {
      if (field.at + field.size > there) return
      this.fixed(field, field.at)
    }
  }

  /** The bytes contradict the protocol at this field: what is read so far stays, the layer ends here. */
  malformed(field: Field, why: string): void {
    if (!this.recording) return
    this.opened = 0
    this.depth = this.layerDepth[this.layer]! + 1
    this.remark(noteFields.malformed, `${field.label} ${why}`, this.base, this.end - this.base)
  }

  /**
   * A remark under the current layer: severity and group from note.ts; `field` is the name under which filters find this kind of remark.
   */
  note(severity: number, message: string, at = 0, length = 0, field: Field | null = null, group = GROUP_PROTOCOL): void {
    if (!this.recording) return
    let row = -1
    if (this.wants(noteFields.expert)) {
      row = this.remark(noteFields.expert, `(${severityNames[severity]}/${groupNames[group]}): ${message}`, this.base + at, length)
      if (row >= 0) this.rows.value[row] = severity
    }
    this.nest(row)
    if (field !== null) this.remark(field, message, 0, 0)
    this.generateText(noteFields.message, message)
    this.generate(noteFields.severity, severity)
    this.generate(noteFields.group, group)
    this.close()
  }

  protected remark(field: Field, text: string, start: number, length: number): number {
    const row = this.row(field, start, length, 0, GENERATED | HAS_TEXT)
    if (row >= 0) this.rows.texts.set(row, text)
    return row
  }
}
