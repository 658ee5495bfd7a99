// Ping and its answers, which belong together by addresses, numbers and data.

import { describe, expect, it } from 'vitest'
import { Capture, type Dissected, hex } from './harness.ts'

const packet = (source: string, destination: string, icmp: string) => {
  const size = icmp.replace(/\s+/g, '').length / 2
  return `4500 ${(20 + size).toString(16).padStart(4, '0')} 0000 0000 40 01 0000 ${source} ${destination} ${icmp}`
}
const A = '0a000001'
const B = '0a000002'
const six = (source: string, destination: string, icmp: string) =>
  `60000000 0008 3a 40 ${source.padStart(32, '0')} ${destination.padStart(32, '0')} ${icmp}`

function run(...packets: readonly (readonly [string, number])[]): (n: number) => Dissected {
  const capture = new Capture(packets.map(([text, millis]) => ({ bytes: hex(text), linkType: 101, seconds: 100, nanos: millis * 1e6 })))
  return (n) => capture.dissect(n)
}

describe('ping', () => {
  const ask = packet(A, B, '0800 e5ca 1234 0001')
  const answer = packet(B, A, '0000 edca 1234 0001')

  it('is paired with its answer, in any order of looking', () => {
    const at = run([ask, 0], [answer, 12])
    for (const n of [2, 1, 2]) at(n)
    expect(at(1).row('icmp.resp_in').show).toBe('2')
    expect(at(2).row('icmp.resp_to').show).toBe('1')
    expect(at(2).row('icmp.resptime').text).toBe('[Response time: 12.000 ms]')
    expect(at(1).info).toBe('Echo (ping) request  id=0x1234, seq=1/256, ttl=64 (reply in 2)')
    expect(at(2).info).toBe('Echo (ping) reply    id=0x1234, seq=1/256, ttl=64 (request in 1)')
  })

  it.each([
    ['of another number', packet(B, A, '0000 edc9 1234 0002')],
    ['with other data', packet(B, A, '0000 edcb 1234 0001')],
    ['of somebody else', packet('0a000003', A, '0000 edca 1234 0001')],
    ['before the question', answer],
  ])('is not paired with an answer %s', (what, other) => {
    const at = what.startsWith('before') ? run([other, 0], [ask, 1]) : run([ask, 0], [other, 1])
    for (const n of [1, 2]) expect(at(n).has('icmp.resp_in') || at(n).has('icmp.resp_to')).toBe(false)
  })

  it('takes the first answer, and the last of equal questions', () => {
    const at = run([ask, 0], [ask, 1], [answer, 2], [answer, 3])
    expect(at(1).has('icmp.no_resp')).toBe(true)
    expect(at(2).row('icmp.resp_in').show).toBe('3')
    expect(at(4).has('icmp.resp_to')).toBe(false)
  })

  it('shows the time that its data begin with, in either byte order', () => {
    for (const time of ['00000064 00000005', '64000000 05000000']) {
      const d = run([packet(A, B, `0800 0000 1234 0001 ${time} aabb`), 1])(1)
      expect(d.row('icmp.data_time').show).toBe('Jan  1, 1970 00:01:40.000005000 UTC')
      expect(d.row('icmp.data_time_relative').show).toBe('0.000995000')
      expect(d.row('data.data').show).toBe('aabb')
    }
    expect(run([packet(A, B, '0800 0000 1234 0001 0a64ffff 00000005'), 1])(1).has('icmp.data_time')).toBe(false)
  })
})

describe('ping of IPv6', () => {
  it('is paired with its answer', () => {
    const at = run([six('1', '2', '8000 5f1e 1234 0001'), 0], [six('2', '1', '8100 5e1e 1234 0001'), 3])
    expect(at(1).info).toBe('Echo (ping) request id=0x1234, seq=1, hop limit=64 (reply in 2)')
    expect(at(2).info).toBe('Echo (ping) reply id=0x1234, seq=1, hop limit=64 (request in 1)')
    expect(at(2).row('icmpv6.resptime').show).toBe('3')
  })
})
