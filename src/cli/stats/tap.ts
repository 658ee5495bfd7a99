// tshark's -z, for scripts and habits: which command of ours says the same.

import { UsageError } from '../args.ts'
import type { Command } from '../commands.ts'

/** A command and its arguments, the file left out. */
export interface Tap {
  readonly command: () => Promise<Command>
  readonly args: readonly string[]
}

const stats = () => import('../stats.ts')
const follow = () => import('../follow.ts')

/** -Y for a filter that may be missing. */
const filtered = (words: readonly string[]): string[] => (words.length === 0 || words[0] === '' ? [] : ['-Y', words.join(',')])

const TAPS: readonly { readonly pattern: RegExp; read(found: RegExpExecArray): Tap }[] = [
  { pattern: /^io,phs(?:,(.*))?$/s, read: ([, filter = '']) => ({ command: stats, args: ['hierarchy', ...filtered([filter])] }) },
  {
    pattern: /^io,stat,([\d.]+)(?:,(.*))?$/s,
    read: ([, interval = '1', columns]) => ({
      command: stats,
      args: ['io', '--interval', interval, ...(columns === undefined ? [] : columns.split(',').flatMap((one) => ['--column', one]))],
    }),
  },
  {
    pattern: /^(conv|endpoints),(eth|ip|ipv6|tcp|udp)(?:,(.*))?$/s,
    read: ([, what, kind = '', filter = '']) => ({
      command: stats,
      args: [what === 'conv' ? 'conversations' : 'endpoints', '--kind', kind, ...filtered([filter])],
    }),
  },
  { pattern: /^dns,tree(?:,(.*))?$/s, read: ([, filter = '']) => ({ command: stats, args: ['dns', ...filtered([filter])] }) },
  { pattern: /^http,tree(?:,(.*))?$/s, read: ([, filter = '']) => ({ command: stats, args: ['http', '--tree', ...filtered([filter])] }) },
  {
    pattern: /^follow,(tcp|udp|http|tls|http2),(ascii|hex|raw),(\d+(?:,\d+)?)$/,
    read: ([, kind = '', layout = '', stream = '']) => ({ command: follow, args: [kind, '--as', layout, '--stream', stream] }),
  },
]

const KNOWN = 'io,phs  io,stat,SECONDS  conv,tcp  endpoints,ip  dns,tree  http,tree  follow,tcp,raw,0'

/** What -z asks for. Throws a UsageError for what there is not. */
export function parseTap(text: string): Tap {
  for (const { pattern, read } of TAPS) {
    const found = pattern.exec(text)
    if (found !== null) return read(found)
  }
  throw new UsageError(`-z ${text} is not known. There are, and more under wiretail stats --help: ${KNOWN}`)
}
