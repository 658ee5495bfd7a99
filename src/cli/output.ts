// Standard output for data: one buffer, written in large blocks, synchronously, so that a reader that goes away is noticed at once.

import { writeSync } from 'node:fs'

const SIZE = 128 * 1024
/** Longest text that is encoded in one go. */
const PIECE = SIZE >> 2

/** The reader of our output has gone away (`| head`): not an error, the end of the work. */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe'
}

const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** Writes all of it, waiting while the other side is slow. Throws BrokenPipe. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at, bytes.length - at)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EPIPE') throw new BrokenPipe('standard output was closed')
      if (code !== 'EAGAIN') throw error
      Atomics.wait(sleeper, 0, 0, 1)
    }
  }
}

const encoder = new TextEncoder()
/** By ASCII code: 1 for characters that JSON takes as they are, the letter behind the backslash for those with a short escape, else 0. */
const JSON_ESCAPES = new Uint8Array(0x80).fill(1, 0x20, 0x7f)
for (const [character, letter] of ['\nn', '\rr', '\tt', '""', '\\\\']) JSON_ESCAPES[character!.charCodeAt(0)] = letter!.charCodeAt(0)
const DIGITS = encoder.encode('0123456789abcdef')

export class Output {
  private readonly buffer = new Uint8Array(SIZE)
  private at = 0
  private readonly fd: number

  constructor(fd = 1) {
    this.fd = fd
  }

  /** Writes text as UTF-8. */
  text(text: string): void {
    const { length } = text
    if (length <= 24) {
      // Numbers, addresses, names: mostly short ASCII, for which the encoder's call costs more than the copying.
      if (this.at + 24 > SIZE) this.flush()
      const { buffer } = this
      let { at } = this
      let i = 0
      for (; i < length; i++) {
        const code = text.charCodeAt(i)
        if (code >= 0x80) break
        buffer[at++] = code
      }
      if (i === length) {
        this.at = at
        return
      }
    }
    for (let from = 0; from < length; ) {
      let to = Math.min(length, from + PIECE)
      // A surrogate pair stays together.
      if (to < length && (text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to--
      if (this.at + 3 * (to - from) > SIZE) this.flush()
      this.at += encoder.encodeInto(from === 0 && to === length ? text : text.slice(from, to), this.buffer.subarray(this.at)).written
      from = to
    }
  }

  /** Writes a whole number in decimal digits. */
  integer(value: number): void {
    if (value < 0 || value > 0xffffffff) {
      this.text(String(value))
      return
    }
    if (this.at + 10 > SIZE) this.flush()
    const { buffer } = this
    let digits = 1
    for (let limit = 10; digits < 10 && value >= limit; limit *= 10) digits++
    let rest = value
    let i = this.at + digits - 1
    // Whole-number arithmetic where it fits: this runs for every packet of a large capture.
    if (rest > 0x7fffffff) {
      const tenth = Math.floor(rest / 10)
      buffer[i--] = 48 + (rest - tenth * 10)
      rest = tenth
    }
    for (let whole = rest | 0; i >= this.at; i--) {
      const tenth = (whole / 10) | 0
      buffer[i] = 48 + (whole - tenth * 10)
      whole = tenth
    }
    this.at += digits
  }

  /** Writes a whole number right-aligned in `width` columns. */
  integerPadded(value: number, width: number): void {
    this.text(String(value).padStart(width))
  }

  byte(value: number): void {
    if (this.at === SIZE) this.flush()
    this.buffer[this.at++] = value
  }

  /** Writes bytes as they are. */
  bytes(bytes: Uint8Array): void {
    const { length } = bytes
    if (length > PIECE) {
      this.flush()
      writeAll(this.fd, bytes)
      return
    }
    if (this.at + length > SIZE) this.flush()
    if (length > 48) this.buffer.set(bytes, this.at)
    else {
      const { buffer, at } = this
      for (let i = 0; i < length; i++) buffer[at + i] = bytes[i]!
    }
    this.at += length
  }

  /** Writes bytes[start, end) in hexadecimal. */
  hex(bytes: Uint8Array, start: number, end: number): void {
    for (let from = start; from < end; from += PIECE) {
      const to = Math.min(end, from + PIECE)
      if (this.at + 2 * (to - from) > SIZE) this.flush()
      const { buffer } = this
      let { at } = this
      for (let i = from; i < to; i++) {
        const byte = bytes[i]!
        buffer[at++] = DIGITS[byte >> 4]!
        buffer[at++] = DIGITS[byte & 15]!
      }
      this.at = at
    }
  }

  /** The same with a colon between two bytes. */
  hexColons(bytes: Uint8Array, start: number, end: number): void {
    for (let from = start; from < end; from += PIECE) {
      const to = Math.min(end, from + PIECE)
      if (this.at + 3 * (to - from) > SIZE) this.flush()
      const { buffer } = this
      let { at } = this
      for (let i = from; i < to; i++) {
        const byte = bytes[i]!
        buffer[at++] = DIGITS[byte >> 4]!
        buffer[at++] = DIGITS[byte & 15]!
        buffer[at++] = 0x3a
      }
      this.at = to === end ? at - 1 : at
    }
  }

  /** Writes ASCII bytes[start, end) as the inside of a JSON string; false, and nothing, when there are others or they are many. */
  quoted(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > PIECE) return false
    if (this.at + 2 * (end - start) > SIZE) this.flush()
    const { buffer } = this
    let { at } = this
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!
      const letter = byte < 0x80 ? JSON_ESCAPES[byte]! : 0
      if (letter === 0) return false
      if (letter !== 1) buffer[at++] = 0x5c
      buffer[at++] = letter === 1 ? byte : letter
    }
    this.at = at
    return true
  }

  /** The same for text, with its quotes. */
  quotedText(text: string): boolean {
    const { length } = text
    if (length > PIECE) return false
    if (this.at + 2 * length + 2 > SIZE) this.flush()
    const { buffer } = this
    let { at } = this
    buffer[at++] = 0x22
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      const letter = code < 0x80 ? JSON_ESCAPES[code]! : 0
      if (letter === 0) return false
      if (letter !== 1) buffer[at++] = 0x5c
      buffer[at++] = letter === 1 ? code : letter
    }
    buffer[at++] = 0x22
    this.at = at
    return true
  }

  flush(): void {
    const { at } = this
    this.at = 0
    if (at > 0) writeAll(this.fd, this.buffer.subarray(0, at))
  }
}
