// Internet Protocol version 6: RFC 8200. Traffic class: RFC 2474, RFC 3168. Extension headers are in ipv6/extensions.ts.
//
//   0                     4               6            7          8       24           40
//   v|class|flow label    payload length  next header  hop limit  source  destination  extension headers … payload

import type { Dissection } from '../core/dissect.ts'
import { fragmentFields, recordFragment } from '../core/fragment-rows.ts'
import { SEVERITY_CHAT, SEVERITY_ERROR } from '../core/note.ts'
import { defineProtocol, type Get, group, host6, ipv6 as ipv6Address, u8, u16, u24, u32 } from '../core/protocol.ts'
import { embeddedFields, recordEmbedded } from './ipv6/embedded.ts'
import {
  dissectExtension,
  extensionFields,
  extensionLength,
  FRAGMENT,
  HOP_BY_HOP,
  isExtension,
  LEAST,
  MAX_HEADERS,
} from './ipv6/extensions.ts'
import { dscpNames, dscpShort, ecnNames, ecnShort } from './names/dscp.ts'
import { ipProtocols } from './names/ip-protocols.ts'

const HEADER = 40
const NO_NEXT = 59
const AUTHENTICATION = 51
/** Option type of a payload length beyond 65535 (RFC 2675). */
const JUMBO = 194

const fragmentRows = fragmentFields('ipv6', 'IPv6', 'ipv6.reassembled.in')

const F = {
  version: u8('ipv6.version', 'Version', {
    at: 0,
    mask: 0xf0,
    also: ['ip.version'],
    about: 'The version of the protocol, which is always 6 in this header.',
  }),
  trafficClass: u32('ipv6.tclass', 'Traffic Class', {
    at: 0,
    mask: 0x0ff0_0000,
    base: 'hex',
    about: 'Asks routers for a certain treatment of the packet.',
    display: (_get, value) => {
      const bits = value.toString(2).padStart(8, '0')
      const short = `DSCP: ${dscpShort[value >> 2] ?? 'Unknown'}, ECN: ${ecnShort[value & 3]}`
      const shown = `0x${value.toString(16).padStart(2, '0')}`
      return `.... ${bits.slice(0, 4)} ${bits.slice(4)} .... .... .... .... .... = Traffic Class: ${shown} (${short})`
    },
  }),
  dscp: u32('ipv6.tclass.dscp', 'Differentiated Services Codepoint', {
    at: 0,
    mask: 0x0fc0_0000,
    in: 'ipv6.tclass',
    names: dscpNames,
    about: 'Names the class of service that the sender asks routers for.',
  }),
  ecn: u32('ipv6.tclass.ecn', 'Explicit Congestion Notification', {
    at: 0,
    mask: 0x0030_0000,
    in: 'ipv6.tclass',
    names: ecnNames,
    about: 'Lets a router say that it is overloaded without throwing the packet away.',
  }),
  flow: u24('ipv6.flow', 'Flow Label', {
    at: 1,
    mask: 0x0f_ffff,
    base: 'hex',
    about: 'Lets routers keep the packets of one conversation on one path.',
  }),
  payloadLength: u16('ipv6.plen', 'Payload Length', { at: 4, about: 'Counts the bytes after this header, extension headers included.' }),
  next: u8('ipv6.nxt', 'Next Header', {
    at: 6,
    names: ipProtocols,
    selectsLike: 'ip.proto',
    about: 'Says which extension header or protocol follows.',
  }),
  hopLimit: u8('ipv6.hlim', 'Hop Limit', {
    at: 7,
    about: 'Every router subtracts one from it and drops the packet when nothing is left.',
    explain: (hops) => (hops > 1 ? `It may cross ${hops - 1} more routers.` : 'The next router will drop it.'),
  }),
  source: ipv6Address('ipv6.src', 'Source Address', {
    at: 8,
    also: ['ipv6.addr'],
    about: 'The address of the machine that claims to have sent the packet.',
  }),
  sourceHost: host6('ipv6.src_host', 'Source Host', {
    at: 8,
    hidden: true,
    also: ['ipv6.host'],
    about: 'The name of the machine at the source address, as text; names are not looked up, so it is the address.',
  }),
  destination: ipv6Address('ipv6.dst', 'Destination Address', {
    at: 24,
    also: ['ipv6.addr'],
    about: 'The address to which routers deliver the packet.',
  }),
  destinationHost: host6('ipv6.dst_host', 'Destination Host', {
    at: 24,
    hidden: true,
    also: ['ipv6.host'],
    about: 'The name of the machine at the destination address, as text; names are not looked up, so it is the address.',
  }),
  ...embeddedFields,
  ...extensionFields,
  tooLong: group('ipv6.plen_exceeds_framing', 'IPv6 payload length exceeds framing length', {
    about: 'Marks a packet that claims more bytes than the link carried.',
  }),
  zeroLength: group('ipv6.plen_zero', 'IPv6 payload length equals 0', {
    about: 'Marks a packet whose length the network card was to fill in.',
  }),
  ...fragmentRows,
}

function summarize(get: Get): string {
  if (get.has(F.fragmentHeader) && !get.has(F.fragments)) {
    const seen = get.has(F.reassembledIn) ? ` [Reassembled in #${get.text(F.reassembledIn)}]` : ''
    const more = get.number(F.fragmentMore) === 1 ? 'y' : 'n'
    return `IPv6 fragment (off=${get.number(F.fragmentOffset) * 8} more=${more} ident=${get.text(F.fragmentId)} nxt=${get.number(F.fragmentNext)})${seen}`
  }
  const last = [F.fragmentNext, F.destinationNext, F.routingNext, F.hopNext, F.next].find((field) => get.has(field))
  return last === undefined ? 'IPv6' : `${get.name(last)} (${get.number(last)})`
}

export const ipv6 = defineProtocol({
  name: 'ipv6',
  title: 'Internet Protocol Version 6',
  column: 'IPv6',
  spec: 'RFC 8200',
  about: 'Carries packets across networks from one 128-bit address to another.',
  fields: F,
  accepts: {
    'frame.encap_type': [130],
    'arcnet.protID': [0xc4],
    'ipnet.family': [26],
    'nflog.family': [10],
    'pflog.af': [24, 28, 30],
    'enc.af': [24],
    'eth.type': [0x86dd],
    'null.family': [10, 23, 24, 28, 30],
    'ip.proto': [41],
    'gre.proto': [0x86dd],
    'ppp.protocol': [0x0057],
  },
  heading: (get) =>
    get.has(F.source)
      ? `Internet Protocol Version 6, Src: ${get.text(F.source)}, Dst: ${get.text(F.destination)}`
      : 'Internet Protocol Version 6',
  summary: summarize,

  track(p, memory) {
    if (!p.has(HEADER) || p.quoted) return
    const number = p.u8(6)
    if (!isExtension(number)) return
    const total = HEADER + p.u16(4)
    let at = HEADER
    let header = number
    for (let n = 0; n < MAX_HEADERS && isExtension(header) && p.has(at + LEAST); n++) {
      if (header !== FRAGMENT) {
        const length = extensionLength(p, header, at)
        header = p.u8(at)
        at += length
        continue
      }
      const word = p.u16(at + 2)
      const payload = at + LEAST
      // An "atomic" fragment is a whole packet (RFC 6946).
      if ((word & 0xfff9) === 0 || total <= payload || !p.has(total)) return
      let key = `6 ${p.u32(at + 4)}`
      for (let i = 8; i < HEADER; i += 4) key += ` ${p.u32(i)}`
      memory.fragments.add(p, key, word & 0xfff8, (word & 1) !== 0, payload, total - payload)
      return
    }
  },

  dissect(p) {
    const version = p.has(1) ? p.u8(0) >> 4 : 6
    if (version !== 6) {
      p.add(F.version, 0)
      return p.malformed(F.version, `is ${version}, not 6`)
    }
    if (!p.has(HEADER)) return p.short(HEADER)
    p.header()
    p.span(HEADER)
    p.addresses(8, 24, 16)
    if (p.recording) {
      recordEmbedded(p, 8, true)
      recordEmbedded(p, 24, false)
    }
    const length = p.u16(4)
    if (length > 0) {
      if (HEADER + length > p.reported() && !p.quoted)
        p.note(SEVERITY_ERROR, `IPv6 payload length exceeds framing length (${p.reported() - HEADER} bytes)`, 4, 0, F.tooLong)
      p.limit(HEADER + length)
    } else if (p.reported() > HEADER && p.u8(6) !== HOP_BY_HOP && p.u8(6) !== NO_NEXT)
      p.note(SEVERITY_CHAT, 'IPv6 payload length equals 0 (maybe because of "TCP segmentation offload" (TSO))', 4, 0, F.zeroLength)
    dissectHeaders(p, p.u8(6), HEADER)
  },
})

/**
 * Walks the extension headers from `at` to the payload. `step`: those before, as frame.protocols names them; `outer`: in the packet's own
 * bytes, not in those of a datagram put together.
 */
function dissectHeaders(p: Dissection, first: number, from: number, step = '', outer = true): void {
  let number = first
  let at = from
  for (let n = 0; isExtension(number); n++) {
    if (n === MAX_HEADERS || !p.has(at + LEAST)) {
      p.short(at + LEAST)
      return
    }
    const length = extensionLength(p, number, at)
    if (!p.has(at + length)) {
      p.short(at + length)
      return
    }
    dissectExtension(p, number, at, length)
    if (outer && number === HOP_BY_HOP && p.u16(4) === 0 && p.u8(at + 2) === JUMBO) p.limit(HEADER + p.u32(at + 4))
    if (p.recording) {
      step += `${step === '' ? '' : ':'}${STEPS[number]}`
      p.via(step)
    }
    const fragment = number === FRAGMENT ? p.u16(at + 2) : 0
    number = p.u8(at)
    at += length
    if (outer) p.span(at)
    if ((fragment & 0xfff9) !== 0) {
      dissectFragment(p, at, number, (fragment & 0xfff8) !== 0, step)
      return
    }
  }
  // Wireshark counts the authentication header among the extension headers.
  if (outer && number === AUTHENTICATION && p.has(at + 2)) p.span(at + (p.u8(at + 1) + 2) * 4)
  if (number === NO_NEXT) p.data(at)
  else p.next(F.next, number, at)
}

/** Names of the headers in frame.protocols. */
const STEPS: Readonly<Record<number, string>> = { 0: 'ipv6.hopopts', 43: 'ipv6.routing', 44: 'ipv6.fraghdr', 60: 'ipv6.dstopts' }

/** The packet that completes a datagram shows the whole of it; the others show their bytes as data. */
function dissectFragment(p: Dissection, at: number, number: number, later: boolean, step: string): void {
  const source = recordFragment(p, fragmentRows, 'IPv6')
  if (source >= 0) {
    p.enter(source)
    dissectHeaders(p, number, 0, step, false)
    p.leave()
  }
  // A first fragment of which the capture lacks bytes is never put together, so it is shown for what it is.
  else if (!later && (p.quoted || p.available() < p.reported())) p.next(F.next, number, at)
  else p.data(at)
}
