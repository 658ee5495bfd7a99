// What lessons are written with: words in both languages, and figures of what the evidence holds.

import type { Evidence, Row } from './evidence.ts'
import type { Figure, Mistake, Pointer, Words } from './lesson.ts'

export function words(en: string, fr: string): Words {
  return { en, fr }
}

/** A wrong answer and its reply. */
export function mistake(when: Mistake['when'], en: string, fr: string): Mistake {
  return { when, reply: { en, fr } }
}

/** A wrong packet number. */
export function wrongPacket(packets: readonly number[], en: string, fr: string): Mistake {
  return mistake((answer) => packets.includes(Number(answer)), en, fr)
}

/** The bytes around a place, that place lit: at most `most` bytes from the start of its line. */
export function bytesAround(evidence: Evidence, places: readonly (Pointer | Row)[], most = 48): Figure {
  const [first] = places
  if (first === undefined) throw new Error('no place to show')
  const last = places.at(-1)!
  const start = first.start - (first.start % 16)
  const wanted = last.start + last.length - start
  const length = Math.min(most, wanted)
  const bytes = evidence.source(first.packet, first.source)
  const lit = places.map((place) => ({ start: place.start, length: Math.min(place.length, start + length - place.start) }))
  return { kind: 'bytes', bytes, start, length, lit: lit.filter((range) => range.length > 0) }
}

/** What a decoded field says behind its name: "GET" of "Request Method: GET". */
export function fieldValue(row: Row): string {
  return row.label.slice(row.label.indexOf(': ') + 2).replace(/(\\r)?\\n$/, '')
}

/** The header lines of the HTTP message in a packet, without the empty one. */
export function headerLines(evidence: Evidence, packet: number): readonly Row[] {
  const { rows } = evidence.detail(packet)
  const http = rows.find(({ name, depth }) => name === 'http' && depth === 0)
  if (http === undefined) return []
  const lines: Row[] = []
  for (const row of rows.slice(http.id + 1)) {
    if (row.depth === 0) break
    if (row.depth === 1 && row.length > 2 && row.source === http.source && row.text.endsWith('\\r\\n'))
      lines.push({ packet, source: row.source, start: row.start, length: row.length, name: row.name, label: row.text })
  }
  return lines
}

/** HTTP header lines as a figure, and the pointers that prove them. */
export function headerFigure(rows: readonly Row[]): Figure {
  return { kind: 'lines', lines: rows.map(({ label }) => `  ${label.replace(/\\r\\n$/, '')}`) }
}

/** Fernet tokens in the packets, in order: where they stand, and their bytes. */
export function tokensIn(evidence: Evidence): readonly { readonly place: Pointer; readonly bytes: Uint8Array }[] {
  return evidence.places('gAAAAA').map(({ packet, source, start }) => {
    const [text = ''] = /^[\w-]+={0,2}/.exec(evidence.text({ packet, source, start, length: 4096 })) ?? []
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    return { place: { packet, source, start, length: text.length, text }, bytes }
  })
}

/** Where the message stands in a body of HTTP, as it crossed the wire: a short one may stand elsewhere by chance. */
export function messagePlaces(evidence: Evidence, secret: string): readonly Pointer[] {
  const bodies = evidence.every('http.file_data')
  return evidence
    .places(secret)
    .filter(({ packet, source, start }) =>
      bodies.some((body) => body.packet === packet && body.source === source && start >= body.start && start < body.start + body.length),
    )
}
