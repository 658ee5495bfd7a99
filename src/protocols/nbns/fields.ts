// Fields of NetBIOS name service.

import { bytes, ether, type Field, flag16, type Get, group, ipv4, text, u8, u16, u32 } from '../../core/protocol.ts'
import { nbnsClasses, nbnsNodes, nbnsOpcodes, nbnsReplies, nbnsTypes } from '../names/nbns.ts'
import { spanText } from '../names/times.ts'
import { typeWords } from './name.ts'

const RESPONSE = 0x8000
const NODES = ['B-node', 'P-node', 'M-node', 'H-node']
const node = (value: number): string => NODES[(value >> 13) & 3]!

/** "0x0110, Opcode: Name query, Recursion desired, Broadcast". */
function flagWords(value: number, shown: string): string {
  const response = (value & RESPONSE) !== 0
  const words = [shown]
  if (response) words.push('Response')
  words.push(`Opcode: ${nbnsOpcodes[(value >> 11) & 15] ?? 'Unknown'}`)
  if (response && (value & 0x400) !== 0) words.push('Authoritative')
  if ((value & 0x200) !== 0) words.push('Truncated')
  if ((value & 0x100) !== 0) words.push('Recursion desired')
  if (response && (value & 0x80) !== 0) words.push('Recursion available')
  if ((value & 0x10) !== 0) words.push('Broadcast')
  if (response) words.push(`Reply code: ${nbnsReplies[value & 15] ?? 'Unknown'}`)
  return words.join(', ')
}

function nameWords(value: number, shown: string): string {
  const words = [shown]
  if ((value & 0x8000) !== 0) words.push('Name type')
  words.push(`ONT: ${node(value)}`)
  if ((value & 0x1000) !== 0) words.push('Name is being deregistered')
  if ((value & 0x0800) !== 0) words.push('Name is in conflict')
  if ((value & 0x0400) !== 0) words.push('Name is active')
  if ((value & 0x0200) !== 0) words.push('Permanent node name')
  return words.join(', ')
}

const nodeField = (name: string): Field =>
  u16(name, 'ONT', {
    mask: 0x6000,
    about: 'Says how the machine finds names: by asking all, a server, or both.',
    display: (_get: Get, value) => `.${value >> 1}${value & 1}. .... .... .... = ONT: ${nbnsNodes[value]} (${value})`,
  })
const yesNo = { states: ['Yes', 'No'] } as const
const kind = { mask: 0x8000, states: ['Group name', 'Unique name'] } as const

export const F = {
  id: u16('nbns.id', 'Transaction ID', { at: 0, base: 'hex', about: 'A number chosen by who asks, which the answer repeats.' }),
  flags: u16('nbns.flags', 'Flags', {
    base: 'hex',
    about: 'Says what kind of message this is.',
    display: (_get, value, shown) => `Flags: ${flagWords(value, shown)}`,
  }),
  response: flag16('nbns.flags.response', 'Response', {
    mask: RESPONSE,
    states: ['Message is a response', 'Message is a query'],
    about: 'Tells whether the message asks or answers.',
  }),
  opcode: u16('nbns.flags.opcode', 'Opcode', { mask: 0x7800, names: nbnsOpcodes, about: 'Says what is asked for or done with the name.' }),
  authoritative: flag16('nbns.flags.authoritative', 'Authoritative', {
    mask: 0x0400,
    states: ['Server is an authority for domain', 'Server is not an authority for domain'],
    about: 'Tells that the answer comes from who is responsible for the name.',
  }),
  truncated: flag16('nbns.flags.truncated', 'Truncated', {
    mask: 0x0200,
    states: ['Message is truncated', 'Message is not truncated'],
    about: 'Tells that not all of the message had room.',
  }),
  desired: flag16('nbns.flags.recdesired', 'Recursion desired', {
    mask: 0x0100,
    states: ['Do query recursively', "Don't do query recursively"],
    about: 'Tells the server to ask other servers where it does not know.',
  }),
  available: flag16('nbns.flags.recavail', 'Recursion available', {
    mask: 0x0080,
    states: ['Server can do recursive queries', "Server can't do recursive queries"],
    about: 'Tells that the server asks other servers where it does not know.',
  }),
  broadcast: flag16('nbns.flags.broadcast', 'Broadcast', {
    mask: 0x0010,
    states: ['Broadcast packet', 'Not a broadcast packet'],
    about: 'Tells that the message was sent to everybody in the network.',
  }),
  reply: u16('nbns.flags.rcode', 'Reply code', { mask: 0x000f, names: nbnsReplies, about: 'Says how the request went, or why it failed.' }),
  queries: u16('nbns.count.queries', 'Questions', { at: 4, about: 'Counts the questions that the message holds.' }),
  answers: u16('nbns.count.answers', 'Answer RRs', { at: 6, about: 'Counts the records that answer the question.' }),
  authorities: u16('nbns.count.auth_rr', 'Authority RRs', { at: 8, about: 'Counts the records that name the servers responsible.' }),
  additional: u16('nbns.count.add_rr', 'Additional RRs', {
    at: 10,
    about: 'Counts the records that come along, such as the address to register.',
  }),

  querySection: group('', 'Queries', { about: 'Holds the questions that the message asks.' }),
  answerSection: group('', 'Answers', { about: 'Holds the records that answer the question.' }),
  authoritySection: group('', 'Authoritative nameservers', { about: 'Holds the records that name the servers responsible.' }),
  additionalSection: group('', 'Additional records', { about: 'Holds the records that come along.' }),
  entry: group('', 'Entry', { about: 'One question or one record, with what it is about.', display: (_get, _value, shown) => shown }),
  // Never shown: what the Info column says of a question or an answer.
  words: text('', 'Words', { hidden: true, generated: true, about: 'What a question or an answer says, in few words.' }),

  name: text('nbns.name', 'Name', {
    about: 'The name of a machine, group or service of Windows; its last byte, in angles, says which.',
    display: (_get, _value, shown) => `Name: ${shown}`,
  }),
  type: u16('nbns.type', 'Type', { names: nbnsTypes, about: 'Says what is asked for: an address, or all names of a machine.' }),
  class: u16('nbns.class', 'Class', { names: nbnsClasses, about: 'Says which kind of network is meant, which is always the Internet.' }),
  ttl: u32('nbns.ttl', 'Time to live', {
    about: 'For how long the record may be believed.',
    display: (_get, value) => `Time to live: ${spanText(value)}`,
  }),
  dataLength: u16('nbns.data_length', 'Data length', { about: 'Counts the bytes of the data of the record.' }),
  data: bytes('nbns.data', 'Data', {
    about: 'The data of a record that is not laid out further.',
    display: (_get, _value, shown) => `Data: ${shown === '' ? '<MISSING>' : shown}`,
  }),
  addressFlags: u16('nbns.nb_flags', 'Name flags', {
    base: 'hex',
    about: 'Says whether the name belongs to a group, and how its owner finds names.',
    display: (_get, value, shown) =>
      `Name flags: ${shown}${(value & 0x8000) !== 0 ? ', Name type' : ''}, ONT: ${node(value)} (${node(value)}, ${(value & 0x8000) !== 0 ? 'group' : 'unique'})`,
  }),
  addressGroup: flag16('nbns.nb_flags.group', 'Name type', { ...kind, about: 'Tells whether several machines may have the name.' }),
  addressNode: nodeField('nbns.nb_flags.ont'),
  address: ipv4('nbns.addr', 'Addr', { about: 'The address of the machine that has the name.' }),
  names: u8('nbns.number_of_names', 'Number of names', { about: 'Counts the names that the machine has.' }),
  plainName: text('nbns.netbios_name', 'Name', {
    about: 'One of the names that the machine has.',
    display: (_get, _value, shown, raw) => `Name: ${shown}${typeWords(raw().charCodeAt(15) || 0)}`,
  }),
  nameFlags: u16('nbns.name_flags', 'Name flags', {
    base: 'hex',
    about: 'Says what kind of name it is, and in which state.',
    display: (_get, value, shown) => `Name flags: ${nameWords(value, shown)}`,
  }),
  nameGroup: flag16('nbns.name_flags.group', 'Name type', { ...kind, about: 'Tells whether several machines may have the name.' }),
  nameNode: nodeField('nbns.name_flags.ont'),
  leaving: flag16('nbns.name_flags.drg', 'Name is being deregistered', {
    ...yesNo,
    mask: 0x1000,
    about: 'Tells that the machine is giving the name up.',
  }),
  conflict: flag16('nbns.name_flags.cnf', 'Name is in conflict', {
    ...yesNo,
    mask: 0x0800,
    about: 'Tells that another machine has the same name.',
  }),
  active: flag16('nbns.name_flags.act', 'Name is active', { ...yesNo, mask: 0x0400, about: 'Tells that the machine uses the name.' }),
  permanent: flag16('nbns.name_flags.prm', 'Permanent node name', {
    ...yesNo,
    mask: 0x0200,
    about: 'Tells that the name is the one that the machine always has.',
  }),
  unit: ether('nbns.unit_id', 'Unit ID', { about: 'The hardware address of the machine.' }),
  jumpers: u8('nbns.jumpers', 'Jumpers', { base: 'hex', about: 'How the jumpers on the network card are set.' }),
  test: u8('nbns.test_result', 'Test result', { base: 'hex', about: 'What came of the last test of the network card.' }),
  version: u16('nbns.version_number', 'Version number', { base: 'hex', about: 'The version of the software that knows the names.' }),
  period: u16('nbns.period_of_statistics', 'Period of statistics', {
    base: 'hex',
    about: 'For how many minutes the counters have been counting.',
  }),
  crcs: u16('nbns.num_crcs', 'Number of CRCs', { about: 'Counts the frames that arrived with a wrong checksum.' }),
  alignments: u16('nbns.num_alignment_errors', 'Number of alignment errors', {
    about: 'Counts the frames that did not end with a whole byte.',
  }),
  collisions: u16('nbns.num_collisions', 'Number of collisions', { about: 'Counts the times when two machines sent at once.' }),
  aborts: u16('nbns.num_send_aborts', 'Number of send aborts', { about: 'Counts the frames that were given up while they were sent.' }),
  sends: u32('nbns.num_good_sends', 'Number of good sends', { about: 'Counts the frames that were sent without trouble.' }),
  receives: u32('nbns.num_good_receives', 'Number of good receives', { about: 'Counts the frames that arrived without trouble.' }),
  retransmits: u16('nbns.numretransmits', 'Number of retransmits', { about: 'Counts the messages that were sent once more.' }),
  noResource: u16('nbns.num_no_resource_conditions', 'Number of no resource conditions', {
    about: 'Counts the times when memory ran out.',
  }),
  blocks: u16('nbns.numcommand_blocks', 'Number of command blocks', { about: 'Counts the commands that can wait at once.' }),
  pending: u16('nbns.numpending_sessions', 'Number of pending sessions', { about: 'Counts the sessions that are being opened.' }),
  maxPending: u16('nbns.max_num_pending_sessions', 'Max number of pending sessions', { about: 'How many sessions may be opened at once.' }),
  maxSessions: u16('nbns.max_total_sessions_possible', 'Max total sessions possible', { about: 'How many sessions the machine can hold.' }),
  packetSize: u16('nbns.session_data_packet_size', 'Session data packet size', {
    about: 'How many bytes one packet of a session carries.',
  }),
}

export const STATISTICS: readonly Field[] = [
  F.unit,
  F.jumpers,
  F.test,
  F.version,
  F.period,
  F.crcs,
  F.alignments,
  F.collisions,
  F.aborts,
  F.sends,
  F.receives,
  F.retransmits,
  F.noResource,
  F.blocks,
  F.pending,
  F.maxPending,
  F.maxSessions,
  F.packetSize,
]
