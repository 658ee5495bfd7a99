import { createServer } from 'node:http'
import type { Scene } from './scene.ts'
import { exchange, serving } from './serving.ts'

export const BASIC_USER = 'squirrel'
export const BASIC_PASSWORD = 'hazelnut'

/** A secret behind a password: first asked for without it (401), then with HTTP's Basic authentication (RFC 7617). */
export const basicScene: Scene = {
  run(options) {
    const expected = `Basic ${Buffer.from(`${BASIC_USER}:${BASIC_PASSWORD}`).toString('base64')}`
    const body = Buffer.from(options.secret)
    const server = createServer((incoming, response) => {
      incoming.resume()
      const type = { 'Content-Type': 'text/plain; charset=utf-8' }
      if (incoming.headers.authorization === expected)
        response.writeHead(200, { ...type, 'Content-Length': body.length, Connection: 'close' }).end(body)
      else response.writeHead(401, { ...type, 'WWW-Authenticate': 'Basic realm="nuts"', 'Content-Length': 0, Connection: 'close' }).end()
    })
    return serving(server, options, async (port) => {
      const { host } = options
      await exchange({ host, port, path: '/', agent: false })
      await exchange({ host, port, path: '/', agent: false, headers: { Authorization: expected } })
    })
  },
}
