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

  it('shows how a server and its peers are doing', () => {
    const d = dissectDatagram('16 81 0001 0615 0000 0000 0004 6b2d 961a', NTP)
    expect(d.info).toBe('NTP Version 2, control')
    expect(d.row('ntp.ctrl.flags2').text).toBe('Flags 2: 0x81, Response bit: Response, Opcode: read status')
    expect(d.all('ntp.ctrl.associd').map((row) => row.show)).toEqual(['0', '27437'])
    expect(d.row('ntp.ctrl.item')).toMatchObject({ start: 28 + 12, length: 4 })
    expect(d.row('ntp.ctrl.peer_status.reach').text).toContain('reachability okay')
    expect(d.row('ntp.ctrl.sys_status.clksrc').value).toBe(6)
  })

  it('says why a control message failed, and takes no more data than there is', () => {
    const d = dissectDatagram('16 c2 0001 0200 0001 0000 ffff 61', NTP)
    expect(d.row('ntp.ctrl.err_status').value).toBe(2)
    expect(d.row('ntp.ctrl.data').length).toBe(1)
    expect(dissectDatagram('16 82 0001', NTP).row('_ws.malformed').text).toContain('needs')
  })

  it('shows whom a server has talked with', () => {
    const entry = `00000001 00000002 00000000 00000003 48ef596d 0a000001 00000001 0c02 03 02 00000000 00000000 ${'00'.repeat(32)}`
    const d = dissectDatagram(`97 00 03 2a 0001 0048 ${entry}`, NTP)
    expect(d.info).toBe('NTP Version 2, private, Response, MON_GETLIST_1')
    expect(d.row('ntp').text).toBe('Network Time Protocol (NTP Version 2, private)')
    expect(d.row('ntp.priv.mode7.item')).toMatchObject({ show: 'Monlist Item', start: 36, length: 72 })
    expect(d.row('ntp.priv.monlist.remote_address').show).toBe('72.239.89.109')
    expect(d.row('ntp.priv.monlist.port').value).toBe(3074)
    expect(d.has('ntp.priv.monlist.addr6')).toBe(false)
    // As many items as fit, whatever their count says.
    expect(dissectDatagram(`97 00 03 2a 0fff 0048 ${entry}`, NTP).all('ntp.priv.mode7.item')).toHaveLength(1)
    expect(dissectDatagram('17 00 03 2a 0000 0000', NTP).info).toBe('NTP Version 2, private, Request, MON_GETLIST_1')
    expect(dissectDatagram('17 00 03', NTP).row('_ws.malformed').text).toContain('needs')
  })
})
