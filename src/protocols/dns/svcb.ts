// SVCB and HTTPS records: RFC 9460 2.2. A priority, a name, then parameters: a key, a length, a value. A priority of 0 is an alias.

import { hexText, ipv4Text, ipv6Text } from '../../bytes/address.ts'
import { decodeText } from '../../bytes/decode.ts'
import type { Dissection } from '../../core/dissect.ts'
import { bytes, group, ipv4, ipv6, text, u8, u16 } from '../../core/protocol.ts'
import { svcParameters } from '../names/dns.ts'

const MANDATORY = 0
const ALPN = 1
const NO_DEFAULT = 2
const PORT = 3
const HINT4 = 4
const ECH = 5
const HINT6 = 6
const ODOH = 32769

const base64 = (hex: string): string => {
  let binary = ''
  for (let i = 0; i < hex.length; i += 2) binary += String.fromCharCode(Number.parseInt(hex.slice(i, i + 2), 16))
  return btoa(binary)
}

export const S = {
  priority: u16('dns.svcb.svcpriority', 'SvcPriority', { about: 'Orders several ways to the service; 0 says that the name is an alias.' }),
  target: text('dns.svcb.targetname', 'TargetName', { about: 'The machine that runs the service; the root stands for the name itself.' }),
  parameter: group('dns.svcb.svcparam', 'SvcParam', { about: 'What there is to know before connecting: a key and its value.' }),
  key: u16('dns.svcb.svcparam.key', 'SvcParamKey', { names: svcParameters, about: 'Says what the parameter tells about the service.' }),
  length: u16('dns.svcb.svcparam.value.length', 'SvcParamValue length', { about: 'Counts the bytes of the value of the parameter.' }),
  value: bytes('dns.svcb.svcparam.value', 'SvcParamValue', { about: 'The value of a parameter that is not known.' }),
  mandatory: u16('dns.svcb.svcparam.mandatory.key', 'Mandatory key', {
    names: svcParameters,
    about: 'A parameter that whoever uses the record must understand.',
  }),
  alpnLength: u8('dns.svcb.svcparam.alpn.length', 'ALPN length', { about: 'Counts the bytes of the name of the protocol.' }),
  alpn: text('dns.svcb.svcparam.alpn', 'ALPN', { about: 'A protocol that the service speaks, such as h2 for HTTP/2.' }),
  port: u16('dns.svcb.svcparam.port', 'Port', { about: 'The port on which the service answers.' }),
  hint4: ipv4('dns.svcb.svcparam.ipv4hint.ip', 'IP', { about: 'An IPv4 address to try before it was looked up.' }),
  ech: bytes('dns.svcb.svcparam.echconfig', 'ECHConfig', {
    about: 'A public key with which the ClientHello of TLS can be encrypted.',
    display: (_get, _value, shown) => `ECHConfig: ${base64(shown)}`,
  }),
  hint6: ipv6('dns.svcb.svcparam.ipv6hint.ip', 'IP', { about: 'An IPv6 address to try before it was looked up.' }),
  odoh: bytes('dns.svcb.svcparam.odohconfig', 'ODoHConfig', {
    about: 'A public key for asking DNS questions through a go-between.',
    display: (_get, _value, shown) => `ODoHConfig: ${base64(shown)}`,
  }),
}

/** Records the parameters between `from` and `end`. Returns false when they end in the middle of one. */
export function recordParameters(p: Dissection, from: number, end: number): boolean {
  for (let at = from; at < end; ) {
    const length = at + 4 <= end ? p.u16(at + 2) : 0
    if (at + 4 > end || at + 4 + length > end) {
      p.malformed(S.length, 'goes beyond the record')
      return false
    }
    const key = p.u16(at)
    if (p.wants(S.parameter)) p.nest(p.generateText(S.parameter, `SvcParam: ${wordsOf(p, key, at + 4, length)}`, at, 4 + length))
    else p.nest(-1)
    p.add(S.key, at)
    p.add(S.length, at + 2)
    recordValue(p, key, at + 4, length)
    p.close()
    at += 4 + length
  }
  return true
}

function recordValue(p: Dissection, key: number, from: number, length: number): void {
  const end = from + length
  if (key === MANDATORY) for (let at = from; at + 2 <= end; at += 2) p.add(S.mandatory, at)
  else if (key === ALPN) {
    for (let at = from; at < end && at + 1 + p.u8(at) <= end; at += 1 + p.u8(at)) {
      p.add(S.alpnLength, at)
      p.add(S.alpn, at + 1, p.u8(at))
    }
  } else if (key === PORT && length === 2) p.add(S.port, from)
  else if (key === HINT4) for (let at = from; at + 4 <= end; at += 4) p.add(S.hint4, at)
  else if (key === HINT6) for (let at = from; at + 16 <= end; at += 16) p.add(S.hint6, at)
  else if (key === ECH) p.add(S.ech, from, length)
  else if (key === ODOH) p.add(S.odoh, from, length)
  else if (key !== NO_DEFAULT && length > 0) p.add(S.value, from, length)
}

/** "alpn=h2,h3". */
function wordsOf(p: Dissection, key: number, from: number, length: number): string {
  const end = from + length
  const name = svcParameters[key] ?? `key${key}`
  const parts: string[] = []
  if (key === MANDATORY) for (let at = from; at + 2 <= end; at += 2) parts.push(svcParameters[p.u16(at)] ?? `key${p.u16(at)}`)
  else if (key === ALPN)
    for (let at = from; at < end && at + 1 + p.u8(at) <= end; at += 1 + p.u8(at)) parts.push(decodeText(p.bytes, p.base + at + 1, p.u8(at)))
  else if (key === PORT && length === 2) parts.push(String(p.u16(from)))
  else if (key === HINT4) for (let at = from; at + 4 <= end; at += 4) parts.push(ipv4Text(p.bytes, p.base + at))
  else if (key === HINT6) for (let at = from; at + 16 <= end; at += 16) parts.push(ipv6Text(p.bytes, p.base + at))
  else if (key === ECH || key === ODOH) parts.push(base64(hexText(p.bytes, p.base + from, length)))
  else if (key !== NO_DEFAULT) parts.push(decodeText(p.bytes, p.base + from, length))
  return parts.length === 0 ? name : `${name}=${parts.join(',')}`
}
