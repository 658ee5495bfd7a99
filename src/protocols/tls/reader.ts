// Reads a structure of TLS in wire order and records what it reads. Each length prefix gives a reader of its own, so that nothing inside
// can reach beyond it.

import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { SEVERITY_ERROR } from '../../core/note.ts'
import { F } from './fields.ts'

export class Reader {
  readonly p: Dissection
  /** Next byte, from the start of the layer. */
  at: number
  end: number
  /** Something was too short: nothing more is read. */
  failed = false

  constructor(p: Dissection, at: number, end: number) {
    this.p = p
    this.at = at
    this.end = end
  }

  left(): number {
    return this.failed ? 0 : this.end - this.at
  }

  has(length: number): boolean {
    return this.left() >= length
  }

  private fail(field: Field, needed: number): void {
    if (this.failed) return
    this.failed = true
    const there = this.end - this.at
    this.p.note(SEVERITY_ERROR, `${field.label} needs ${needed} bytes, has ${there}`, this.at, there, F.tooShort)
  }

  /** Records a number and returns it; -1 when it is not there. */
  number(field: Field): number {
    if (!this.has(field.size)) {
      this.fail(field, field.size)
      return -1
    }
    const value = this.p.number(field, this.at)
    this.at += field.size
    return value
  }

  /** A number that is only looked at; -1 when it is not there. */
  peek(size: 1 | 2): number {
    if (!this.has(size)) return -1
    return size === 1 ? this.p.u8(this.at) : this.p.u16(this.at)
  }

  /** Records `length` bytes; false when they are not there. */
  bytes(field: Field, length: number): boolean {
    if (!this.has(length)) {
      this.fail(field, length)
      return false
    }
    if (length > 0) this.p.add(field, this.at, length)
    this.at += length
    return true
  }

  /** The rest of this structure as one field; nothing when nothing is left. */
  rest(field: Field): void {
    if (this.left() > 0) this.bytes(field, this.left())
  }

  /** The next `length` bytes as a structure of its own; shorter, with a note, when they are not all there. */
  sub(length: number, field: Field): Reader {
    if (length < 0) length = 0
    if (!this.has(length)) {
      this.fail(field, length)
      length = Math.max(0, this.end - this.at)
    }
    const inner = new Reader(this.p, this.at, this.at + length)
    this.at += length
    return inner
  }

  /** Records a length and returns the structure behind it. */
  block(lengthField: Field): Reader {
    const length = this.number(lengthField)
    return this.sub(length, lengthField)
  }

  /** Opens a group with this text over the next `length` bytes (cut to what is there); close it with p.close(). */
  open(field: Field, label: string, length: number): void {
    const there = Math.max(0, Math.min(length, this.end - this.at))
    this.p.nest(this.p.wants(field) ? this.p.generateText(field, label, this.at, there) : -1)
  }
}
