// A followed stream as tshark prints it: ascii, hex, raw.

import type { FollowSink, Side } from '../../engine/follow.ts'
import type { Output } from '../output.ts'

export const LAYOUTS = ['ascii', 'hex', 'raw'] as const
export type Layout = (typeof LAYOUTS)[number]

/** What stands for bytes that the capture does not have, in tshark's words. */
const gapBytes = (length: number): Uint8Array => Buffer.from(`[${length} bytes missing in capture file]\0`, 'latin1')

/** Prints chunks as they come, those of the other end behind a tab. `head` prints what stands above them. */
export function layoutSink(layout: Layout, out: Output, head: (first: Side) => void): FollowSink {
  const write = layout === 'hex' ? hexWriter(out) : layout === 'raw' ? rawWriter(out) : asciiWriter(out)
  let turned = 0
  return {
    begin(first) {
      turned = first
      head(first)
    },
    chunk: (side, _packet, bytes) => write((side ^ turned) as Side, bytes),
    gap: (side, _packet, length) => write((side ^ turned) as Side, gapBytes(length)),
  }
}

type Writer = (side: Side, bytes: Uint8Array) => void

/** Bytes turned into text at a time. */
const PIECE = 16 * 1024

function rawWriter(out: Output): Writer {
  return (side, bytes) => {
    if (side === 1) out.text('\t')
    for (let at = 0; at < bytes.length; at += PIECE) out.text(Buffer.from(bytes.subarray(at, at + PIECE)).toString('hex'))
    out.text('\n')
  }
}

/** Printable ASCII and line ends stay; everything else is a dot. */
function asciiWriter(out: Output): Writer {
  const shown = new Uint8Array(256).map((_, byte) => ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d ? byte : 0x2e))
  return (side, bytes) => {
    out.text(`${side === 1 ? '\t' : ''}${bytes.length}\n`)
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE).map((byte) => shown[byte]!)
      out.text(Buffer.from(piece).toString('latin1'))
    }
    out.text('\n')
  }
}

function hexWriter(out: Output): Writer {
  const places = [0, 0]
  return (side, bytes) => {
    for (let at = 0; at < bytes.length; at += 16) {
      const row = bytes.subarray(at, at + 16)
      let hex = ''
      let text = ''
      row.forEach((byte, i) => {
        hex += `${byte.toString(16).padStart(2, '0')} `
        text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
        if (i === 7 && row.length > 8) {
          hex += ' '
          text += ' '
        }
      })
      const place = (places[side]! + at).toString(16).toUpperCase().padStart(8, '0')
      const line = `${place}  ${hex.padEnd(49)} ${text}`.trimEnd()
      out.text(`${side === 1 ? '\t' : ''}${line}\n`)
    }
    places[side]! += bytes.length
  }
}
