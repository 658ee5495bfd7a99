// What scenes have in common: a server that ends with its scene, and requests that are read to their end.

import { once } from 'node:events'
import type { Server } from 'node:http'
import { type RequestOptions, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DemoError, errorCode } from '../problem.ts'
import type { SceneOptions } from './scene.ts'

/** Milliseconds after which an exchange on this very machine counts as failed. */
const PATIENCE = 5000

/** Listens, lets `use` talk to the port that clients connect to, and closes the server however that ends. */
export async function serving(server: Server, { host, port, ready }: SceneOptions, use: (port: number) => Promise<void>): Promise<void> {
  await listen(server, host, port)
  try {
    await use(await ready((server.address() as AddressInfo).port))
  } finally {
    server.closeIdleConnections()
    const closed = new Promise((done) => server.close(done))
    const timer = setTimeout(() => server.closeAllConnections(), 500)
    await closed
    clearTimeout(timer)
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE')
      throw new DemoError(
        `Port ${port} on ${host} is taken. Stop the program that listens there, or choose another port: --port ${port < 65_535 ? port + 1 : 5684}`,
      )
    throw new DemoError(`Cannot listen on ${host}, port ${port} (${errorCode(error)}). Choose another port: --port 5684`)
  }
}

/** Sends one request and resolves to the status when its answer has been read. */
export async function exchange(options: RequestOptions, body?: string): Promise<number> {
  const call = request({ timeout: PATIENCE, ...options })
  call.on('timeout', () =>
    call.destroy(new DemoError('The lesson’s own server did not answer. Try again, or take the bundled capture: --from-capture')),
  )
  call.end(body)
  const [response] = (await once(call, 'response')) as [import('node:http').IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode ?? 0
}
