// `wiretail export parquet`: captures as tables for DuckDB, ClickHouse, Spark and Trino. Several captures go side by side, each in a worker.

import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { safeText } from '../../bytes/text.ts'
import { type Exported, exportParquet } from '../../engine/parquet.ts'
import { explainFailure, parseOptions, parseSettings, UsageError } from '../args.ts'
import type { Io } from '../commands.ts'
import { tell } from '../reading.ts'

export const help = `wiretail export parquet FILE… --out DIR [options]

Writes the tables packets, exchanges, tls_sessions and conversations as Parquet: DIR/packets/capture=NAME/packets.parquet and so on. What DIR holds of a
capture of the same name is replaced. docs/sql.md tells of columns and of the programs that read them.

  -o, --out DIR               the folder; made if need be
  -j, --jobs N                captures at the same time; as many as there are processors unless given
      --keylog FILE           TLS secrets in NSS format; $SSLKEYLOGFILE unless given

Examples:
  wiretail export parquet monday.pcapng tuesday.pcapng --out tables
  duckdb -c "SELECT protocols, count(*) FROM 'tables/packets/*/*.parquet' GROUP BY ALL"
`

const OPTIONS = {
  read: { type: 'string', short: 'r', multiple: true },
  out: { type: 'string', short: 'o' },
  jobs: { type: 'string', short: 'j' },
  keylog: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const

interface Job {
  readonly file: string
  readonly out: string
  readonly name: string
  readonly settings: ReturnType<typeof parseSettings>
}

type Outcome = { readonly done: Exported } | { readonly failed: { readonly message: string; readonly exitCode: number } }

/** Runs the command. Resolves to the exit code. */
export async function run(args: string[], io: Io): Promise<number> {
  try {
    const { values, positionals } = parseOptions(args, OPTIONS, 'export parquet')
    if (values.help === true) {
      io.out(help)
      return 0
    }
    const files = [...(values.read ?? []), ...positionals]
    const { out } = values
    if (files.length === 0) throw new UsageError('No capture is named. Say which files to read: wiretail export parquet FILE --out DIR')
    if (out === undefined) throw new UsageError('Where to write is not said. Name a folder: --out DIR')
    const jobs = Number(values.jobs ?? availableParallelism())
    if (!Number.isInteger(jobs) || jobs < 1)
      throw new UsageError(`"${values.jobs}" is no number of captures. Give a whole number above 0: --jobs 2`)
    const settings = parseSettings({ keylog: values.keylog, 'fernet-key': [] })
    const names = files.map(partitionOf)
    const twice = names.findIndex((name, i) => names.indexOf(name) !== i)
    if (twice >= 0) throw new UsageError(`Two captures are called ${names[twice]}. Rename one: the name tells them apart in the tables.`)
    const waiting = files.map((file, i): Job => ({ file, out, name: names[i]!, settings }))
    let code = 0
    const work = async (): Promise<void> => {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        const outcome = files.length === 1 ? await perform(job) : await inWorker(job)
        code = Math.max(code, report(job, outcome, io))
      }
    }
    await Promise.all(Array.from({ length: Math.min(jobs, files.length) }, work))
    return code
  } catch (error) {
    const told = explainFailure(error)
    if (told === undefined) throw error
    tell(io, told.message)
    return told.exitCode
  }
}

/** A capture's name as a part of a path that every reader takes: letters, digits, dots, dashes. */
function partitionOf(file: string): string {
  return file === '-'
    ? 'stdin'
    : basename(file)
        .replace(/[^\w.-]/g, '_')
        .replace(/^\.+/, '_')
}

async function perform({ file, out, name, settings }: Job): Promise<Outcome> {
  try {
    return { done: await exportParquet(file, out, name, settings) }
  } catch (error) {
    const failed = explainFailure(error) ?? explainWriting(error, out)
    if (failed === undefined) throw error
    return { failed }
  }
}

function explainWriting(error: unknown, out: string): { message: string; exitCode: number } | undefined {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : ''
  return code === '' ? undefined : { message: `The folder ${out} cannot be written (${code}). Choose another one: --out DIR`, exitCode: 1 }
}

const MARK = 'wiretail export parquet'

/** This file once more, in a thread of its own. */
function inWorker(job: Job): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { mark: MARK, job } })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

if (!isMainThread && (workerData as { mark?: unknown } | null)?.mark === MARK)
  void perform((workerData as { job: Job }).job).then((outcome) => parentPort?.postMessage(outcome))

function report({ file, out, name }: Job, outcome: Outcome, io: Io): number {
  if ('failed' in outcome) {
    tell(io, outcome.failed.message)
    return outcome.failed.exitCode
  }
  const { rows, damage } = outcome.done
  const counts = Object.entries(rows).map(([table, count]) => `${count} ${table.replace('_', ' ')}`)
  io.err(`${safeText(file, 200)}: ${counts.join(', ')} in ${safeText(out, 200)}/*/capture=${name}\n`)
  if (damage === null) return 0
  tell(io, damage)
  return 2
}
