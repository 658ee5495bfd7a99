import { fetchOnce } from '../client.ts'
import type { DemoKind } from '../kind.ts'
import { DemoError } from '../problem.ts'
import { formatUrl } from '../settings.ts'
import type { Scene } from './scene.ts'

/** One fetch of the secret, as `wiretail serve` and `wiretail get` do it. */
export function fetchScene(kind: DemoKind): Scene {
  return {
    async run({ host, port, secret, ready }) {
      const server = await kind.serve(secret, { host, port })
      try {
        const { status } = await fetchOnce(formatUrl('http', host, await ready(server.port)))
        if (status !== 200)
          throw new DemoError(`The lesson's own server answered ${status}. Another program may stand on its port: try --port 5684`)
      } finally {
        await server.close()
      }
    },
  }
}
