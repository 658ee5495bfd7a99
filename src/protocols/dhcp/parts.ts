// Options that have parts. Each function lays out the value of one, `length` bytes at `at`, at least one.

import type { Dissection } from '../../core/dissect.ts'
import { SEVERITY_NOTE } from '../../core/note.ts'
import type { Field } from '../../core/protocol.ts'
import { readDomains } from './domains.ts'
import { H } from './fields.ts'
import { O } from './option-fields.ts'
import { P } from './part-fields.ts'
import { S } from './setting-fields.ts'

/** `maker`: what the message says of the maker of the client (option 60). */
type RecordParts = (p: Dissection, at: number, length: number, maker: string) => void

const ETHERNET = 1
const UUID_SIZE = 17
const BROADBAND_FORUM = 3561

const pairs =
  (first: Field, second: Field): RecordParts =>
  (p, at, length) => {
    for (let i = 0; i + 8 <= length; i += 8) {
      p.add(first, at + i)
      p.add(second, at + i + 4)
    }
  }

/** The width of a mask, as many bytes of a network as it covers, and a router: RFC 3442. */
const recordRoutes: RecordParts = (p, at, length) => {
  for (let i = 0; i < length; ) {
    const size = 5 + Math.ceil(p.u8(at + i) / 8)
    if (size > 9 || i + size > length) return
    p.add(P.route, at + i, size)
    i += size
  }
}

const recordVendor: RecordParts = (p, at, length, maker) => {
  p.add(maker === 'ArubaAP' ? S.aruba : P.vendorValue, at, length)
}

const recordClient: RecordParts = (p, at, length) => {
  if (length < 2) return
  if (p.u8(at) === ETHERNET && length === 7) {
    p.add(H.hardwareType, at)
    p.add(H.mac, at + 1)
  } else if (p.u8(at) === 0 && length === UUID_SIZE) {
    p.add(P.uuid, at + 1, UUID_SIZE - 1)
  } else if (p.u8(at) === 0) {
    p.add(O.clientIdType, at)
    p.add(O.clientIdText, at + 1, length - 1)
  }
}

/** Names of groups, each behind its length (RFC 3004); some clients write a single name without one. */
const recordClasses: RecordParts = (p, at, length) => {
  let end = 0
  while (end < length && p.u8(at + end) > 0) end += 1 + p.u8(at + end)
  if (end !== length) {
    p.open(P.userClassText, at, length)
    p.note(SEVERITY_NOTE, 'Non standard compliant option data', at)
    p.close()
    return
  }
  for (let i = 0, count = 0; i < length; count++) {
    const size = p.u8(at + i)
    p.nest(p.generate(P.userClass, count, at + i, 1 + size))
    p.add(P.userClassLength, at + i)
    p.add(P.userClassData, at + i + 1, size)
    p.close()
    i += 1 + size
  }
}

const recordFullName: RecordParts = (p, at, length) => {
  if (length < 3) return
  p.open(P.fqdnFlags, at)
  for (const bit of [P.fqdnReserved, P.fqdnNone, P.fqdnEncoding, P.fqdnOverride, P.fqdnServer]) p.add(bit, at)
  p.close()
  p.add(P.fqdnResult, at + 1)
  p.add(P.fqdnResult2, at + 2)
  if (length === 3) return
  // RFC 4702 2.1: the name is written as in DNS when the flag says so.
  const [name] = (p.u8(at) & P.fqdnEncoding.mask) === 0 ? [] : readDomains(p, at + 3, length - 3)
  if (name === undefined) p.add(P.fqdnName, at + 3, length - 3)
  else if (p.wants(P.fqdnName)) p.generateText(P.fqdnName, name.text, at + 3, length - 3)
}

const AGENT_PARTS: Readonly<Record<number, Field>> = {
  1: P.circuit,
  2: P.remote,
  5: P.link,
  6: P.subscriber,
  7: P.radius,
  8: P.partProof,
  10: P.partFlags,
  11: P.override,
  12: P.relayId,
  150: P.linkCisco,
  152: P.overrideCisco,
}

/** What a relay adds: RFC 3046. */
const recordAgent: RecordParts = (p, at, length) => {
  for (let i = 0; i + 2 <= length; ) {
    const code = p.u8(at + i)
    const size = p.u8(at + i + 1)
    if (i + 2 + size > length) return
    const field = AGENT_PARTS[code]
    const fits = field !== undefined && (field.size === 0 || field.size === size)
    p.nest(p.generate(P.part, code, at + i, 2 + size))
    p.add(P.partLength, at + i + 1)
    if (size > 0) p.add(fits ? field : P.partValue, at + i + 2, size)
    p.close()
    i += 2 + size
  }
}

const recordAuthentication: RecordParts = (p, at, length) => {
  if (length < 11) return
  const delayed = p.u8(at) === 1
  p.add(P.protocol, at)
  p.add(delayed ? P.delayAlgorithm : P.algorithm, at + 1)
  p.add(P.replay, at + 2)
  p.add(P.replayValue, at + 3)
  if (delayed && length >= 31) {
    p.add(P.secret, at + 11)
    p.add(P.hash, at + 15, 16)
  } else if (length > 11) p.add(P.proof, at + 11, length - 11)
}

const recordSearch: RecordParts = (p, at, length) => {
  if (!p.wants(P.search)) return
  for (const name of readDomains(p, at, length)) p.generateText(P.search, name.text, at + name.at, name.length)
}

const recordSip: RecordParts = (p, at, length) => {
  p.add(P.sipEncoding, at)
  if (p.u8(at) === 1) for (let i = 1; i + 4 <= length; i += 4) p.add(P.sipAddress, at + i)
  else if (p.u8(at) === 0 && p.wants(P.sipName))
    for (const name of readDomains(p, at + 1, length - 1)) p.generateText(P.sipName, name.text, at + 1 + name.at, name.length)
}

const recordInterface: RecordParts = (p, at, length) => {
  if (length < 3) return
  p.add(P.interfaceMajor, at + 1)
  p.add(P.interfaceMinor, at + 2)
}

const recordUuid: RecordParts = (p, at, length) => {
  if (length === UUID_SIZE) p.add(P.uuid, at + 1, UUID_SIZE - 1)
}

const recordMakerClass: RecordParts = (p, at, length) => {
  for (let i = 0; i + 5 <= length; ) {
    const size = p.u8(at + i + 4)
    if (i + 5 + size > length) return
    p.add(P.classEnterprise, at + i)
    p.add(P.classLength, at + i + 4)
    p.add(P.classData, at + i + 5, size)
    i += 5 + size
  }
}

const GATEWAY_PARTS: Readonly<Record<number, Field>> = {
  2: P.deviceSerial,
  3: P.deviceClass,
  4: P.gatewayMaker,
  5: P.gatewaySerial,
  6: P.gatewayClass,
}

/** Options that companies made up, each behind the number of the company: RFC 3925. */
const recordCompanies: RecordParts = (p, at, length) => {
  for (let i = 0; i + 5 <= length; ) {
    const size = p.u8(at + i + 4)
    if (i + 5 + size > length) return
    p.nest(p.add(P.enterprise, at + i))
    p.add(P.enterpriseLength, at + i + 4)
    recordCompany(p, p.u32(at + i), at + i + 5, size)
    p.close()
    i += 5 + size
  }
}

function recordCompany(p: Dissection, company: number, at: number, length: number): void {
  for (let i = 0; i + 2 <= length; ) {
    const code = p.u8(at + i)
    const size = p.u8(at + i + 1)
    if (i + 2 + size > length) return
    const field = company === BROADBAND_FORUM ? GATEWAY_PARTS[code] : undefined
    if (company === BROADBAND_FORUM) {
      p.nest(p.generate(P.gateway, code, at + i, 2 + size))
      p.add(P.partLength, at + i + 1)
      p.add(field ?? P.companyData, at + i + 2, size)
    } else {
      p.nest(p.add(P.companyPart, at + i))
      p.add(P.partLength, at + i + 1)
      p.add(P.companyData, at + i + 2, size)
    }
    p.close()
    i += 2 + size
  }
}

export const PARTS: Readonly<Record<number, RecordParts>> = {
  21: pairs(P.filterAddress, P.filterMask),
  33: pairs(P.routeTo, P.routeBy),
  43: recordVendor,
  61: recordClient,
  77: recordClasses,
  81: recordFullName,
  82: recordAgent,
  90: recordAuthentication,
  94: recordInterface,
  97: recordUuid,
  119: recordSearch,
  120: recordSip,
  121: recordRoutes,
  124: recordMakerClass,
  125: recordCompanies,
  249: recordRoutes,
}
