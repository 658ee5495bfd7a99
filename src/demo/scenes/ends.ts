import { createServer, request } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { clientContext, serverContext } from '../tls.ts'
import { BASIC_PASSWORD, BASIC_USER } from './basic.ts'
import { portBehind, type Scene } from './scene.ts'
import { openSchool, SERVER_HOSTS, SERVER_SUBJECT } from './school.ts'
import { exchange, exchangeTls, serving } from './serving.ts'

/** The authority that nobody trusts, and that signed for the impostor. */
export const IMPOSTOR = 'trust-me.com'

/**
 * Where TLS ends. A front speaks TLS with the client and plain HTTP with the server behind it, on the next port. Then a client types
 * http:// at the front's port, password included. Last, a client that takes any certificate asks an impostor on that port, over TLS 1.2,
 * where the certificate is in clear.
 */
export const endsScene: Scene = {
  twoPorts: true,
  async run(options) {
    const { host, port, secret } = options
    const behind = portBehind(port)
    const body = Buffer.from(secret)
    const type = { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': body.length, Connection: 'close' }
    const school = openSchool()
    const stranger = openSchool({ org: 'Trust Me', hostname: IMPOSTOR })
    const server = createServer((incoming, response) => {
      incoming.resume()
      response.writeHead(200, type).end(body)
    })
    const front = createTlsServer(serverContext({ identity: school.identify(SERVER_SUBJECT, SERVER_HOSTS) }), (incoming, response) => {
      incoming.resume()
      request({ host, port: behind, path: incoming.url, agent: false, headers: { Host: incoming.headers.host ?? host } }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, type)
        answer.pipe(response)
      })
        .on('error', () => response.writeHead(502, { Connection: 'close' }).end())
        .end()
    })
    front.on('tlsClientError', (_, socket) => socket.destroy())
    const impostor = createTlsServer(
      serverContext({ identity: stranger.identify(SERVER_SUBJECT, SERVER_HOSTS), maxVersion: '1.2' }),
      (incoming, response) => {
        incoming.resume()
        response.writeHead(200, type).end(body)
      },
    )
    const asked = { host, port, path: '/', agent: false as const, servername: 'localhost' }
    const password = { Authorization: `Basic ${Buffer.from(`${BASIC_USER}:${BASIC_PASSWORD}`).toString('base64')}` }
    const ready = async (): Promise<number> => port
    await serving(server, { ...options, port: behind, ready }, async () => {
      await serving(front, options, async () => {
        await exchangeTls({ ...clientContext({ authorities: school.authority }), ...asked })
        await exchange({ host, port, path: '/private', agent: false, headers: password }).catch(() => 0)
      })
    })
    await serving(impostor, { ...options, ready }, async () => {
      await exchangeTls({ ...clientContext({ insecure: true }), ...asked })
    })
  },
}
