// The fields of DNS messages: header, questions, and what every resource record begins with. RFC 1035 4.1; flags: RFC 4035, RFC 6895;
// updates: RFC 2136; EDNS: RFC 6891; multicast: RFC 6762; LLMNR: RFC 4795.

import { bytes, duration, flag16, flag32, frame, group, i32, text, u8, u16, u32 } from '../../core/protocol.ts'
import { dnsClasses, dnsOpcodes, dnsReplyCodes, dnsTypes } from '../names/dns.ts'
import { spanText } from '../names/times.ts'

const FLAGS = 'dns.flags'
export const RESPONSE = 0x8000

export const M = {
  length: u16('dns.length', 'Length', { about: 'Counts the bytes of the message, which TCP does not mark by itself.' }),
  id: u16('dns.id', 'Transaction ID', {
    base: 'hex',
    about: 'A number chosen by the asker, which the answer repeats so that both can be matched.',
  }),
  flags: u16(FLAGS, 'Flags', {
    base: 'hex',
    about: 'Says whether this is a question or an answer, of what kind, and how it went.',
    display: (_get, value, shown) => `Flags: ${shown} ${flagWords(value)}`,
  }),
  response: flag16('dns.flags.response', 'Response', {
    mask: RESPONSE,
    states: ['Message is a response', 'Message is a query'],
    about: 'Tells whether the message is an answer or a question.',
  }),
  opcode: u16('dns.flags.opcode', 'Opcode', {
    mask: 0x7800,
    names: dnsOpcodes,
    about: 'What the message asks for, which is nearly always a name.',
  }),
  authoritative: flag16('dns.flags.authoritative', 'Authoritative', {
    mask: 0x0400,
    states: ['Server is an authority for domain', 'Server is not an authority for domain'],
    about: 'Tells whether the server itself is responsible for the name, or passes on what it heard.',
  }),
  conflict: flag16('dns.flags.conflict', 'Conflict', {
    mask: 0x0400,
    states: ['The name is not considered unique', 'The name is considered unique'],
    about: 'Tells whether several machines answer to this name.',
  }),
  conflictSeen: flag16('dns.flags.conflict', 'Conflict', {
    mask: 0x0400,
    states: ['The sender received multiple responses', 'None'],
    about: 'Tells that the asker got answers from several machines before.',
  }),
  truncated: flag16('dns.flags.truncated', 'Truncated', {
    mask: 0x0200,
    states: ['Message is truncated', 'Message is not truncated'],
    about: 'Tells that the answer did not fit, so that the asker should try again over TCP.',
  }),
  desired: flag16('dns.flags.recdesired', 'Recursion desired', {
    mask: 0x0100,
    states: ['Do query recursively', "Don't do query recursively"],
    about: 'Asks the server to find the answer elsewhere when it does not know it.',
  }),
  tentative: flag16('dns.flags.tentative', 'Tentative', {
    mask: 0x0100,
    states: ['Tentative', 'Not tentative'],
    about: 'Tells that the sender has yet to make sure that the name is its own.',
  }),
  available: flag16('dns.flags.recavail', 'Recursion available', {
    mask: 0x0080,
    states: ['Server can do recursive queries', "Server can't do recursive queries"],
    about: 'Tells whether the server looks for answers elsewhere when asked to.',
  }),
  zero: flag16('dns.flags.z', 'Z', {
    mask: 0x0040,
    states: ['reserved - incorrect!', 'reserved (0)'],
    about: 'A bit without a meaning, which must be zero.',
  }),
  authenticated: flag16('dns.flags.authenticated', 'Answer authenticated', {
    mask: 0x0020,
    states: ['Answer/authority portion was authenticated by the server', 'Answer/authority portion was not authenticated by the server'],
    about: 'Tells whether the server has checked the signatures of the answer (DNSSEC).',
  }),
  wantsAuthentication: flag16('dns.flags.authenticated', 'AD bit', {
    mask: 0x0020,
    states: ['Set', 'Not set'],
    about: 'Tells that the asker understands what the answer says of checked signatures.',
  }),
  unchecked: flag16('dns.flags.checkdisable', 'Non-authenticated data', {
    mask: 0x0010,
    states: ['Acceptable', 'Unacceptable'],
    about: 'Tells whether the asker takes answers whose signatures were not checked.',
  }),
  replyCode: u16('dns.flags.rcode', 'Reply code', {
    mask: 0x000f,
    names: dnsReplyCodes,
    about: 'Says whether the question was answered, or why it was not.',
    explain: (value) => (value === 3 ? 'Nobody has registered this name: NXDOMAIN.' : ''),
  }),
  questions: u16('dns.count.queries', 'Questions', { about: 'Counts the questions in the message, nearly always one.' }),
  answers: u16('dns.count.answers', 'Answer RRs', { about: 'Counts the records that answer the question.' }),
  authorities: u16('dns.count.auth_rr', 'Authority RRs', { about: 'Counts the records that name the servers responsible.' }),
  additional: u16('dns.count.add_rr', 'Additional RRs', { about: 'Counts the records that come along because they may be of use.' }),
  zones: u16('dns.count.zones', 'Zones', { about: 'Counts the zones that are to be changed, which must be one.' }),
  prerequisites: u16('dns.count.prerequisites', 'Prerequisites', { about: 'Counts the conditions under which the change is to be made.' }),
  updates: u16('dns.count.updates', 'Updates', { about: 'Counts the records that are to be added or deleted.' }),

  queries: group('', 'Queries', { about: 'Holds the questions that the message asks.' }),
  zone: group('', 'Zone', { about: 'Holds the zone that the message wants to change.' }),
  answerSection: group('', 'Answers', { about: 'Holds the records that answer the question.' }),
  prerequisiteSection: group('', 'Prerequisites', { about: 'Holds the conditions under which the change is to be made.' }),
  authoritySection: group('', 'Authoritative nameservers', { about: 'Holds the records that name the servers responsible.' }),
  updateSection: group('', 'Updates', { about: 'Holds the records that are to be added or deleted.' }),
  additionalSection: group('', 'Additional records', { about: 'Holds records that come along because they may be of use.' }),
  query: group('', 'Query', { about: 'A question: the name, and what is to be known of it.' }),
  record: group('', 'Record', { about: 'A resource record: a name, and one thing that is known of it.' }),
  // Never shown: what the Info column says of a question or a record.
  words: text('', 'Words', { hidden: true, generated: true, about: 'Says a question or a record in few words for the packet list.' }),

  queryName: text('dns.qry.name', 'Name', {
    about: 'The name that the question is about, readable by everybody on the way.',
    explain: () => 'Whoever sees this packet knows which machine is about to be contacted, even if all that follows is encrypted.',
  }),
  queryNameLength: u16('dns.qry.name.len', 'Name Length', { about: 'Counts the characters of the name as it is written.' }),
  labels: u16('dns.count.labels', 'Label Count', { about: 'Counts the parts of the name between its dots.' }),
  queryType: u16('dns.qry.type', 'Type', {
    names: dnsTypes,
    about: 'Says what is to be known of the name: an address, a mail server and so on.',
  }),
  queryClass: u16('dns.qry.class', 'Class', {
    base: 'hex',
    names: dnsClasses,
    about: 'The kind of network asked about, which is nearly always the Internet.',
  }),
  queryClassMulticast: u16('dns.qry.class', 'Class', {
    mask: 0x7fff,
    base: 'hex',
    names: dnsClasses,
    about: 'The kind of network asked about, without the bit that asks for a direct answer.',
  }),
  unicast: flag16('dns.qry.qu', '"QU" question', {
    mask: 0x8000,
    about: 'Asks for an answer to the asker alone instead of everybody in the network.',
  }),

  name: text('dns.resp.name', 'Name', { about: 'The name that the record says something about.' }),
  type: u16('dns.resp.type', 'Type', {
    names: dnsTypes,
    about: 'Says what the record tells of the name: an address, a mail server and so on.',
  }),
  class: u16('dns.resp.class', 'Class', {
    base: 'hex',
    names: dnsClasses,
    about: 'The kind of network that the record is for, nearly always the Internet.',
  }),
  classMulticast: u16('dns.resp.class', 'Class', {
    mask: 0x7fff,
    base: 'hex',
    names: dnsClasses,
    about: 'The kind of network that the record is for, without the bit that replaces older records.',
  }),
  cacheFlush: flag16('dns.resp.cache_flush', 'Cache flush', {
    mask: 0x8000,
    about: 'Tells that this record replaces all older ones of the same name and type.',
  }),
  ttl: u32('dns.resp.ttl', 'Time to live', {
    about: 'For how many seconds the record may be kept and used again.',
    display: (_get, value) => `Time to live: ${value} (${spanText(value)})`,
  }),
  dataLength: u16('dns.resp.len', 'Data length', { about: 'Counts the bytes of what the record says.' }),

  payloadSize: u16('dns.rr.udp_payload_size', 'UDP payload size', {
    about: 'The largest answer that the sender takes over UDP, in bytes.',
  }),
  payloadSizeMulticast: u16('dns.rr.udp_payload_size', 'UDP payload size', {
    mask: 0x7fff,
    base: 'hex',
    about: 'The largest answer that the sender takes over UDP, in bytes, without the bit of multicast DNS.',
  }),
  extendedReply: u8('dns.resp.ext_rcode', 'Higher bits in extended RCODE', {
    base: 'hex',
    about: 'Eight more bits for the reply code, above the four in the header.',
  }),
  ednsVersion: u8('dns.resp.edns0_version', 'EDNS0 version', { about: 'The version of the extensions, which is always 0 so far.' }),
  ednsFlags: u16('dns.resp.z', 'Z', { base: 'hex', about: 'Flags of the extensions, of which one is in use.' }),
  dnssecOk: flag16('dns.resp.z.do', 'DO bit', {
    mask: 0x8000,
    states: ['Accepts DNSSEC security RRs', 'Cannot handle DNSSEC security RRs'],
    about: 'Tells whether the sender wants the signatures of DNSSEC along with the answer.',
  }),
  ednsReserved: u16('dns.resp.z.reserved', 'Reserved', { mask: 0x7fff, base: 'hex', about: 'Bits without a meaning, which must be zero.' }),

  extraneous: group('', 'Extraneous Data', { about: 'Holds bytes that follow the last record and belong to none.' }),
  extraneousData: bytes('dns.extraneous.data', 'Extraneous Data Bytes', { about: 'The bytes that follow the last record of the message.' }),
  extraneousLength: i32('dns.extraneous.length', 'Extraneous Data Length', {
    generated: true,
    about: 'Counts the bytes that follow the last record of the message.',
  }),
  extraneousRemark: group('', 'Extraneous data', { about: 'Says that the message is followed by bytes that belong to none.' }),
  extraneousMark: group('dns.extraneous', 'Extraneous data', {
    about: 'Marks a message that is followed by bytes that belong to none.',
  }),
  undecodedType: group('dns.undecoded.type', 'Undecoded option', { about: 'Marks a record whose data is shown as it is.' }),
  data: bytes('dns.data', 'Data', { about: 'What a record of an unknown type says, as it is.' }),

  responseIn: frame('dns.response_in', 'Response In', { generated: true, about: 'The packet in which the answer to this question is.' }),
  responseTo: frame('dns.response_to', 'Request In', { generated: true, about: 'The packet in which the question of this answer is.' }),
  time: duration('dns.time', 'Time', { generated: true, about: 'How long the answer took to come back.' }),
  unsolicited: flag32('dns.unsolicited', 'Unsolicited', {
    generated: true,
    about: 'Tells that the capture has no question to this answer.',
  }),
  retransmission: flag32('dns.retransmission', 'Retransmission', {
    generated: true,
    about: 'Tells that the same message was seen before.',
  }),
  retransmittedRequest: frame('dns.retransmit_request_in', 'Retransmitted request. Original request in', {
    generated: true,
    about: 'The packet in which the same question was asked first.',
  }),
  retransmittedResponse: frame('dns.retransmit_response_in', 'Retransmitted response. Original response in', {
    generated: true,
    about: 'The packet in which the same answer was given first.',
  }),
  requestAgain: group('dns.retransmit_request', 'DNS query retransmission', {
    about: 'Marks a question that was asked before and not answered.',
  }),
  responseAgain: group('dns.retransmit_response', 'DNS response retransmission', {
    about: 'Marks an answer that was given before.',
  }),
}

/** "Standard query response, No such name". */
export function flagWords(flags: number): string {
  const opcode = dnsOpcodes[(flags >> 11) & 15] ?? 'Unknown operation'
  if ((flags & RESPONSE) === 0) return opcode
  return `${opcode} response, ${dnsReplyCodes[flags & 15] ?? 'Unknown error'}`
}
