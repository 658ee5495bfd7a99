// Data of resource records that is more than a list of steps.

import { ipv6Text } from '../../bytes/address.ts'
import { decodeText } from '../../bytes/decode.ts'
import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/protocol.ts'
import { cutAddress } from './edns.ts'
import { isBroken, readName, refuse } from './name.ts'
import { R } from './record-fields.ts'
import { counted, fits, fixed, name, recordSteps, type Step } from './steps.ts'

/** TXT and SPF: texts one after the other, each with its length before it. */
export function recordTexts(p: Dissection, count: Field, field: Field, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1 + p.u8(at)) {
    if (!fits(p, count, at, 1 + p.u8(at), end)) return false
    p.add(count, at)
    p.add(field, at + 1, p.u8(at))
  }
  return true
}

/** RFC 1035 3.4.2: an address, a protocol, a bit for each port. Bytes without a set bit are left out. */
export function recordWks(p: Dissection, at: number, length: number): boolean {
  const used = recordSteps(p, 0, SERVICES, at, length)
  for (let i = at + used; used > 0 && i < at + length; i++) if (p.u8(i) !== 0) p.add(R.wksBits, i)
  return used >= 0
}

const SERVICES: readonly Step[] = [fixed(R.wksAddress), fixed(R.wksProtocol)]

/** RFC 1876 2. */
export function recordLoc(p: Dissection, at: number, length: number): boolean {
  if (length === 0 || !fits(p, R.locVersion, at, 1, at + length)) return length === 0
  if (p.u8(at) === 0) return recordSteps(p, 0, PLACE, at, length) >= 0
  p.add(R.locVersion, at)
  p.add(R.locUnknown, at + 1, length - 1)
  return true
}

const PLACE: readonly Step[] = [
  fixed(R.locVersion),
  fixed(R.locSize),
  fixed(R.locHorizontal),
  fixed(R.locVertical),
  fixed(R.locLatitude),
  fixed(R.locLongitude),
  fixed(R.locAltitude),
]

/** RFC 3403 4.1: three counted texts and a name, whose length Wireshark counts as well. */
export function recordNaptr(p: Dissection, origin: number, at: number, length: number): boolean {
  const used = recordSteps(p, origin, RULE, at, length)
  if (used < 0 || length === 0) return used >= 0
  const found = readName(p, origin, at + used)
  if (isBroken(found)) {
    refuse(p, R.naptrReplacement, found)
    return false
  }
  p.generate(R.naptrReplacementLength, found.text.length, at + used)
  p.generateText(R.naptrReplacement, found.text, at + used, found.length)
  return true
}

const RULE: readonly Step[] = [
  fixed(R.naptrOrder),
  fixed(R.naptrPreference),
  counted(R.naptrFlagsLength, R.naptrFlags),
  counted(R.naptrServiceLength, R.naptrService),
  counted(R.naptrRegexLength, R.naptrRegex),
]

/** A6, RFC 2874 3.1: the last bits of an address, and the name under which the others are found. */
export function recordPrefixed(p: Dissection, origin: number, at: number, end: number): boolean {
  if (at === end || !fits(p, R.a6Prefix, at, 1, end)) return at === end
  const prefix = p.u8(at)
  const size = Math.ceil(Math.max(0, 128 - prefix) / 8)
  if (prefix > 128 || !fits(p, R.a6Suffix, at + 1, size, end)) {
    if (prefix > 128) p.malformed(R.a6Prefix, `of ${prefix} bits is longer than an address`)
    return false
  }
  p.add(R.a6Prefix, at)
  if (p.wants(R.a6Suffix)) {
    const address = new Uint8Array(16)
    address.set(p.bytes.subarray(p.base + at + 1, p.base + at + 1 + size), 16 - size)
    p.generateText(R.a6Suffix, ipv6Text(address, 0), at + 1, size)
  }
  return prefix === 0 || recordSteps(p, origin, [name(R.a6Name)], at + 1 + size, end - at - 1 - size) >= 0
}

/** RFC 3123 4: ranges of addresses, whose last zeros are left out. */
export function recordApl(p: Dissection, from: number, end: number): boolean {
  for (let at = from; at < end; at += 4 + (p.u8(at + 3) & 0x7f)) {
    if (!fits(p, R.aplFamily, at, 4, end) || !fits(p, R.aplLength, at, 4 + (p.u8(at + 3) & 0x7f), end)) return false
    const family = p.u16(at)
    const size = p.u8(at + 3) & 0x7f
    p.add(R.aplFamily, at)
    p.add(R.aplPrefix, at + 2)
    p.add(R.aplNegation, at + 3)
    p.add(R.aplLength, at + 3)
    if (family === 1 && size <= 4) p.generateText(R.aplV4, cutAddress(p, at + 4, size, 4), at + 4, size)
    else if (family === 2 && size <= 16) p.generateText(R.aplV6, cutAddress(p, at + 4, size, 16), at + 4, size)
    else p.add(R.aplData, at + 4, size)
  }
  return true
}

/** RFC 4025 2: the gateway is nothing, an address or a name. */
export function recordIpsecKey(p: Dissection, origin: number, at: number, end: number): boolean {
  const used = recordSteps(p, origin, GATEWAY, at, end - at)
  if (used <= 0) return used === 0
  const kind = p.u8(at + 1)
  const gateway: readonly Step[] = kind === 1 ? [fixed(R.ipsecV4)] : kind === 2 ? [fixed(R.ipsecV6)] : kind === 3 ? [name(R.ipsecName)] : []
  const more = recordSteps(p, origin, gateway, at + used, end - at - used)
  if (more < 0) return false
  const key = at + used + more
  if (key < end) p.add(R.ipsecKey, key, end - key)
  return true
}

const GATEWAY: readonly Step[] = [fixed(R.ipsecPrecedence), fixed(R.ipsecGatewayType), fixed(R.ipsecAlgorithm)]

/** RFC 8005 5. */
export function recordHip(p: Dissection, origin: number, at: number, end: number): boolean {
  const used = recordSteps(p, origin, IDENTITY, at, end - at)
  if (used <= 0) return used === 0
  const tag = p.u8(at)
  const key = p.u16(at + 2)
  if (!fits(p, R.hit, at + used, tag + key, end)) return false
  p.add(R.hit, at + used, tag)
  p.add(R.hipKey, at + used + tag, key)
  for (let i = at + used + tag + key; i < end; ) {
    const server = readName(p, origin, i)
    if (isBroken(server)) {
      refuse(p, R.hipServer, server)
      return false
    }
    p.generateText(R.hipServer, server.text, i, server.length)
    i += server.length
  }
  return true
}

const IDENTITY: readonly Step[] = [fixed(R.hitLength), fixed(R.hipAlgorithm), fixed(R.hipKeyLength)]

const RULES: Readonly<Record<string, Field>> = { issue: R.caaIssue, issuewild: R.caaWild, iodef: R.caaReport }

/** RFC 8659 4.1: flags, a tag, a value. */
export function recordCaa(p: Dissection, at: number, length: number): boolean {
  const end = at + length
  if (length === 0) return true
  if (!fits(p, R.caaTagLength, at, 2, end) || !fits(p, R.caaTag, at, 2 + p.u8(at + 1), end)) return false
  const size = p.u8(at + 1)
  p.open(R.caaFlags, at)
  p.add(R.caaCritical, at)
  p.close()
  const value = at + 2 + size
  const tag = decodeText(p.bytes, p.base + at + 2, size)
  p.nest(p.generateText(RULES[tag] ?? R.caaUnknown, decodeText(p.bytes, p.base + value, end - value), at + 1, length - 1))
  p.add(R.caaTagLength, at + 1)
  p.add(R.caaTag, at + 2, size)
  p.add(R.caaValue, value, end - value)
  p.close()
  return true
}

/** Microsoft's records for Windows names: [MS-DNSP] 2.2.2.2.4.23. */
export function recordWins(p: Dissection, origin: number, type: number, at: number, end: number): boolean {
  const used = recordSteps(p, origin, type === 65281 ? WINS : WINSR, at, end - at)
  if (used < 0) return false
  if (type === 65281) for (let i = at + used; i + 4 <= end; i += 4) p.add(R.winsServer, i)
  return true
}

const WINS: readonly Step[] = [fixed(R.winsLocal), fixed(R.winsLookup), fixed(R.winsCache), fixed(R.winsCount)]
const WINSR: readonly Step[] = [fixed(R.winsrLocal), fixed(R.winsrLookup), fixed(R.winsrCache), name(R.winsrDomain)]
