// What scenes have in common: a server that ends with its scene, and requests that are read to their end.

import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { request as requestTls, type RequestOptions as TlsRequestOptions } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { DemoError, errorCode } from '../problem.ts'
import type { SceneOptions } from './scene.ts'

/** Milliseconds after which an exchange on this very machine counts as failed. */
const PATIENCE = 5000
/** Milliseconds that connections have to end by themselves. */
const FAREWELL = 500

/** Listens, lets `use` talk to the port that clients connect to, and closes the server however that ends. */
export async function serving(server: Server, { host, port, ready }: SceneOptions, use: (port: number) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await listen(server, host, port)
  try {
    await use(await ready((server.address() as AddressInfo).port))
  } finally {
    if ('closeIdleConnections' in server && typeof server.closeIdleConnections === 'function') server.closeIdleConnections()
    const closed = new Promise((done) => server.close(done))
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, FAREWELL)
    await closed
    clearTimeout(timer)
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const other = `--port ${port < 65_535 ? port + 1 : 5684}`
    if (errorCode(error) === 'EADDRINUSE')
      throw new DemoError(`Port ${port} on ${host} is taken. Stop the program that listens there, or choose another port: ${other}`)
    throw new DemoError(`Cannot listen on ${host}, port ${port} (${errorCode(error)}). Choose another port: ${other}`)
  }
}

/** Sends one request and resolves to the status when its answer has been read. */
export function exchange(options: RequestOptions, body?: string): Promise<number> {
  return finish(request({ timeout: PATIENCE, ...options }), body)
}

/** The same over TLS; `keylog` gets each line of the key log. */
export function exchangeTls(options: TlsRequestOptions, keylog?: (line: Buffer) => void): Promise<number> {
  const call = requestTls({ timeout: PATIENCE, ...options })
  if (keylog !== undefined) call.on('socket', (socket) => socket.on('keylog', keylog))
  return finish(call)
}

async function finish(call: ClientRequest, body?: string): Promise<number> {
  call.on('timeout', () =>
    call.destroy(new DemoError('The lesson’s own server did not answer. Try again, or take the bundled capture: --from-capture')),
  )
  const closed = new Promise<void>((done) => call.once('close', () => done()))
  call.end(body)
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  await closed
  return response.statusCode ?? 0
}
