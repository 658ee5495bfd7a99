// Portable Network Graphics: W3C PNG, third edition.
//
//   signature 8   ( length 4   type 4   data …   CRC 4 )*

import { decodeLatin1 } from '../bytes/decode.ts'
import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, type Field, flag32, group, text, u8, u32 } from '../core/protocol.ts'
import { MEDIA_PNG } from './names/media-types.ts'

const SIGNATURE = 8
/** Chunks that get rows. */
const MAX_CHUNKS = 2000

const chunkNames: Readonly<Record<string, string>> = {
  IHDR: 'Image Header',
  IDAT: 'Image data chunk',
  IEND: 'Image Trailer',
  PLTE: 'Palette',
  tRNS: 'Transparency',
  bKGD: 'Background colour',
  cHRM: 'Primary chromaticities and white point',
  gAMA: 'Image gamma',
  iCCP: 'Embedded ICC profile',
  pHYs: 'Physical pixel dimensions',
  sRGB: 'Standard RGB colour space',
  tEXt: 'Textual data',
  tIME: 'Image last-modification time',
}

const F = {
  signature: bytes('png.signature', 'PNG Signature', { about: 'Eight bytes with which every such picture begins.' }),
  chunk: group('', 'Chunk', { about: 'One piece of the file: its length, what it is, its data and a checksum.' }),
  length: u32('png.chunk.len', 'Len', { about: 'Counts the bytes of data in the chunk.' }),
  type: text('png.chunk.type', 'Chunk', { about: 'Four letters say what the chunk holds.' }),
  ancillary: flag32('png.chunk.flag.ancillary', 'Ancillary', {
    mask: 0x20000000,
    states: ['This is an ANCILLARY chunk', 'This is a CRITICAL chunk'],
    about: 'Tells whether the picture can be shown without this chunk.',
  }),
  private: flag32('png.chunk.flag.private', 'Private', {
    mask: 0x00200000,
    states: ['This is a PRIVATE chunk', 'This is a PUBLIC chunk'],
    about: 'Tells whether the chunk is an invention of one program.',
  }),
  safeToCopy: flag32('png.chunk.flag.stc', 'Safe To Copy', {
    mask: 0x00000020,
    states: ['This chunk is SAFE TO COPY', 'This chunk is NOT safe to copy'],
    about: 'Tells whether a program that changes the picture may keep the chunk.',
  }),
  width: u32('png.ihdr.width', 'Width', { about: 'How many pixels the picture is wide.' }),
  height: u32('png.ihdr.height', 'Height', { about: 'How many pixels the picture is high.' }),
  depth: u8('png.ihdr.bitdepth', 'Bit Depth', { about: 'How many bits each sample of a pixel has.' }),
  colour: u8('png.ihdr.colour_type', 'Colour Type', {
    names: { 0: 'Greyscale', 2: 'Truecolour', 3: 'Indexed-colour', 4: 'Greyscale with alpha', 6: 'Truecolour with alpha' },
    about: 'Says whether pixels are colours, greys or places in a palette.',
  }),
  compression: u8('png.ihdr.compression_method', 'Compression Method', {
    names: { 0: 'Deflate' },
    about: 'How the pixels are compressed; there is only one way.',
  }),
  filter: u8('png.ihdr.filter_method', 'Filter Method', {
    names: { 0: 'Adaptive' },
    about: 'How pixels are prepared before they are compressed.',
  }),
  interlace: u8('png.ihdr.interlace_method', 'Interlace Method', {
    names: { 0: 'No interlace', 1: 'Adam7' },
    about: 'Says in which order the pixels come: line by line, or ever finer.',
  }),
  data: group('png.chunk.data', 'Data', { about: 'What the chunk holds, laid out as its type says.' }),
  crc: u32('png.chunk.crc', 'CRC', { base: 'hex', about: 'A checksum over type and data, to notice damage.' }),
}

const HEADER: readonly Field[] = [F.width, F.height, F.depth, F.colour, F.compression, F.filter, F.interlace]
const HEADER_LENGTH = 13

export const png = defineProtocol({
  name: 'png',
  title: 'Portable Network Graphics',
  spec: 'W3C PNG',
  about: 'A picture, compressed without loss, as web pages use it.',
  fields: F,
  accepts: { 'http.content_type': [MEDIA_PNG] },
  scanStops: true,
  content: { info: () => ' (PNG)' },

  dissect(p) {
    if (!p.recording) return
    if (!p.has(SIGNATURE)) return p.short(SIGNATURE)
    p.add(F.signature, 0, SIGNATURE)
    let at = SIGNATURE
    for (let chunks = 0; p.has(at + 8) && chunks < MAX_CHUNKS; chunks++) {
      const length = p.u32(at)
      const whole = p.has(at + 12 + length)
      recordChunk(p, at, whole ? length : p.available() - at - 8, whole)
      if (!whole) return p.short(at + 12 + length)
      at += 12 + length
    }
  },
})

function recordChunk(p: Dissection, at: number, length: number, whole: boolean): void {
  const type = decodeLatin1(p.bytes, p.base + at + 4, 4)
  p.nest(p.generateText(F.chunk, `${chunkNames[type] ?? 'unknown'} (${type})`, at, whole ? length + 12 : length + 8))
  p.add(F.length, at)
  p.add(F.type, at + 4, 4)
  p.add(F.ancillary, at + 4)
  p.add(F.private, at + 4)
  p.add(F.safeToCopy, at + 4)
  if (type === 'IHDR' && length >= HEADER_LENGTH) {
    let place = at + 8
    for (const field of HEADER) {
      p.add(field, place)
      place += field.size
    }
  } else if (length > 0) p.add(F.data, at + 8, length)
  if (whole) p.add(F.crc, at + 8 + length)
  p.close()
}
