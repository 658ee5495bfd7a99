// Records of DNSSEC (RFC 4034, RFC 5155) and of signed messages (RFC 8945, RFC 2930).

import type { Dissection } from '../../core/dissect.ts'
import { SEVERITY_WARN } from '../../core/note.ts'
import type { Field } from '../../core/protocol.ts'
import { dateText } from '../names/times.ts'
import { isBroken, readName, refuse } from './name.ts'
import { R } from './record-fields.ts'
import { fits, fixed, name, recordSteps, type Step } from './steps.ts'

const SIGNED: readonly Step[] = [fixed(R.coveredType), fixed(R.signatureAlgorithm), fixed(R.signatureLabels), fixed(R.originalTtl)]
const SIGNER: readonly Step[] = [fixed(R.keyTag), name(R.signer)]

/** RFC 4034 3.1. */
export function recordSignature(p: Dissection, origin: number, at: number, length: number): boolean {
  if (length === 0) return true
  const end = at + length
  if (recordSteps(p, origin, SIGNED, at, length) < 0 || !fits(p, R.inception, at + 8, 8, end)) return false
  recordDate(p, R.expiration, at + 8, p.u32(at + 8), 4)
  recordDate(p, R.inception, at + 12, p.u32(at + 12), 4)
  const used = recordSteps(p, origin, SIGNER, at + 16, end - at - 16)
  if (used < 0) return false
  const from = at + 16 + used
  if (from < end) p.add(R.signature, from, end - from)
  return true
}

function recordDate(p: Dissection, field: Field, at: number, seconds: number, size: number): void {
  if (p.wants(field)) p.generateText(field, dateText(seconds), at, size)
}

/** DNSKEY (RFC 4034 2.1), CDNSKEY, and KEY (RFC 2535 3.1), which has other flags. */
export function recordKey(p: Dissection, type: number, at: number, length: number): boolean {
  if (length === 0) return true
  if (!fits(p, R.keyAlgorithm, at, 4, at + length)) return false
  if (type === OLD_KEY) {
    p.add(R.oldKeyFlags, at)
    p.add(R.oldKeyProtocol, at + 2)
    p.add(R.oldKeyAlgorithm, at + 3)
    p.add(R.oldPublicKey, at + 4, length - 4)
    return true
  }
  p.open(R.keyFlags, at)
  for (const field of KEY_FLAGS) p.add(field, at)
  p.close()
  p.add(R.keyProtocol, at + 2)
  p.add(R.keyAlgorithm, at + 3)
  if (p.wants(R.keyId)) p.generate(R.keyId, sumKey(p, at, length), at - 4)
  p.add(R.publicKey, at + 4, length - 4)
  return true
}

const OLD_KEY = 25
const RSA_MD5 = 1
const KEY_FLAGS = [R.zoneKey, R.keyRevoked, R.keySigningKey, R.keyReserved]

/** RFC 4034 appendix B. */
function sumKey(p: Dissection, at: number, length: number): number {
  if (p.u8(at + 3) === RSA_MD5) return length < 7 ? 0 : p.u16(at + length - 3)
  let sum = 0
  for (let i = 0; i < length; i++) sum += i % 2 === 0 ? p.u8(at + i) * 256 : p.u8(at + i)
  return (sum + Math.floor(sum / 65536)) & 0xffff
}

/** RFC 4034 4.1; NXT (RFC 2535 5.2) is older and has one block of bits. */
export function recordNsec(p: Dissection, origin: number, type: number, at: number, end: number): boolean {
  if (at === end) return true
  const used = recordSteps(p, origin, type === NXT ? NEXT_OLD : NEXT, at, end - at)
  if (used < 0) return false
  if (type !== NXT) return recordTypes(p, at + used, end)
  recordBits(p, at + used, end, 0)
  return true
}

const NXT = 30
const NEXT: readonly Step[] = [name(R.nsecNext)]
const NEXT_OLD: readonly Step[] = [name(R.nxtNext)]

/** RFC 4034 4.1.2: blocks of 256 types, each with its number, its length and a bit for each type. */
function recordTypes(p: Dissection, from: number, end: number): boolean {
  for (let at = from; at < end; at += 2 + p.u8(at + 1)) {
    if (!fits(p, R.existing, at, 2, end)) return false
    recordBits(p, at + 2, Math.min(end, at + 2 + p.u8(at + 1)), p.u8(at) * 256)
    if (!fits(p, R.existing, at, 2 + p.u8(at + 1), end)) return false
  }
  return true
}

function recordBits(p: Dissection, from: number, end: number, first: number): void {
  if (!p.wants(R.existing)) return
  for (let at = from; at < end; at++)
    for (let bit = 0; bit < 8; bit++) if ((p.u8(at) & (0x80 >> bit)) !== 0) p.generate(R.existing, first + (at - from) * 8 + bit, at, 1)
}

/** NSEC3 and NSEC3PARAM: RFC 5155 3.2 and 4.2. */
export function recordNsec3(p: Dissection, whole: boolean, at: number, end: number): boolean {
  if (at === end) return true
  if (!fits(p, R.nsec3SaltLength, at, 5, end) || !fits(p, R.nsec3Salt, at, 5 + p.u8(at + 4), end)) return false
  const salt = p.u8(at + 4)
  p.add(R.nsec3Hash, at)
  p.open(R.nsec3Flags, at + 1)
  p.add(R.nsec3OptOut, at + 1)
  p.close()
  p.add(R.nsec3Iterations, at + 2)
  p.add(R.nsec3SaltLength, at + 4)
  p.add(R.nsec3Salt, at + 5, salt)
  if (!whole) return true
  const next = at + 5 + salt
  if (!fits(p, R.nsec3HashLength, next, 1, end) || !fits(p, R.nsec3Next, next, 1 + p.u8(next), end)) return false
  const size = p.u8(next)
  p.add(R.nsec3HashLength, next)
  if (p.wants(R.nsec3Next)) p.generateText(R.nsec3Next, base32(p, next + 1, size), next + 1, size)
  return recordTypes(p, next + 1 + size, end)
}

const DIGITS = '0123456789abcdefghijklmnopqrstuv'

/** RFC 4648 7: base 32 with the hexadecimal digits first, so that the order of names is kept. */
function base32(p: Dissection, at: number, length: number): string {
  let text = ''
  let bits = 0
  let held = 0
  for (let i = 0; i < length; i++) {
    held = ((held << 8) | p.u8(at + i)) & 0xfff
    bits += 8
    for (; bits >= 5; bits -= 5) text += DIGITS[(held >> (bits - 5)) & 31]
  }
  return bits === 0 ? text : text + DIGITS[(held << (5 - bits)) & 31]
}

/** RFC 8945 4.2. */
export function recordTsig(p: Dissection, origin: number, at: number, end: number): boolean {
  if (at === end) return true
  const algorithm = readName(p, origin, at)
  if (isBroken(algorithm)) {
    refuse(p, R.tsigAlgorithm, algorithm)
    return false
  }
  p.generateText(R.tsigAlgorithm, algorithm.text, at, algorithm.length)
  const from = at + algorithm.length
  if (!fits(p, R.tsigMacSize, from, 10, end)) return false
  recordDate(p, R.tsigTime, from, p.u16(from) * 2 ** 32 + p.u32(from + 2), 6)
  p.add(R.tsigFudge, from + 6)
  p.add(R.tsigMacSize, from + 8)
  const size = p.u16(from + 8)
  if (!fits(p, R.tsigMac, from + 10, size + 6, end)) return false
  if (size > 0) {
    p.open(R.tsigMac, from + 10, size)
    p.note(SEVERITY_WARN, `No dissector for algorithm:${algorithm.text}`, from + 10, 0, R.tsigNoAlgorithm)
    p.close()
  }
  const rest = from + 10 + size
  p.add(R.tsigId, rest)
  p.add(R.tsigError, rest + 2)
  p.add(R.tsigOtherLength, rest + 4)
  const other = p.u16(rest + 4)
  if (!fits(p, R.tsigOther, rest + 6, other, end)) return false
  if (other > 0) p.add(R.tsigOther, rest + 6, other)
  return true
}

/** RFC 2930 2. */
export function recordTkey(p: Dissection, origin: number, at: number, end: number): boolean {
  if (at === end) return true
  const algorithm = readName(p, origin, at)
  if (isBroken(algorithm)) {
    refuse(p, R.tkeyAlgorithm, algorithm)
    return false
  }
  p.generateText(R.tkeyAlgorithm, algorithm.text, at, algorithm.length)
  const from = at + algorithm.length
  if (!fits(p, R.tkeySize, from, 14, end)) return false
  recordDate(p, R.tkeyInception, from, p.u32(from), 4)
  recordDate(p, R.tkeyExpiration, from + 4, p.u32(from + 4), 4)
  p.add(R.tkeyMode, from + 8)
  p.add(R.tkeyError, from + 10)
  return (
    recordSized(p, R.tkeySize, R.tkeyData, from + 12, end) &&
    recordSized(p, R.tkeyOtherSize, R.tkeyOther, from + 14 + p.u16(from + 12), end)
  )
}

/** Two bytes of length, then as many. */
function recordSized(p: Dissection, size: Field, field: Field, at: number, end: number): boolean {
  if (!fits(p, size, at, 2, end) || !fits(p, field, at, 2 + p.u16(at), end)) return false
  p.add(size, at)
  if (p.u16(at) > 0) p.add(field, at + 2, p.u16(at))
  return true
}
