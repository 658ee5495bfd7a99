import { createServer } from 'node:https'
import { makeAuthority, makeKey, makeRequest, signRequest } from '../pki.ts'
import { clientContext, serverContext } from '../tls.ts'
import type { Scene } from './scene.ts'
import { AUTHORITY_SUBJECT, certificateOf, requestOf, SERVER_HOSTS, SERVER_SUBJECT } from './school.ts'
import { exchangeTls, serving } from './serving.ts'

/**
 * Two servers that send the authority's certificate along with their own, over TLS 1.2, where both are in clear: the first authority says
 * that it is one, the second was made as the tutorial printed it. The client takes both, so that there is something to see.
 */
export const authorityScene: Scene = {
  async run(options) {
    let here = options.port
    let through: number | undefined
    for (const asPrinted of [false, true]) {
      const caKey = makeKey('rsa')
      const authority = makeAuthority({ subject: AUTHORITY_SUBJECT, key: caKey, asPrinted })
      const key = makeKey('rsa')
      const request = requestOf(makeRequest({ subject: SERVER_SUBJECT, key, hosts: SERVER_HOSTS }))
      const own = signRequest({ request, authority: certificateOf(authority), key: caKey, asPrinted })
      const body = Buffer.from(options.secret)
      const server = createServer(
        serverContext({ identity: { certificate: own + authority, key }, maxVersion: '1.2' }),
        (incoming, response) => {
          incoming.resume()
          response.writeHead(200, { 'Content-Length': body.length, Connection: 'close' }).end(body)
        },
      )
      const ready = async (port: number): Promise<number> => {
        here = port
        through ??= await options.ready(port)
        return through
      }
      await serving(server, { ...options, port: here, ready }, async (port) => {
        const context = clientContext({ insecure: true })
        await exchangeTls({ ...context, host: options.host, port, path: '/', agent: false, servername: 'localhost' })
      })
    }
  },
}
