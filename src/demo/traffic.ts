// The demo's whole exchange in one call: the server starts, the client fetches once, the server stops.

import { fetchOnce } from './client.ts'
import type { DemoKeys, DemoKind } from './kind.ts'
import { plain } from './plain.ts'
import { DemoError } from './problem.ts'
import type { ServerOptions } from './server.ts'
import { DEMO_HOST, DEMO_PORT, DEMO_SECRET } from './settings.ts'
import type { TlsClientOptions } from './tls.ts'

export interface DemoTrafficOptions extends Pick<ServerOptions, 'fernetKey' | 'tls'> {
  /** The client's side of TLS. */
  readonly clientTls?: TlsClientOptions
  /** The client's keys, where they differ from the server's. */
  readonly clientKeys?: DemoKeys
  readonly kind?: DemoKind
  readonly host?: string
  /** Where the server listens. 0 takes any free port; 5683 unless given. */
  readonly port?: number
  readonly secret?: string
  /** Where the client connects, when that is not the server itself but a relay in front of it. */
  readonly through?: string
  /** Called with the server's URL once it listens; the client waits for it, so that a capture can start in between. */
  ready?(url: string): Promise<void> | void
  /** Called with a line for each request that the server answered. */
  log?(line: string): void
}

/** What happened, from both ends. */
export interface DemoTraffic {
  readonly url: string
  readonly serverPort: number
  readonly clientPort: number
  /** The message as the client read it: equal to the secret unless something stood in between. */
  readonly message: string
}

/** Runs the exchange once and leaves nothing behind, however it ends. Throws a DemoError that says why it failed. */
export async function runDemoTraffic(options: DemoTrafficOptions = {}): Promise<DemoTraffic> {
  const { kind = plain, host = DEMO_HOST, port = DEMO_PORT, secret = DEMO_SECRET } = options
  const { fernetKey, tls, log, clientTls } = options
  const keys = fernetKey === undefined ? {} : { fernetKey }
  const server = await kind.serve(secret, { host, port, ...keys, ...(tls ? { tls } : {}), ...(log ? { log } : {}) })
  try {
    await options.ready?.(server.url)
    const { status, body, clientPort } = await fetchOnce(options.through ?? server.url, clientTls ? { tls: clientTls } : {})
    if (status !== 200)
      throw new DemoError(`The demo's own server answered ${status}. Another program may stand on port ${server.port}: try --port 5684`)
    return { url: server.url, serverPort: server.port, clientPort, message: kind.read(body, options.clientKeys ?? keys) }
  } finally {
    await server.close()
  }
}
