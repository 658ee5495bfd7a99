// Simple Service Discovery Protocol: UPnP Device Architecture 2.0, 1. HTTP messages without a body, each in a datagram of its own.

import { defineProtocol } from '../core/protocol.ts'
import { F } from './http/fields.ts'
import { dissectHttp, summarizeHttp } from './http/message.ts'

export const ssdp = defineProtocol({
  name: 'ssdp',
  title: 'Simple Service Discovery Protocol',
  spec: 'UPnP Device Architecture 2.0',
  about: 'Devices in the local network ask who is there, and say what they can do.',
  fields: F,
  accepts: { 'udp.dstport': [1900] },
  scanStops: true,
  summary: summarizeHttp,

  dissect(p) {
    if (p.recording) dissectHttp(p)
  },
})
