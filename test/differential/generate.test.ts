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
    const { path, counts } = generate(`checked.${format}`, '--packets', '60000', '--format', format)
    const select = (filter: string): string[] => {
      const args = ['-n', '-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE', '-r', path, '-Y', filter]
      const out = execFileSync('tshark', [...args, '-T', 'fields', '-e', 'frame.number', '-e', 'http.request.uri'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      return out.split('\n').filter((line) => line !== '')
    }
    const broken =
      'tcp.checksum.status == 0 || ip.checksum.status == 0 || _ws.malformed || tcp.analysis.flags || _ws.expert.severity >= 6291456'
    expect(select(broken)).toEqual([])
    const requests = select('http.request')
    expect(requests).toHaveLength(counts.requests)
    expect(requests.filter((line) => !/^\d+\t\/item\/\d+$/.test(line))).toEqual([])
    expect(select('tls.handshake.type == 1')).toHaveLength(counts.hellos)
    expect(select('frame.number == 60000')).toHaveLength(1)
    expect(counts.bytes / counts.packets).toBeGreaterThan(380)
    expect(counts.bytes / counts.packets).toBeLessThan(520)
  })
})
