// The Huffman code of HPACK (RFC 7541 5.2 and Appendix B), which QPACK uses as well.
//
// The code is canonical: codes of one length follow each other in the order of their symbols, shorter ones come first. So the lengths say it all.

const LENGTHS = [
  ...[13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28],
  ...[6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10],
  ...[13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6],
  ...[15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28],
  ...[20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24],
  ...[22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23],
  ...[26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27],
  ...[20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26],
  30,
]
const END = 256
const LONGEST = 30

// By length: the first code, the number of codes, and where their symbols begin in SYMBOLS.
const FIRST = new Uint32Array(LONGEST + 1)
const COUNT = new Uint16Array(LONGEST + 1)
const AT = new Uint16Array(LONGEST + 1)
const SYMBOLS = new Uint16Array(LENGTHS.length)
for (let length = 1, code = 0, at = 0; length <= LONGEST; length++) {
  code *= 2
  FIRST[length] = code
  AT[length] = at
  for (let symbol = 0; symbol <= END; symbol++) {
    if (LENGTHS[symbol] !== length) continue
    SYMBOLS[at++] = symbol
    code++
  }
  COUNT[length] = at - AT[length]!
}

/** The text (a letter per byte) that bytes[at … end) spell; null when they spell none: a wrong padding, or the end symbol inside. */
export function decodeHuffman(bytes: Uint8Array, at: number, end: number): string | null {
  let text = ''
  let code = 0
  let length = 0
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1)
      length++
      const place = code - FIRST[length]!
      if (place >= 0 && place < COUNT[length]!) {
        const symbol = SYMBOLS[AT[length]! + place]!
        if (symbol === END) return null
        text += String.fromCharCode(symbol)
        code = 0
        length = 0
      } else if (length === LONGEST) return null
    }
  }
  // What is left must be the beginning of the end symbol: fewer than eight bits, all ones.
  return length > 7 || code !== 2 ** length - 1 ? null : text
}
