// `wiretail export KIND`: what a capture holds, in the forms that other programs read.

import type { Io } from './commands.ts'
import { type Kinds, listKinds, runKind } from './kinds.ts'

/** One line a kind; each is a file in export/ with `run` and `help`. */
const KINDS: Kinds = {
  objects: { about: 'the bodies of HTTP messages, each as a file', load: () => import('./export/objects.ts') },
  har: { about: 'requests and responses as a HAR file, for browser developer tools', load: () => import('./export/har.ts') },
  pem: { about: 'the certificates that TLS shows, as chains in PEM', load: () => import('./export/pem.ts') },
  pcapng: { about: 'packets as a capture file, selected and without secrets', load: () => import('./export/pcapng.ts') },
  parquet: { about: 'tables of many captures for DuckDB, ClickHouse, Spark, Trino', load: () => import('./export/parquet.ts') },
  report: { about: 'what the capture holds, as one HTML file', load: () => import('./export/report.ts') },
}

export const help = `wiretail export KIND -r FILE [options]

Writes what is in a capture for other programs.

${listKinds(KINDS)}

wiretail export KIND --help lists a kind's options.

Examples:
  wiretail export objects -r capture.pcapng --dir found
  wiretail export har -r capture.pcapng --out capture.har
`

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runKind('export', KINDS, help, args, io)
}
