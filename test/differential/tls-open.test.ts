// Opened TLS against tshark with the same keys: protocols, record and handshake types, HTTP, and the opened bytes themselves. Needs tshark 4;
// captures that are not in the repository are compared where they lie.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Capture } from '../../src/engine/capture.ts'
import { CellReader, cellFields, findCells } from '../../src/engine/cells.ts'
import { timeColumn } from '../../src/engine/printing.ts'
import { runQuery } from '../../src/engine/query.ts'
import { openCapture } from '../../src/files/index.ts'

const tshark = spawnSync('tshark', ['--version'], { encoding: 'utf8' })
const version = /TShark \(Wireshark\) (\d+)/.exec(tshark.stdout ?? '')?.[1]
if (version === undefined) process.stderr.write('SKIPPED: opened TLS against tshark. Install it: apt-get install tshark\n')

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url))
const KEPT = fileURLToPath(new URL('../captures/keys/', import.meta.url))
const CORPUS = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url))
if (!existsSync(CORPUS)) process.stderr.write('SKIPPED: the corpus is not there, opened TLS is compared on captures/ only.\n')

interface Pair {
  readonly file: string
  /** '' for secrets inside the capture. */
  readonly keys: string
}

const corpus = (path: string): Pair => ({ file: CORPUS + path, keys: `${CORPUS}${path}.keylog` })
const PAIRS: readonly Pair[] = [
  { file: `${CAPTURES}tls12.pcapng`, keys: `${CAPTURES}tls12.keys.txt` },
  { file: `${CAPTURES}tls13.pcapng`, keys: `${CAPTURES}tls13.keys.txt` },
  { file: `${KEPT}early-data-and-updates.pcap`, keys: `${KEPT}early-data-and-updates.keys.txt` },
  ...[
    corpus('fkie-cad-pcapFS/crypto/all_ciphers_test/all_ciphers.pcap'),
    corpus('fkie-cad-pcapFS/crypto/feature_test/feature_test.pcap'),
    corpus('fkie-cad-pcapFS/crypto/pcaps/tls1-aes128-cbc-file_e_large.pcap'),
    corpus('fkie-cad-pcapFS/system/system-tests.pcap'),
    corpus('secdev-scapy/doc/notebooks/tls/raw_data/tls_nss_example.pcap'),
    corpus('syncsynchalt-illustrated-tls12/capture.pcap'),
    corpus('syncsynchalt-illustrated-tls13/captures/capture.pcap'),
    corpus('good-tools-wiregasm/http2-16-ssl.pcapng'),
    corpus('zeek-zeek/testing/btest/Traces/tls/tls-1.2-stream-keylog.pcap'),
  ].filter(({ file }) => existsSync(file)),
]

const FIELDS = ['tls.record.content_type', 'tls.record.opaque_type', 'tls.handshake.type', 'tls.alert_message.desc', 'tls.segment.data']
const HTTP = ['http.request.full_uri', 'http.response.code', 'http.host', 'tcp.flags.fin']

/** The ports that our own captures use belong to another protocol by tshark's table. */
const asTls = ['-d', 'tcp.port==5683,tls', '-d', 'tcp.port==44330,tls']

function referee({ file, keys }: Pair, fields: readonly string[]): string[][] {
  const given = keys === '' ? [] : ['-o', `tls.keylog_file:${keys}`]
  const args = ['-n', '-2', '-r', file, ...given, ...asTls, '-o', 'tcp.reassemble_out_of_order:TRUE', '-T', 'fields']
  const { stdout } = spawnSync('tshark', [...args, ...fields.flatMap((field) => ['-e', field])], { encoding: 'utf8', maxBuffer: 1 << 28 })
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'))
}

async function mine({ file, keys }: Pair, fields: readonly string[]): Promise<string[][]> {
  const settings = new Map(keys === '' ? [] : [['tls.keylog', [keys]]])
  const capture = new Capture(await openCapture(file), { strict: true, settings })
  const found = findCells([...fields], capture.registry)
  if (!found.ok) throw new Error(found.message)
  const { cells } = found
  const clock = timeColumn(capture, 'r')
  const lines: string[][] = []
  let reader: CellReader | null = null
  await runQuery(capture, {
    fields: cellFields(cells)!,
    onPacket(_packet, dissect) {
      const d = dissect()
      reader ??= new CellReader(d, cells, clock)
      reader.read(d)
      lines.push(reader.values.map((values) => values.join(',')))
    },
  })
  capture.close()
  return lines
}

const nameOf = (file: string): string => file.split('/').slice(-1)[0]!

describe.skipIf(version === undefined)('opened TLS against tshark', () => {
  it.each(PAIRS.map((pair) => [nameOf(pair.file), pair] as const))('%s', async (_name, pair) => {
    const fields = [...FIELDS, ...HTTP]
    const theirs = referee(pair, fields)
    const ours = await mine(pair, fields)
    expect(ours).toHaveLength(theirs.length)
    const differences: string[] = []
    const ended = (packet: number, field: string, value: string): boolean => ours[packet]![fields.indexOf(field)] === value
    theirs.forEach((line, packet) => {
      fields.forEach((field, i) => {
        const want = line[i] ?? ''
        const got = ours[packet]![i]!
        // tshark never shows a response inside TLS whose body lasts until the end; ours is complete there: with the alert, or the FIN.
        if (
          field === 'http.response.code' &&
          want === '' &&
          (ended(packet, 'tls.alert_message.desc', '0') || ended(packet, 'tcp.flags.fin', '1'))
        )
          return
        if (want !== got) differences.push(`packet ${packet + 1} ${field}: tshark ${want.slice(0, 60)}, ours ${got.slice(0, 60)}`)
      })
    })
    expect(differences).toEqual([])
    expect(ours.flat().filter((cell) => cell !== '').length).toBeGreaterThan(5)
  })
})
