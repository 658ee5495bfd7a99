// A live capture in the interface: real packets on loopback, stopped, saved and started again from inside.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launch, type Program } from './terminal.ts'

// Capturing on the machine's own loopback needs rights; the namespace and relay engines have tests of their own.
const mayCapture = process.platform === 'linux' && process.getuid?.() === 0
if (!mayCapture) console.warn('SKIPPED: live capture in the interface. Run the tests as root to include it.')

const folder = mkdtempSync(join(tmpdir(), 'wiretail-live-'))
let server: Server
let port = 0
let program: Program | null = null

beforeAll(async () => {
  // The capture gives up root's rights, and what it saves is written as nobody.
  chmodSync(folder, 0o777)
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\nfluffy tail'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})

afterEach(() => program?.close())

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** One exchange with the server: about ten packets. */
function fetchOnce(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))
    socket.on('data', () => {})
    socket.on('close', () => resolve())
    socket.on('error', reject)
  })
}

describe.skipIf(!mayCapture)('a live capture', () => {
  it('shows packets as they pass, stops, saves and starts again without leaving', async () => {
    const live = launch({ args: ['-i', 'lo', '-p', String(port), '--secret', 'fluffy tail'], cols: 120, rows: 40 })
    program = live
    await live.until(`Listening on lo · tcp port ${port}`)
    await fetchOnce()
    await live.until(/● live 00:\d\d · \d+ packets · 0 dropped · kernel time/)
    await live.until(/◆ +\d+ .*HTTP\/1\.1 200 OK/)
    await live.until('carries the secret, for anyone to read')
    live.type("'")
    await live.until(/00[0-9a-f]0 .*fy tail/)

    live.type('c')
    await live.until(/▸ lo /)
    live.type('{ctrl+s}')
    await live.until('■ stopped')
    const path = join(folder, 'live.pcapng')
    live.type(`w{ctrl+u}${path}{enter}`)
    await live.until(/✓ \d+ packets are in/)

    live.type('c')
    await live.until(`tcp port ${port}`)
    await live.until(/▸ lo /)
    live.type('{enter}')
    await live.until(/● live 00:0\d · 0 packets/)
    await fetchOnce()
    await live.until(/● live 00:\d\d · \d\d packets/)
    live.type('{ctrl+c}')
    await live.until('Ctrl-C again quits')
    live.type('{ctrl+c}')
    expect((await live.exit).code).toBe(0)
  })
})
