import { once } from 'node:events'
import { Agent, createServer } from 'node:http'
import { connect } from 'node:net'
import type { Scene } from './scene.ts'
import { exchange, serving } from './serving.ts'

const NOTE = JSON.stringify({ note: 'bring nuts', by: 'squirrel' })
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' }

/** Eight requests on one kept-alive connection (GET, HEAD, 304, POST, DELETE, 404, chunked, GET), then one of HTTP/1.0. */
export const requestsScene: Scene = {
  run: (options) =>
    serving(serverOf(options.secret), options, async (port) => {
      const { host } = options
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const common = { agent, host, port }
      const note = { 'Content-Type': 'application/json', 'Content-Length': NOTE.length }
      try {
        await exchange({ ...common, path: '/' })
        await exchange({ ...common, path: '/', method: 'HEAD' })
        await exchange({ ...common, path: '/', headers: { 'If-None-Match': '"1"' } })
        await exchange({ ...common, path: '/notes', method: 'POST', headers: note }, NOTE)
        await exchange({ ...common, path: '/notes/1', method: 'DELETE' })
        await exchange({ ...common, path: '/missing' })
        await exchange({ ...common, path: '/slow' })
        await exchange({ ...common, path: '/' })
      } finally {
        agent.destroy()
      }
      const old = connect(port, host, () => old.write('GET / HTTP/1.0\r\n\r\n'))
      old.resume()
      await once(old, 'close')
    }),
}

function serverOf(secret: string) {
  const body = Buffer.from(secret)
  return createServer((incoming, response) => {
    incoming.resume()
    switch (`${incoming.method === 'HEAD' ? 'GET' : incoming.method} ${incoming.url}`) {
      case 'GET /':
        if (incoming.headers['if-none-match'] === '"1"') response.writeHead(304, { ETag: '"1"' }).end()
        else response.writeHead(200, { ...TEXT, ETag: '"1"', 'Content-Length': body.length }).end(body)
        return
      case 'POST /notes':
        response.writeHead(201, { 'Content-Type': 'application/json', Location: '/notes/1', 'Content-Length': NOTE.length }).end(NOTE)
        return
      case 'DELETE /notes/1':
        response.writeHead(204).end()
        return
      case 'GET /slow':
        response.writeHead(200, TEXT)
        response.write(body.subarray(0, body.length >> 1))
        setTimeout(() => response.end(body.subarray(body.length >> 1)), 40)
        return
      default:
        response.writeHead(404, { ...TEXT, 'Content-Length': 13 }).end('Nothing here\n')
    }
  })
}
