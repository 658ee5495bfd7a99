// sFlow version 5: switches and routers send samples of the packets that they forward, and counters (sflow.org, "sFlow Version 5").
// Everything is in words of four bytes. Samples of packets are taken apart; counters are shown by kind and length.
//
//   0        4             8                 …          …         …       …
//   version  address kind  agent's address   sub agent  sequence  uptime  number of samples, samples: kind, length, contents
//
// A flow sample names rate and interfaces, then holds records: kind, length, contents. The raw header is the start of a packet.

import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, ipv4, ipv6, u16, u32 } from '../core/protocol.ts'

const HEADER = 28
const VERSION = 5
const IPV6 = 2
const FLOW = 1
const EXPANDED = 3
const RAW_HEADER = 1
/** Ethernet types of what a sampled header begins with, by its number. */
const etherTypeOf: Readonly<Record<number, number>> = { 1: 0x6558, 11: 0x0800, 12: 0x86dd, 13: 0x8847 }
const sampleKinds = { 1: 'Flow sample', 2: 'Counters sample', 3: 'Expanded flow sample', 4: 'Expanded counters sample' }

const F = {
  version: u32('sflow_245.version', 'Datagram version', { at: 0, about: 'The version of the protocol, of which 5 is the one in use.' }),
  addressKind: u32('sflow_245.agenttype', 'Agent address type', {
    at: 4,
    names: { 1: 'IPv4', 2: 'IPv6' },
    about: 'Says which kind of address the agent gives.',
  }),
  agent: ipv4('sflow_245.agent', 'Agent address', { about: 'The address of the switch or router that took the samples.' }),
  agent6: ipv6('sflow_245.agent.v6', 'Agent address', { about: 'The address of the switch or router that took the samples.' }),
  subAgent: u32('sflow_245.sub_agent_id', 'Sub-agent ID', { about: 'Tells apart several parts of that machine.' }),
  sequence: u32('sflow_245.sequence_number', 'Sequence number', { about: 'Counts the datagrams, so that lost ones are noticed.' }),
  uptime: u32('sflow_245.sysuptime', 'SysUptime', { about: 'How long the machine has been running, in thousandths of a second.' }),
  count: u32('sflow_245.numsamples', 'NumSamples', { about: 'Counts the samples that follow in this datagram.' }),
  enterprise: u32('sflow.enterprise', 'Enterprise', {
    mask: 0xfffff000,
    names: { 0: 'standard sFlow' },
    about: 'Says who defined the kind of sample or record.',
  }),
  kind: u32('sflow_245.sampletype', 'sFlow sample type', {
    mask: 0x00000fff,
    names: sampleKinds,
    about: 'Says what the sample holds: a packet, or counters.',
  }),
  sampleLength: u32('sflow_5.sample_length', 'Sample length (byte)', { about: 'Counts the bytes of the sample that follow.' }),
  flowSequence: u32('sflow.flow_sample.sequence_number', 'Sequence number', { about: 'Counts the samples of this source.' }),
  rate: u32('sflow.flow_sample.sampling_rate', 'Sampling rate', {
    about: 'Of how many packets one is sampled.',
    display: (_get, value) => `Sampling rate: 1 out of ${value} packets`,
  }),
  pool: u32('sflow.flow_sample.sample_pool', 'Sample pool', {
    about: 'Counts the packets among which this source has chosen so far.',
    display: (_get, value) => `Sample pool: ${value} total packets`,
  }),
  dropped: u32('sflow.flow_sample.dropped_packets', 'Dropped packets', { about: 'Counts the samples that the machine had no time for.' }),
  records: u32('sflow.flow_sample.flow_record', 'Flow record', { about: 'Counts the records of the sample that follow.' }),
  format: u32('sflow_245.flow_record_format', 'Format', {
    mask: 0x00000fff,
    names: { 1: 'Raw packet header', 1001: 'Extended switch data', 1002: 'Extended router data', 1003: 'Extended gateway data' },
    about: 'Says what the record tells of the packet.',
  }),
  recordLength: u32('sflow_5.flow_data_length', 'Flow data length (byte)', { about: 'Counts the bytes of the record that follow.' }),
  protocol: u32('sflow_245.header_protocol', 'Header protocol', {
    names: { 1: 'Ethernet', 11: 'IPv4', 12: 'IPv6', 13: 'MPLS' },
    about: 'Says what the sampled header begins with.',
  }),
  frameLength: u32('sflow_245.header.frame_length', 'Frame Length', { about: 'Counts the bytes that the packet had on the wire.' }),
  stripped: u32('sflow_245.header.payload_stripped', 'Payload stripped', {
    about: 'Counts the bytes of the packet that were removed before sampling.',
  }),
  headerLength: u32('sflow_245.header.sampled_header_length', 'Sampled header length', {
    about: 'Counts the bytes of the packet that the sample kept.',
  }),
  header: bytes('sflow_245.header', 'Header of sampled packet', { about: 'The first bytes of the packet that was sampled.' }),
  // Never shown: it only selects what the header begins with, as an EtherType would.
  type: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of packet that was sampled, as an Ethernet type.' }),
}

export const sflow = defineProtocol({
  name: 'sflow',
  title: 'InMon sFlow',
  column: 'sFlow',
  spec: 'sFlow Version 5',
  about: 'Reports samples of the packets that a switch or router forwards.',
  fields: F,
  accepts: { 'udp.port': [6343] },
  admits: (bytes, start, end) =>
    end - start >= HEADER && bytes[start + 3] === VERSION && bytes[start] === 0 && (bytes[start + 7]! | 3) === 3,
  summary: (get) =>
    `V5, agent ${get.text(get.has(F.agent6) ? F.agent6 : F.agent)}, sub-agent ID ${get.text(F.subAgent)}, seq ${get.text(F.sequence)}, ${get.text(F.count)} samples`,

  dissect(p) {
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    const long = p.u32(4) === IPV6
    p.add(long ? F.agent6 : F.agent, 8)
    let at = long ? 24 : 12
    p.span(p.available())
    if (!p.has(at + 16)) return p.short(at + 16)
    p.add(F.subAgent, at)
    p.add(F.sequence, at + 4)
    p.add(F.uptime, at + 8)
    const count = p.number(F.count, at + 12)
    at += 16
    for (let i = 0; i < count && p.has(at + 8); i++) {
      const length = p.u32(at + 4)
      p.add(F.enterprise, at)
      p.add(F.kind, at)
      p.add(F.sampleLength, at + 4)
      if (!p.has(at + 8 + length)) return p.short(at + 8 + length)
      const kind = p.u32(at)
      if (kind === FLOW || kind === EXPANDED) readFlow(p, at + 8, at + 8 + length, kind === EXPANDED)
      at += 8 + length
    }
  },
})

function readFlow(p: Dissection, from: number, end: number, expanded: boolean): void {
  const source = expanded ? 8 : 4
  const interfaces = expanded ? 16 : 8
  const countAt = from + 4 + source + 12 + interfaces
  if (countAt + 4 > end) return
  p.add(F.flowSequence, from)
  p.add(F.rate, from + 4 + source)
  p.add(F.pool, from + 8 + source)
  p.add(F.dropped, from + 12 + source)
  const count = p.number(F.records, countAt)
  let at = countAt + 4
  for (let i = 0; i < count && at + 8 <= end; i++) {
    const length = p.u32(at + 4)
    p.add(F.enterprise, at)
    p.add(F.format, at)
    p.add(F.recordLength, at + 4)
    if (at + 8 + length > end) return
    if (p.u32(at) === RAW_HEADER && length >= 16) readHeader(p, at + 8, length)
    at += 8 + length
  }
}

/** The start of a packet: shown under this layer, as one that is only told of. */
function readHeader(p: Dissection, at: number, length: number): void {
  p.add(F.protocol, at)
  p.add(F.frameLength, at + 4)
  p.add(F.stripped, at + 8)
  const kept = Math.min(p.number(F.headerLength, at + 12), length - 16)
  if (kept <= 0) return
  p.add(F.header, at + 16, kept)
  p.nextInside(F.type, etherTypeOf[p.u32(at)] ?? 0, at + 16, true, kept)
}
