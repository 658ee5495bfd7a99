// Fields that only opened records have, and the sentence on each sealed one.

import { bytes, frame, group, text, u8, u32 } from '../../core/field.ts'
import { contentTypeNames } from '../names/tls-messages.ts'

export const plural = (count: number): string => (count === 1 ? '1 byte' : `${count} bytes`)

export const O = {
  innerType: u8('tls.record.content_type', 'Content Type', {
    about: 'What the record really carries; in TLS 1.3 this is sealed with the content.',
    names: contentTypeNames,
    generated: true,
  }),
  seal: text('wiretail.tls.seal', 'Seal', {
    about: 'Who sealed the record and with what, and which key opened it or why it stays shut.',
    generated: true,
    display: (_get, _value, words) => `[${words}]`,
  }),
  segmentData: bytes('tls.segment.data', 'TLS segment data', {
    about: 'Opened bytes that belong to a message which other records hold the rest of.',
    display: (_get, _value, hex) => `TLS segment data (${plural(hex.length / 2)})`,
  }),
  reassembledIn: frame('tls.reassembled_in', 'Reassembled PDU in frame', {
    about: 'The packet in which the message that begins here is complete.',
    generated: true,
    display: (_get, value) => `[Reassembled PDU in frame: ${value}]`,
  }),
  segments: group('tls.segments', 'Reassembled TLS segments', {
    about: 'The opened records that together hold the message below.',
  }),
  segment: frame('tls.segment', 'TLS segment', {
    about: 'One packet whose opened record holds a part of the message.',
    display: (_get, packet, _text, _raw, start, length) =>
      `[Frame: ${packet}, payload: ${start}-${start + length - 1} (${plural(length)})]`,
    in: 'tls.segments',
  }),
  segmentCount: u32('tls.segment.count', 'Segment count', {
    about: 'From how many opened records the message was put together.',
    in: 'tls.segments',
    generated: true,
  }),
  reassembledLength: u32('tls.reassembled.length', 'Reassembled PDU length', {
    about: 'How many bytes the message has that was put together.',
    in: 'tls.segments',
    generated: true,
  }),
  reassembledData: bytes('tls.reassembled.data', 'Reassembled PDU data', {
    about: 'All bytes of the message that was put together from opened records.',
    generated: true,
    in: 'tls.segments',
  }),
}
