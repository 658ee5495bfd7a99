// The recorded captures are what captures/README.md says they are.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const CAPTURES = resolve(import.meta.dirname, '../../../captures')
const page = readFileSync(join(CAPTURES, 'README.md'), 'utf8')
const rows = [...page.matchAll(/^\| (\S+) \| (\d*) ?\| .* \| `([0-9a-f]{64})` \|$/gm)].map(([, file = '', packets = '', sha256 = '']) => ({
  file,
  packets: packets === '' ? undefined : Number(packets),
  sha256,
}))
const SECRET = Buffer.from('fluffy tail')

/** Packets of a little-endian pcapng file: the data of its enhanced packet blocks. */
function packetsOf(file: string): Buffer[] {
  const bytes = readFileSync(join(CAPTURES, file))
  const packets: Buffer[] = []
  for (let at = 0; at + 12 <= bytes.length; at += bytes.readUInt32LE(at + 4)) {
    if (bytes.readUInt32LE(at) === 6) packets.push(bytes.subarray(at + 28, at + 28 + bytes.readUInt32LE(at + 20)))
  }
  return packets
}

describe('captures/', () => {
  it('holds exactly the files of its README', () => {
    expect(readdirSync(CAPTURES).sort()).toEqual([...rows.map(({ file }) => file), 'README.md'].sort())
  })

  it.each(rows)('$file has the sum and the packets given', ({ file, packets, sha256 }) => {
    expect(
      createHash('sha256')
        .update(readFileSync(join(CAPTURES, file)))
        .digest('hex'),
    ).toBe(sha256)
    if (packets !== undefined) expect(packetsOf(file)).toHaveLength(packets)
  })

  it.each(['plain.pcapng', 'plain-ipv6.pcapng'])('%s: ten packets, the secret in the sixth alone', (file) => {
    const packets = packetsOf(file)
    expect(packets).toHaveLength(10)
    expect(packets.flatMap((packet, at) => (packet.includes(SECRET) ? [at + 1] : []))).toEqual([6])
  })

  it.each(['gzip.pcapng', 'tls12.pcapng', 'tls13.pcapng'])('%s: the secret in no packet', (file) => {
    expect(packetsOf(file).length).toBeGreaterThan(10)
    expect(packetsOf(file).filter((packet) => packet.includes(SECRET))).toEqual([])
  })

  it.each(['tls12', 'tls13'])('%s: the key log is that of the recorded handshake', (name) => {
    const random = readFileSync(join(CAPTURES, `${name}.keys.txt`), 'latin1').split(' ')[1] ?? 'none'
    expect(random).toMatch(/^[0-9a-f]{64}$/)
    expect(packetsOf(`${name}.pcapng`).some((packet) => packet.includes(Buffer.from(random, 'hex')))).toBe(true)
  })

  it('names no machine', () => {
    for (const { file } of rows)
      expect(readFileSync(join(CAPTURES, file), 'latin1')).not.toMatch(/Linux|Intel|AMD|Debian|x86_64|aarch64|\/tmp/)
  })
})
