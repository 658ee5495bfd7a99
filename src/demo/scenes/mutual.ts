import { httpsScene } from './https.ts'
import type { Scene } from './scene.ts'

/** Two fetches with certificates on both ends: over TLS 1.2, then over TLS 1.3. */
export const mutualScene: Scene = {
  async run(options) {
    let server = options.port
    let through: number | undefined
    for (const version of ['1.2', '1.3'] as const) {
      const scene = httpsScene({ server: { minVersion: version, maxVersion: version }, mutual: true })
      await scene.run({
        ...options,
        port: server,
        async ready(port) {
          // The second server takes the first one's port, which a relay may stand in front of.
          server = port
          through ??= await options.ready(port)
          return through
        },
      })
    }
  },
}
