// Checksums verified on demand, in tshark's words.

import { describe, expect, it } from 'vitest'
import { readSettings } from '../../../src/engine/settings.ts'
import { Capture, type Dissected, hex } from './harness.ts'

const IPV4 = '4500002d 00010000 400666c8 0a000001 0a000002'
const IPV6 = '60000000 00190640 00000000000000000000000000000001 00000000000000000000000000000002'
const tcp = (seq: string, checksum: string, rest = '68656c6c6f'): string => `04d2270f ${seq} 00000001 501803e8 ${checksum}0000 ${rest}`
const udp = (checksum: string): string => `45000021 00010000 401166c9 0a000001 0a000002 04d2270f 000d${checksum} 68656c6c6f`

function verified(bytes: string, length?: number): Dissected {
  const read = readSettings({ checksums: ['tcp', 'udp', 'ip'] })
  if (!read.ok) throw new Error(read.message)
  const capture = new Capture([{ bytes: hex(bytes), linkType: 101, ...(length === undefined ? {} : { length }) }])
  capture.dissection.settings = read.settings
  return capture.dissect(1)
}
/** Text, start and length of all rows about the checksum of one protocol. */
const told = (d: Dissected, protocol: string): string[] =>
  d.rows
    .filter(({ name, hidden }) => name.startsWith(`${protocol}.checksum`) && !hidden)
    .map(({ text, start, length }) => `${text} @${start}+${length}`)

describe('verified checksums', () => {
  it('of TCP: right, wrong, over IPv6', () => {
    const right = verified(IPV4 + tcp('00000001', '2828'))
    expect(told(right, 'tcp')).toEqual([
      'Checksum: 0x2828 [correct] @36+2',
      '[Checksum Status: Good] @36+0',
      '[Calculated Checksum: 0x2828] @36+2',
    ])
    expect(right.has('_ws.expert')).toBe(false)
    const wrong = verified(IPV4 + tcp('00000006', '2876'))
    expect(told(wrong, 'tcp')).toEqual([
      'Checksum: 0x2876 incorrect, should be 0x2823(maybe caused by "TCP checksum offload"?) @36+2',
      '[Bad checksum [should be 0x2823]] @0+0',
      '[Checksum Status: Bad] @36+0',
      '[Calculated Checksum: 0x2823] @36+2',
    ])
    expect(wrong.row('_ws.expert').text).toBe('[Expert Info (Error/Checksum): Bad checksum [should be 0x2823]]')
    expect(wrong.info).toBe('1234 → 9999 [PSH, ACK] Seq=1 Ack=1 Win=1000 [TCP CHECKSUM INCORRECT] Len=5')
    expect(verified(IPV6 + tcp('00000001', '3c28')).row('tcp.checksum.status').value).toBe(1)
    expect(verified(IPV6 + tcp('00000001', '3c7d')).row('tcp.checksum_calculated').value).toBe(0x3c28)
  })

  it('of TCP: all ones where zero was meant', () => {
    const d = verified(`45000030 00010000 400666c5 0a000001 0a000002 ${tcp('00000015', 'ffff', '68656c6c6f002811')}`)
    expect(told(d, 'tcp')).toEqual([
      'Checksum: 0xffff [should be 0x0000 (see RFC 1624)] @36+2',
      '[Calculated Checksum: 0x0000] @36+2',
      '[Checksum Status: Bad] @36+0',
      '[TCP Checksum 0xffff instead of 0x0000 (see RFC 1624)] @0+0',
    ])
    expect(d.info).toContain(' [TCP CHECKSUM 0xFFFF] Len=8')
  })

  it('of UDP and of headers of IPv4', () => {
    expect(told(verified(udp('7c1e')), 'udp')).toEqual([
      'Checksum: 0x7c1e [correct] @26+2',
      '[Calculated Checksum: 0x7c1e] @26+2',
      '[Checksum Status: Good] @26+0',
    ])
    const wrong = verified(udp('7c4b'))
    expect(wrong.row('udp.checksum').text).toBe('Checksum: 0x7c4b incorrect, should be 0x7c1e (maybe caused by "UDP checksum offload"?)')
    expect(wrong.info).toBe('1234 → 9999 Len=5 [UDP CHECKSUM INCORRECT]')
    expect(verified(udp('0000')).row('udp.checksum.status').value).toBe(3)
    expect(told(wrong, 'ip')).toEqual([
      'Header Checksum: 0x66c9 [correct] @10+2',
      '[Header checksum status: Good] @10+0',
      '[Calculated Checksum: 0x66c9] @10+2',
    ])
    const damaged = verified(udp('7c1e').replace('66c9', '66cc'))
    expect(damaged.row('ip.checksum').text).toBe(
      'Header Checksum: 0x66cc incorrect, should be 0x66c9(may be caused by "IP checksum offload"?)',
    )
    expect(damaged.row('ip.checksum_bad.expert').text).toBe('[Bad checksum [should be 0x66c9]]')
    expect(damaged.row('ip.dst').show).toBe('10.0.0.2')
  })

  it('are not told of segments that are not whole, and not unless asked for', () => {
    expect(verified(IPV4 + tcp('00000006', '2876'), 60).row('tcp.checksum.status').value).toBe(0)
    const cut = `${IPV4}${tcp('00000006', '2876')}`.replace('6c6f', '')
    expect(verified(cut, 45).row('tcp.checksum').text).toBe('Checksum: 0x2876 [unverified]')
    const capture = new Capture([{ bytes: hex(udp('7c4b')), linkType: 101 }])
    expect(capture.dissect(1).row('udp.checksum').text).toBe('Checksum: 0x7c4b [unverified]')
    expect(capture.dissect(1).row('ip.checksum').text).toBe('Header Checksum: 0x66c9 [validation disabled]')
  })
})
