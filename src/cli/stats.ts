// `wiretail stats KIND`: what a capture holds, counted.

import type { Io } from './commands.ts'
import { type Kinds, listKinds, runKind } from './kinds.ts'

/** One line a kind; each is a file in stats/ with `run` and `help`. */
const KINDS: Kinds = {
  conversations: { about: 'who talked with whom, how much and for how long', load: () => import('./stats/conversations.ts') },
  dns: { about: 'DNS messages by type and result, and how fast answers come', load: () => import('./stats/dns.ts') },
  endpoints: { about: 'each address, with what it sent and received', load: () => import('./stats/endpoints.ts') },
  expert: { about: 'what the analyzer remarks on: losses, repetitions, malformed packets', load: () => import('./stats/expert.ts') },
  http: { about: 'requests with their responses, sizes and times', load: () => import('./stats/http.ts') },
  hierarchy: { about: 'protocols inside protocols, with packets and bytes', load: () => import('./stats/hierarchy.ts') },
  tls: { about: 'TLS sessions: who, with what, certificates, alerts, why it failed', load: () => import('./stats/tls.ts') },
  io: { about: 'packets and bytes by interval of time', load: () => import('./stats/io.ts') },
}

export const help = `wiretail stats KIND -r FILE [options]

Counts what is in a capture, as text or, with --json, for scripts.

${listKinds(KINDS)}

wiretail stats KIND --help lists a kind's options.

Examples:
  wiretail stats hierarchy -r capture.pcapng
  wiretail stats hierarchy -r capture.pcapng -Y 'tcp.port == 443' --json
`

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runKind('stats', KINDS, help, args, io)
}
