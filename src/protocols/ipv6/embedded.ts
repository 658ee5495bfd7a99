// Other addresses from which an IPv6 address was made: a hardware address (RFC 4291 appendix A), those of 6to4 (RFC 3056 2), Teredo
// (RFC 4380 4) and ISATAP (RFC 5214 6.1).

import { ipv4Text } from '../../bytes/address.ts'
import type { Dissection } from '../../core/dissect.ts'
import { ether, ipv4, u16 } from '../../core/protocol.ts'

const TEREDO = 0x2001_0000
const SIX_TO_FOUR = 0x2002
/** The interface identifier of ISATAP; the bit that makes it unique worldwide may be set. */
const ISATAP = 0x0000_5efe
const UNIQUE = 0x0200_0000

const fieldsOf = (side: 'src' | 'dst', word: string, who: string) => ({
  card: ether(`ipv6.${side}_slaac_mac`, `${word} SLAAC MAC`, {
    generated: true,
    also: ['ipv6.slaac_mac'],
    about: `The hardware address from which the ${who} made its IPv6 address.`,
  }),
  gateway: ipv4(`ipv6.${side}_6to4_gw_ipv4`, `${word} 6to4 Gateway IPv4`, {
    generated: true,
    also: ['ipv6.6to4_gw_ipv4'],
    about: `The router that carries IPv6 through IPv4 for the ${who}, as its address tells.`,
  }),
  site: u16(`ipv6.${side}_6to4_sla_id`, `${word} 6to4 SLA ID`, {
    generated: true,
    also: ['ipv6.6to4_sla_id'],
    about: `The network behind that router in which the ${who} is.`,
  }),
  server: ipv4(`ipv6.${side}_ts_ipv4`, `${word} Teredo Server IPv4`, {
    generated: true,
    also: ['ipv6.ts_ipv4'],
    about: `The Teredo server through which the ${who} got its address.`,
  }),
  port: u16(`ipv6.${side}_tc_port`, `${word} Teredo Port`, {
    generated: true,
    also: ['ipv6.tc_port'],
    about: `The port of the ${who} behind address translation; its bits are turned round on the wire.`,
  }),
  client: ipv4(`ipv6.${side}_tc_ipv4`, `${word} Teredo Client IPv4`, {
    generated: true,
    also: ['ipv6.tc_ipv4'],
    about: `The translated address of the ${who}; its bits are turned round on the wire.`,
  }),
  isatap: ipv4(`ipv6.${side}_isatap_ipv4`, `${word} ISATAP IPv4`, {
    generated: true,
    also: ['ipv6.isatap_ipv4'],
    about: `The IPv4 address of the ${who} inside its own network.`,
  }),
})

const S = fieldsOf('src', 'Source', 'sender')
const D = fieldsOf('dst', 'Destination', 'receiver')

/** All of them, by names of their own. */
export const embeddedFields = Object.fromEntries([
  ...Object.entries(S).map(([key, field]) => [`source_${key}`, field]),
  ...Object.entries(D).map(([key, field]) => [`destination_${key}`, field]),
])

/** Records what the address at `at` was made from. */
export function recordEmbedded(p: Dissection, at: number, ofSource: boolean): void {
  const F = ofSource ? S : D
  const id = p.u32(at + 8)
  if (p.u8(at + 11) === 0xff && p.u8(at + 12) === 0xfe && p.wants(F.card)) {
    const parts = [p.u8(at + 8) ^ 2, p.u8(at + 9), p.u8(at + 10), p.u8(at + 13), p.u8(at + 14), p.u8(at + 15)]
    p.generateText(F.card, parts.map((part) => part.toString(16).padStart(2, '0')).join(':'), at + 8, 8)
  }
  if (p.u16(at) === SIX_TO_FOUR) {
    p.add(F.gateway, at + 2)
    p.add(F.site, at + 6)
  } else if (p.u32(at) === TEREDO) {
    p.add(F.server, at + 4)
    p.generate(F.port, p.u16(at + 10) ^ 0xffff, at + 10, 2)
    const turned = Uint8Array.from([12, 13, 14, 15], (i) => p.u8(at + i) ^ 0xff)
    if (p.wants(F.client)) p.generateText(F.client, ipv4Text(turned, 0), at + 12, 4)
  }
  if ((id & ~UNIQUE) === ISATAP) p.add(F.isatap, at + 12)
}
