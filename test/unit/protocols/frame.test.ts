// What the capture file says of a packet: numbers, lengths, times.

import { describe, expect, it } from 'vitest'
import { secondsText } from '../../../src/protocols/frame.ts'
import { Capture, checkTruncations, dissect, hex } from './harness.ts'

const ONE = hex('0102')

describe('frame', () => {
  it('says number, lengths and link type', () => {
    const d = dissect(ONE, { length: 60, linkType: 147 })
    expect(d.row('frame').text).toBe('Frame 1: 60 bytes on wire (480 bits), 2 bytes captured (16 bits)')
    expect(d.row('frame')).toMatchObject({ start: 0, length: 2 })
    expect(d.row('frame.cap_len').text).toBe('Capture Length: 2 bytes (16 bits)')
    expect(d.row('frame.encap_type').text).toBe('Encapsulation type: USER 0 (45)')
    expect(d.row('frame.number').value).toBe(1)
  })

  it('keeps every digit of a time', () => {
    const d = dissect(ONE, { seconds: 1_539_199_544, nanos: 286_001_003 })
    expect(d.row('frame.time').show).toBe('Oct 10, 2018 19:25:44.286001003 UTC')
    expect(d.row('frame.time_epoch').show).toBe('1539199544.286001003')
    expect(dissect(ONE, { seconds: 4_294_967_295, nanos: 0 }).row('frame.time').show).toBe('Feb  7, 2106 06:28:15.000000000 UTC')
    expect(dissect(ONE, { seconds: 1, nanos: 0 }).row('frame.time').show).toBe('Jan  1, 1970 00:00:01.000000000 UTC')
  })

  it('writes times that are out of range as tshark does', () => {
    expect(secondsText(1_418_145_370, 1_000_000_000)).toBe('1418145370.1000000000')
    expect(secondsText(1_418_145_370, -2_147_483_648)).toBe('-1418145370.2147483648')
    expect(secondsText(18_446_744_073_204, 126_329_000)).toBe('18446744073204.126329000')
    expect(dissect(ONE, { seconds: 2 ** 63, nanos: 0 }).row('frame.time_epoch').show).toBe('9223372036854775808.000000000')
  })

  it('has no time rows for a record without time', () => {
    const d = dissect(ONE, { nanos: -1 })
    expect(d.has('frame.time')).toBe(false)
    expect(d.has('frame.time_epoch')).toBe(false)
    expect(d.has('frame.time_delta')).toBe(false)
  })

  it('counts time from the packet before and from the first one, backwards too', () => {
    const at = (seconds: number, nanos: number) => ({ bytes: ONE, seconds, nanos })
    const capture = new Capture([at(10, 900_000_000), at(12, 100_000_000), at(11, 999_999_999)])
    expect(capture.dissect(1).row('frame.time_delta').show).toBe('0.000000000')
    expect(capture.dissect(2).row('frame.time_delta')).toMatchObject({ show: '1.200000000', value: 1.2 })
    expect(capture.dissect(3).row('frame.time_delta').show).toBe('-0.100000001')
    expect(capture.dissect(3).row('frame.time_relative').show).toBe('1.099999999')
  })

  it('names the interface where the file does', () => {
    const capture = new Capture(
      [{ bytes: ONE, interfaceId: 1 }],
      [{ section: 0 }, { section: 1, name: 'lo', description: 'loopback' }],
      true,
    )
    const d = capture.dissect(1)
    expect(d.row('frame').text).toContain('on interface lo, id 1')
    expect(d.row('frame.section_number').value).toBe(2)
    expect(d.row('frame.interface_id').text).toBe('Interface id: 1 (lo)')
    expect(d.row('frame.interface_description').show).toBe('loopback')
    expect(dissect(ONE).has('frame.interface_id')).toBe(false)
  })

  it('shows what the network card said of the packet, where the file keeps it', () => {
    const capture = new Capture([{ bytes: ONE }])
    const { dissection } = capture
    dissection.clock = { seconds: () => 0, nanos: () => 0, flags: () => 0x8000_0009 }
    const d = capture.dissect(1)
    expect(d.row('frame').text).toContain('(inbound)')
    expect(d.row('frame.packet_flags').text).toBe('Packet flags: 0x80000009')
    expect(d.row('frame.packet_flags_direction').text).toBe('.... .... .... .... .... .... .... ..01 = Direction: Inbound (0x1)')
    expect(d.row('frame.packet_flags_reception_type').text).toContain('Multicast (2)')
    expect(d.row('frame.packet_flags_symbol_error').text).toBe('1... .... .... .... .... .... .... .... = Symbol error: Set')
    expect(d.row('frame.packet_flags_crc_error').text).toBe('.... ...0 .... .... .... .... .... .... = CRC error: Not set')
    expect(d.row('frame.p2p_dir').text).toBe('Point-to-Point Direction: Received (1)')
    dissection.clock = { seconds: () => 0, nanos: () => 0, flags: () => -1 }
    expect(capture.dissect(1).has('frame.packet_flags')).toBe(false)
  })

  it('shows a record of no interface as data', () => {
    expect(dissect(ONE, { interfaceId: -1, linkType: -1 }).layers).toEqual(['data'])
  })

  it('survives being cut anywhere', () => checkTruncations(hex('ff'.repeat(20)), { linkType: 147 }))
})
