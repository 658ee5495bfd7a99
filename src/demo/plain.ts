import type { DemoKind } from './kind.ts'
import { serveAnswer } from './server.ts'

/** The secret as it is, over HTTP: whoever sees the packets can read it. */
export const plain: DemoKind = {
  name: 'plain',
  about: 'HTTP, nothing hidden: anyone on the wire can read the secret',
  serve: (secret, options) => serveAnswer({ type: 'text/plain; charset=utf-8', body: new TextEncoder().encode(secret) }, options),
  read: (body) => new TextDecoder().decode(body),
}
