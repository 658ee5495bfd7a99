import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { encryptFernet } from '../../crypto/fernet.ts'
import { requireFernetKey } from '../fernet.ts'
import { clientContext, serverContext } from '../tls.ts'
import { LESSON_KEY } from './keys.ts'
import type { Scene } from './scene.ts'
import { openSchool, SERVER_HOSTS, SERVER_SUBJECT } from './school.ts'
import { exchange, exchangeTls, serving } from './serving.ts'

/** CoAP over TCP (RFC 8323 3.2): length and token length, code, then options and payload. A CSM, then GET /secret and its answer. */
const COAP_CSM = Uint8Array.of(0x00, 0xe1)
const COAP_GET = Uint8Array.of(0x71, 0x01, 0x2a, 0xb6, ...Buffer.from('secret'))

function coapContent(secret: string): Uint8Array {
  const body = Buffer.from(secret)
  // 2.05 Content; a length up to 12 stands in the first byte, up to 268 in a second one.
  const length = 1 + body.length
  const head = length <= 12 ? [(length << 4) | 1] : [0xd1, Math.min(255, length - 13)]
  return Uint8Array.of(...head, 0x45, 0x2a, 0xff, ...body.subarray(0, 266))
}

/** Four protocols on one port, one after the other: HTTP, a Fernet token in HTTP, HTTP inside TLS, and real CoAP. */
export const mixedScene: Scene = {
  async run(options) {
    const { secret, host } = options
    const school = openSchool()
    const key = requireFernetKey(LESSON_KEY, 'lesson 17')
    const answer = (path: string | undefined): Buffer => Buffer.from(path === '/token' ? encryptFernet(Buffer.from(secret), key) : secret)
    const listener: Parameters<typeof createServer>[1] = (incoming, response) => {
      const body = answer(incoming.url)
      response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': body.length, Connection: 'close' }).end(body)
    }
    const plain = createServer(listener)
    const sealed = createTlsServer(serverContext({ identity: school.identify(SERVER_SUBJECT, SERVER_HOSTS) }), listener)
    const door = createTcpServer({ pauseOnConnect: true }, (socket) => {
      socket.once('data', (chunk: Buffer) => {
        socket.pause()
        socket.unshift(chunk)
        // RFC 8446 5.1: 22 is a handshake. CoAP's length nibble and code are no letters, as HTTP's methods are.
        // TLS takes a socket's handle and would miss what was read already; a plain stream it reads through.
        if (chunk[0] === 22) sealed.emit('connection', Duplex.from({ readable: socket, writable: socket }))
        else if (chunk[0]! >= 0x41 && chunk[0]! <= 0x5a && chunk.includes('HTTP/')) plain.emit('connection', socket)
        else answerCoap(socket, secret)
        socket.resume()
      })
      socket.resume()
    })
    await serving(door, options, async (port) => {
      await exchange({ host, port, path: '/', agent: false })
      await exchange({ host, port, path: '/token', agent: false })
      const context = clientContext({ authorities: school.authority })
      await exchangeTls({ ...context, host, port, path: '/', agent: false, servername: 'localhost' })
      const socket = connect(port, host)
      socket.setNoDelay(true)
      await once(socket, 'connect')
      socket.write(Buffer.concat([COAP_CSM, COAP_GET]))
      await once(socket, 'data')
      socket.end()
      await once(socket, 'close')
    })
  },
}

function answerCoap(socket: Socket, secret: string): void {
  socket.on('error', () => socket.destroy())
  socket.once('data', () => socket.write(Buffer.concat([COAP_CSM, coapContent(secret)])))
  socket.once('end', () => socket.end())
}
