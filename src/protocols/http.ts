// Hypertext Transfer Protocol 1.0 and 1.1: RFC 9110, RFC 9112 (RFC 1945 for 1.0).
//
//   start line CRLF *( name ":" value CRLF ) CRLF [ body ]
//
// Where a message ends is decided while the stream is read (http/framing.ts); here a whole message is laid out.

import { defineProtocol } from '../core/protocol.ts'
import { F } from './http/fields.ts'
import { httpFraming, RESPONSE } from './http/framing.ts'
import { dissectHttp, summarizeHttp, trackDatagram } from './http/message.ts'

export const http = defineProtocol({
  name: 'http',
  title: 'Hypertext Transfer Protocol',
  spec: 'RFC 9112',
  about: 'Carries web pages and most of what programs ask each other for, as readable text.',
  fields: F,
  framing: httpFraming,
  scanStops: true,
  // A response says which request it answers; all else that is named after requests stands in requests.
  lacks: (field, aux) => aux >= RESPONSE && field.name.startsWith('http.request') && field.name !== 'http.request_in',
  // 0: the rest of a body whose length nobody knew.
  holds: (field, aux) => (field === F.request && aux > 0 && aux < RESPONSE) || (field === F.response && aux >= RESPONSE),
  summary: summarizeHttp,

  dissect(p) {
    if (p.recording) dissectHttp(p)
  },
})

/** HTTP messages without a body, each in a datagram of its own: UPnP Device Architecture 2.0, 1. */
export const ssdp = defineProtocol({
  name: 'ssdp',
  title: 'Simple Service Discovery Protocol',
  spec: 'UPnP Device Architecture 2.0',
  about: 'Devices in the local network ask who is there, and say what they can do.',
  fields: F,
  accepts: { 'udp.dstport': [1900] },
  scanStops: true,
  summary: summarizeHttp,
  track: trackDatagram,

  dissect(p) {
    if (p.recording) dissectHttp(p)
  },
})
