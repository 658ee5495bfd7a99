// TLS inside QUIC: the same protocol as tls.ts and the same table of fields, in another wrapping (RFC 9001 4).

import { defineProtocol } from '../core/protocol.ts'
import { dissectHandshake, headHandshake } from './quic/handshake.ts'
import { tls } from './tls.ts'

export const tlsInQuic = defineProtocol({
  name: tls.name,
  title: tls.title,
  spec: tls.spec,
  about: tls.about,
  fields: tls.fields,
  accepts: { 'quic.crypto.crypto_data': [1] },
  scanStops: true,
  heading: headHandshake,
  dissect: dissectHandshake,
})
