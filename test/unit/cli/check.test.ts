// Assertions on a capture and the list of fields, run as the program runs them.

import { describe, expect, it } from 'vitest'
import * as check from '../../../src/cli/check.ts'
import type { Command } from '../../../src/cli/commands.ts'
import * as fields from '../../../src/cli/fields.ts'
import { recorded } from './support.ts'

async function run(command: Command, ...args: string[]) {
  let out = ''
  let err = ''
  const code = await command.run(args, {
    script: '',
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out, err }
}
const plain = recorded('plain.pcapng')
const expecting = (...expectations: string[]): string[] => [plain, ...expectations.flatMap((one) => ['--expect', one])]

describe('check', () => {
  it('ends with 0 when everything is as expected', async () => {
    const { code, out } = await run(check, ...expecting('http.request', 'no tls', 'count(tcp.flags.syn == 1) == 2', 'count(tls) < 1'))
    expect(code).toBe(0)
    expect(out).toContain('ok      http.request\n        1 packet matches, expected >= 1: 4\n')
    expect(out).toMatch(/4 of 4 as expected\n$/)
  })

  it('ends with 1 and says what is not', async () => {
    const { code, out } = await run(check, ...expecting('no http', 'http', 'count(tcp) <= 3'))
    expect(code).toBe(1)
    expect(out).toContain('FAILED  no http\n        2 packets match, expected == 0: 4, 6\n')
    expect(out).toMatch(/FAILED {2}count\(tcp\) <= 3\n.* packets match, expected <= 3: 1, 2, 3, 4, 5 …\n/)
    expect(out).toMatch(/1 of 3 as expected\n$/)
  })

  it('reports as JSON and as JUnit', async () => {
    const json = await run(check, ...expecting('tls'), '--json')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.out)).toEqual({
      file: plain,
      ok: false,
      expectations: [{ expectation: 'tls', ok: false, wanted: '>= 1', count: 0, packets: [] }],
    })
    const { out } = await run(check, ...expecting('frame contains "<&>"', 'tcp'), '--junit')
    expect(out).toContain('<testsuite name="wiretail check" tests="2" failures="1">')
    expect(out).toContain('name="frame contains &quot;&lt;&amp;&gt;&quot;">\n    <failure message="0 packets match, expected &gt;= 1"/>')
    expect(out).toContain('name="tcp"/>')
  })

  it.each([
    [['--expect', 'tcp'], 1, 'Name it: wiretail check capture.pcapng'],
    [[plain], 1, 'Nothing is expected.'],
    [[plain, '--expect', 'no tcp.prt == 1'], 2, 'Did you mean tcp.port?'],
    [[plain, '--expect', 'count(tcp >= 1'], 2, 'count(tcp >= 1'],
    [['none.pcap', '--expect', 'tcp'], 2, 'none.pcap'],
    [['-', '--expect', 'tcp'], 1, 'needs a file'],
  ])('%j ends with %d', async (args, code, told) => {
    const result = await run(check, ...args)
    expect(result.code).toBe(code)
    expect(result.err).toContain(told)
    expect(result.out).toBe('')
  })
})

describe('fields', () => {
  it('lists them by the beginning of their names', async () => {
    const { code, out } = await run(fields, 'tcp.flags')
    expect(code).toBe(0)
    expect(out.split('\n')).toContainEqual(expect.stringMatching(/^tcp\.flags\.syn {2,}bool {2,}\S/))
    expect(out).not.toContain('tcp.srcport')
  })

  it('says where a field stands, as JSON', async () => {
    const listed: { name: string; offset: number; size: number; mask: string; aliases: string[] }[] = JSON.parse(
      (await run(fields, 'ip', '--json')).out,
    )
    expect(listed.find(({ name }) => name === 'ip.src')).toMatchObject({ offset: 12, size: 4, mask: null, aliases: ['ip.addr'] })
    expect(listed.find(({ name }) => name === 'ip.version')).toMatchObject({ offset: 0, size: 1, mask: '0xf0' })
    expect(listed.every(({ name, aliases }) => [name, ...aliases].some((one) => /^ip(\.|$)/.test(one)))).toBe(true)
  })

  it('makes tables for documentation', async () => {
    const { out } = await run(fields, 'udp', '--markdown')
    expect(out).toContain('## User Datagram Protocol\n\n| field | type | bytes | what it is |')
    expect(out).toContain('| `udp.srcport` | uint16 | 0-1 | ')
  })

  it('offers the right name for a wrong one', async () => {
    const { code, err } = await run(fields, 'tcp.prt')
    expect(code).toBe(1)
    expect(err).toContain('Did you mean tcp.port?')
  })
})
