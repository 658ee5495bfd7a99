// The input of an HTML form: application/x-www-form-urlencoded, WHATWG URL Standard 5.
//
//   key=value&key=value …      + is a space, %41 the byte 0x41

import { decodeText } from '../bytes/decode.ts'
import { spellControls } from '../bytes/format.ts'
import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, group, text } from '../core/protocol.ts'
import { MEDIA_FORM, mediaName } from './names/media-types.ts'

/** Items that get rows. */
const MAX_ITEMS = 5000

const F = {
  media: text('', 'Media type', { hidden: true, about: 'The kind of content, as the message that carries it says.' }),
  item: group('', 'Form item', { about: 'One input of the form: its name, and what was entered.' }),
  key: text('urlencoded-form.key', 'Key', {
    about: 'The name of the input, which the author of the form has chosen.',
    display: (_get, _value, shown) => `Key: ${spellControls(shown)}`,
  }),
  value: text('urlencoded-form.value', 'Value', {
    about: 'What was entered, with its escapes undone: everybody on the way can read it.',
    display: (_get, _value, shown) => `Value: ${spellControls(shown)}`,
  }),
}

export const urlencodedForm = defineProtocol({
  name: 'urlencoded-form',
  title: 'HTML Form URL Encoded',
  spec: 'WHATWG URL 5',
  about: 'What was entered into a form of a web page.',
  fields: F,
  accepts: { 'http.content_type': [MEDIA_FORM] },
  scanStops: true,
  content: { info: (get) => (get.text(F.media) === '' ? '' : ` (${get.text(F.media)})`) },
  heading: (get) => `HTML Form URL Encoded: ${get.text(F.media)}`,

  dissect(p) {
    if (!p.recording) return
    p.generateText(F.media, mediaName(p.said))
    p.span(p.available())
    if (!p.wants(F.key) && !p.wants(F.value) && !p.wants(F.item)) return
    let at = 0
    for (let items = 0; at >= 0 && p.has(at + 1) && items < MAX_ITEMS; items++) at = recordItem(p, at)
  },
})

/** Records the item at `at`; returns where the next one begins, -1 where an escape makes no sense and the rest stays as it is. */
function recordItem(p: Dissection, at: number): number {
  const { bytes, base, end } = p
  const equals = find(bytes, base + at, end, EQUALS)
  const key = decode(bytes, base + at, equals)
  const row = p.generateText(F.item, `Form item: "${key ?? ''}"`, at, 0)
  if (key === null) return -1
  p.nest(row)
  p.generateText(F.key, key, at, equals - base - at)
  // Without an equals sign the value is empty, and stands behind one all the same.
  const from = equals + 1
  const stop = Math.max(from, find(bytes, Math.min(from, end), end, AMPERSAND))
  const value = from < end ? decode(bytes, from, stop) : ''
  const next = Math.min(stop + 1, end) - base
  if (value !== null) p.generateText(F.value, value, from - base, stop - from)
  p.close(value === null ? at : next)
  if (row >= 0 && value !== null) p.rows.texts.set(row, `Form item: "${key}" = "${value}"`)
  return value === null ? -1 : next
}

const EQUALS = 0x3d
const AMPERSAND = 0x26

/** The first such byte at or behind `at`, or `end`. */
function find(bytes: Uint8Array, at: number, end: number, byte: number): number {
  const found = bytes.indexOf(byte, at)
  return found < 0 || found > end ? end : found
}

/** Escapes undone; null when one of them is none. */
function decode(bytes: Uint8Array, at: number, end: number): string | null {
  const out = new Uint8Array(end - at)
  let length = 0
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!
    if (byte !== 0x25) {
      out[length++] = byte === 0x2b ? 0x20 : byte
      continue
    }
    const high = i + 2 < end ? digit(bytes[i + 1]!) : -1
    const low = i + 2 < end ? digit(bytes[i + 2]!) : -1
    if (high < 0 || low < 0) return null
    out[length++] = high * 16 + low
    i += 2
  }
  return decodeText(out, 0, length)
}

function digit(byte: number): number {
  return byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66 ? (byte | 0x20) - 0x57 : -1
}
