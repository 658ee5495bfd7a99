import { describe, expect, it } from 'vitest'
import { createFieldsPrinter, FIELDS_LAYOUT, type FieldsLayout } from '../../../src/cli/print/fields.ts'
import { findCells, registry } from '../../../src/engine/printing.ts'
import { HOSTILE, printed, recorded } from './support.ts'

async function lines(path: string, names: string[], layout: Partial<FieldsLayout> = {}): Promise<string[]> {
  const found = findCells(names, registry)
  if (!found.ok) throw new Error(found.message)
  const text = await printed(path, (capture, out) => createFieldsPrinter(capture, out, found.cells, { ...FIELDS_LAYOUT, ...layout }, 'r'))
  expect(text.endsWith('\n')).toBe(true)
  return text.slice(0, -1).split('\n')
}

describe('-T fields', () => {
  it('prints a line a packet and nothing for what a packet has not', async () => {
    const printedLines = await lines(recorded('plain.pcapng'), ['frame.number', 'tcp.flags', 'tcp.flags.syn', 'http.request.uri'])
    expect(printedLines).toHaveLength(10)
    expect(printedLines[0]).toBe('1\t0x0002\t1\t')
    expect(printedLines[3]).toBe('4\t0x0018\t0\t/')
  })

  it('prints from the index what it prints from the packets', async () => {
    const fromIndex = await lines(recorded('plain.pcapng'), ['frame.number', 'tcp.stream', 'frame.len', '_ws.col.Length'])
    const dissected = await lines(recorded('plain.pcapng'), ['frame.number', 'tcp.stream', 'frame.len', '_ws.col.Length', 'ip.src'])
    expect(dissected.map((line) => line.slice(0, line.lastIndexOf('\t')))).toEqual(fromIndex)
  })

  it('joins, chooses and quotes values', async () => {
    const file = recorded('plain.pcapng')
    const names = ['frame.number', 'tcp.port', 'http.host']
    const [syn] = await lines(file, ['tcp.srcport', 'tcp.dstport'])
    const [from, to] = syn!.split('\t')
    expect((await lines(file, names, { header: true }))[0]).toBe('frame.number\ttcp.port\thttp.host')
    expect((await lines(file, names))[0]).toBe(`1\t${from},${to}\t`)
    expect((await lines(file, names, { aggregator: '|', separator: ';' }))[0]).toBe(`1;${from}|${to};`)
    expect((await lines(file, names, { occurrence: 'f', quote: '"' }))[0]).toBe(`"1"\t"${from}"\t`)
    expect((await lines(file, names, { occurrence: 'l', quote: "'" }))[0]).toBe(`'1'\t'${to}'\t`)
  })

  it('shows groups as 1, protocols as their line of the tree, and the columns of the list under both spellings', async () => {
    const line = (await lines(recorded('plain.pcapng'), ['http', 'tcp.options', '_ws.col.Info', '_ws.col.info', '_ws.col.Protocol']))[3]!
    const [http, , info, again, protocol] = line.split('\t')
    expect(http).toBe('Hypertext Transfer Protocol')
    expect(info).toBe('GET / HTTP/1.1 ')
    expect(again).toBe(info)
    expect(protocol).toBe('HTTP')
  })

  it('escapes what packets hold', async () => {
    const [line] = await lines(HOSTILE, ['http.request.uri', 'http.request.line', '_ws.col.Info'])
    expect(line).toContain('/a\\b"c\'d<e>&f\t')
    expect(line).toContain('X-A: tab\\there\\033[31mred\\001\\177\\aend')
    expect(line).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u202e\u200b]/)
  })
})

describe('findCells', () => {
  it('refuses a name that nobody knows, and says which was meant', () => {
    expect(findCells(['tcp.srcprot'], registry)).toEqual({ ok: false, message: expect.stringContaining('tcp.srcport') })
    expect(findCells(['_ws.col.Nonsense'], registry)).toEqual({ ok: false, message: expect.stringContaining('Protocol') })
  })

  it('leaves columns of protocols that are not taken apart empty, and says so', () => {
    expect(findCells(['frame.number', 'zbee_nwk.src'], registry)).toMatchObject({ ok: true, foreign: ['zbee_nwk.src'] })
  })
})
