// Times within a UDP conversation: since its first packet, and since the one before.

import { describe, expect, it } from 'vitest'
import { Capture, hex } from './harness.ts'
import { udp } from './tunnels.ts'

const at = (millis: number, port = 4000, payload = 'aa') => ({
  bytes: hex(udp(port, payload)),
  linkType: 101,
  seconds: 10,
  nanos: millis * 1e6,
})

describe('times of datagrams', () => {
  const capture = new Capture([at(0), at(5), at(7, 4001), at(25), at(40)])
  const times = (n: number) => ['udp.time_relative', 'udp.time_delta'].map((name) => capture.dissect(n).row(name).show)

  it('count from the first and from the previous one of the conversation', () => {
    expect(times(4)).toEqual(['0.025000000', '0.020000000'])
    expect(times(1)).toEqual(['0.000000000', '0.000000000'])
    expect(times(5)).toEqual(['0.040000000', '0.015000000'])
    expect(times(3)).toEqual(['0.000000000', '0.000000000'])
  })

  it('are their own for datagrams inside datagrams', () => {
    const inner = (millis: number) => at(millis, 4341, `0000000000000000${udp(5000, 'bb')}`)
    const nested = new Capture([inner(0), at(10, 4341, ''), inner(30)])
    expect(
      nested
        .dissect(3)
        .all('udp.time_delta')
        .map((row) => row.show),
    ).toEqual(['0.020000000', '0.030000000'])
  })
})
