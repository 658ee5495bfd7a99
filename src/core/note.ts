// Remarks on packets, under Wireshark's names (_ws.*). A note is a row like any other: it has bytes, a place in the tree and a filter name.

import { Field, u32 } from './field.ts'
import { defineProtocol } from './protocol.ts'

export const SEVERITY_COMMENT = 0x00100000
export const SEVERITY_CHAT = 0x00200000
export const SEVERITY_NOTE = 0x00400000
export const SEVERITY_WARN = 0x00600000
export const SEVERITY_ERROR = 0x00800000

const severityNames = {
  [SEVERITY_COMMENT]: 'Comment',
  [SEVERITY_CHAT]: 'Chat',
  [SEVERITY_NOTE]: 'Note',
  [SEVERITY_WARN]: 'Warning',
  [SEVERITY_ERROR]: 'Error',
}

export const noteFields = {
  malformed: new Field('_ws.malformed', 'Malformed Packet', 'group', 0, {
    about: 'The bytes contradict the rules of the protocol; what was read before this point still stands.',
    display: (_get, _value, text) => `[Malformed Packet: ${text}]`,
  }),
  short: new Field('_ws.short', 'Packet size limited during capture', 'group', 0, {
    about: 'The capture kept fewer bytes of this packet than the protocol needs, so the rest of it cannot be shown.',
    display: (_get, _value, text) => `[Packet size limited during capture: ${text}]`,
  }),
  bug: new Field('_ws.dissector_bug', 'Dissector bug', 'group', 0, {
    about: 'The analyzer itself failed on this packet; please report it with the capture.',
    display: (_get, _value, text) => `[Dissector bug: ${text}]`,
  }),
  expert: new Field('_ws.expert', 'Expert Info', 'group', 0, {
    about: 'A remark that the analyzer makes on this packet.',
    display: (_get, _value, text) => `[Expert Info: ${text}]`,
  }),
  message: new Field('_ws.expert.message', 'Message', 'text', 0, {
    about: 'The words in which the analyzer makes the remark.',
    in: '_ws.expert',
    hidden: true,
  }),
  severity: u32('_ws.expert.severity', 'Severity level', {
    about: 'How much the remark matters: chat, note, warning or error.',
    in: '_ws.expert',
    hidden: true,
    names: severityNames,
  }),
}

/** Not a layer: it only declares the fields of notes. */
export const notes = defineProtocol({
  name: '_ws',
  title: 'Remarks of the analyzer',
  spec: 'wiretail',
  about: 'Remarks that the analyzer makes on packets.',
  fields: noteFields,
  dissect() {},
})
