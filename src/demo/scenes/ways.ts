import { isIP } from 'node:net'
import { fetchOnce } from '../client.ts'
import { fernet } from '../fernet.ts'
import { https } from '../https.ts'
import type { DemoKind } from '../kind.ts'
import { plain } from '../plain.ts'
import { DemoError } from '../problem.ts'
import { formatUrl } from '../settings.ts'
import { LESSON_KEY } from './keys.ts'
import type { Scene, SceneOptions } from './scene.ts'
import { openSchool, SERVER_HOSTS, SERVER_SUBJECT } from './school.ts'

/** One fetch of the secret in each of the tutorial's three ways, as `wiretail serve` and `wiretail get` do it, one after the other. */
export const waysScene: Scene = {
  async run(options) {
    let here = options.port
    let through: number | undefined
    // The next server takes the first one's port, which a relay may stand in front of.
    const ready = async (port: number): Promise<number> => {
      here = port
      through ??= await options.ready(port)
      return through
    }
    for (const kind of [plain, fernet]) await fetchWay(kind, { ...options, port: here, ready })
    await httpsWay().run({ ...options, port: here, ready })
  },
}

/** The third way alone; `keylog` is called with each line of the key log. */
export function httpsWay(keylog?: (line: Buffer) => void): Scene {
  return { run: (options) => fetchWay(https, options, keylog) }
}

async function fetchWay(kind: DemoKind, { host, port, secret, ready }: SceneOptions, keylog?: (line: Buffer) => void): Promise<void> {
  const school = kind === https ? openSchool() : undefined
  const tls = school && { identity: school.identify(SERVER_SUBJECT, SERVER_HOSTS) }
  const server = await kind.serve(secret, { host, port, fernetKey: LESSON_KEY, ...(tls ? { tls } : {}) })
  try {
    const there = await ready(server.port)
    // By its name where there is a certificate: that is what the client asks for, in clear.
    const url = school ? formatUrl('https', 'localhost', there) : formatUrl('http', host, there)
    const trust = school && { family: isIP(host), tls: { authorities: school.authority, ...(keylog ? { keylog } : {}) } }
    const { status } = await fetchOnce(url, trust ?? {})
    if (status !== 200)
      throw new DemoError(`The lesson's own server answered ${status}. Another program may stand on its port: try --port 5684`)
  } finally {
    await server.close()
  }
}
