import { createServer } from 'node:https'
import { clientContext, serverContext, type TlsClientOptions, type TlsServerOptions } from '../tls.ts'
import type { Scene } from './scene.ts'
import { openSchool, SERVER_HOSTS, SERVER_SUBJECT } from './school.ts'
import { exchangeTls, serving } from './serving.ts'

export interface HttpsOptions {
  readonly server?: Omit<TlsServerOptions, 'identity' | 'clientAuthorities'>
  readonly client?: Omit<TlsClientOptions, 'authorities' | 'identity'>
  /** True: the server asks who the client is, and the client shows a certificate. */
  readonly mutual?: boolean
  /** Called with each line of the key log. */
  keylog?(line: Buffer): void
}

export const CLIENT_NAME = 'squirrel'

/** One fetch of the secret over TLS, with certificates made for it. */
export function httpsScene({ server = {}, client = {}, mutual = false, keylog }: HttpsOptions = {}): Scene {
  return {
    run(options) {
      const school = openSchool()
      const identity = school.identify(SERVER_SUBJECT, SERVER_HOSTS)
      const asked = mutual ? { clientAuthorities: school.authority } : {}
      const shown = mutual ? { identity: school.identify({ org: 'My Company', hostname: CLIENT_NAME }, [], 'client') } : {}
      const body = Buffer.from(options.secret)
      const listening = createServer(
        { ...serverContext({ ...server, identity, ...asked }), ALPNProtocols: ['http/1.1'] },
        (incoming, response) => {
          incoming.resume()
          response
            .writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': body.length, Connection: 'close' })
            .end(body)
        },
      )
      return serving(listening, options, async (port) => {
        const context = clientContext({ ...client, authorities: school.authority, ...shown })
        await exchangeTls({ ...context, host: options.host, port, path: '/', agent: false, servername: 'localhost' }, keylog)
      })
    },
  }
}
