// Tunnels: what each header says, where it says it, and that what the tunnel carries is found.

import { describe, expect, it } from 'vitest'
import { checkFilter, compileFilter, planOf } from '../../../src/filter/index.ts'
import { Capture, checkTruncations, dissect, hex, ranges, registry } from './harness.ts'
import { ETHERNET, FRAME, ipv4, PING, SIX, samples, udp } from './tunnels.ts'

const eth = (type: string, packet: string) => `${ETHERNET} ${type} ${packet}`
const ip = (packet: string) => dissect(packet, { linkType: 101 })

function holds(text: string, packet: string, linkType = 1): boolean {
  const checked = checkFilter(text, registry)
  if (!checked.ok) throw new Error(`${checked.message} at ${checked.start}`)
  const filter = compileFilter(checked.filter)
  const bytes = hex(packet)
  const { dissection } = new Capture([{ bytes, linkType }])
  const facts = { packet: 1, captured: bytes.length, length: bytes.length, seconds: 0, nanos: 0, interfaceId: 0 }
  dissection.record(bytes, 0, facts, linkType, planOf(filter.fields, registry))
  return filter.matches(dissection)
}

describe.each(samples)('$protocol: $layers', ({ protocol, type, packet, layers, ranges, at, filter, change, heading }) => {
  const whole = eth(type, packet)

  it('is shown with what it carries', () => {
    const d = dissect(whole)
    expect(d.layers.join(' ')).toBe(type === '0800' ? `eth ip ${layers}` : `eth ${layers}`)
    expect(d.row(protocol).text).toBe(heading)
    expect(d.has('_ws.malformed')).toBe(false)
    expect(d.has('_ws.expert')).toBe(false)
  })

  it('has each field at its bytes', () => {
    const d = dissect(whole)
    const layer = d.row(protocol).layer
    const rows = d.rows.filter((row) => row.layer === layer && !row.generated && row.name !== '')
    const name = (row: { name: string }) => (row.name.startsWith(`${protocol}.`) ? row.name.slice(protocol.length + 1) : row.name)
    expect(rows.map((row) => `${name(row)}@${row.start - at}+${row.length}`).join(' ')).toBe(ranges)
  })

  it('can be cut anywhere', () => checkTruncations(whole))

  it('is found by a filter', () => {
    expect(holds(filter, whole)).toBe(true)
    const changed = whole.replace(change[0], change[1])
    expect(changed).not.toBe(whole)
    expect(holds(filter, changed)).toBe(false)
  })
})

describe('gre', () => {
  it('checks its checksum', () => {
    expect(ip(ipv4('2f', `8000 0000 7fff 0000`)).row('gre.checksum.status').text).toBe('[Checksum Status: Good]')
    expect(ip(ipv4('2f', `8000 0000 7ffe 0000`)).row('gre.checksum').text).toBe('Checksum: 0x7ffe incorrect, should be 0x7fff')
  })

  it('has call, lengths and acknowledgments in the version of PPTP', () => {
    const d = ip(ipv4('2f', `3081 880b 0024 0018 00000003 00000002 ff03 0021 ${PING}`))
    expect(d.layers).toEqual(['raw', 'ip', 'gre', 'ppp', 'ip', 'icmp'])
    expect(d.row('gre.key.call_id').show).toBe('24')
    expect(d.row('gre.ack_number')).toMatchObject({ start: 32, show: '2' })
    expect(d.row('gre.flags.ack').text).toBe('.... .... 1... .... = Acknowledgment: Yes')
    expect(d.row('gre.flags.version').text).toBe('.... .... .... .001 = Version: Enhanced GRE (1)')
  })

  it('skips the stations that a packet has to visit', () => {
    const d = ip(ipv4('2f', `4000 0800 0000 0000 0800 00 04 c0000209 0000 00 00 ${PING}`))
    expect(d.all('gre.routing').map((row) => [row.start, row.length])).toEqual([
      [28, 8],
      [36, 4],
    ])
    expect(d.layers.at(-1)).toBe('icmp')
    expect(ip(ipv4('2f', '4000 0800 0000 0000 0800 00 ff c0000209')).row('_ws.malformed').text).toContain('GRE needs')
  })

  it('knows the header of redirected packets, and those without', () => {
    expect(ip(ipv4('2f', `0000 883e 01000203 ${PING}`)).row('gre.wccp.primary_bucket').show).toBe('3')
    const bare = ip(ipv4('2f', `0000 883e ${PING}`))
    expect(bare.has('gre.wccp.redirect_header')).toBe(false)
    expect(bare.layers.at(-1)).toBe('icmp')
  })

  it('carries frames mirrored without a header', () => {
    const d = ip(ipv4('2f', `0000 88be ${FRAME}`))
    expect(d.layers).toEqual(['raw', 'ip', 'gre', 'eth', 'ip', 'icmp'])
    expect(d.row('frame.protocols').show).toBe('raw:ip:gre:erspan:eth:ethertype:ip:icmp')
  })

  it('is found behind a UDP port', () => expect(ip(udp(4754, `0000 0800 ${PING}`)).layers.at(-1)).toBe('icmp'))
})

describe('what contradicts itself', () => {
  const cases: [string, string, string][] = [
    [
      'an extension header of GTP without a length',
      udp(2152, `34 ff 0028 09fc9043 0000 00 85 00000000 ${PING}`),
      'Extension Header Length is 0',
    ],
    ['a CAPWAP header that is too short', udp(5247, `00 080120 0000 0000 ${PING}`), 'Header Length of 4 bytes'],
    ['an authentication of Teredo that is too long', udp(3544, '0001 ff ff 00'), 'Teredo needs'],
    ['an L2TP header that is cut', udp(1701, '4a02 0032 4a32'), 'L2TP needs'],
  ]
  it.each(cases)('%s', (_what, packet, why) => expect(ip(packet).row('_ws.malformed').text).toContain(why))

  it('a service header of one word', () => {
    expect(dissect(eth('894f', `0fc1 01 01 004500 1c ${PING}`)).row('_ws.malformed').text).toContain('Length of 4 bytes')
  })

  it('an ERSPAN version that nobody knows', () => {
    const d = ip(ipv4('2f', '1000 88be 00000001 7017 0864 00000000'))
    expect(d.has('erspan.version.unknown')).toBe(true)
  })

  it('a Geneve version that nobody knows, and an option beyond the options', () => {
    const unknown = ip(udp(6081, `4240 6558 00000a 00 ${FRAME}`))
    expect(unknown.has('geneve.version.unknown')).toBe(true)
    expect(unknown.layers.at(-1)).toBe('geneve')
    expect(ip(udp(6081, `0200 0800 00000a 00 0102 80 1f 0000000c ${PING}`)).has('geneve.option.length.invalid')).toBe(true)
  })

  it('a PPP over Ethernet session that claims too much', () => {
    const d = dissect(eth('8864', `11 00 3b1a 0122 0021 ${PING}`))
    expect(d.has('pppoe.payload_length.bad')).toBe(true)
    expect(d.layers.at(-1)).toBe('icmp')
  })
})

describe('what the first bytes decide', () => {
  it('labels stand on labels, and IPv6 behind them', () => {
    const d = dissect(eth('8847', `00010040 00011140 ${SIX}`))
    expect(d.layers).toEqual(['eth', 'mpls', 'mpls', 'ipv6'])
  })

  it('a stack of labels without an end stops at the bound on layers', () => {
    expect(dissect(eth('8847', '00010040'.repeat(100))).has('_ws.expert')).toBe(true)
  })

  it('a frame without a control word', () => {
    expect(dissect(eth('8847', `00010140 ${FRAME.replace('0a00', '0200')}`)).layers).toEqual(['eth', 'mpls', 'eth', 'ip', 'icmp'])
  })

  it('user data of GTP in IPv6, control messages, charging records', () => {
    expect(ip(udp(2152, `30 ff 0028 09fc9043 ${SIX}`)).layers.at(-1)).toBe('ipv6')
    expect(ip(udp(2123, '32 01 0004 00000000 0001 0000')).layers.at(-1)).toBe('gtp')
    expect(ip(udp(2152, `20 ff 0028 09fc9043 ${PING}`)).layers.at(-1)).toBe('gtp')
    expect(ip(udp(2123, '48 20 0004 00000000 00000100')).layers.at(-1)).toBe('data')
  })

  it('PPP with its protocol in one byte', () => {
    const d = dissect(eth('8864', `11 00 3b1a 001d 21 ${PING}`))
    expect(d.row('ppp.protocol')).toMatchObject({ start: 20, length: 1 })
    expect(d.layers.at(-1)).toBe('icmp')
  })

  it('wireless frames that are encrypted, in parts, or without data', () => {
    const frame = (control: string, sequence = '807d') =>
      ip(ipv4('2f', `0000 8200 ${control} 0000 020000000011 020000000012 020000000013 ${sequence} aaaa03 000000 0800 ${PING}`)).layers.at(
        -1,
      )
    expect(frame('0801')).toBe('icmp')
    expect(frame('0841')).toBe('data')
    expect(frame('0805')).toBe('data')
    expect(frame('0801', '817d')).toBe('data')
    expect(frame('4801')).toBe('wlan')
    expect(frame('8000')).toBe('data')
    expect(frame('d400')).toBe('wlan')
  })

  it('metadata of Cisco with the type first, in GRE', () => {
    const d = ip(ipv4('2f', `0000 8909 0800 01 01 0001 0028 ${PING}`))
    expect(d.row('cmd.sgt')).toMatchObject({ start: 30, show: '40' })
    expect(d.layers.at(-1)).toBe('icmp')
  })

  it('frames of a service header', () => {
    expect(dissect(eth('894f', `0fc2 02 03 004500 1c ${FRAME}`)).layers).toEqual(['eth', 'nsh', 'eth', 'ip', 'icmp'])
  })
})

describe('chdlc', () => {
  const packet = `0f00 0800 ${PING}`
  const link = { linkType: 104 }

  it('is shown with what the line carries', () => {
    const d = dissect(packet, link)
    expect(d.layers).toEqual(['chdlc', 'ip', 'icmp'])
    expect(d.row('chdlc.address').text).toBe('Address: Unicast (0x0f)')
    expect(ranges(d, 'chdlc')).toEqual(['chdlc@0+4', 'chdlc.address@0+1', 'chdlc.control@1+1', 'chdlc.protocol@2+2'])
  })

  it('can be cut anywhere', () => {
    checkTruncations(packet, link)
    expect(dissect('0f00 08', link).row('_ws.malformed').text).toContain('CHDLC needs')
  })

  it('is found by a filter', () => {
    expect(holds('chdlc.address == 0x0f and ip.src == 10.1.1.1', packet, 104)).toBe(true)
    expect(holds('chdlc.address == 0x0f', packet.replace('0f00', '8f00'), 104)).toBe(false)
  })
})
