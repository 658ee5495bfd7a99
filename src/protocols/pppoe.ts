// PPP over Ethernet: RFC 2516. Sessions and the discovery before them have a type each, and here a protocol each.
//
//   0             1     2           4       6
//   version|type  code  session ID  length  PPP packet (session), tags (discovery)

import type { Dissection } from '../core/dissect.ts'
import { SEVERITY_WARN } from '../core/note.ts'
import { bytes, defineProtocol, group, text, u8, u16 } from '../core/protocol.ts'
import { pppoeCodes } from './names/pppoe.ts'

const HEADER = 6
const TAG = 4
const SESSION_DATA = 0
const END_OF_LIST = 0

const aboutSession = 'The number of the session, which the server chose for this subscriber.'

const S = {
  version: u8('pppoe.version', 'Version', { at: 0, mask: 0xf0, about: 'The version of the protocol, which is always 1.' }),
  type: u8('pppoe.type', 'Type', { at: 0, mask: 0x0f, about: 'The type of the protocol, which is always 1.' }),
  code: u8('pppoe.code', 'Code', { at: 1, base: 'hex', names: pppoeCodes, about: 'Says what the packet is for.' }),
  session: u16('pppoe.session_id', 'Session ID', { at: 2, base: 'hex', about: aboutSession }),
  length: u16('pppoe.payload_length', 'Payload Length', {
    at: 4,
    about: 'Counts the bytes after this header; what the frame has beyond them is padding.',
  }),
  badLength: group('pppoe.payload_length.bad', 'Possible bad payload length', {
    about: 'Marks a packet that claims more bytes than there are.',
  }),
}

const D = {
  version: u8('pppoe.version', 'Version', { at: 0, mask: 0xf0, about: S.version.about }),
  type: u8('pppoe.type', 'Type', { at: 0, mask: 0x0f, about: S.type.about }),
  code: u8('pppoe.code', 'Code', { at: 1, base: 'hex', names: pppoeCodes, about: S.code.about }),
  session: u16('pppoe.session_id', 'Session ID', { at: 2, base: 'hex', about: aboutSession }),
  length: u16('pppoe.payload_length', 'Payload Length', { at: 4, about: 'Counts the bytes of the tags that follow.' }),
  tags: group('pppoed.tags', 'PPPoE Tags', { about: 'What the subscriber and the servers tell each other.' }),
  service: text('pppoed.tags.service_name', 'Service-Name', { about: 'The service that is asked for or offered; empty for any.' }),
  concentrator: text('pppoed.tags.ac_name', 'AC-Name', { about: 'The name of the server that offers the service.' }),
  unique: bytes('pppoed.tags.host_uniq', 'Host-Uniq', { about: 'A mark of the subscriber, which answers repeat.' }),
  cookie: bytes('pppoed.tags.ac_cookie', 'AC-Cookie', { about: 'A mark of the server, which protects it from floods of requests.' }),
  serviceError: text('pppoed.tags.service_name_error', 'Service-Name-Error', { about: 'Says why the service cannot be had.' }),
  systemError: text('pppoed.tags.ac_system_error', 'AC-System-Error', { about: 'Says what went wrong in the server.' }),
  genericError: text('pppoed.tags.generic_error', 'Generic-Error', { about: 'Says what went wrong, in words.' }),
  unknown: bytes('pppoed.tag.unknown_data', 'Unknown Data', { about: 'The content of a tag that is not taken apart.' }),
}

/** Tags by type: RFC 2516 appendix A. */
const tagFields: Readonly<Record<number, (typeof D)[keyof typeof D]>> = {
  257: D.service,
  258: D.concentrator,
  259: D.unique,
  260: D.cookie,
  513: D.serviceError,
  514: D.systemError,
  515: D.genericError,
}

export const pppoes = defineProtocol({
  name: 'pppoes',
  title: 'PPP-over-Ethernet Session',
  column: 'PPPoES',
  spec: 'RFC 2516',
  about: 'Carries the connection of a subscriber to an Internet provider over Ethernet.',
  fields: S,
  accepts: { 'eth.type': [0x8864] },
  summary: (get) => get.name(S.code),

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    const length = p.u16(4)
    if (length > p.reported() - HEADER)
      p.note(SEVERITY_WARN, `Possible bad payload length ${length} != ${p.reported() - HEADER}`, 4, 0, S.badLength)
    p.limit(HEADER + length)
    p.span(HEADER)
    // Whatever the code: PPP follows, as in session data.
    p.next(S.code, SESSION_DATA, HEADER)
  },
})

export const pppoed = defineProtocol({
  name: 'pppoed',
  title: 'PPP-over-Ethernet Discovery',
  column: 'PPPoED',
  spec: 'RFC 2516',
  about: 'Finds a server for a connection over Ethernet, and opens a session with it.',
  scanStops: true,
  fields: D,
  accepts: { 'eth.type': [0x8863] },
  summary: (get) => {
    const names = [get.text(D.concentrator), get.text(D.service)]
    return get.name(D.code) + ['AC-Name', 'Service-Name'].map((word, i) => (names[i] === '' ? '' : ` ${word}='${names[i]}'`)).join('')
  },

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.limit(HEADER + p.u16(4))
    p.span(p.available())
    if (p.recording && p.available() > HEADER) recordTags(p)
  },
})

function recordTags(p: Dissection): void {
  p.nest(p.add(D.tags, HEADER, p.available() - HEADER))
  let at = HEADER
  while (p.has(at + TAG)) {
    const type = p.u16(at)
    const length = p.u16(at + 2)
    if (type === END_OF_LIST) break
    const there = Math.min(length, p.available() - at - TAG)
    if (there > 0) p.add(tagFields[type] ?? D.unknown, at + TAG, there)
    at += TAG + length
  }
  p.close()
  if (at > p.available()) p.short(at)
}
