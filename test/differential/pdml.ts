// Rows of packets as tshark's PDML tells them.

import { spawnSync } from 'node:child_process'

export interface PdmlRow {
  readonly packet: number
  readonly name: string
  readonly start: number
  readonly length: number
  readonly show: string
  readonly text: string
  readonly hidden: boolean
  readonly protocol: boolean
}

/** "tshark 4.0.17", or null without it. */
export function tsharkVersion(): string | null {
  const result = spawnSync('tshark', ['--version'], { encoding: 'utf8' })
  return result.status === 0 ? (/\d+\.\d+\.\d+/.exec(result.stdout)?.[0] ?? null) : null
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const plain = (text: string) =>
  text.replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name: string) => {
    if (name.startsWith('#')) return String.fromCodePoint(Number(name[1] === 'x' ? `0x${name.slice(2)}` : name.slice(1)))
    return ENTITIES[name] ?? whole
  })

/** Dissects the first `count` packets of a capture with tshark: no name resolution, no checks of checksums that we do not check. */
export function readPdml(path: string, count: number, keylog = ''): PdmlRow[] {
  const options = ['ip.check_checksum:FALSE', 'tcp.check_checksum:FALSE', 'udp.check_checksum:FALSE', 'tcp.reassemble_out_of_order:TRUE']
  if (keylog !== '') options.push(`tls.keylog_file:${keylog}`)
  const preferences = options.flatMap((option) => ['-o', option])
  const result = spawnSync('tshark', ['-n', ...preferences, '-T', 'pdml', '-c', String(count), '-r', path], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 60_000,
    env: { ...process.env, TZ: 'UTC' },
  })
  const rows: PdmlRow[] = []
  let packet = 0
  for (const line of result.stdout.split('\n')) {
    if (line.startsWith('<packet>')) packet++
    const tag = /^\s*<(proto|field) /.exec(line)
    if (tag === null) continue
    const attribute = (name: string) => plain(new RegExp(` ${name}="([^"]*)"`).exec(line)?.[1] ?? '')
    const name = attribute('name')
    if (name === '' || name === 'geninfo' || attribute('pos') === '') continue
    rows.push({
      packet,
      name,
      start: Number(attribute('pos')),
      length: Number(attribute('size')),
      show: attribute('show'),
      text: attribute('showname'),
      hidden: attribute('hide') === 'yes',
      protocol: tag[1] === 'proto',
    })
  }
  return rows
}
