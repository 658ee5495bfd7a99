// Hex dumps: sixteen bytes a line, one dump for each source of the packet.

import type { Dissection } from '../../engine/printing.ts'
import type { Output } from '../output.ts'
import { escapeText } from './escape.ts'

const WIDTH = 16
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** One line: "0010  00 3c …   .<..". */
export function hexLine(bytes: Uint8Array, at: number, digits: number): string {
  let hex = ''
  let text = ''
  for (let i = at; i < at + WIDTH; i++) {
    const byte = bytes[i]
    if (byte === undefined || i >= bytes.length) hex += '   '
    else {
      hex += ` ${HEX[byte]}`
      text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
    }
  }
  return `${at.toString(16).padStart(digits, '0')} ${hex}   ${text}`
}

/** Dumps the frame and, each under its name, what was reassembled, unpacked or decrypted from it. */
export function writeHexDump(out: Output, d: Dissection): void {
  d.sources.forEach((bytes, i) => {
    if (d.sources.length > 1) out.text(`${escapeText(d.sourceNames[i]!)}${i === 0 ? ` (${bytes.length} bytes)` : ''}:\n`)
    const digits = Math.max(4, (bytes.length - 1).toString(16).length)
    for (let at = 0; at < bytes.length; at += WIDTH) out.text(`${hexLine(bytes, at, digits)}\n`)
  })
}
