// OpenBSD's packet filter log: packets that a firewall rule picked out (LINKTYPE_PFLOG).
//
//   0       1       2       3       4          20       36    40        …
//   length  family  action  reason  interface  ruleset  rule  sub rule  user, process, direction … IP packet

import { decodeText } from '../bytes/decode.ts'
import type { Dissection } from '../core/dissect.ts'
import { bytes, defineProtocol, type Field, i32, text, u8 } from '../core/protocol.ts'

const SHORTEST = 48
/** With users, processes and direction. */
const FULL = 61
const NAME = 16

const F = {
  length: u8('pflog.length', 'Header Length', { at: 0, about: 'Counts the bytes of this header without its padding.' }),
  family: u8('pflog.af', 'Address Family', {
    at: 1,
    names: { 2: 'IPv4', 24: 'IPv6', 28: 'IPv6', 30: 'IPv6' },
    about: 'Says which version of IP the packet belongs to.',
  }),
  action: u8('pflog.action', 'Action', {
    at: 2,
    names: {
      0: 'pass',
      1: 'block',
      2: 'scrub',
      4: 'nat',
      5: 'nonat',
      6: 'binat',
      7: 'nobinat',
      8: 'rdr',
      9: 'nordr',
      10: 'synproxy-drop',
    },
    about: 'Says what the firewall did with the packet.',
  }),
  reason: u8('pflog.reason', 'Reason', {
    at: 3,
    names: {
      0: 'match',
      1: 'bad-offset',
      2: 'fragment',
      3: 'short',
      4: 'normalize',
      5: 'memory',
      6: 'timestamp',
      7: 'congestion',
      8: 'ip-option',
      9: 'proto-cksum',
      10: 'state-mismatch',
      11: 'state-ins-fail',
      12: 'max-states',
      13: 'srcnode-limit',
      14: 'syn-proxy',
    },
    about: 'Says why the firewall did so.',
  }),
  interface: text('pflog.ifname', 'Interface', { about: 'The name of the interface at which the packet was seen.' }),
  ruleset: text('pflog.ruleset', 'Ruleset', { about: 'The name of the set of rules that the rule belongs to.' }),
  rule: i32('pflog.rulenr', 'Rule Number', { at: 36, about: 'The number of the rule that picked the packet out.' }),
  subRule: i32('pflog.subrulenr', 'Sub Rule Number', { at: 40, about: 'The number of the rule within its set, or -1.' }),
  user: i32('pflog.uid', 'UID', { about: 'The number of the user whose program the packet belongs to, or -1.' }),
  process: i32('pflog.pid', 'PID', { little: true, about: 'The number of the process that the packet belongs to, or -1.' }),
  ruleUser: i32('pflog.rule_uid', 'Rule UID', { about: 'The number of the user who put the rule in place.' }),
  ruleProcess: i32('pflog.rule_pid', 'Rule PID', { little: true, about: 'The number of the process that put the rule in place.' }),
  direction: u8('pflog.dir', 'Direction', {
    names: { 0: 'inout', 1: 'in', 2: 'out', 3: 'fwd' },
    about: 'Tells whether the packet came in or went out.',
  }),
  padding: bytes('pflog.pad', 'Padding', { about: 'Bytes that bring the header to a multiple of four.' }),
}

export const pflog = defineProtocol({
  name: 'pflog',
  title: 'OpenBSD Packet Filter log file',
  spec: 'LINKTYPE_PFLOG',
  about: 'Carries packets that a rule of the BSD firewall picked out.',
  fields: F,
  accepts: { 'frame.encap_type': [39] },
  summary: (get) => `[${get.name(F.action)} ${get.text(F.interface)}/${get.text(F.rule)}]`,

  dissect(p) {
    const length = p.has(1) ? p.u8(0) : 0
    if (length < SHORTEST && p.has(1)) return p.malformed(F.length, `of ${length} bytes is too small`)
    const header = (length + 3) & ~3
    if (!p.has(Math.max(header, SHORTEST))) return p.short(Math.max(header, SHORTEST))
    p.header()
    if (p.recording) {
      recordName(p, F.interface, 4)
      recordName(p, F.ruleset, 20)
    }
    if (length >= FULL) {
      p.add(F.user, 44)
      p.add(F.process, 48)
      p.add(F.ruleUser, 52)
      p.add(F.ruleProcess, 56)
      p.add(F.direction, 60)
      if (header > FULL) p.add(F.padding, FULL, header - FULL)
    }
    p.span(header)
    p.next(F.family, p.u8(1), header)
  },
})

/** Names end at their first zero byte. */
function recordName(p: Dissection, field: Field, at: number): void {
  let length = 0
  while (length < NAME && p.u8(at + length) !== 0) length++
  if (p.wants(field)) p.generateText(field, decodeText(p.bytes, p.base + at, length), at, NAME)
}
