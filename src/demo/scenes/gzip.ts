import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Scene } from './scene.ts'
import { exchange, serving } from './serving.ts'

/** A page of 60 kB with the secret in its middle, sent compressed. */
export const gzipScene: Scene = {
  run(options) {
    const packed = gzipSync(pageWith(options.secret))
    const server = createServer((incoming, response) => {
      incoming.resume()
      const headers = {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Encoding': 'gzip',
        'Content-Length': packed.length,
        Connection: 'close',
      }
      response.writeHead(200, headers).end(packed)
    })
    return serving(server, options, async (port) => {
      const { host } = options
      await exchange({ host, port, path: '/squirrels', agent: false, headers: { 'Accept-Encoding': 'gzip' } })
    })
  },
}

/** Varied text, so that the compressed page still needs several segments; a fixed multiplier keeps it the same each time. */
function pageWith(secret: string): string {
  let state = 5683
  const line = (): string => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return `  <li>squirrel ${state.toString(36)} hid ${state % 97} nuts under tree ${(state >> 8) % 1009}</li>`
  }
  const rows = (count: number): string => Array.from({ length: count }, line).join('\n')
  return `<!doctype html>\n<title>Squirrels</title>\n<ul>\n${rows(600)}\n  <li>the secret is: ${secret}</li>\n${rows(500)}\n</ul>\n`
}
