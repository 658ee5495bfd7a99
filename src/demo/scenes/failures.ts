import { createServer } from 'node:https'
import { connect } from 'node:net'
import { clientContext, serverContext, type TlsClientOptions, type TlsServerOptions } from '../tls.ts'
import type { Scene, SceneOptions } from './scene.ts'
import { openSchool, SERVER_HOSTS, SERVER_SUBJECT } from './school.ts'
import { exchangeTls, serving } from './serving.ts'

const DAY = 86_400_000

interface Attempt {
  readonly server?: Omit<TlsServerOptions, 'identity'>
  readonly client?: Omit<TlsClientOptions, 'identity'>
  /** When the certificate's 30 days began, relative to now. */
  readonly days?: number
}

/**
 * Connections that fail, one after the other: an authority that the client does not know, a certificate that has expired, no version
 * in common, no cipher in common, a client without the certificate that is asked for, a port where nobody listens. All but the third in
 * TLS 1.2, where everything up to the alert is in clear.
 */
export const failuresScene: Scene = {
  async run(options) {
    const school = openSchool()
    const stranger = openSchool()
    const known = { authorities: school.authority, maxVersion: '1.2' } as const
    const attempts: readonly Attempt[] = [
      { client: { ...known, authorities: stranger.authority } },
      { client: known, days: -60 },
      { server: { minVersion: '1.3' }, client: known },
      {
        server: { maxVersion: '1.2', ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' },
        client: { ...known, ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
      },
      { server: { maxVersion: '1.2', clientAuthorities: school.authority }, client: known },
    ]
    let here = options.port
    let through: number | undefined
    for (const { server = {}, client = {}, days = 0 } of attempts) {
      const identity = school.identify(SERVER_SUBJECT, SERVER_HOSTS, 'server', new Date(Date.now() + days * DAY))
      const listening = createServer(serverContext({ ...server, identity }), (incoming, response) => {
        incoming.resume()
        response.writeHead(200, { Connection: 'close' }).end(options.secret)
      })
      listening.on('tlsClientError', (_, socket) => socket.destroy())
      const ready = async (port: number): Promise<number> => {
        // The next server takes this one's port, which a relay may stand in front of.
        here = port
        through ??= await options.ready(port)
        return through
      }
      await serving(listening, { ...options, port: here, ready }, async (port) => {
        const context = clientContext(client)
        await exchangeTls({ ...context, host: options.host, port, path: '/', agent: false, servername: 'localhost' }).catch(() => 0)
      })
    }
    await knock({ ...options, port: through ?? here })
  },
}

/** Where nobody listens any more. */
function knock({ host, port }: SceneOptions): Promise<void> {
  return new Promise((done) => {
    const socket = connect(port, host)
    socket.on('error', () => done())
    socket.on('connect', () => {
      socket.destroy()
      done()
    })
  })
}
