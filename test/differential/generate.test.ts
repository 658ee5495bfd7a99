// The captures that the benchmarks measure with are sound: tshark finds in them what the generator says, and nothing to complain about.

import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const SCRIPT = resolve(import.meta.dirname, '../../bench/generate.mjs')
const folder = mkdtempSync(join(tmpdir(), 'wiretail-generate-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Counts {
  readonly packets: number
  readonly bytes: number
  readonly connections: number
  readonly requests: number
  readonly hellos: number
}

function generate(name: string, ...args: string[]): { path: string; counts: Counts; digest: string } {
  const path = join(folder, name)
  execFileSync(process.execPath, [SCRIPT, '--output', path, ...args], { stdio: 'ignore' })
  const counts = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Counts
  return { path, counts, digest: createHash('sha256').update(readFileSync(path)).digest('hex') }
}

describe('generated captures', () => {
  it('are the same for the same arguments, and others for another seed', () => {
    const one = generate('one.pcap', '--packets', '3000')
    const two = generate('two.pcap', '--packets', '3000')
    const three = generate('three.pcap', '--packets', '3000', '--seed', '2')
    expect(two.digest).toBe(one.digest)
    expect(three.digest).not.toBe(one.digest)
  })

  const tshark = !spawnSync('tshark', ['--version']).error
  if (!tshark) console.warn('SKIPPED: tshark is not installed, so nothing referees the generated captures')

  it.runIf(tshark).each(['pcap', 'pcapng'])('satisfy tshark as %s', (format) => {
    const { path, counts } = generate(`checked.${format}`, '--packets', '30000', '--format', format)
    const complaints = ['_ws.malformed', 'tcp.analysis.flags', '_ws.expert.severity']
    const fields = ['tcp.checksum.status', 'ip.checksum.status', 'http.request.uri', 'tls.handshake.type', ...complaints]
    const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE']
    const out = execFileSync('tshark', ['-n', ...checks, '-r', path, '-T', 'fields', ...fields.flatMap((name) => ['-e', name])], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    })
    const rows = out
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t'))
    expect(rows).toHaveLength(30_000)
    // 1 is "good"; IPv6 has no checksum of its own. Severities below 6291456, "warning", are remarks on the course of a connection.
    const broken = rows.filter(
      ([tcp, ip, , , malformed, analysis, severity = '']) =>
        tcp !== '1' ||
        (ip !== '1' && ip !== '') ||
        malformed !== '' ||
        analysis !== '' ||
        severity.split(',').some((one) => Number(one) >= 6_291_456),
    )
    expect(broken).toEqual([])
    const requests = rows.filter(([, , uri]) => uri !== '')
    expect(requests).toHaveLength(counts.requests)
    expect(requests.filter(([, , uri = '']) => !/^\/item\/\d+$/.test(uri))).toEqual([])
    expect(rows.filter(([, , , type = '']) => type.split(',').includes('1'))).toHaveLength(counts.hellos)
    expect(counts.bytes / counts.packets).toBeGreaterThan(380)
    expect(counts.bytes / counts.packets).toBeLessThan(520)
  })
})
