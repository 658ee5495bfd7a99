import { fetchOnce } from '../client.ts'
import { fernet } from '../fernet.ts'
import { DemoError } from '../problem.ts'
import { formatUrl } from '../settings.ts'
import { LESSON_KEY, WRONG_KEY } from './keys.ts'
import type { Scene } from './scene.ts'

/** Two clients fetch the token; the second has another key. Nothing of that is on the wire. */
export const wrongKeyScene: Scene = {
  async run({ host, port, secret, ready }) {
    const server = await fernet.serve(secret, { host, port, fernetKey: LESSON_KEY })
    try {
      const url = formatUrl('http', host, await ready(server.port))
      for (const fernetKey of [LESSON_KEY, WRONG_KEY]) {
        const { body } = await fetchOnce(url)
        tryToRead(body, fernetKey)
      }
    } finally {
      await server.close()
    }
  },
}

/** What `wiretail get` would print of a token: the message or the refusal. */
export function tryToRead(body: Uint8Array, fernetKey: string): { readonly ok: boolean; readonly said: string } {
  try {
    return { ok: true, said: fernet.read(body, { fernetKey }) }
  } catch (error) {
    if (!(error instanceof DemoError)) throw error
    return { ok: false, said: error.message }
  }
}
