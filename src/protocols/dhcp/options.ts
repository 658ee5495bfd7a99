// DHCP's options: a number, a length and a value each.

import { decodeText } from '../../bytes/decode.ts'
import type { Dissection } from '../../core/dissect.ts'
import { SEVERITY_ERROR } from '../../core/note.ts'
import type { Field } from '../../core/protocol.ts'
import { O } from './option-fields.ts'
import { PARTS } from './parts.ts'
import { S } from './setting-fields.ts'

const PADDING = 0
const END = 255
const OVERLOAD = 52
const MAKER = 60
export const OVERLOADS_FILE = 1
export const OVERLOADS_SERVER = 2

/** One value, which must fill the option; texts take all there is. */
const VALUES: Readonly<Record<number, Field>> = {
  1: O.mask,
  2: O.timeOffset,
  12: O.host,
  13: S.fileSize,
  14: S.dump,
  15: O.domain,
  16: S.swap,
  17: S.root,
  18: S.extensions,
  19: S.forwarding,
  20: S.sourceRouting,
  22: S.reassembly,
  23: O.timeToLive,
  24: S.aging,
  26: O.mtu,
  27: S.allLocal,
  28: O.broadcastAddress,
  29: S.maskDiscovery,
  30: S.maskSupplier,
  31: S.routerDiscovery,
  32: S.solicitation,
  34: S.trailers,
  35: S.arpTimeout,
  36: S.ethernetForm,
  37: S.tcpTtl,
  38: S.keepalive,
  39: S.garbage,
  40: S.nisDomain,
  46: S.nodeType,
  47: S.netbiosScope,
  50: O.requested,
  51: O.lease,
  52: O.overload,
  53: O.message,
  54: O.serverId,
  56: O.words,
  57: O.largest,
  58: O.renewal,
  59: O.rebinding,
  60: O.vendorClass,
  64: S.nisPlusDomain,
  66: S.tftpName,
  67: S.bootFile,
  91: O.lastTransaction,
  100: S.zone,
  101: S.zoneName,
  113: S.netinfoTag,
  114: S.portal,
  116: O.autoConfigure,
  118: S.subnet,
  161: S.mud,
  209: S.pxeFile,
  210: S.pxePrefix,
  252: S.proxy,
}

/** Values of one field, as many as fit. */
const LISTS: Readonly<Record<number, Field>> = {
  3: O.router,
  4: O.timeServer,
  5: S.oldNames,
  6: O.nameServer,
  7: S.log,
  8: S.quotes,
  9: S.lpr,
  10: S.impress,
  11: S.resource,
  25: S.plateau,
  41: S.nisServer,
  42: O.ntpServer,
  44: O.netbiosServer,
  45: S.netbiosDatagrams,
  48: S.fonts,
  49: S.displays,
  55: O.wanted,
  65: S.nisPlusServer,
  68: S.homeAgent,
  69: S.smtp,
  70: S.pop3,
  71: S.nntp,
  72: S.www,
  73: S.finger,
  74: S.irc,
  75: S.streettalk,
  76: S.streettalkHelp,
  92: S.associated,
  93: S.architecture,
  112: S.netinfo,
  138: S.capwap,
  145: S.nonce,
  150: S.tftpAddress,
}

/** What option 52 says of the names of server and file; 0 when it is not there. */
export function findOverload(p: Dissection, from: number): number {
  const at = findOption(p, from, OVERLOAD)
  return at >= 0 && p.has(at + 3) ? p.u8(at + 2) & 3 : 0
}

function findOption(p: Dissection, from: number, code: number): number {
  for (let at = from; p.has(at + 2) && p.u8(at) !== END; ) {
    if (p.u8(at) === code) return at
    at += p.u8(at) === PADDING ? 1 : 2 + p.u8(at + 1)
  }
  return -1
}

/** What the message says of the maker of the client: it tells how the maker's own options are read. */
function readMaker(p: Dissection, from: number, end: number): string {
  const at = findOption(p, from, MAKER)
  return at < 0 || at + 2 + p.u8(at + 1) > end ? '' : decodeText(p.bytes, p.base + at + 2, p.u8(at + 1))
}

/** Lays the options between `from` and `end` out. Returns false when nothing says where they end. */
export function recordOptions(p: Dissection, from: number, end: number): boolean {
  const maker = readMaker(p, from, end)
  let at = from
  while (at < end) {
    const code = p.u8(at)
    if (code === END) {
      p.nest(p.generate(O.option, 0, at, 1))
      p.add(O.end, at)
      p.close()
      if (at + 1 < end) p.add(O.optionPadding, at + 1, end - at - 1)
      return true
    }
    if (code === PADDING) {
      let next = at + 1
      while (next < end && p.u8(next) === PADDING) next++
      p.generate(O.option, 0, at, 1)
      p.add(O.optionPadding, at, next - at)
      at = next
      continue
    }
    const length = at + 2 <= end ? p.u8(at + 1) : 0
    if (at + 2 + length > end) {
      p.short(at + 2 + length)
      return true
    }
    p.nest(p.generate(O.option, code, at, 2 + length))
    p.add(O.optionLength, at + 1)
    recordValue(p, code, at + 2, length, maker)
    p.close()
    at += 2 + length
  }
  return from === end
}

function recordValue(p: Dissection, code: number, at: number, length: number, maker: string): void {
  const list = LISTS[code]
  const single = VALUES[code]
  if (list !== undefined) {
    p.add(length < list.size ? O.optionRaw : O.optionValue, at, length)
    if (length % list.size !== 0) refuseLength(p, at, `Option length isn't a multiple of ${list.size}`)
    else for (let i = 0; i < length; i += list.size) p.add(list, at + i)
  } else if (single !== undefined) {
    // More than one byte of these two is let pass.
    const fits = single.size === 0 || length === single.size || ((code === 52 || code === 53) && length > 1)
    p.add(fits && length > 0 ? O.optionValue : O.optionRaw, at, length)
    if (!fits) refuseLength(p, at, `length isn't ${single.size}`)
    else if (single.size > 0) p.add(single, at)
    else recordText(p, single, at, length)
  } else {
    const parts = length > 0 ? PARTS[code] : undefined
    // What nothing else says is shown as it is.
    p.add(parts === undefined ? O.optionRaw : O.optionValue, at, length)
    parts?.(p, at, length, maker)
  }
}

function refuseLength(p: Dissection, at: number, why: string): void {
  p.note(SEVERITY_ERROR, why, at - 2, 0, O.badLength)
}

/** A text ends at its first zero byte. */
function recordText(p: Dissection, field: Field, at: number, length: number): void {
  if (!p.wants(field)) return
  const end = p.bytes.subarray(p.base + at, p.base + at + length).indexOf(0)
  p.generateText(field, decodeText(p.bytes, p.base + at, end < 0 ? length : end), at, length)
}
