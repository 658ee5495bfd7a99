// Filters answered from the index, or by searching whole windows of the file, select what dissecting every packet selects.

import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Capture } from '../../../src/engine/capture.ts'
import { prepareFilter } from '../../../src/engine/printing.ts'
import { FilteredView } from '../../../src/engine/views.ts'
import { indexed, recordings } from './support.ts'

const FILTERS = [
  'tcp.port == 5683',
  'tcp.srcport == 5683 and not http',
  'ip.addr == 127.0.0.0/8 and tcp',
  'ip.src == 127.0.0.1 && tcp.dstport > 5000',
  'ipv6.addr == ::1 or udp.port in {53, 5683}',
  'ipv6.dst != ::1',
  'tcp.stream == 0 xor tls',
  '!(tcp.port == 443)',
  'tcp.port != 443 or udp',
  'count(tcp.port) == 2 and string(ip.src) contains "127"',
  '@tcp.dstport == 16:33',
  'ip.addr#1 == 127.0.0.1',
  'http and tcp.port',
  'http.request',
  'http.response',
  'frame contains "GET"',
  'frame contains "fluffy" and frame contains 74:61:69:6c',
  'frame contains 0d:0a:0d:0a and frame matches "HTTP"',
]
const extra = fileURLToPath(new URL('../../captures/failures/', import.meta.url))

function selected(capture: Capture, text: string): number[] {
  const checked = prepareFilter(text)
  if (!checked.ok) throw new Error(checked.message)
  const view = new FilteredView(capture, text, checked.filter)
  while (!view.done) view.work(performance.now() + 5)
  return Array.from({ length: view.count }, (_, i) => view.packetAt(i))
}

function dissected(capture: Capture, text: string): number[] {
  const checked = prepareFilter(text)
  if (!checked.ok) throw new Error(checked.message)
  const d = capture.dissection()
  return Array.from({ length: capture.index.count }, (_, i) => i + 1).filter((packet) => {
    capture.record(d, packet)
    return checked.filter.matches(d)
  })
}

describe('a filtered view', () => {
  it('selects what dissecting selects', async () => {
    const paths = [...recordings(), ...(existsSync(extra) ? readdirSync(extra).map((name) => extra + name) : [])].filter((path) =>
      /\.pcap(ng)?$/.test(path),
    )
    let total = 0
    for (const path of paths) {
      const capture = await indexed(path)
      for (const text of FILTERS) {
        const expected = dissected(capture, text)
        total += expected.length
        expect(selected(capture, text), `${text} in ${path}`).toEqual(expected)
      }
      capture.close()
    }
    expect(total).toBeGreaterThan(2000)
  })
})
