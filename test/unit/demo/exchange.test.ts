import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { DEMO_KINDS, type DemoServer, fetchOnce, fetchSecret, generateFernetKey, plain, runDemoTraffic } from '../../../src/demo/index.ts'
import { key, selfSigned } from '../crypto/certificates.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function serve(secret: string, log?: (line: string) => void): Promise<DemoServer> {
  const server = await plain.serve(secret, { host: '127.0.0.1', port: 0, ...(log ? { log } : {}) })
  closers.push(() => server.close())
  return server
}

/** A TCP server that does what `answer` says with each connection; resolves to its URL. */
async function serveRaw(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    answer(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Sends bytes as they are and resolves to everything that came back. */
function converse(server: DemoServer, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (part) => (text += part))
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
}

describe('the plain server', () => {
  it('answers GET / with the secret and closes', async () => {
    const server = await serve('fluffy tail')
    const text = await converse(server, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(text).toContain('Content-Type: text/plain; charset=utf-8\r\n')
    expect(text).toContain('Content-Length: 11\r\n')
    expect(text).toContain('Connection: close\r\n')
    expect(text.endsWith('\r\n\r\nfluffy tail')).toBe(true)
  })

  it('answers HEAD with the length and no body', async () => {
    const text = await converse(await serve('fluffy tail'), 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(text).toContain('Content-Length: 11\r\n')
    expect(text.endsWith('\r\n\r\n')).toBe(true)
  })

  it.each([
    ['GET /other', 404],
    ['POST /', 405],
    ['DELETE /other', 404],
  ])('answers %s with %i', async (what, status) => {
    const text = await converse(await serve('fluffy tail'), `${what} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`)
    expect(text.startsWith(`HTTP/1.1 ${status} `)).toBe(true)
    expect(text).not.toContain('fluffy tail')
    if (status === 405) expect(text).toContain('Allow: GET, HEAD\r\n')
  })

  it.each(['/?a=1', 'http://127.0.0.1:5683/', 'http://127.0.0.1:5683', 'HTTP://x/?a=1'])(
    'takes GET %s for the same path',
    async (target) => {
      expect(await converse(await serve('fluffy tail'), `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`)).toContain('\r\n\r\nfluffy tail')
    },
  )

  it('logs one line for each request, without control characters', async () => {
    const lines: string[] = []
    const server = await serve('fluffy tail', (line) => lines.push(line))
    await converse(server, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await converse(server, 'GET /\u009b31m HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(lines[0]).toMatch(/^127\.0\.0\.1:\d+ {2}GET \/ {2}200 {2}11 bytes$/)
    expect(lines).toHaveLength(2)
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    expect(server.requests()).toBe(2)
  })

  it('says what a TLS handshake on its port is', async () => {
    const lines: string[] = []
    const text = await converse(await serve('x', (line) => lines.push(line)), Uint8Array.of(22, 3, 1, 0, 5, 1, 0, 0, 1, 0))
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(lines[0]).toContain('a TLS handshake')
  })

  it('refuses endless headers', async () => {
    const lines: string[] = []
    const text = await converse(await serve('x', (line) => lines.push(line)), `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`)
    expect(text).toMatch(/^HTTP\/1\.1 431 /)
    expect(lines[0]).toContain('(headers too large)  431')
  })

  it('names the taken port and proposes the next', async () => {
    const { port } = await serve('one')
    await expect(plain.serve('two', { host: '127.0.0.1', port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken. Stop the program that listens there, or choose another port: --port ${port + 1}`,
    )
  })

  it('names an address that is not this machine’s', async () => {
    await expect(plain.serve('x', { host: '192.0.2.1', port: 0 })).rejects.toThrow('192.0.2.1 is no address of this machine')
  })

  it('closes twice without harm', async () => {
    const server = await serve('x')
    await server.close()
    await server.close()
    await expect(fetchOnce(server.url)).rejects.toThrow('Nothing listens on')
  })
})

describe('the client', () => {
  it('reads the secret, whatever characters it has', async () => {
    const secret = 'queue touffue ❄ \u{1f43f}'
    expect(await fetchSecret((await serve(secret)).url, plain)).toBe(secret)
  })

  it('tells to start the server when nothing listens', async () => {
    const { url, port, close } = await serve('x')
    await close()
    await expect(fetchOnce(url)).rejects.toThrow(
      `Nothing listens on 127.0.0.1:${port}. Start the server first: wiretail serve plain --port ${port}`,
    )
  })

  it('gives up in time, on silence and on half an answer', async () => {
    const silent = await serveRaw(() => undefined)
    await expect(fetchOnce(silent, { timeout: 100 })).rejects.toThrow('within 0.1 s')
    const half = await serveRaw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nfluf'))
    await expect(fetchOnce(half, { timeout: 100 })).rejects.toThrow('within 0.1 s')
  })

  it('says how far a broken answer came', async () => {
    const url = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nfluf'))
    await expect(fetchOnce(url)).rejects.toThrow('broke off after 4 bytes')
  })

  it('does not wait for a server that never closes', async () => {
    const url = await serveRaw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'))
    const start = performance.now()
    expect(await fetchSecret(url, plain)).toBe('hi')
    expect(performance.now() - start).toBeLessThan(2000)
  })

  it('stops reading an endless answer', async () => {
    const url = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const pump = (): void => {
        while (socket.writable && socket.write(Buffer.alloc(16_384, 65)));
        if (socket.writable) socket.once('drain', pump)
      }
      pump()
    })
    await expect(fetchOnce(url)).rejects.toThrow('more than 65536 bytes')
  })

  it('says that a port speaks TLS, or something else', async () => {
    const tls = await serveRaw((socket) => socket.end(Uint8Array.of(21, 3, 1, 0, 2, 2, 70)))
    await expect(fetchOnce(tls)).rejects.toThrow('answered in TLS, not in plain HTTP')
    const ssh = await serveRaw((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    await expect(fetchOnce(ssh)).rejects.toThrow('answered, but not in HTTP')
    const mute = await serveRaw((socket) => socket.destroy())
    await expect(fetchOnce(mute)).rejects.toThrow('closed the connection without an answer')
  })

  it.each([
    ['fluffy', '"fluffy" is not a URL'],
    ['ftp://127.0.0.1:5683', 'speaks http and https, not ftp. Write: wiretail get http://127.0.0.1:5683'],
    ['ftp://example.org/', 'speaks http and https, not ftp'],
  ])('refuses %s', async (url, message) => {
    await expect(fetchOnce(url)).rejects.toThrow(message)
  })

  it('points to / when the server answers anything but 200', async () => {
    const { url } = await serve('x')
    await expect(fetchSecret(`${url}/secret`, plain)).rejects.toThrow(
      `The server answered 404, not 200. The secret is at the path /: ${url}/`,
    )
  })

  it('says the same of a server that redirects', async () => {
    const server = createHttpServer((_, response) => response.writeHead(302, { Location: 'http://192.0.2.1/' }).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => new Promise((resolve) => server.close(resolve)))
    await expect(fetchSecret(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, plain)).rejects.toThrow('answered 302')
  })
})

describe('the whole exchange', () => {
  it.each(DEMO_KINDS.map((kind) => kind.name))('brings the %s secret across and leaves the port free', async (name) => {
    const kind = DEMO_KINDS.find((one) => one.name === name)
    if (!kind) throw new Error(name)
    const lines: string[] = []
    // Certificates and keys of https have tests of their own.
    const needs = {
      fernetKey: generateFernetKey(),
      tls: { identity: { certificate: selfSigned, key } },
      clientTls: { authorities: selfSigned },
    }
    const options = { kind, port: 0, secret: 'fluffy tail', log: (line: string) => lines.push(line) }
    const happened = await runDemoTraffic(name === 'https' || name === 'fernet' ? { ...options, ...needs } : options)
    expect(happened.message).toBe('fluffy tail')
    expect(happened.clientPort).toBeGreaterThan(0)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(`:${happened.clientPort} `)
    await expect(fetchOnce(happened.url)).rejects.toThrow('Nothing listens')
  })

  it('waits until the capture is ready, and stops the server when that fails', async () => {
    let url = ''
    const failing = runDemoTraffic({
      port: 0,
      ready: async (there) => {
        url = there
        throw new Error('no capture')
      },
    })
    await expect(failing).rejects.toThrow('no capture')
    await expect(fetchOnce(url)).rejects.toThrow('Nothing listens')
  })

  it('works over IPv6', async () => {
    const happened = await runDemoTraffic({ host: '::1', port: 0 })
    expect(happened.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect(happened.message).toBe('fluffy tail')
  })
})
