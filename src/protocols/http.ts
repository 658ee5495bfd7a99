// Hypertext Transfer Protocol 1.0 and 1.1: RFC 9110, RFC 9112 (RFC 1945 for 1.0).
//
//   start line CRLF *( name ":" value CRLF ) CRLF [ body ]
//
// Where a message ends is decided while the stream is read (http/framing.ts); here a whole message is laid out.

import { defineProtocol } from '../core/protocol.ts'
import { F } from './http/fields.ts'
import { httpFraming } from './http/framing.ts'
import { dissectHttp, summarizeHttp } from './http/message.ts'

export const http = defineProtocol({
  name: 'http',
  title: 'Hypertext Transfer Protocol',
  spec: 'RFC 9112',
  about: 'Carries web pages and most of what programs ask each other for, as readable text.',
  fields: F,
  framing: httpFraming,
  scanStops: true,
  summary: summarizeHttp,

  dissect(p) {
    if (p.recording) dissectHttp(p)
  },
})
