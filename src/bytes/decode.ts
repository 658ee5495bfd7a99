// Bytes of a text field → a string. Not yet safe for a terminal: text.ts makes it so.

const utf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })

/** UTF-8, invalid sequences as U+FFFD. Short ASCII, the usual case, does not go through a decoder. */
export function decodeText(bytes: Uint8Array, at: number, length: number): string {
  const end = Math.min(at + length, bytes.length)
  if (end - at <= 48) {
    let text = ''
    let i = at
    for (; i < end; i++) {
      const byte = bytes[i]!
      if (byte >= 0x80) break
      text += String.fromCharCode(byte)
    }
    if (i >= end) return text
  }
  return utf8.decode(bytes.subarray(at, end))
}

/** One character a byte. */
export function decodeLatin1(bytes: Uint8Array, at: number, length: number): string {
  let text = ''
  const end = Math.min(at + length, bytes.length)
  for (let i = at; i < end; i++) text += String.fromCharCode(bytes[i]!)
  return text
}
