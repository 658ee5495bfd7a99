// `wiretail print -T json` against tshark's: every key and value of the layers that both take apart, and the order of keys.
// The public captures are not part of the repository; without them only the recorded ones are compared, and without tshark nothing is.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tsharkVersion } from './pdml.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'dist/main.js')
const CORPUS = resolve(ROOT, '../shared/corpus')

const CAPTURES = [
  ...['plain', 'plain-ipv6', 'gzip', 'requests', 'tls12', 'tls13'].map((name) => join(ROOT, 'captures', `${name}.pcapng`)),
  ...[
    'AlexeyVasilev-PcapFlowLab/tests/data/parsing/arp/06_arp_probe_ipv4.pcap',
    'AlexeyVasilev-PcapFlowLab/tests/data/parsing/icmp/03_icmp_dest_unreachable_network.pcap',
    'OISF-suricata-verify/tests/http-post-file/input.pcap',
    'OISF-suricata-verify/tests/pppoe/input.pcap',
    'corelight-zeek-community-id/tcp.pcap',
    'derived/null-be-af.pcap',
    'derived/raw-101.pcap',
    'dmachard-go-dnscollector/dnsdump_tcp.pcap',
    'kaitoy-pcap4j/pcap4j-sample/src/main/resources/echoAndEchoReply.pcap',
    'simsong-tcpflow/tests/test2.pcap',
    'zeek-zeek/testing/btest/Traces/http/get-gzip.pcap',
  ]
    .map((path) => join(CORPUS, path))
    .filter((path) => existsSync(path)),
]
const FLOOR = 0.99
const PACKETS = '60'
const SETTINGS = ['--disable-protocol', 'coap', '-o', 'tcp.reassemble_out_of_order:TRUE']
/** Makers of network cards come from the IEEE's list of 50 000, which is not part of this program; its own fields are not tshark's. */
const NOT_COMPARED = /oui_resolved|wiretail\./

type Json = string | null | { readonly [key: string]: Json } | readonly Json[]
type Packet = { readonly _source: { readonly layers: { readonly [key: string]: Json } } }

function print(command: string, args: readonly string[]): string {
  return spawnSync(command, args, { encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 28 }).stdout
}

/** Every value with the path of keys to it. */
function leaves(value: Json, path: string, into: string[]): void {
  if (Array.isArray(value)) for (const one of value) leaves(one, path, into)
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) leaves(inner, `${path}/${key}`, into)
  else if (!NOT_COMPARED.test(path)) into.push(`${path} = ${value}`)
}

describe.skipIf(tsharkVersion() === null)('JSON', () => {
  it('has the keys and values that tshark has', { timeout: 120_000 }, () => {
    const missing = new Map<string, number>()
    let all = 0
    for (const path of CAPTURES) {
      const theirs: Packet[] = JSON.parse(
        print('tshark', ['-n', '-r', path, ...SETTINGS, '-T', 'json', '--no-duplicate-keys', '-c', PACKETS]),
      )
      const ours: Packet[] = JSON.parse(print(process.execPath, [MAIN, 'print', '-n', '-r', path, '-T', 'json', '-c', PACKETS]))
      expect(ours.length).toBe(theirs.length)
      theirs.forEach(({ _source }, i) => {
        for (const [name, layer] of Object.entries(_source.layers)) {
          // What nobody takes apart here, and the list of segments, which stands inside TCP here and beside it there.
          if (!(name in ours[i]!._source.layers)) continue
          const wanted: string[] = []
          const there: string[] = []
          leaves(layer, name, wanted)
          leaves(ours[i]!._source.layers[name] ?? null, name, there)
          all += wanted.length
          const count = new Map<string, number>()
          for (const line of there) count.set(line, (count.get(line) ?? 0) + 1)
          for (const line of wanted) {
            const left = count.get(line) ?? 0
            if (left === 0) missing.set(line, (missing.get(line) ?? 0) + 1)
            count.set(line, left - 1)
          }
        }
      })
    }
    const lost = [...missing.values()].reduce((sum, n) => sum + n, 0)
    const told = [...missing].sort((a, b) => b[1] - a[1]).map(([line, n]) => `${n} ${line.slice(0, 150)}`)
    if (process.env['SHOW'] !== undefined) console.log(`${lost} of ${all} missing\n${told.slice(0, 60).join('\n')}`)
    expect(all).toBeGreaterThan(5000)
    expect(1 - lost / all, told.slice(0, 10).join('\n')).toBeGreaterThanOrEqual(FLOOR)
  })

  it('has the lines in the order in which tshark has them, with --tshark-json', () => {
    const path = CAPTURES[0]!
    const lines = (text: string): string[] => text.split('\n').filter((line) => !NOT_COMPARED.test(line))
    const theirs = lines(print('tshark', ['-n', '-r', path, ...SETTINGS, '-T', 'json', '-c', '5']))
    const ours = lines(print(process.execPath, [MAIN, 'print', '-n', '-r', path, '-T', 'json', '--tshark-json', '-c', '5']))
    expect(ours).toEqual(theirs)
  })
})
