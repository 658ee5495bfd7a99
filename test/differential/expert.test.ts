// What is remarked on, against tshark -z expert. The public captures are not part of the repository; without them only the recorded ones are
// compared, and without tshark nothing is.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expertText } from '../../src/cli/stats/expert.ts'
import { openForReading } from '../../src/engine/printing.ts'
import { readExpert } from '../../src/engine/statistics.ts'
import { tsharkVersion } from './pdml.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const CORPUS = resolve(ROOT, '../shared/corpus')
const RECORDED = ['plain', 'gzip', 'misbehaving', 'failures'].map((name) => join(ROOT, 'captures', `${name}.pcapng`))
const PUBLIC = [
  'arkime-arkime/wireshark-retrans.pcap',
  'OISF-suricata-verify/tests/pgsql/pgsql-ssl-rejected-md5-auth-simple-query/input.pcap',
  'zeek-zeek/testing/btest/Traces/tcp/window-scale-range.pcap',
  'kaitoy-pcap4j/pcap4j-packettest/src/test/resources/TcpPacketTest.pcap',
  'ntop-nDPI/tls_multiple_synack_different_seq.pcapng',
  'ntop-nDPI/afp.pcap',
  'FoxIO-LLC-ja4/CVE-2018-6794.pcap',
]
  .map((path) => join(CORPUS, path))
  .filter((path) => existsSync(path))

if (tsharkVersion === null) console.warn('SKIPPED: tshark is not here, so no remark was compared with its own.')
if (PUBLIC.length === 0) console.warn('SKIPPED: ../shared/corpus is not here, so only the remarks on recorded captures were compared.')

/** Lines on TCP and HTTP, each with its severity; further columns as they are printed. */
function remarks(text: string): string[] {
  const lines: string[] = []
  let severity = ''
  for (const line of text.split('\n')) {
    severity = /^(\w+) \(\d+\)$/.exec(line)?.[1] ?? severity
    if (/^ +\d+ +\S+ +TCP {2}/.test(line)) lines.push(`${severity} ${line}`)
  }
  return lines.sort()
}

describe.skipIf(tsharkVersion === null)('remarks on TCP and HTTP against tshark -z expert', () => {
  it.each([...RECORDED, ...PUBLIC].map((path) => [path.startsWith(CORPUS) ? path.slice(CORPUS.length + 1) : basename(path), path]))(
    '%s',
    async (_name, path) => {
      const args = ['-n', '--disable-protocol', 'coap', '-o', 'tcp.reassemble_out_of_order:TRUE', '-q', '-r', path, '-z', 'expert']
      const theirs = spawnSync('tshark', args, { encoding: 'utf8', timeout: 60_000 }).stdout
      const capture = await openForReading(path, { strict: true })
      try {
        const ours = expertText(await readExpert(capture, null))
        expect(remarks(ours)).toEqual(remarks(theirs))
        expect(remarks(ours).length).toBeGreaterThan(0)
      } finally {
        capture.close()
      }
    },
  )
})
