import { Agent, createServer } from 'node:http'
import { encryptFernet } from '../../crypto/fernet.ts'
import { requireFernetKey } from '../fernet.ts'
import { LESSON_KEY } from './keys.ts'
import type { Scene } from './scene.ts'
import { exchange, serving } from './serving.ts'

/** Messages of three lengths: the secret, the longest that takes as many blocks of 16, and one letter more. */
export function lengthsOf(secret: string): readonly [number, number, number] {
  const length = new TextEncoder().encode(secret).length
  const most = length - (length % 16) + 15
  return [length, most, most + 1]
}

/** The secret as a Fernet token, twice; then messages of two other lengths, at paths that say how long they are. */
export const tokensScene: Scene = {
  run(options) {
    const key = requireFernetKey(LESSON_KEY, 'lesson 6')
    const message = Buffer.from(options.secret)
    const [, most, more] = lengthsOf(options.secret)
    const padded = (length: number): Uint8Array => Buffer.concat([message, Buffer.alloc(length - message.length, '!')])
    const server = createServer((incoming, response) => {
      incoming.resume()
      const length = Number(incoming.url?.slice(1)) || message.length
      const body = encryptFernet(padded(length), key)
      response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': body.length }).end(body)
    })
    return serving(server, options, async (port) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const { host } = options
      try {
        await exchange({ host, port, agent, path: '/' })
        // A second later at least, so that the times in the two tokens differ.
        await new Promise((done) => setTimeout(done, 1050))
        for (const path of ['/', `/${most}`, `/${more}`]) await exchange({ host, port, agent, path })
      } finally {
        agent.destroy()
      }
    })
  },
}
