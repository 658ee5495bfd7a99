// Filters against tshark: each must select the same packets, each mistake must be one in both, and where the two differ the reason is here.

import { execFile, spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registry } from '../../src/engine/index.ts'
import { checkFilter } from '../../src/filter/index.ts'
import { eightPackets, Selection, writePcap } from '../unit/filter/captures.ts'
import { AGREED, REFUSED } from './filter-lists.ts'

const corpus = new URL('../../../shared/corpus/', import.meta.url).pathname
const hasCorpus = existsSync(join(corpus, 'manifest.tsv'))
const hasTshark = spawnSync('tshark', ['--version']).status === 0
if (!hasTshark) console.warn('SKIPPED: tshark is not installed, so nothing judges the filters here')
else if (!hasCorpus) console.warn('SKIPPED: there is no corpus beside the repository; filters are compared on the eight packets only')

/** Runs of tshark under way at once. */
const AT_ONCE = 2

/** Packet numbers that tshark selects, or null when it refuses the filter. */
function askTshark(path: string, filter: string): Promise<number[] | null> {
  const args = ['-n', '-r', path, '-o', 'tcp.reassemble_out_of_order:TRUE', '-Y', filter, '-T', 'fields', '-e', 'frame.number']
  return new Promise((resolve) => {
    execFile('tshark', args, { maxBuffer: 1 << 24 }, (error, stdout) => {
      resolve(
        error !== null
          ? null
          : stdout
              .split('\n')
              .filter((line) => line !== '')
              .map(Number),
      )
    })
  })
}

async function askForAll(path: string, filters: readonly string[]): Promise<(number[] | null)[]> {
  const answers: (number[] | null)[] = []
  let next = 0
  const work = async () => {
    while (next < filters.length) {
      const i = next++
      answers[i] = await askTshark(path, filters[i]!)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return answers
}

async function compareOn(path: string, filters: readonly string[]): Promise<string[]> {
  const selection = await Selection.open(path)
  const theirs = await askForAll(path, filters)
  const differences = filters.flatMap((filter, i) => {
    const ours = selection.select(filter).join(' ')
    const wanted = theirs[i] === null ? 'refused' : theirs[i]!.join(' ')
    return ours === wanted ? [] : [`${filter}\n  here   ${ours}\n  tshark ${wanted}`]
  })
  selection.close()
  return differences
}

describe.skipIf(!hasTshark || !hasCorpus)('the same packets as tshark', () => {
  test.each(Object.entries(AGREED))('%s', { timeout: 600_000 }, async (file, filters) => {
    expect(await compareOn(join(corpus, file), filters)).toEqual([])
  })
})

let eight = ''
beforeAll(() => {
  eight = writePcap(eightPackets)
})
afterAll(() => {
  rmSync(dirname(eight), { recursive: true, force: true })
})

/** The language's page, on the packets that it describes. */
const PAGE = [
  'tcp.port == 80',
  'tcp.port === 80',
  'tcp.port != 80',
  'tcp.port !== 80',
  'tcp.port ~= 80',
  'tcp.port any_ne 80',
  'tcp.port all_eq 80',
  '!(tcp.port == 80)',
  'tcp.port not in {80}',
  'tcp.port >= 1000',
  'all tcp.port >= 1000',
  'icmp and ip.src == 10.0.0.1',
  'ip.src == ip.dst',
  'ip.addr#2 == 10.9.9.9',
  'ip.addr#[-1] == 10.9.9.9',
  'ip.addr#[1-2] == 10.0.0.2',
  'ip#2',
  'count(ip.addr) > 2',
  'count(ip) == 2',
  'tcp.flags.syn',
  'tcp.flags.syn == 1',
  'ip.proto == "TCP"',
  'ip.proto in {1, 4}',
  'tls.alert_message.desc == "Unknown CA"',
  'tcp.payload[0,1-2] == "GET"',
  'tcp contains "fluffy"',
  'udp.port == 6001 and icmp',
  'not arp',
]

/** Accepted here and refused by tshark 4.0: from newer versions, or because nothing else could be meant. */
const MORE = [
  'tcp xor udp',
  'tcp ^^ udp',
  'tcp.flags bitand 2',
  '@tcp.flags == 50:02',
  'vals(ip.proto) == "TCP"',
  'hex(tcp.srcport) == "0x9c40"',
  'ip_rfc1918(ip.src)',
  'ip.src == "10.0.0.1"',
  'tcp.srcport == "80"',
  'tcp.flags.syn == true',
  '80 == tcp.port',
  '1 + tcp.port == 81',
  'frame contains tcp.payload',
  'frame.time > 2010-01-01T10:00:00Z',
  'frame.time > "2010-01-01 10:00:00 +0100"',
  'frame matches "\\.com"',
  'lower(http.request.method) in {"get"}',
  'min(frame.len, ip.len) == 40',
]

describe.skipIf(!hasTshark)('on the eight packets', () => {
  test('the tables of the page', async () => {
    expect(await compareOn(eight, PAGE)).toEqual([])
  })

  test('`all … in` does what it says; tshark 4.0 finds nothing', async () => {
    const filter = 'all tcp.port in {80, 40000}'
    const selection = await Selection.open(eight)
    expect(selection.select(filter)).toEqual([2, 3, 8])
    expect(await askTshark(eight, filter)).toEqual([])
    selection.close()
  })

  test('mistakes are mistakes in both', { timeout: 120_000 }, async () => {
    const theirs = await askForAll(eight, REFUSED)
    expect(REFUSED.filter((filter, i) => checkFilter(filter, registry).ok || theirs[i] !== null)).toEqual([])
  })

  test('what only wiretail accepts', { timeout: 120_000 }, async () => {
    const theirs = await askForAll(eight, MORE)
    expect(MORE.filter((filter, i) => !checkFilter(filter, registry).ok || theirs[i] !== null)).toEqual([])
  })
})
