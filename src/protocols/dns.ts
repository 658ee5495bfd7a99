// Domain Name System: RFC 1034, RFC 1035. Multicast DNS, in the local network and without a server: RFC 6762. Link-local multicast name
// resolution, Microsoft's form of the same: RFC 4795.
//
//   0   2      4          6        8            10          12
//   id  flags  questions  answers  authorities  additional  questions, then records …
//
// A question is a name, a type and a class; a record has a time to live, a length and data as well. Over TCP two bytes of length stand
// before the message.

import { defineProtocol, type Field } from '../core/protocol.ts'
import { E } from './dns/edns.ts'
import { M } from './dns/fields.ts'
import { dnsFraming, isMessage } from './dns/framing.ts'
import { DNS, dissectMessage, headingOf, LLMNR, MDNS, summarizeMessage, trackMessage } from './dns/message.ts'
import { R } from './dns/record-fields.ts'
import { S } from './dns/svcb.ts'

// Keys of the four tables may be alike; the names that people see are not.
const F = Object.fromEntries([M, R, E, S].flatMap((table, i) => Object.entries<Field>(table).map(([key, field]) => [`${i}.${key}`, field])))

export const dns = defineProtocol({
  name: 'dns',
  title: 'Domain Name System',
  spec: 'RFC 1035',
  about: 'Finds the address that belongs to a name, and much else that is known of names.',
  fields: F,
  accepts: { 'udp.port': [53] },
  framing: dnsFraming,
  opensWith: isMessage,
  yieldsToPorts: true,
  scanStops: true,
  heading: headingOf('Domain Name System'),
  summary: summarizeMessage,
  track: (p, memory) => trackMessage(p, memory, p.message >= 0 ? 2 : 0),
  dissect: (p) => dissectMessage(p, p.message >= 0 ? 2 : 0, DNS),
})

export const mdns = defineProtocol({
  name: 'mdns',
  title: 'Multicast Domain Name System',
  spec: 'RFC 6762',
  about: 'Asks all machines of the local network for names and services, without a server.',
  fields: F,
  accepts: { 'udp.port': [5353] },
  scanStops: true,
  heading: headingOf('Multicast Domain Name System'),
  summary: summarizeMessage,
  track: (p, memory) => trackMessage(p, memory, 0),
  dissect: (p) => dissectMessage(p, 0, MDNS),
})

export const llmnr = defineProtocol({
  name: 'llmnr',
  title: 'Link-local Multicast Name Resolution',
  spec: 'RFC 4795',
  about: 'Asks the machines of the local network for a name that no server knows.',
  fields: F,
  accepts: { 'udp.port': [5355] },
  scanStops: true,
  heading: headingOf('Link-local Multicast Name Resolution'),
  summary: summarizeMessage,
  track: (p, memory) => trackMessage(p, memory, 0),
  dissect: (p) => dissectMessage(p, 0, LLMNR),
})
