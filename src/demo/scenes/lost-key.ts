import { createServer } from 'node:https'
import { clientContext, serverContext } from '../tls.ts'
import type { Scene } from './scene.ts'
import { openSchool, SERVER_HOSTS, SERVER_SUBJECT } from './school.ts'
import { exchangeTls, serving } from './serving.ts'

/** What the two clients offer: the secret sealed to the server's key; Diffie-Hellman with an elliptic curve. */
const OFFERS = ['AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256']

/** Two fetches from one server over TLS 1.2, alike but for how keys are agreed on. The server's private key is lost afterwards. */
export const lostKeyScene: Scene = {
  run(options) {
    const school = openSchool()
    const identity = school.identify(SERVER_SUBJECT, SERVER_HOSTS)
    options.lose?.(String(identity.key.export({ type: 'pkcs8', format: 'pem' })))
    const body = Buffer.from(options.secret)
    const context = serverContext({ identity, maxVersion: '1.2', ciphers: OFFERS.join(':') })
    const server = createServer(context, (incoming, response) => {
      incoming.resume()
      response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': body.length, Connection: 'close' }).end(body)
    })
    return serving(server, options, async (port) => {
      for (const ciphers of OFFERS) {
        const client = clientContext({ authorities: school.authority, maxVersion: '1.2', ciphers })
        await exchangeTls({ ...client, host: options.host, port, path: '/', agent: false, servername: 'localhost' })
      }
    })
  },
}
