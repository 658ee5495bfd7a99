import { describe, expect, it } from 'vitest'
import { createJsonPrinter, type JsonLayout } from '../../../src/cli/print/json.ts'
import { createPdmlPrinter } from '../../../src/cli/print/pdml.ts'
import { createTextPrinter, type TextLayout } from '../../../src/cli/print/text.ts'
import { findCells, registry } from '../../../src/engine/printing.ts'
import { HOSTILE, printed, recorded } from './support.ts'

const UNSAFE = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]/

const json = (path: string, layout: Partial<JsonLayout> = {}): Promise<string> =>
  printed(path, (capture, out) =>
    createJsonPrinter(capture, out, { lines: false, cells: null, raw: false, repeatKeys: false, time: 'r', ...layout }),
  )
const text = (path: string, layout: Partial<TextLayout> = {}): Promise<string> =>
  printed(path, (capture, out) => createTextPrinter(capture, out, { summary: false, tree: false, hex: false, time: 'r', ...layout }))

interface Packet {
  readonly _source: { readonly layers: Record<string, Record<string, unknown>> }
}

describe('-T json', () => {
  it('is an array of packets with nested layers, repeated fields as lists', async () => {
    const packets = JSON.parse(await json(recorded('plain.pcapng'))) as Packet[]
    expect(packets).toHaveLength(10)
    const { ip, tcp, http } = packets[3]!._source.layers
    expect(ip!['ip.addr']).toEqual(['127.0.0.1', '127.0.0.1'])
    expect(ip!['ip.flags_tree']).toMatchObject({ 'ip.flags.df': '1' })
    expect(tcp!['tcp.flags']).toBe('0x0018')
    expect(http!['GET / HTTP/1.1\\r\\n']).toMatchObject({ 'http.request.method': 'GET' })
  })

  it('repeats keys when asked to, and shows the bytes of fields', async () => {
    const repeated = await json(recorded('plain.pcapng'), { repeatKeys: true })
    expect(repeated).toContain('"ip.addr": "127.0.0.1",')
    const [packet] = JSON.parse(await json(recorded('plain.pcapng'), { raw: true })) as Packet[]
    expect(packet!._source.layers['eth']!['eth.type_raw']).toEqual(['0800', 12, 2, 0, 5])
  })

  it('prints one packet a line as jsonl, and flat lists for -e', async () => {
    const found = findCells(['tcp.port', 'http.request.uri'], registry)
    const printedLines = (await json(recorded('plain.pcapng'), { lines: true, cells: found.ok ? found.cells : [] })).trim().split('\n')
    expect(printedLines).toHaveLength(10)
    const { layers } = (JSON.parse(printedLines[3]!) as Packet)._source
    expect(layers['tcp.port']).toHaveLength(2)
    expect(layers['http.request.uri']).toEqual(['/'])
    expect((JSON.parse(printedLines[0]!) as Packet)._source.layers['http.request.uri']).toBeUndefined()
  })

  it('is valid and harmless for hostile packets', async () => {
    for (const layout of [{}, { lines: true }, { raw: true }]) {
      const printedText = await json(HOSTILE, layout)
      expect(() => JSON.parse(printedText)).not.toThrow()
      expect(printedText).not.toMatch(UNSAFE)
    }
  })
})

describe('-T pdml', () => {
  it('has protocols with place and size, and fields with their values', async () => {
    const pdml = await printed(recorded('plain.pcapng'), createPdmlPrinter)
    expect(pdml.match(/<packet>/g)).toHaveLength(10)
    expect(pdml).toContain('<proto name="tcp" showname="Transmission Control Protocol, Src Port: ')
    expect(pdml).toContain('<field name="ip.ttl" showname="Time to Live: 64" size="1" pos="22" show="64" value="40"/>')
    expect(pdml).toMatch(/<field name="ip.flags" showname="[^"]*" size="1" pos="20" show="0x02" value="2" unmaskedvalue="40">/)
  })

  it('closes what it opens and is harmless for hostile packets', async () => {
    const pdml = await printed(HOSTILE, createPdmlPrinter)
    const open: string[] = []
    for (const [, closing, name, empty] of pdml.matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>/g)) {
      if (closing === '/') expect(open.pop()).toBe(name)
      else if (empty === '') open.push(name!)
    }
    expect(open).toEqual([])
    expect(pdml).not.toMatch(UNSAFE)
  })
})

describe('-T text', () => {
  it('lays the list out as tshark does', async () => {
    const [first] = (await text(recorded('plain.pcapng'), { summary: true })).split('\n')
    expect(first).toMatch(/^ {4}1 0\.000000000 {4}127\.0\.0\.1 → 127\.0\.0\.1 {4}TCP 74 \d+ → 5683 \[SYN\] Seq=0 Win=/)
    expect((await text(HOSTILE, { summary: true })).startsWith('    1   0.000000    127.0.0.1 → 127.0.0.1    HTTP ')).toBe(true)
  })

  it('indents the tree by four, and ends packets with an empty line', async () => {
    const tree = await text(recorded('plain.pcapng'), { tree: true })
    expect(tree).toContain('\nInternet Protocol Version 4, Src: 127.0.0.1, Dst: 127.0.0.1\n    0100 .... = Version: 4\n')
    expect(tree.match(/\n\nFrame /g)).toHaveLength(9)
  })

  it('dumps sixteen bytes a line, and each source under its name', async () => {
    const dump = await text(recorded('plain.pcapng'), { hex: true })
    expect(dump.startsWith('0000  00 00 00 00 00 00 00 00 00 00 00 00 08 00 45 00   ..............E.\n0010  ')).toBe(true)
    const sources = await text(recorded('gzip.pcapng'), { hex: true })
    expect(sources).toMatch(/^Frame \(\d+ bytes\):\n0000 {2}/m)
    expect(sources).toMatch(/^Reassembled TCP \(\d+ bytes\):\n0000 {2}/m)
  })

  it('is harmless for hostile packets', async () => {
    expect(await text(HOSTILE, { summary: true, tree: true, hex: true })).not.toMatch(UNSAFE)
  })
})
