// Links other than Ethernet: what each header says, where it says it, and that what the link carries is found.

import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { checkFilter, compileFilter, planOf } from '../../../src/filter/index.ts'
import { Capture, checkTruncations, dissect, hex, registry } from './harness.ts'
import { linkSamples } from './links.ts'
import { ipv4, PING } from './tunnels.ts'

function holds(text: string, packet: string, linkType: number): boolean {
  const checked = checkFilter(text, registry)
  if (!checked.ok) throw new Error(`${checked.message} at ${checked.start}`)
  const filter = compileFilter(checked.filter)
  const bytes = hex(packet)
  const { dissection } = new Capture([{ bytes, linkType }])
  const facts = { packet: 1, captured: bytes.length, length: bytes.length, seconds: 0, nanos: 0, interfaceId: 0 }
  dissection.record(bytes, 0, facts, linkType, planOf(filter.fields, registry))
  return filter.matches(dissection)
}

describe.each(linkSamples)('$protocol: $layers', ({ protocol, linkType, packet, layers, ranges, filter, heading }) => {
  it('is shown with what it carries', () => {
    const d = dissect(packet, { linkType })
    expect(d.layers.join(' ')).toBe(layers)
    expect(d.row(protocol).text).toBe(heading)
    expect(d.has('_ws.malformed')).toBe(false)
    expect(d.has('_ws.expert')).toBe(false)
  })

  it('has each field at its bytes', () => {
    const d = dissect(packet, { linkType })
    const layer = d.row(protocol).layer
    const rows = d.rows.filter((row) => row.layer === layer && !row.generated && row.name !== '' && row.name !== protocol)
    expect(rows.map((row) => `${row.name.slice(protocol.length).replace(/^\./, '')}@${row.start}+${row.length}`).join(' ')).toBe(ranges)
  })

  it('can be cut anywhere', () => checkTruncations(packet, { linkType }))

  it('is found by a filter', () => {
    expect(holds(filter, packet, linkType)).toBe(true)
    expect(holds(`!(${filter})`, packet, linkType)).toBe(false)
  })
})

describe('what does not fit', () => {
  const kinds: readonly (readonly [string, string, number, string])[] = [
    ['a radiotap header shorter than its start', '00 00 0400 00000000 0800', 127, 'Header length'],
    ['an item of no length', '02 00 002a 0200 0900 0000', 239, 'TLV'],
    ['a pflog header of four bytes', `04 02 01 00 ${'00'.repeat(60)}`, 117, 'Header Length'],
  ]
  it.each(kinds)('%s', (_what, packet, linkType, field) => {
    expect(dissect(packet, { linkType }).row('_ws.malformed').text).toContain(field)
  })

  it('is remarked on where only a version is wrong', () => {
    expect(dissect(ipv4('61', '4001'), { linkType: 101 }).all('_ws.expert')).toHaveLength(2)
  })
})

describe('frame relay', () => {
  it.each([
    ['in the form of RFC 2427', `48e1 03 cc ${PING}`],
    ['with an Ethernet type behind SNAP', `48e1 03 00 80 000000 0800 ${PING}`],
  ])('%s', (_form, packet) => {
    expect(dissect(packet, { linkType: 107 }).layers).toEqual(['fr', 'ip', 'icmp'])
  })

  it('with an address of four bytes', () => {
    expect(dissect(`48e0fe05 0800 ${PING}`, { linkType: 107 }).row('fr.dlci').show).toBe(String(((18 * 16 + 14) * 128 + 127) * 64 + 1))
  })
})

describe('ipcomp', () => {
  const packed = Buffer.from(deflateRawSync(hex(PING))).toString('hex')

  it('unpacks what it carries', () => {
    const d = dissect(ipv4('6c', `04 00 0002 ${packed}`), { linkType: 101 })
    expect(d.layers).toEqual(['raw', 'ip', 'ipcomp', 'data', 'ip', 'icmp'])
    expect(d.all('ip.src')[1]?.source).toBe(1)
    expect(d.row('ipcomp.cpi').text).toBe('IPComp CPI: DEFLATE (0x0002)')
  })

  it('leaves alone what does not unpack', () => {
    expect(dissect(ipv4('6c', '04 00 0002 ffffffff'), { linkType: 101 }).layers).toEqual(['raw', 'ip', 'ipcomp', 'data'])
  })

  it('can be cut anywhere', () => checkTruncations(ipv4('6c', `04 00 0002 ${packed}`), { linkType: 101 }))
})

describe('macsec', () => {
  it('shows encrypted payload as data', () => {
    const d = dissect(`0a0000000004 0a0000000003 88e5 2c 00 00000042 0a0000000003 0064 ${'5a'.repeat(60)} ${'00'.repeat(16)}`)
    expect(d.layers).toEqual(['eth', 'macsec', 'data'])
    expect(d.row('macsec.TCI').text).toBe('0010 11.. = TCI: 0x0b, VER: 0x0, SC, E, C')
  })
})
