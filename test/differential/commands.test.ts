// A script written for tshark works by changing the program's name: command lines as manuals, tutorials and scripts have them, run through
// tshark and through `wiretail print`, and what comes out compared line by line. `except` says which lines differ, and why.

import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tsharkVersion } from './pdml.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'dist/main.js')
/** The port of these captures is CoAP's, which tshark believes over the bytes. */
const SETTINGS = ['--disable-protocol', 'coap']

interface Difference {
  readonly lines: RegExp
  readonly reason: string
}

const MAKERS: Difference = {
  lines: /oui_resolved/,
  reason: "makers of network cards are in the IEEE's list of 50 000, which is no part of this program",
}
const CREATOR: Difference = { lines: /^<(\?xml|!--|pdml|psml)/, reason: 'the head says which program wrote it, and when' }

const JSON_BODY: Difference = { lines: /json/i, reason: 'tshark takes bodies of JSON apart, and says so in the Protocol column' }
const SHARED_BYTES: Difference = {
  lines: /hide="yes"|ip\.(version|hdr_len)"/,
  reason: 'names that match either end have a title of their own there; the value of two fields without a mask there is the whole byte',
}
const LONG_ANSWER: Difference = {
  lines: /TCP segment of a reassembled PDU/,
  reason: 'of an answer in several segments tshark quotes the first line where it begins; here it is said where the answer is complete',
}
const EMPTY: Difference = { lines: /^$/, reason: 'empty lines between elements' }

/** The command line behind "-r FILE", as a shell splits it. */
const LINES: readonly (readonly [file: string, line: string, ...except: Difference[]])[] = [
  ['plain', ''],
  ['requests', '', JSON_BODY, LONG_ANSWER],
  ['tls13', ''],
  ['plain', '-c 3'],
  ['plain', '-t a'],
  ['plain', '-t ad'],
  ['plain', '-t d'],
  ['plain', '-t dd'],
  ['plain', '-t e'],
  ['plain', '-t u'],
  ['plain', '-n -Y tcp.flags.syn==1'],
  ['requests', '-Y http.request', JSON_BODY],
  ['requests', '-Y http.request.method==GET'],
  ['requests', '-Y http.response.code>=400'],
  ['requests', '-2 -R http -T fields -e http.request.uri -e http.response.code'],
  ['requests', 'http.request', JSON_BODY],
  ['plain', '-T fields -e frame.number -e ip.src -e ip.dst -e tcp.port'],
  ['plain', '-T fields -E separator=, -e frame.time_epoch -e ip.src -e ip.dst -e frame.len'],
  ['plain', '-T fields -E header=y -E separator=, -E quote=d -E occurrence=f -e frame.number -e ip.addr -e tcp.flags'],
  ['plain', '-T fields -E separator=/s -E aggregator=; -e tcp.port -e tcp.seq'],
  ['plain', '-T fields -E separator=/t -E occurrence=l -e ip.addr -e eth.addr'],
  ['plain', '-T fields -e _ws.col.Protocol -e _ws.col.Source -e _ws.col.Destination'],
  ['plain', '-T fields -e frame.time_relative -e frame.time_delta -e frame.protocols -Y tcp.len==0'],
  ['requests', '-Y http.request -T fields -e http.host -e http.request.uri -e http.user_agent'],
  ['requests', '-Y http.request -T fields -e http.request.method -e http.request.full_uri'],
  ['requests', '-Y http.response -T fields -e http.response.code -e http.response.phrase -e http.content_length'],
  ['tls13', '-Y tls.handshake.type==1 -T fields -e tls.handshake.extensions_server_name'],
  ['tls12', '-Y tls.handshake.type==1 -T fields -e tls.handshake.ciphersuite'],
  ['tls12', '-Y tls.handshake.type==11 -T fields -e x509sat.printableString'],
  ['tls12', '-Y ssl.handshake.type==1 -T fields -e frame.number'],
  ['tls13', '-Y tls.record.content_type==22 -T fields -e tls.record.version -e tls.handshake.version'],
  ['tls13', '-o tls.keylog_file:captures/tls13.keys.txt -Y http -T fields -e frame.number -e http.request.uri -e http.response.code'],
  ['plain', '-o tcp.relative_sequence_numbers:TRUE -T fields -e tcp.seq -e tcp.ack -e tcp.len'],
  ['plain', '-o ip.defragment:TRUE -o tcp.desegment_tcp_streams:TRUE -T fields -e tcp.stream'],
  ['plain', '-c 3 -V'],
  ['plain', '-c 3 -O ip,tcp'],
  ['plain', '-c 2 -x'],
  ['plain', '-c 2 -P -x'],
  ['plain', '-c 3 -T tabs'],
  ['plain', '-c 3 -T psml', CREATOR],
  ['plain', '-c 3 -T pdml -J ip', CREATOR, SHARED_BYTES, EMPTY],
  ['plain', '-c 5 -T json --no-duplicate-keys', MAKERS],
  ['plain', '-c 3 -T json -J ip --no-duplicate-keys'],
  ['plain', "-c 3 -T json -j 'ip ip.flags' --no-duplicate-keys"],
  ['plain', '-T json -e ip.src -e tcp.port --no-duplicate-keys'],
  ['plain', '-T ek -e ip.src -e tcp.dstport'],
  ['plain', '-T ek -c 3 -J ip'],
  ['plain-ipv6', '-T fields -e ipv6.src -e ipv6.dst -e ipv6.nxt -e tcp.dstport'],
  ['plain-ipv6', "-Y 'ipv6.addr == ::1 && tcp.flags.fin == 1'"],
  ['gzip', '-Y http.content_encoding -T fields -e http.content_encoding -e http.content_type'],
  ['plain', `-l -n -T fields -e frame.number -Y 'frame contains "GET"'`],
  ['plain', "-Y 'tcp.port in {80,443,5683}' -T fields -e tcp.srcport"],
  ['plain', `-T fields -e ip.host -e eth.src_resolved -e eth.dst.oui -Y 'ip.host matches "^127"'`],
]

function run(command: string, args: readonly string[]) {
  const { stdout, status } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 1 << 28,
    cwd: ROOT,
    env: { ...process.env, TZ: 'UTC' },
  })
  return { lines: stdout.split('\n'), status }
}

describe.skipIf(tsharkVersion() === null)('command lines for tshark', () => {
  it('are at least 40', () => {
    expect(LINES.length).toBeGreaterThanOrEqual(40)
  })

  for (const [file, line, ...except] of LINES)
    it(`-r ${file} ${line}`, () => {
      const words = (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/, '$1'))
      const read = ['-r', `captures/${file}.pcapng`]
      const theirs = run('tshark', ['-n', ...read, ...SETTINGS, ...words])
      const ours = run(process.execPath, [MAIN, 'print', ...read, ...words])
      const compared = (lines: readonly string[]): string[] =>
        lines.filter((one) => !except.some((difference) => difference.lines.test(one)))
      expect(compared(ours.lines)).toEqual(compared(theirs.lines))
    })
})
