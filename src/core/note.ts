// Remarks on packets, under Wireshark's names (_ws.*). A note is a row like any other: it has bytes, a place in the tree and a filter name.

import { Field, type Names, u32 } from './field.ts'
import { defineProtocol } from './protocol.ts'

export const SEVERITY_COMMENT = 0x00100000
export const SEVERITY_CHAT = 0x00200000
export const SEVERITY_NOTE = 0x00400000
export const SEVERITY_WARN = 0x00600000
export const SEVERITY_ERROR = 0x00800000

export const severityNames: Names = {
  [SEVERITY_COMMENT]: 'Comment',
  [SEVERITY_CHAT]: 'Chat',
  [SEVERITY_NOTE]: 'Note',
  [SEVERITY_WARN]: 'Warning',
  [SEVERITY_ERROR]: 'Error',
}

export const GROUP_CHECKSUM = 0x01000000
export const GROUP_SEQUENCE = 0x02000000
export const GROUP_UNDECODED = 0x05000000
export const GROUP_REASSEMBLE = 0x06000000
export const GROUP_MALFORMED = 0x07000000
export const GROUP_PROTOCOL = 0x09000000
export const GROUP_SECURITY = 0x0a000000
export const GROUP_COMMENTS = 0x0b000000
export const GROUP_DECRYPTION = 0x0c000000
export const GROUP_ASSUMPTION = 0x0d000000
export const GROUP_DEPRECATED = 0x0e000000
export const GROUP_INTERFACE = 0x10000000

export const groupNames: Names = {
  [GROUP_CHECKSUM]: 'Checksum',
  [GROUP_SEQUENCE]: 'Sequence',
  50331648: 'Response',
  67108864: 'Request',
  [GROUP_UNDECODED]: 'Undecoded',
  [GROUP_REASSEMBLE]: 'Reassemble',
  [GROUP_MALFORMED]: 'Malformed',
  134217728: 'Debug',
  [GROUP_PROTOCOL]: 'Protocol',
  [GROUP_SECURITY]: 'Security',
  [GROUP_COMMENTS]: 'Comment',
  [GROUP_DECRYPTION]: 'Decryption',
  [GROUP_ASSUMPTION]: 'Assumption',
  [GROUP_DEPRECATED]: 'Deprecated',
  251658240: 'Receive',
  [GROUP_INTERFACE]: 'Interface',
  285212672: 'Dissector bug',
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
  /** Its value is the severity; its text says severity and group too. */
  expert: new Field('_ws.expert', 'Expert Info', 'group', 0, {
    about: 'A remark that the analyzer makes on this packet.',
    analysed: true,
    display: (_get, _value, text) => `[Expert Info ${text}]`,
  }),
  message: new Field('_ws.expert.message', 'Message', 'text', 0, {
    about: 'The words in which the analyzer makes the remark.',
    in: '_ws.expert',
    hidden: true,
    analysed: true,
  }),
  severity: u32('_ws.expert.severity', 'Severity level', {
    about: 'How much the remark matters: chat, note, warning or error.',
    in: '_ws.expert',
    generated: true,
    names: severityNames,
    analysed: true,
    display: (_get, value) => `[Severity level: ${severityNames[value] ?? value}]`,
  }),
  group: u32('_ws.expert.group', 'Group', {
    about: 'What kind of remark this is: on the sequence of packets, on rules of the protocol, on checksums.',
    in: '_ws.expert',
    generated: true,
    names: groupNames,
    analysed: true,
    display: (_get, value) => `[Group: ${groupNames[value] ?? value}]`,
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
