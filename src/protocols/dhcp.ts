// Dynamic Host Configuration Protocol: RFC 2131; options: RFC 2132. It uses the messages of its ancestor BOOTP: RFC 951.
//
//   0     1        2        3     4   8     10     12      16     20      24     28             44           108        236     240
//   type  hw type  hw size  hops  id  secs  flags  client  yours  server  relay  hardware addr  server name  boot file  cookie  options …
//
// An option is a number, a length and a value; 0 fills up, 255 ends the list. Options may also stand where the names of server and file do
// ("overload", RFC 2131 4.1).

import { decodeText } from '../bytes/decode.ts'
import type { Dissection } from '../core/dissect.ts'
import { SEVERITY_ERROR, SEVERITY_NOTE } from '../core/note.ts'
import { defineProtocol, type Field, type Get } from '../core/protocol.ts'
import { H } from './dhcp/fields.ts'
import { messageName, O } from './dhcp/option-fields.ts'
import { findOverload, OVERLOADS_FILE, OVERLOADS_SERVER, recordOptions } from './dhcp/options.ts'
import { P } from './dhcp/part-fields.ts'
import { S } from './dhcp/setting-fields.ts'

const HEADER = 236
const SECS = 8
const HARDWARE = 28
const HARDWARE_SIZE = 16
const NAME = 44
const NAME_SIZE = 64
const FILE = 108
const FILE_SIZE = 128
const COOKIE = 0x63825363
const OPTIONS = 240
/** Hardware types whose addresses look like Ethernet's. */
const ETHERNET = 1
const IEEE_802 = 6
const ETHER_SIZE = 6

export const dhcp = defineProtocol({
  name: 'dhcp',
  title: 'Dynamic Host Configuration Protocol',
  spec: 'RFC 2131',
  about: 'Gives machines an address and all else that they need to take part in a network.',
  fields: { ...H, ...O, ...S, ...P },
  accepts: { 'udp.port': [67, 68, 4011] },
  scanStops: true,
  columnOf: (get) => (get.has(O.message) ? 'DHCP' : 'BOOTP'),
  heading: (get) => `Dynamic Host Configuration Protocol${get.has(O.message) ? ` (${messageName(get)})` : ''}`,
  summary: (get) => {
    if (get.has(O.message)) return `DHCP ${messageName(get).padEnd(8)} - Transaction ID 0x${get.number(H.id).toString(16)}`
    const type = get.number(H.type)
    if (type === 2) return 'Boot Reply'
    if (type !== 1) return `Unknown BOOTP message type (${type})`
    return `Boot Request from ${clientOf(get)}`
  },

  dissect(p) {
    if (!p.recording) return
    if (!p.has(HARDWARE + HARDWARE_SIZE)) return p.short(HEADER)
    p.header()
    recordSeconds(p)
    recordAddress(p, p.u8(1), p.u8(2))
    if (!p.has(HEADER)) return p.short(HEADER)
    const options = p.has(OPTIONS) && p.u32(HEADER) === COOKIE
    const overload = options ? findOverload(p, OPTIONS) : 0
    if ((overload & OVERLOADS_SERVER) === 0) recordName(p, H.serverName, NAME, NAME_SIZE)
    else {
      p.open(H.serverOptions, NAME, NAME_SIZE)
      p.note(SEVERITY_NOTE, H.serverMark.label, NAME, 0, H.serverMark)
      p.close()
    }
    if ((overload & OVERLOADS_FILE) === 0) recordName(p, H.file, FILE, FILE_SIZE)
    else {
      p.open(H.fileOptions, FILE, FILE_SIZE)
      p.note(SEVERITY_NOTE, H.fileMark.label, FILE, 0, H.fileMark)
      p.close()
    }
    if (!options) return
    p.add(H.cookie, HEADER)
    if (!recordOptions(p, OPTIONS, p.available())) p.note(SEVERITY_ERROR, O.noEnd.label, 0, 0, O.noEnd)
    if ((overload & OVERLOADS_SERVER) !== 0) recordOptions(p, NAME, NAME + NAME_SIZE)
    if ((overload & OVERLOADS_FILE) !== 0) recordOptions(p, FILE, FILE + FILE_SIZE)
  },
})

/** Who asks: the name of the hardware address, which is the address itself, and the address. */
function clientOf(get: Get): string {
  if (get.has(H.mac)) return `${get.text(H.mac)} (${get.text(H.mac)})`
  return get.has(H.address) ? get.text(H.address) : '<No address>'
}

/** Some old clients write the seconds in the other order, which shows when only the first byte is used. */
function recordSeconds(p: Dissection): void {
  if (!p.has(SECS + 2)) return
  const swapped = p.u8(SECS) !== 0 && p.u8(SECS + 1) === 0
  p.nest(p.generate(H.secs, swapped ? p.u8(SECS) : p.u16(SECS), SECS, 2))
  if (swapped) p.note(SEVERITY_NOTE, H.secsMark.label, SECS, 0, H.secsMark)
  p.close()
}

/** 16 bytes, whatever the length of the address is. */
function recordAddress(p: Dissection, type: number, size: number): void {
  if (size === 0 || size > HARDWARE_SIZE) {
    p.open(H.noAddress, HARDWARE, HARDWARE_SIZE)
    p.note(SEVERITY_NOTE, H.noAddressMark.label, HARDWARE, 0, H.noAddressMark)
    p.close()
    return
  }
  const ether = (type === ETHERNET || type === IEEE_802) && size === ETHER_SIZE
  p.add(ether ? H.mac : H.address, HARDWARE, size)
  if (size < HARDWARE_SIZE) p.add(H.padding, HARDWARE + size, HARDWARE_SIZE - size)
}

function recordName(p: Dissection, field: Field, at: number, size: number): void {
  if (!p.wants(field)) return
  const end = p.bytes.indexOf(0, p.base + at)
  const length = end < 0 ? size : Math.min(size, end - p.base - at)
  p.generateText(field, decodeText(p.bytes, p.base + at, length), at, size)
}
