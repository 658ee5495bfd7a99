// The demo's server and client as a user runs them: the built program, and the packets that really cross loopback.

import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const MAIN = resolve(import.meta.dirname, '../../dist/main.js')

interface Result {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const running: ChildProcessWithoutNullStreams[] = []
const folders: string[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Starts wiretail; `said` resolves once its output matches, `ended` when it is over. */
function start(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env }, timeout: 30_000 })
  running.push(child)
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const ended = new Promise<Result>((done) => child.on('close', (code) => done({ code, out, err })))
  const said = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (let tries = 0; tries < 500; tries++) {
      const match = pattern.exec(out + err)
      if (match) return match
      await new Promise((done) => setTimeout(done, 20))
    }
    throw new Error(`${args.join(' ')} never said ${pattern}: ${out}${err}`)
  }
  return { child, ended, said }
}

const wiretail = (args: string[], env: Record<string, string> = {}): Promise<Result> => start(args, env).ended

describe('wiretail serve and get', () => {
  it('bring the secret across, log the request, end with Ctrl-C', async () => {
    const server = start(['serve', 'plain', '--port', '0'])
    const [url = ''] = await server.said(/http:\/\/127\.0\.0\.1:\d+/)
    expect(await wiretail(['get', url])).toEqual({ code: 0, out: 'The secret message is: fluffy tail\n', err: '' })
    expect((await wiretail(['get'], { SECRET_URL: url })).out).toBe('The secret message is: fluffy tail\n')
    await server.said(/GET \/ {2}200 {2}11 bytes\n[^\n]*GET \/ {2}200 {2}11 bytes\n/)
    server.child.kill('SIGINT')
    const { code, out } = await server.ended
    expect(code).toBe(0)
    expect(out.split('\n')).toHaveLength(3)
  })

  it('take the message from the environment or the option', async () => {
    const server = start(['serve', 'plain', '--port', '0'], { SECRET_MESSAGE: 'nuts at noon' })
    const [url = ''] = await server.said(/http:\/\/127\.0\.0\.1:\d+/)
    expect((await wiretail(['get', url])).out).toBe('The secret message is: nuts at noon\n')
    const other = start(['serve', 'plain', '--port', '0', '--secret', 'acorns'], { SECRET_MESSAGE: 'nuts at noon' })
    const [second = ''] = await other.said(/http:\/\/127\.0\.0\.1:\d+/)
    expect((await wiretail(['get', second])).out).toBe('The secret message is: acorns\n')
  })

  it('agree with curl, HEAD included', async () => {
    if (spawnSync('curl', ['--version']).error) return console.warn('SKIPPED: curl is not installed')
    const server = start(['serve', 'plain', '--port', '0'])
    const [url = ''] = await server.said(/http:\/\/127\.0\.0\.1:\d+/)
    expect(execFileSync('curl', ['-s', url], { encoding: 'utf8' })).toBe('fluffy tail')
    expect(execFileSync('curl', ['-sI', url], { encoding: 'utf8' })).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Length: 11\r\n/)
    expect(execFileSync('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-X', 'POST', url], { encoding: 'utf8' })).toBe('405')
  })

  it('name the server to start when nobody listens, and the taken port', async () => {
    const { code, out, err } = await wiretail(['get', 'http://127.0.0.1:1'])
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: 'wiretail: Nothing listens on 127.0.0.1:1. Start the server first: wiretail serve plain --port 1\n',
    })
    const server = start(['serve', 'plain', '--port', '0'])
    const [, port = ''] = await server.said(/http:\/\/127\.0\.0\.1:(\d+)/)
    const second = await wiretail(['serve', 'plain', '--port', port])
    expect(second.code).toBe(1)
    expect(second.err).toMatch(new RegExp(`^wiretail: Port ${port} on 127\\.0\\.0\\.1 is taken\\. [^\\n]+\\n$`))
  })
})

describe('the exchange on the wire', () => {
  const inside = process.getuid?.() === 0 ? ['-n'] : ['-Urn']
  const possible =
    !spawnSync('tcpdump', ['--version']).error && spawnSync('unshare', [...inside, 'ip', 'link', 'set', 'lo', 'up']).status === 0
  if (!possible) console.warn('SKIPPED: the ten packets need tcpdump, unshare and ip')

  it.runIf(possible).each([
    ['IPv4', '127.0.0.1', 'http://127.0.0.1:5683'],
    ['IPv6', '::1', 'http://[::1]:5683'],
  ])('is ten packets over %s', async (_, host, url) => {
    const folder = mkdtempSync(join(tmpdir(), 'wiretail-test-'))
    folders.push(folder)
    const script = join(folder, 'exchange.sh')
    writeFileSync(
      script,
      `set -eu
ip link set lo up
until_said() { for n in $(seq 200); do grep -qs "$1" "$2" && return; sleep 0.05; done; cat "$2" >&2; exit 1; }
tcpdump -i lo --immediate-mode -B 65536 -U -w - tcp port 5683 >"$1/packets" 2>"$1/tcpdump" & capture=$!
until_said listening "$1/tcpdump"
"$2" "$3" serve plain --host "$4" >"$1/server" 2>&1 & server=$!
until_said Serving "$1/server"
"$2" "$3" get "$5"
kill -INT $server; wait $server
sleep 0.5
kill -TERM $capture; wait $capture
`,
    )
    const args = [...inside, 'sh', script, folder, process.execPath, MAIN, host, url]
    const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8', timeout: 30_000 })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'The secret message is: fluffy tail\n', stderr: '' })

    const packets = readPcap(readFileSync(join(folder, 'packets')))
    expect(packets.map(describePacket)).toEqual([
      ...['client SYN', 'server SYN ACK', 'client ACK'],
      ...['client ACK data', 'server ACK', 'server ACK data', 'client ACK'],
      ...['server FIN ACK', 'client FIN ACK', 'server ACK'],
    ])
    expect(packets.flatMap((packet, at) => (packet.includes('fluffy tail') ? [at + 1] : []))).toEqual([6])
  })
})

/** Packets of a classic little-endian pcap file of Ethernet frames. */
function readPcap(bytes: Buffer): Buffer[] {
  const packets: Buffer[] = []
  for (let at = 24; at + 16 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8)
    packets.push(bytes.subarray(at + 16, at + 16 + length))
    at += 16 + length
  }
  return packets
}

function describePacket(frame: Buffer): string {
  const six = frame.readUInt16BE(12) === 0x86dd
  const ip = frame.subarray(14)
  const tcp = ip.subarray(six ? 40 : ((ip[0] ?? 0) & 15) * 4)
  const end = six ? ip.readUInt16BE(4) : ip.readUInt16BE(2) - 20
  const flags = tcp[13] ?? 0
  const words = [tcp.readUInt16BE(2) === 5683 ? 'client' : 'server']
  if (flags & 2) words.push('SYN')
  if (flags & 1) words.push('FIN')
  if (flags & 4) words.push('RST')
  if (flags & 16) words.push('ACK')
  if (end > ((tcp[12] ?? 0) >> 4) * 4) words.push('data')
  return words.join(' ')
}
