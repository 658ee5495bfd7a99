// Queries skip what cannot match; they must never skip what does. Each filter is asked of every packet in full, and through a query.

import { describe, expect, it } from 'vitest'
import type { Capture } from '../../../src/engine/capture.ts'
import { Capture as EngineCapture } from '../../../src/engine/capture.ts'
import { runQuery } from '../../../src/engine/query.ts'
import { registry } from '../../../src/engine/registry.ts'
import { openCapture } from '../../../src/files/index.ts'
import { checkFilter, compileFilter } from '../../../src/filter/index.ts'
import { indexed, recordings, withCapture } from './support.ts'

const FILTERS = [
  ...['', 'http', 'not http', 'http.request', 'not http.request', 'http.response', 'http.request or http.response', 'http.request_in'],
  ...['http.request.method == "GET"', 'http.request.method != "GET"', 'http.response.code == 200', '!(http.response.code == 200)'],
  ...['http.request and tcp.srcport > 1', 'http.request or tls', 'tls.handshake', 'tls.handshake.type == 1', 'tcp.len == 0', 'data'],
  ...['frame contains "fluffy"', 'tcp contains "fluffy"', 'http contains "fluffy"', 'http.file_data contains "fluffy"', 'tcp.segment'],
  ...['frame.number in {2..4}', 'ip.addr == 127.0.0.1', 'ipv6.addr == ::1', '_ws.malformed', 'count(http.host) == 1', 'tcp.stream == 1'],
]

function compile(text: string) {
  const checked = checkFilter(text, registry)
  if (!checked.ok) throw new Error(`${text}: ${checked.message}`)
  return compileFilter(checked.filter)
}

function slowly(capture: Capture, text: string): number[] {
  const filter = compile(text)
  const d = capture.dissection()
  const packets: number[] = []
  for (let packet = 1; packet <= capture.index.count; packet++) {
    capture.record(d, packet)
    if (filter.matches(d)) packets.push(packet)
  }
  return packets
}

describe('a query', () => {
  it.each(FILTERS)('selects what the filter says: %s', async (text) => {
    let selected = 0
    for (const path of recordings()) {
      const whole = await indexed(path)
      const expected = slowly(whole, text)
      whole.close()
      const capture = new EngineCapture(await openCapture(path), { strict: true })
      const found: number[] = []
      await runQuery(capture, { filter: compile(text), fields: [], onPacket: (packet) => found.push(packet) < 0 })
      capture.close()
      // While a capture is read for the first time, packets do not know yet what later ones say of them.
      if (!/request_in|segment/.test(text)) expect(found).toEqual(expected)
      selected += found.length
    }
    if (text !== '_ws.malformed' && text !== 'data') expect(selected).toBeGreaterThan(0)
  })

  it('finds requests in datagrams too, whose layer is SSDP', async () => {
    const text = 'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\n\r\n'
    const payload = Buffer.from(text)
    const length = 8 + payload.length
    const udp = [0xc0, 0, 0x07, 0x6c, length >> 8, length & 255, 0, 0]
    const total = 20 + length
    const ip = [0x45, 0, total >> 8, total & 255, 0, 1, 0, 0, 1, 17, 0, 0, 10, 0, 0, 1, 239, 255, 255, 250]
    const packet = Uint8Array.from([...[1, 0, 94, 127, 255, 250], ...[2, 0, 0, 0, 0, 1], 8, 0, ...ip, ...udp, ...payload])
    await withCapture([packet], async (capture) => {
      expect(slowly(capture, 'http.request.method == "M-SEARCH"')).toEqual([1])
    })
    await withCapture([packet], async (written) => {
      const capture = new EngineCapture(await openCapture(written.reader.path), { strict: true })
      const found: number[] = []
      await runQuery(capture, {
        filter: compile('http.request.method == "M-SEARCH"'),
        fields: [],
        onPacket: (number) => found.push(number) < 0,
      })
      capture.close()
      expect(found).toEqual([1])
    })
  })

  it('stops after as many packets as asked for, those that the filter drops counted', async () => {
    const capture = new EngineCapture(await openCapture(recordings().find((path) => path.endsWith('/plain.pcapng'))!))
    const found: number[] = []
    await runQuery(capture, { filter: compile('http'), fields: [], count: 5, onPacket: (packet) => found.push(packet) < 0 })
    expect(found).toEqual([4])
    expect(capture.index.count).toBe(5)
    capture.close()
  })
})
