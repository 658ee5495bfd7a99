// NTP's control messages (mode 6): RFC 9327. What `ntpq` asks a server, and what it answers.

import type { Dissection } from '../../core/dissect.ts'
import { type Fields, flag16, group, u8, u16 } from '../../core/protocol.ts'
import { ntpClockSources, ntpControls, ntpErrors, ntpLeaps, ntpPeerEvents, ntpSelections, ntpSystemEvents } from '../names/ntp.ts'

const HEADER = 12
const READ_STATUS = 1
const READ_VARIABLES = 2
const ITEM = 4

export const C = {
  controlFlags: u8('ntp.ctrl.flags2', 'Flags 2', {
    base: 'hex',
    about: 'Says what a control message asks for, and whether it is an answer.',
    display: (_get, value, shown) =>
      `Flags 2: ${shown}, Response bit: ${value >= 0x80 ? 'Response' : 'Request'}, Opcode: ${ntpControls[value & 0x1f] ?? 'Unknown'}`,
  }),
  controlResponse: u8('ntp.ctrl.flags2.r', 'Response bit', {
    mask: 0x80,
    names: { 0: 'Request', 1: 'Response' },
    about: 'Tells whether a control message asks or answers.',
  }),
  controlError: u8('ntp.ctrl.flags2.error', 'Error bit', { mask: 0x40, about: 'Tells that what was asked for went wrong.' }),
  controlMore: u8('ntp.ctrl.flags2.more', 'More bit', { mask: 0x20, about: 'Tells that further parts of the answer follow.' }),
  controlOpcode: u8('ntp.ctrl.flags2.opcode', 'Opcode', {
    mask: 0x1f,
    names: ntpControls,
    about: 'Says what a control message wants to be done.',
  }),
  controlSequence: u16('ntp.ctrl.sequence', 'Sequence', { about: 'Numbers the questions, so that answers can be matched.' }),
  controlStatus: u16('ntp.ctrl.status', 'Status', { base: 'hex', about: 'Says how the clock, or a peer of it, is doing.' }),
  error: u16('ntp.ctrl.err_status', 'Error Status Word', {
    mask: 0xff00,
    names: ntpErrors,
    about: 'Says why a question could not be answered.',
  }),
  systemLeap: u16('ntp.ctrl.sys_status.li', 'Leap Indicator', {
    mask: 0xc000,
    names: ntpLeaps,
    about: 'Warns of a leap second, or says that the clock is not set at all.',
  }),
  systemSource: u16('ntp.ctrl.sys_status.clksrc', 'Clock Source', {
    mask: 0x3f00,
    names: ntpClockSources,
    about: 'Says what the server takes its time from.',
  }),
  systemCount: u16('ntp.ctrl.sys_status.count', 'System Event Counter', {
    mask: 0xf0,
    about: 'Counts what has happened to the server of late.',
  }),
  systemEvent: u16('ntp.ctrl.sys_status.code', 'System Event Code', {
    mask: 0x0f,
    names: ntpSystemEvents,
    about: 'Says what happened last to the server.',
  }),
  peerConfigured: flag16('ntp.ctrl.peer_status.config', 'Peer Status', {
    mask: 0x8000,
    states: ['configured (peer.config)', 'not configured (peer.config)'],
    about: 'Tells whether somebody told the server to ask this peer.',
  }),
  peerAuthenticating: flag16('ntp.ctrl.peer_status.authenable', 'Peer Status', {
    mask: 0x4000,
    states: ['authentication enabled (peer.authenable)', 'authentication disabled (peer.authenable)'],
    about: 'Tells whether the peer has to prove who it is.',
  }),
  peerAuthentic: flag16('ntp.ctrl.peer_status.authentic', 'Peer Status', {
    mask: 0x2000,
    states: ['authentication okay (peer.authentic)', 'authentication not okay (peer.authentic)'],
    about: 'Tells whether the peer has proved who it is.',
  }),
  peerReachable: flag16('ntp.ctrl.peer_status.reach', 'Peer Status', {
    mask: 0x1000,
    states: ['reachability okay (peer.reach != 0)', 'reachability not okay (peer.reach != 0)'],
    about: 'Tells whether the peer has answered of late.',
  }),
  peerBroadcast: flag16('ntp.ctrl.peer_status.bcast', 'Peer Status broadcast association', {
    mask: 0x0800,
    states: ['Set', 'Not set'],
    about: 'Tells whether the peer sends its time to everybody.',
  }),
  peerSelection: u16('ntp.ctrl.peer_status.selection', 'Peer Selection', {
    mask: 0x0700,
    names: ntpSelections,
    about: 'Says how the peer fares among the others.',
  }),
  peerCount: u16('ntp.ctrl.peer_status.count', 'Peer Event Counter', {
    mask: 0xf0,
    about: 'Counts what has happened to the peer of late.',
  }),
  peerEvent: u16('ntp.ctrl.peer_status.code', 'Peer Event Code', {
    mask: 0x0f,
    names: ntpPeerEvents,
    about: 'Says what happened last to the peer.',
  }),
  association: u16('ntp.ctrl.associd', 'AssociationID', { about: 'Says which peer of the server is meant; 0 means the server itself.' }),
  controlOffset: u16('ntp.ctrl.offset', 'Offset', { about: 'Says where in the whole answer this part of it lies.' }),
  controlCount: u16('ntp.ctrl.count', 'Count', { about: 'Counts the bytes of data in this message.' }),
  controlData: group('ntp.ctrl.data', 'Data', { about: 'Variables and their values, mostly as text.' }),
  item: group('ntp.ctrl.item', 'Item', { about: 'One peer of the server, and how it is doing.' }),
} satisfies Fields

const SYSTEM = [C.systemLeap, C.systemSource, C.systemCount, C.systemEvent]
const PEER = [
  ...[C.peerConfigured, C.peerAuthenticating, C.peerAuthentic, C.peerReachable, C.peerBroadcast],
  ...[C.peerSelection, C.peerCount, C.peerEvent],
]

function recordStatus(p: Dissection, at: number, fields: readonly (typeof C)[keyof typeof C][]): void {
  p.open(C.controlStatus, at)
  for (const field of fields) p.add(field, at)
  p.close()
}

/** A header of twelve bytes, then as much data as it says. */
export function recordControl(p: Dissection): void {
  if (!p.has(HEADER)) {
    p.short(HEADER)
    return
  }
  const flags = p.u8(1)
  const opcode = flags & 0x1f
  p.open(C.controlFlags, 1)
  for (const field of [C.controlResponse, C.controlError, C.controlMore, C.controlOpcode]) p.add(field, 1)
  p.close()
  p.add(C.controlSequence, 2)
  // The word means nothing in a question, and why it failed in an answer that says so.
  const answers = flags >= 0x80 && (opcode === READ_STATUS || opcode === READ_VARIABLES)
  if (flags >= 0x80 && (flags & 0x40) !== 0) recordStatus(p, 4, [C.error])
  else recordStatus(p, 4, answers ? (p.u16(6) === 0 ? SYSTEM : PEER) : [])
  p.add(C.association, 6)
  p.add(C.controlOffset, 8)
  p.add(C.controlCount, 10)
  const end = Math.min(HEADER + p.u16(10), p.available())
  if (end <= HEADER) return
  p.open(C.controlData, HEADER, end - HEADER)
  if (answers && opcode === READ_STATUS && p.u16(6) === 0)
    for (let at = HEADER; at + ITEM <= end; at += ITEM) {
      p.open(C.item, at, ITEM)
      p.add(C.association, at)
      recordStatus(p, at + 2, PEER)
      p.close()
    }
  p.close()
}
