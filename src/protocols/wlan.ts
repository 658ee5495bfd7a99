// IEEE 802.11: the frames of wireless networks, here as tunnels between access points and controllers carry them. Data frames in full, the
// others up to their addresses. All numbers have their least significant byte first.
//
//   0              2         4        10       16       22               24          26
//   frame control  duration  address  address  address  sequence number  [address]  [QoS]  LLC frame

import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, ether, type Field, flag, flag16, type Get, u8, u16 } from '../core/protocol.ts'
import { arubaTypes } from './names/gre.ts'
import { frameKinds, priorities } from './names/wlan.ts'

const SHORTEST = 10
const HEADER = 24
const ADDRESS = 6
const DATA = 2
const CONTROL = 1
const NO_DATA = 4
const QOS = 8
const TO_DS = 0x01
const FROM_DS = 0x02
const MORE = 0x04
const PROTECTED = 0x40
const ORDER = 0x80

const distribution = {
  0: 'Not leaving DS or network is operating in AD-HOC mode (To DS: 0 From DS: 0)',
  1: 'Frame from STA to DS via an AP (To DS: 1 From DS: 0)',
  2: 'Frame from DS to a STA via AP(To DS: 0 From DS: 1)',
  3: 'WDS (AP to AP) or Mesh (MP to MP) Frame (To DS: 1 From DS: 1)',
}

const F = {
  kind: u16('wlan.fc.type_subtype', 'Type/Subtype', {
    base: 'hex',
    names: frameKinds,
    about: 'Says what the frame is for, as type and subtype together.',
  }),
  control: u16('wlan.fc', 'Frame Control Field', {
    base: 'hex',
    about: 'Says which kind of frame it is and how it is handled.',
  }),
  version: u8('wlan.fc.version', 'Version', { mask: 0x03, about: 'The version of the protocol, which is always 0.' }),
  type: u8('wlan.fc.type', 'Type', {
    mask: 0x0c,
    names: { 0: 'Management frame', 1: 'Control frame', 2: 'Data frame', 3: 'Extension frame' },
    about: 'Tells data from the frames that keep the network going.',
  }),
  subtype: u8('wlan.fc.subtype', 'Subtype', { mask: 0xf0, about: 'Says more exactly which frame of its type it is.' }),
  flags: u8('wlan.flags', 'Flags', { base: 'hex', about: 'Says where the frame is going and how it is handled.' }),
  distribution: u8('wlan.fc.ds', 'DS status', {
    mask: 0x03,
    base: 'hex',
    names: distribution,
    about: 'Says between which kinds of stations the frame travels.',
  }),
  toDs: flag('wlan.fc.tods', 'To DS', {
    mask: TO_DS,
    hidden: true,
    states: ['Frame is entering DS', 'Frame is not entering DS'],
    about: 'Tells whether the frame goes to the network behind the access point.',
  }),
  fromDs: flag('wlan.fc.fromds', 'From DS', {
    mask: FROM_DS,
    hidden: true,
    states: ['Frame is exiting DS', 'Frame is not exiting DS'],
    about: 'Tells whether the frame comes from the network behind the access point.',
  }),
  more: flag('wlan.fc.frag', 'More Fragments', {
    mask: MORE,
    states: ['More fragments follow', 'This is the last fragment'],
    about: 'Tells whether further parts of the same frame follow.',
  }),
  retry: flag('wlan.fc.retry', 'Retry', {
    mask: 0x08,
    states: ['Frame is being retransmitted', 'Frame is not being retransmitted'],
    about: 'Tells whether the frame was sent before without an acknowledgment.',
  }),
  power: flag('wlan.fc.pwrmgt', 'PWR MGT', {
    mask: 0x10,
    states: ['STA will go to sleep', 'STA will stay up'],
    about: 'Tells whether the sender is about to switch its radio off for a while.',
  }),
  moreData: flag('wlan.fc.moredata', 'More Data', {
    mask: 0x20,
    states: ['Data is buffered for STA at AP', 'No data buffered'],
    about: 'Tells whether the access point has more for a station that sleeps.',
  }),
  protected: flag('wlan.fc.protected', 'Protected flag', {
    mask: PROTECTED,
    states: ['Data is protected', 'Data is not protected'],
    about: 'Tells whether the content of the frame is encrypted.',
  }),
  order: flag('wlan.fc.order', '+HTC/Order flag', {
    mask: ORDER,
    states: ['Strictly ordered', 'Not strictly ordered'],
    about: 'Tells whether four more bytes of control stand in the header.',
  }),
  duration: u16('wlan.duration', 'Duration', {
    little: true,
    mask: 0x7fff,
    about: 'Says for how many microseconds the air is taken.',
    display: (_get, value, _shown, _raw) =>
      `.${value
        .toString(2)
        .padStart(15, '0')
        .replace(/^(...)(....)(....)(....)$/, '$1 $2 $3 $4')} = Duration: ${value} microseconds`,
  }),
  association: u16('wlan.aid', 'Association ID', {
    little: true,
    mask: 0x3fff,
    about: 'The number under which the access point knows the station.',
  }),
  receiver: ether('wlan.ra', 'Receiver address', { also: ['wlan.addr'], about: 'The station that is to take the frame from the air.' }),
  transmitter: ether('wlan.ta', 'Transmitter address', { also: ['wlan.addr'], about: 'The station that put the frame into the air.' }),
  destination: ether('wlan.da', 'Destination address', { also: ['wlan.addr'], about: 'The station that the frame is for in the end.' }),
  source: ether('wlan.sa', 'Source address', { also: ['wlan.addr'], about: 'The station that the frame comes from in the first place.' }),
  network: ether('wlan.bssid', 'BSS Id', { also: ['wlan.addr'], about: 'The address of the access point, which names the network.' }),
  station: ether('wlan.staa', 'STA address', { also: ['wlan.addr'], about: 'The end of the radio link that is no access point.' }),
  fragment: u16('wlan.frag', 'Fragment number', { little: true, mask: 0x000f, about: 'Says which part of the frame this is, from 0.' }),
  sequence: u16('wlan.seq', 'Sequence number', {
    little: true,
    mask: 0xfff0,
    about: 'Counts the frames of the sender, so that repeats are noticed.',
  }),
  qos: u16('wlan.qos', 'Qos Control', { little: true, base: 'hex', about: 'Says how urgent the frame is, and how it is acknowledged.' }),
  traffic: u16('wlan.qos.tid', 'TID', { little: true, mask: 0x000f, about: 'The number of the flow or the class of the frame.' }),
  priority: u16('wlan.qos.priority', 'Priority', {
    little: true,
    mask: 0x0007,
    names: priorities,
    about: 'The class of service that the frame belongs to.',
  }),
  bit4: flag16('wlan.qos.bit4', 'QoS bit 4', {
    little: true,
    mask: 0x0010,
    states: ['Bits 8-15 of QoS Control field are Queue Size', 'Bits 8-15 of QoS Control field are TXOP Duration Requested'],
    about: 'Tells what a station means by the upper byte.',
  }),
  endOfService: flag16('wlan.qos.eosp', 'EOSP', {
    little: true,
    mask: 0x0010,
    states: ['End of service period', 'Service period'],
    about: 'Tells whether a station that sleeps may switch its radio off again.',
  }),
  acknowledgment: u16('wlan.qos.ack', 'Ack Policy', {
    little: true,
    mask: 0x0060,
    base: 'hex',
    names: { 0: 'Normal Ack', 1: 'No Ack', 2: 'No explicit acknowledgment', 3: 'Block Ack' },
    about: 'Says how the receiver is to acknowledge the frame.',
  }),
  aggregate: flag16('wlan.qos.amsdupresent', 'Payload Type', {
    little: true,
    mask: 0x0080,
    states: ['A-MSDU', 'MSDU'],
    about: 'Tells whether several packets stand in this frame.',
  }),
  duration8: u16('wlan.qos.txop_dur_req', 'TXOP Duration Requested', {
    little: true,
    mask: 0xff00,
    about: 'Says for how long the station would like to go on sending.',
  }),
  queue: u16('wlan.qos.queue_size', 'Queue Size', { little: true, mask: 0xff00, about: 'Says how much the station still has to send.' }),
  buffered: u16('wlan.qos.ps_buf_state', 'QAP PS Buffer State', {
    little: true,
    mask: 0xff00,
    base: 'hex',
    about: 'Says what the access point keeps for a station that sleeps.',
  }),
  bufferedKnown: flag16('wlan.qos.buf_state_indicated', 'Buffer State Indicated', {
    little: true,
    mask: 0x0200,
    states: ['Yes', 'No'],
    about: 'Tells whether the access point says what it keeps for the station.',
  }),
  // Never shown: key 0 of a length selects LLC.
  llc: u16('', 'Length', { hidden: true, selectsLike: 'eth.len', about: 'Stands for the length that this header does not have.' }),
}

const kindOf = (first: number) => ((first & 0x0c) << 2) | (first >> 4)

function summarize(get: Get): string {
  return `${get.name(F.kind)}, SN=${get.text(F.sequence)}, FN=${get.text(F.fragment)}`
}

function heading(get: Get): string {
  const flags = get.number(F.flags)
  const letters = 'opmPRMFT'
  const word = [...letters].map((letter, i) => ((flags & (0x80 >> i)) !== 0 ? letter : '.')).join('')
  return `IEEE 802.11 ${get.name(F.kind)}, Flags: ${word}`
}

export const wlan = defineProtocol({
  name: 'wlan',
  title: 'IEEE 802.11',
  column: '802.11',
  spec: 'IEEE 802.11',
  about: 'Carries frames through the air between stations and access points.',
  fields: F,
  accepts: { 'frame.encap_type': [20], 'gre.proto': arubaTypes, 'capwap.header.wbid': [1] },
  heading,
  summary: summarize,

  dissect(p) {
    if (!p.has(SHORTEST)) return p.short(SHORTEST)
    // Some access points swap the two bytes of the frame control when they send frames to their controller; the version is always 0.
    const first = (p.u8(0) & 3) !== 0 && (p.u8(1) & 3) === 0 ? 1 : 0
    const type = (p.u8(first) >> 2) & 3
    const subtype = p.u8(first) >> 4
    const flags = p.u8(1 - first)
    if (p.recording) recordControl(p, first)
    p.add(F.receiver, 4)
    if (type === CONTROL || type === 3) {
      p.span(p.available())
      if (type === CONTROL && p.has(SHORTEST + ADDRESS)) p.add(F.transmitter, SHORTEST)
      return
    }
    if (!p.has(HEADER)) return p.short(HEADER)
    const four = type === DATA && (flags & (TO_DS | FROM_DS)) === (TO_DS | FROM_DS)
    const qos = type === DATA && (subtype & QOS) !== 0
    const header = HEADER + (four ? ADDRESS : 0) + (qos ? 2 : 0) + ((flags & ORDER) !== 0 && (qos || type === 0) ? 4 : 0)
    if (!p.has(header)) return p.short(header)
    if (p.recording) recordAddresses(p, type === DATA ? flags & 3 : 0, four)
    p.add(F.fragment, 22)
    p.add(F.sequence, 22)
    if (qos && p.recording) recordQos(p, header - 2 - ((flags & ORDER) !== 0 ? 4 : 0), (flags & FROM_DS) !== 0)
    p.span(header)
    if (type !== DATA) return p.data(header)
    if ((subtype & NO_DATA) !== 0) return
    // Who swaps the frame control also swaps the sequence number, so that its low bits are in the other byte.
    const partial = (flags & MORE) !== 0 || (p.u8(22 + first) & 0x0f) !== 0
    const aggregate = qos && (p.u8(HEADER + (four ? ADDRESS : 0)) & 0x80) !== 0
    if ((flags & PROTECTED) !== 0 || partial || aggregate) p.data(header)
    else p.next(F.llc, 0, header)
  },
})

function recordControl(p: Dissection, first: number): void {
  const second = 1 - first
  p.generate(F.kind, kindOf(p.u8(first)), first, 1)
  p.open(F.control, 0)
  p.add(F.version, first)
  p.add(F.type, first)
  p.add(F.subtype, first)
  p.open(F.flags, second)
  p.add(F.distribution, second)
  p.add(F.toDs, second)
  p.add(F.fromDs, second)
  p.add(F.more, second)
  p.add(F.retry, second)
  p.add(F.power, second)
  p.add(F.moreData, second)
  p.add(F.protected, second)
  p.add(F.order, second)
  p.close()
  p.close()
  p.add((p.u8(3) & 0x80) === 0 ? F.duration : F.association, 2)
}

/** Which of the addresses is which: IEEE 802.11 9.3.2.1, table "Address field contents". */
function recordAddresses(p: Dissection, way: number, four: boolean): void {
  const third = HEADER - 2 - ADDRESS
  const add = (field: Field, at: number) => p.add(field, at)
  add(F.transmitter, 10)
  add(F.destination, (way & TO_DS) !== 0 ? third : 4)
  add(F.source, four ? HEADER : way === FROM_DS ? third : 10)
  if (four) return
  add(F.network, way === TO_DS ? 4 : way === FROM_DS ? 10 : third)
  if (way !== 0) add(F.station, way === TO_DS ? 10 : 4)
}

function recordQos(p: Dissection, at: number, fromDs: boolean): void {
  p.open(F.qos, at)
  p.add(F.traffic, at)
  p.add(F.priority, at)
  p.add(fromDs ? F.endOfService : F.bit4, at)
  p.add(F.acknowledgment, at)
  p.add(F.aggregate, at)
  if (fromDs) {
    p.open(F.buffered, at)
    p.add(F.bufferedKnown, at)
    p.close()
  } else p.add((p.u8(at) & 0x10) !== 0 ? F.queue : F.duration8, at)
  p.close()
}
