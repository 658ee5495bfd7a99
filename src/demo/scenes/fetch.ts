import { fetchOnce } from '../client.ts'
import type { DemoKind } from '../kind.ts'
import { DemoError } from '../problem.ts'
import { formatUrl } from '../settings.ts'
import type { Scene } from './scene.ts'

/** Fetches of the secret, one after the other, as `wiretail serve` and `wiretail get` do them. `fernetKey` is the server's. */
export function fetchScene(kind: DemoKind, times = 1, fernetKey?: string): Scene {
  return {
    async run({ host, port, secret, ready }) {
      const server = await kind.serve(secret, { host, port, ...(fernetKey === undefined ? {} : { fernetKey }) })
      try {
        const url = formatUrl('http', host, await ready(server.port))
        for (let i = 0; i < times; i++) {
          const { status } = await fetchOnce(url)
          if (status !== 200)
            throw new DemoError(`The lesson's own server answered ${status}. Another program may stand on its port: try --port 5684`)
        }
      } finally {
        await server.close()
      }
    },
  }
}
