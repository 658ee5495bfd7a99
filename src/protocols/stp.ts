// Spanning Tree Protocol: IEEE 802.1D 9.3; the rapid version: IEEE 802.1w.
//
//   0         2        3     4      5     13    17      25    27   29       31     33
//   protocol  version  type  flags  root  cost  bridge  port  age  max age  hello  forward delay

import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, double, ether, flag, type Get, group, u8, u16, u32 } from '../core/protocol.ts'

const SHORTEST = 4
const CONFIGURATION = 35
const CHANGE = 0x80
const RAPID = 2
const yesOrNo: readonly [string, string] = ['Yes', 'No']

const F = {
  protocol: u16('stp.protocol', 'Protocol Identifier', {
    base: 'hex',
    names: { 0: 'Spanning Tree Protocol' },
    about: 'Always zero: the spanning tree protocol itself.',
  }),
  version: u8('stp.version', 'Protocol Version Identifier', {
    names: { 0: 'Spanning Tree', 2: 'Rapid Spanning Tree', 3: 'Multiple Spanning Tree', 4: 'Shortest Path Tree' },
    about: 'The version of the protocol, of which newer ones switch over faster.',
  }),
  type: u8('stp.type', 'BPDU Type', {
    base: 'hex',
    names: { 0: 'Configuration', 2: 'Rapid/Multiple Spanning Tree', 128: 'Topology Change Notification' },
    about: 'Says whether the switch describes the tree or reports a change.',
  }),
  flags: u8('stp.flags', 'BPDU flags', { base: 'hex', about: 'Says what is changing in the tree, and what the port does.' }),
  acknowledged: flag('stp.flags.tcack', 'Topology Change Acknowledgment', {
    mask: 0x80,
    states: yesOrNo,
    about: 'Tells a switch that its report of a change has arrived.',
  }),
  agreement: flag('stp.flags.agreement', 'Agreement', {
    mask: 0x40,
    states: yesOrNo,
    about: 'Tells whether the switch agrees to what was proposed.',
  }),
  forwarding: flag('stp.flags.forwarding', 'Forwarding', {
    mask: 0x20,
    states: yesOrNo,
    about: 'Tells whether the port passes frames on.',
  }),
  learning: flag('stp.flags.learning', 'Learning', {
    mask: 0x10,
    states: yesOrNo,
    about: 'Tells whether the port notes who is behind it.',
  }),
  role: u8('stp.flags.port_role', 'Port Role', {
    mask: 0x0c,
    names: { 1: 'Alternate or Backup', 2: 'Root', 3: 'Designated' },
    about: 'Says what the port is for in the tree.',
  }),
  proposal: flag('stp.flags.proposal', 'Proposal', {
    mask: 0x02,
    states: yesOrNo,
    about: 'Tells whether the switch would like to open the port.',
  }),
  change: flag('stp.flags.tc', 'Topology Change', {
    mask: 0x01,
    states: yesOrNo,
    about: 'Tells switches to forget soon who is behind which port.',
  }),
  identifier: group('', 'Identifier', {
    about: 'A switch: its priority, a number, and its address.',
    display: (_get, _value, shown) => shown,
  }),
  rootPriority: u16('stp.root.prio', 'Root Bridge Priority', { about: 'The priority of the root: the smallest becomes root.' }),
  rootExtension: u16('stp.root.ext', 'Root Bridge System ID Extension', {
    mask: 0x0fff,
    about: 'The virtual network that the tree is for.',
  }),
  root: ether('stp.root.hw', 'Root Bridge System ID', { about: 'The address of the switch at the root of the tree.' }),
  cost: u32('stp.root.cost', 'Root Path Cost', { about: 'Says how far away the root is, by the speed of the links.' }),
  bridgePriority: u16('stp.bridge.prio', 'Bridge Priority', { about: 'The priority of the switch that sent this.' }),
  bridgeExtension: u16('stp.bridge.ext', 'Bridge System ID Extension', {
    mask: 0x0fff,
    about: 'The virtual network that the tree is for.',
  }),
  bridge: ether('stp.bridge.hw', 'Bridge System ID', { about: 'The address of the switch that sent this.' }),
  port: u16('stp.port', 'Port identifier', { base: 'hex', about: 'The port of the switch through which this was sent.' }),
  age: double('stp.msg_age', 'Message Age', { about: 'Says how many seconds ago the root said so.' }),
  maxAge: double('stp.max_age', 'Max Age', { about: 'Says after how many seconds without word the root counts as gone.' }),
  hello: double('stp.hello', 'Hello Time', { about: 'Says how many seconds pass between such messages.' }),
  delay: double('stp.forward', 'Forward Delay', { about: 'Says how many seconds a port waits before it passes frames on.' }),
  version1: u8('stp.version_1_length', 'Version 1 Length', { about: 'Always zero: nothing of version 1 follows.' }),
}

function summarize(get: Get): string {
  if (get.number(F.type) === CHANGE) return 'Topology Change Notification'
  const name = get.number(F.type) !== RAPID ? 'Conf' : get.number(F.version) > RAPID ? 'MST' : 'RST'
  const words = [get.number(F.change) === 1 && 'TC', get.number(F.acknowledged) === 1 && 'TCA'].filter((word) => word !== false)
  const root = `${get.number(F.rootPriority)}/${get.number(F.rootExtension)}/${get.text(F.root)}`
  return `${name}. ${words.length === 0 ? '' : `${words.join(' + ')} + `}Root = ${root}  Cost = ${get.text(F.cost)}  Port = 0x${get.number(F.port).toString(16).padStart(4, '0')}`
}

export const stp = defineProtocol({
  name: 'stp',
  title: 'Spanning Tree Protocol',
  spec: 'IEEE 802.1D',
  about: 'Lets switches agree on a tree of links, so that no frame runs in circles.',
  scanStops: true,
  fields: F,
  accepts: { 'llc.dsap': [0x42], 'llc.cisco_pid': [0x010b] },
  summary: summarize,

  dissect(p) {
    if (!p.has(SHORTEST)) return p.short(SHORTEST)
    p.add(F.protocol, 0)
    p.add(F.version, 2)
    p.add(F.type, 3)
    p.span(p.available())
    if (p.u8(3) === CHANGE) return
    if (!p.has(CONFIGURATION)) return p.short(CONFIGURATION)
    if (p.recording) record(p, p.u8(3) === RAPID)
  },
})

function record(p: Dissection, rapid: boolean): void {
  p.open(F.flags, 4)
  const fields = rapid ? [F.acknowledged, F.agreement, F.forwarding, F.learning, F.role, F.proposal, F.change] : [F.acknowledged, F.change]
  for (const field of fields) p.add(field, 4)
  p.close()
  p.nest(p.generateText(F.identifier, `Root Identifier: ${identifier(p, 5)}`, 5, 8))
  p.generate(F.rootPriority, (p.u8(5) << 8) & 0xf000, 5, 1)
  p.add(F.rootExtension, 5)
  p.add(F.root, 7)
  p.close()
  p.add(F.cost, 13)
  p.nest(p.generateText(F.identifier, `Bridge Identifier: ${identifier(p, 17)}`, 17, 8))
  p.generate(F.bridgePriority, (p.u8(17) << 8) & 0xf000, 17, 1)
  p.add(F.bridgeExtension, 17)
  p.add(F.bridge, 19)
  p.close()
  p.add(F.port, 25)
  // In units of 1/256 of a second.
  p.generate(F.age, p.u16(27) / 256, 27, 2)
  p.generate(F.maxAge, p.u16(29) / 256, 29, 2)
  p.generate(F.hello, p.u16(31) / 256, 31, 2)
  p.generate(F.delay, p.u16(33) / 256, 33, 2)
  if (rapid && p.has(CONFIGURATION + 1)) p.add(F.version1, CONFIGURATION)
}

/** "32768 / 1 / aa:bb:cc:00:03:00": priority, virtual network, address. */
function identifier(p: Dissection, at: number): string {
  const word = p.u16(at)
  const address = [2, 3, 4, 5, 6, 7].map((byte) =>
    p
      .u8(at + byte)
      .toString(16)
      .padStart(2, '0'),
  )
  return `${word & 0xf000} / ${word & 0x0fff} / ${address.join(':')}`
}
