// Content of a media type that has no dissector of its own: RFC 2046.

import { bytes, defineProtocol, type Get, text } from '../core/protocol.ts'
import { MEDIA_OTHER, mediaName } from './names/media-types.ts'

/** The row without bytes that holds the name. */
const name = text('', 'Name of the media type', { hidden: true, about: 'The kind of content, as the message that carries it says.' })

const F = {
  name,
  type: bytes('media.type', 'Media type', {
    about: 'Content of a kind that is not taken apart any further: pictures, programs, documents.',
    display: (get: Get, _value, _shown, _raw, _start, length): string =>
      `Media type: ${get.text(name)} (${length} byte${length === 1 ? '' : 's'})`,
  }),
}

export const media = defineProtocol({
  name: 'media',
  title: 'Media Type',
  spec: 'RFC 2046',
  about: 'Content of a named kind that is shown as bytes.',
  fields: F,
  accepts: { 'http.content_type': [MEDIA_OTHER] },
  scanStops: true,
  content: { info: (get) => (get.text(F.name) === '' ? '' : ` (${get.text(F.name)})`) },

  dissect(p) {
    if (!p.recording) return
    p.generateText(F.name, mediaName(p.said))
    p.add(F.type, 0, p.available())
  },
})
