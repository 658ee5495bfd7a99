// Rows of link and network layers against tshark's PDML: the same name, bytes and value, and the same text, over a sample of public
// captures. They are not part of the repository; without them, or without tshark, the test is skipped and says so.

import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readCapture } from './captures.ts'
import { type PdmlRow, readPdml, tsharkVersion } from './pdml.ts'

const CORPUS = new URL('../../../shared/corpus/', import.meta.url).pathname
const PACKETS = 40

const SAMPLE = [
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/ah/02_ipv4_ah_udp.pcap',
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/arp/06_arp_probe_ipv4.pcap',
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/icmp/01_icmp_echo_request.pcap',
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/icmp/03_icmp_dest_unreachable_network.pcap',
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/icmp/09_icmp_redirect_host_gateway.pcap',
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/ip_encapsulation/16_ipv6_in_ipv4_inner_icmpv6.pcap',
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/llc_snap/06_vlan_llc_snap_ipv4_tcp.pcap',
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/llc_snap/20_llc_snap_padding_after_declared_payload.pcap',
  'DNS-OARC-dnscap/icmp.pcap',
  'FoxIO-LLC-ja4/dhcpv6.pcap',
  'FoxIO-LLC-ja4/v6.pcap',
  'KimiNewt-pyshark/capture_test.pcapng',
  'OISF-suricata-verify/tests/ipv6-evasion/ipv6-malformed-fragments-1/frag-1.pcap',
  'derived/http-fcs-bits.pcap',
  'derived/loop-108-be.pcap',
  'derived/loop-108.pcap',
  'derived/null-be-af.pcap',
  'derived/raw-101.pcap',
  'derived/raw-12.pcap',
  'dotpcap-packetnet/test_stream.pcap',
  'seladb-PcapPlusPlus/Tests/Packet++Test/PacketExamples/ipv6_opt_fragments.pcap',
  'the-tcpdump-group-tcpdump/802.1ad_QinQ.pcap',
  'the-tcpdump-group-tcpdump/LINKTYPE_IPV4.pcap',
  'the-tcpdump-group-tcpdump/LINKTYPE_IPV6.pcap',
  'the-tcpdump-group-tcpdump/arp-oobr.pcap',
  'the-tcpdump-group-tcpdump/icmpv6-ns-nonce.pcap',
  'the-tcpdump-group-tcpdump/icmpv6.pcap',
  'the-tcpdump-group-tcpdump/ipv6-routing-header.pcap',
]

const LAYERS = 'frame|data|eth|vlan|ieee8021ad|ieee8021ah|llc|null|raw|sll|arp|ip|ipv6|icmp|icmpv6|udp|ah'
const OURS = new RegExp(`^(${LAYERS})(\\.|$)`)
const WITHIN = new RegExp(`^((${LAYERS}|ethertype|tcp|ipv6\\.\\w+)(:|$))+$`)

/** What is not shown, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'udp.time_relative': 'times within a UDP stream are not kept',
  'udp.time_delta': 'times within a UDP stream are not kept',
  'icmp.resp_in': 'answers are not paired with questions',
  'icmp.resp_to': 'answers are not paired with questions',
  'icmp.resptime': 'answers are not paired with questions',
  'icmpv6.resp_in': 'answers are not paired with questions',
  'icmpv6.resp_to': 'answers are not paired with questions',
  'icmpv6.resptime': 'answers are not paired with questions',
  'icmp.data_time': 'a guess at what a ping carries',
  'icmp.data_time_relative': 'a guess at what a ping carries',
}

const plain = (show: string) => show.replace(/:/g, '')
const bare = (text: string) => text.replace(/^\[(.*)\]$/, '$1').trim()

interface Tally {
  rows: number
  equal: number
  texts: number
  readonly different: string[]
}

async function compare(path: string, tally: Tally): Promise<void> {
  const { capture, packets } = await readCapture(CORPUS + path, PACKETS)
  const theirs = new Map<number, PdmlRow[]>()
  for (const row of readPdml(CORPUS + path, PACKETS)) theirs.set(row.packet, [...(theirs.get(row.packet) ?? []), row])
  for (let number = 1; number <= packets.length; number++) {
    const rows = theirs.get(number) ?? []
    // Beyond the protocols that we know, rows are ours or theirs alone.
    if (!WITHIN.test(rows.find((row) => row.name === 'frame.protocols')?.show ?? '')) continue
    const ours = capture.dissect(number).rows.map((row) => ({ ...row, taken: false }))
    for (const row of rows) {
      if (row.hidden || !OURS.test(row.name) || row.name in LEFT_OUT) continue
      tally.rows++
      const match = ours.find(
        (own) =>
          !own.taken &&
          own.name === row.name &&
          own.start === row.start &&
          own.length === row.length &&
          (row.protocol || row.show === '' || plain(own.show) === plain(row.show)),
      )
      if (match === undefined) {
        tally.different.push(`${path} packet ${number}: ${row.name} at ${row.start}+${row.length} is ${row.show}`)
        continue
      }
      match.taken = true
      tally.equal++
      if (bare(match.text) === bare(row.text)) tally.texts++
      else tally.different.push(`${path} packet ${number}: "${row.text}" is shown as "${match.text}"`)
    }
  }
}

const version = tsharkVersion()
const present = existsSync(CORPUS)
const why = version === null ? 'tshark is not installed' : present ? '' : 'the captures are not there'
if (why !== '') console.warn(`SKIPPED: rows were not compared with tshark: ${why}`)

describe.skipIf(why !== '')('rows against tshark', () => {
  it('have the same bytes, values and texts', async () => {
    const tally: Tally = { rows: 0, equal: 0, texts: 0, different: [] }
    for (const path of SAMPLE) await compare(path, tally)
    const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)} %`
    console.log(
      `${tally.rows} rows, ${share(tally.equal, tally.rows)} with equal bytes and value, ${share(tally.texts, tally.equal)} with equal text`,
    )
    if (tally.equal < 0.99 * tally.rows) console.log(tally.different.slice(0, 60).join('\n'))
    expect(tally.rows).toBeGreaterThan(9_000)
    expect(tally.equal / tally.rows).toBeGreaterThan(0.995)
    expect(tally.texts / tally.equal).toBeGreaterThan(0.99)
  })
})
