// Teredo: IPv6 through UDP, for machines behind address translation: RFC 4380 5.1.1.
//
//   [0x0001  client id length  authentication length  client id  authentication  nonce (8)  confirmation]
//   [0x0000  obfuscated port  obfuscated address]
//   IPv6 packet

import { bytes, defineProtocol, group, ipv4, u8, u16 } from '../core/protocol.ts'

const AUTHENTICATION = 1
const ORIGIN = 0
const AUTHENTICATION_HEADER = 4
const NONCE = 8
const ORIGIN_LENGTH = 8
const TYPE_IPV6 = 0x86dd

const F = {
  authentication: group('teredo.auth', 'Teredo Authentication header', { about: 'Proves who sent the packet, at the start of a session.' }),
  idLength: u8('teredo.auth.idlen', 'Client identifier length', { about: 'Counts the bytes of the name of the client.' }),
  valueLength: u8('teredo.auth.aulen', 'Authentication value length', { about: 'Counts the bytes of the proof.' }),
  id: bytes('teredo.auth.id', 'Client identifier', { about: 'The name of the client, as the server knows it.' }),
  value: bytes('teredo.auth.value', 'Authentication value', { about: 'The proof that the packet comes from who says so.' }),
  nonce: bytes('teredo.auth.nonce', 'Nonce value', { about: 'A random number that the answer must repeat.' }),
  confirmation: bytes('teredo.auth.conf', 'Confirmation byte', { about: 'Tells whether the client needs a new key.' }),
  origin: group('teredo.orig', 'Teredo Origin Indication header', { about: 'Says from where the packet came to the server.' }),
  port: u16('teredo.orig.port', 'Origin UDP port', { about: 'The port of the sender, every bit turned round on the wire.' }),
  address: ipv4('teredo.orig.addr', 'Origin IPv4 address', { about: 'The address of the sender, every bit turned round on the wire.' }),
  // Never shown: it only selects what follows, as an EtherType would.
  type: u16('', 'Type', { hidden: true, selectsLike: 'eth.type', about: 'The kind of packet that Teredo always carries.' }),
}

export const teredo = defineProtocol({
  name: 'teredo',
  title: 'Teredo IPv6 over UDP tunneling',
  column: 'Teredo',
  spec: 'RFC 4380',
  about: 'Carries IPv6 through IPv4 networks that translate addresses.',
  fields: F,
  accepts: { 'udp.dstport': [3544] },
  summary: () => 'IPv6 over UDP',

  dissect(p) {
    let at = 0
    if (p.has(2) && p.u16(0) === AUTHENTICATION) {
      if (!p.has(AUTHENTICATION_HEADER)) return p.short(AUTHENTICATION_HEADER)
      const id = p.u8(2)
      const value = p.u8(3)
      const length = AUTHENTICATION_HEADER + id + value + NONCE + 1
      if (!p.has(length)) return p.short(length)
      p.open(F.authentication, 0, length)
      p.add(F.idLength, 2)
      p.add(F.valueLength, 3)
      at = AUTHENTICATION_HEADER
      if (id > 0) p.add(F.id, at, id)
      if (value > 0) p.add(F.value, at + id, value)
      p.add(F.nonce, at + id + value, NONCE)
      p.add(F.confirmation, at + id + value + NONCE, 1)
      p.close()
      at = length
    }
    if (p.has(at + 2) && p.u16(at) === ORIGIN) {
      if (!p.has(at + ORIGIN_LENGTH)) return p.short(at + ORIGIN_LENGTH)
      if (p.recording) {
        p.open(F.origin, at, ORIGIN_LENGTH)
        p.generate(F.port, p.u16(at + 2) ^ 0xffff, at + 2, 2)
        const address = ~p.u32(at + 4) >>> 0
        p.generateText(F.address, [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.'), at + 4, 4)
        p.close()
      }
      at += ORIGIN_LENGTH
    }
    p.span(at)
    if (p.has(at + 1) && p.u8(at) >> 4 === 6) p.next(F.type, TYPE_IPV6, at)
    else p.data(at)
  },
})
