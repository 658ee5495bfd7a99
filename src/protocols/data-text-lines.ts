// Text in lines: what the media types text/… carry, and messages of WebSocket. RFC 2046 4.1.
//
// Every line ends in CR LF, LF or CR; the last one may lack its end.

import { spellControls } from '../bytes/format.ts'
import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, text, u32 } from '../core/protocol.ts'
import { MEDIA_LINES, mediaKind, mediaName } from './names/media-types.ts'

/** Lines that get a row each; what follows is one row. */
const MAX_LINES = 10_000
const CR = 0x0d
const LF = 0x0a

const F = {
  media: text('', 'Media type', { hidden: true, about: 'The kind of text, as the message that carries it says.' }),
  count: u32('', 'Number of lines', { hidden: true, about: 'Counts the lines that the text has.' }),
  line: text('', 'Line of text', {
    about: 'One line of the text that travels, with the characters that end it.',
    display: (_get, _value, _shown, raw) => spellControls(raw()),
  }),
  more: text('', 'More lines', {
    about: 'The rest of a very long text, which is not taken apart into lines.',
    display: () => 'More lines, not shown one by one',
  }),
}

export const dataTextLines = defineProtocol({
  name: 'data-text-lines',
  title: 'Line-based text data',
  spec: 'RFC 2046',
  about: 'Text that a message carries, shown line by line.',
  fields: F,
  accepts: { 'http.content_type': [MEDIA_LINES], 'websocket.opcode': [1] },
  scanStops: true,
  // The rest of what is no JSON says nothing in the list.
  content: { info: (get) => (mediaKind(get.text(F.media)) === MEDIA_LINES ? ` (${get.text(F.media)})` : '') },
  heading: (get) => {
    const media = get.text(F.media)
    return `Line-based text data${media === '' ? '' : `: ${media}`} (${get.number(F.count)} lines)`
  },

  dissect(p) {
    if (!p.recording) return
    p.generateText(F.media, mediaName(p.said))
    if (p.wants(F.line) || p.wants(F.more) || p.wants(F.count)) recordLines(p)
  },
})

function recordLines(p: Dissection): void {
  const { bytes, base, end } = p
  let lines = 0
  for (let at = base; at < end; ) {
    const next = lineEnd(bytes, at, end)
    lines++
    if (lines <= MAX_LINES) p.add(F.line, at - base, next - at)
    else if (lines === MAX_LINES + 1) p.add(F.more, at - base, end - at)
    at = next
  }
  p.generate(F.count, lines)
}

/** Behind the end of the line at `at`. */
function lineEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== CR && bytes[at] !== LF) at++
  if (at < end && bytes[at] === CR && at + 1 < end && bytes[at + 1] === LF) return at + 2
  return Math.min(at + 1, end)
}
