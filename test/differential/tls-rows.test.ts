// TLS and the certificates in it, down to the last field, against tshark's PDML: the same names at the same bytes with the same values, over
// a sample of public captures. They are not part of the repository; without them, or without tshark, the test is skipped and says so.

import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readCapture } from './captures.ts'
import { readPdml, tsharkVersion } from './pdml.ts'

const CORPUS = new URL('../../../shared/corpus/', import.meta.url).pathname
const PACKETS = 60

const SAMPLE = [
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/tls/tls_1_2_client_to_tls_1_0_protocol_version_15.pcap',
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/tls/tls_1_2_status_request_alpn_19.pcap',
  'AlexeyVasilev-PcapFlowLab/tests/data/parsing/tls/tls_1_3_split_client_hello_10.pcap',
  'FoxIO-LLC-ja4/https3-301-get.pcap',
  'OISF-suricata-verify/tests/bug-2430/backwards.pcap',
  'arkime-arkime/https-generalizedtime.pcap',
  'boundary-wireshark/test/captures/rsasnakeoil2.pcap',
  'ntop-nDPI/anyconnect-vpn.pcap',
  'zeek-zeek/testing/btest/Traces/tls/ocsp-stapling.pcap',
  'zeek-zeek/testing/btest/Traces/tls/signed_certificate_timestamp.pcap',
]

const IN_SCOPE = /^(tls|x509|pkix|ocsp|pkcs1|ber|ns_cert_exts|ns\.cert|logotypecertextn)/
/**
 * Left out: remarks, which stand elsewhere; the guess at what is inside, which tshark puts beyond its record in all but the first record of a
 * packet; and parts of records that a segment begins, which tshark shows as layers without fields.
 */
const LEFT_OUT = /^tls$|^tls\.(malformed|app_data_proto|resumed|ignored_unknown_record|handshake\.fragment)|^ber\.error/

const version = tsharkVersion()
const files = SAMPLE.filter((file) => existsSync(CORPUS + file))
const missing = version === null ? 'tshark is not installed' : files.length === 0 ? `${CORPUS} is not there` : ''
if (missing !== '') console.warn(`SKIPPED: TLS rows were not compared with tshark: ${missing}`)

describe.skipIf(missing !== '')(`rows of TLS against tshark ${version ?? ''}`, () => {
  it.each(files)('%s', async (file) => {
    const theirs = readPdml(CORPUS + file, PACKETS).filter(({ name, hidden }) => !hidden && IN_SCOPE.test(name) && !LEFT_OUT.test(name))
    const { capture, packets } = await readCapture(CORPUS + file, PACKETS)
    const ours = packets.map((_, i) => {
      const rows = new Map<string, string[]>()
      for (const { name, start, length, show } of capture.dissect(i + 1).rows) {
        const key = keyOf(name, start, length)
        rows.set(key, [...(rows.get(key) ?? []), plain(show)])
      }
      return rows
    })
    const wrong = theirs.filter((row) => {
      const same = ours[row.packet - 1]?.get(keyOf(row.name, row.start, row.length)) ?? []
      const found = same.findIndex((show) => row.show === '' || show === plain(row.show))
      if (found >= 0) same.splice(found, 1)
      return found < 0
    })
    expect(theirs.length).toBeGreaterThan(100)
    expect(wrong.slice(0, 10).map(({ packet, name, start, length, show }) => `#${packet} ${keyOf(name, start, length)} ${show}`)).toEqual(
      [],
    )
  })
})

const keyOf = (name: string, start: number, length: number): string => `${name} ${start}+${length}`
const plain = (show: string): string => show.replace(/:/g, '')
