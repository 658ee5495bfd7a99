// NTP: times, extensions, digests, control messages.

import { describe, expect, it } from 'vitest'
import { datagram, dissectDatagram, expectFilter } from './datagram.ts'
import { checkTruncations, ranges } from './harness.ts'

const NTP = { to: 123 }
const TIMES = 'c2913b7c d9a7868c c2913b57 6aeb8b3f c2913b46 fe03b2f4 c2913b85 d98d5a43'
const CLIENT = `23 0b 06 ef 00000000 000002d6 7f7f0101 ${TIMES}`

describe('ntp', () => {
  it('shows a question of a client', () => {
    const d = dissectDatagram(CLIENT, NTP)
    expect(d.info).toBe('NTP Version 4, client')
    expect(d.row('ntp').text).toBe('Network Time Protocol (NTP Version 4, client)')
    expect(d.row('ntp.stratum').text).toBe('Peer Clock Stratum: secondary reference (11)')
    expect(d.row('ntp.ppoll').text).toBe('Peer Polling Interval: 6 (64 seconds)')
    expect(d.row('ntp.precision').text).toBe('Peer Clock Precision: 0.000008 seconds')
    expect(d.row('ntp.rootdispersion').text).toBe('Root Dispersion: 0.011078 seconds')
    expect(d.row('ntp.refid').text).toBe('Reference ID: 127.127.1.1')
    expect(d.row('ntp.reftime').show).toMatch(/^Jun 11, 2003 05:24:12\.850212\d{3} UTC$/)
  })

  it('has every field where it lies', () => {
    expect(ranges(dissectDatagram(CLIENT, NTP), 'ntp.')).toEqual([
      'ntp.flags@28+1',
      'ntp.flags.li@28+1',
      'ntp.flags.vn@28+1',
      'ntp.flags.mode@28+1',
      'ntp.stratum@29+1',
      'ntp.ppoll@30+1',
      'ntp.precision@31+1',
      'ntp.rootdelay@32+4',
      'ntp.rootdispersion@36+4',
      'ntp.refid@40+4',
      'ntp.reftime@44+8',
      'ntp.org@52+8',
      'ntp.rec@60+8',
      'ntp.xmt@68+8',
    ])
  })

  it('shows an extension, a key and a digest', () => {
    const d = dissectDatagram(`${CLIENT} 0104 0010 000102030405060708090a0b 0000002a ${'11'.repeat(16)}`, NTP)
    expect(d.row('ntp.ext.type').text).toBe('Field Type: Unique Identifier (0x0104)')
    expect(d.row('ntp.keyid')).toMatchObject({ start: 28 + 64, length: 4, show: '0000002a' })
    expect(d.row('ntp.mac').length).toBe(16)
  })

  it('refuses an extension of no possible length', () => {
    const d = dissectDatagram(`${CLIENT} 0104 0003 ${'00'.repeat(32)}`, NTP)
    expect(d.row('_ws.malformed').text).toContain('is 3, which no extension can have')
  })

  it('counts years beyond 2036, and knows a clock that was never set', () => {
    const d = dissectDatagram(CLIENT.replace(TIMES, `00000001 00000000 ${'00'.repeat(24)}`), NTP)
    expect(d.row('ntp.reftime').show).toBe('Feb  7, 2036 06:28:17.000000000 UTC')
    expect(d.row('ntp.org').show).toBe('NULL')
  })

  it('shows control messages', () => {
    const d = dissectDatagram('16 82 004b 961a bebd 01d4 0004 61623d31', NTP)
    expect(d.row('ntp.ctrl.flags2.opcode').text).toBe('...0 0010 = Opcode: read variables (2)')
    expect(d.row('ntp.ctrl.data')).toMatchObject({ start: 40, length: 4 })
    expect(d.info).toBe('NTP Version 2, control')
  })

  it('can be cut anywhere', () => {
    checkTruncations(datagram(`${CLIENT} 0104 0010 000102030405060708090a0b 0000002a ${'11'.repeat(16)}`, NTP).bytes, { linkType: 101 })
    checkTruncations(datagram('16 82 004b 961a bebd 01d4 0004 61623d31', NTP).bytes, { linkType: 101 })
  })

  it('can be filtered by its fields', () => {
    expectFilter('ntp.flags.mode == 3 and ntp.stratum == 11', datagram(CLIENT, NTP), datagram(CLIENT.replace('23', '24'), NTP))
  })
})
