// The process that tries cases. It says which case it is at before it begins, so that its parent can tell a hang, and leaves the case in a file.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, damageFile, damagePackets, type FuzzPacket, type Original, readOriginal } from './cases.ts'
import { judge, writeCase } from './judge.ts'
import { pick, randomFrom } from './random.ts'

/** Seconds that making a finding smaller may take. */
const MINIMISE_SECONDS = 20

export interface Work {
  readonly folders: readonly string[]
  readonly first: number
  readonly step: number
  readonly until: number
  /** Where the case at hand is written. */
  readonly casePath: string
  readonly scratch: string
}

const CAPTURE_FILE = /\.(pcap|pcapng|cap|pcap\.gz|pcapng\.gz|ntar|trace|dmp)$/

function capturesIn(folders: readonly string[]): string[] {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => CAPTURE_FILE.test(path))
    .sort()
}

async function tryCases(work: Work): Promise<void> {
  const paths = capturesIn(work.folders)
  const known = new Map<string, Original | null>()
  const original = async (path: string): Promise<Original | null> => {
    if (!known.has(path)) known.set(path, await readOriginal(path))
    // Reading is most of the cost; all of a corpus would not fit.
    if (known.size > 300) known.delete(known.keys().next().value!)
    return known.get(path) ?? null
  }
  let cases = 0
  for (let seed = work.first; Date.now() < work.until; seed += work.step) {
    const random = randomFrom(seed)
    const path = pick(random, paths)
    process.send!({ at: seed, path })
    const one = await original(path)
    const other = (await original(pick(random, paths))) ?? one
    const tried: Case | null =
      random() < 0.15 ? damageFile(path, random) : one === null || other === null ? null : damagePackets(one, other, random)
    if (tried === null) continue
    cases++
    const logs = keyLogsOf(path)
    const found = await attempt(tried, work, seed, logs)
    if (found === null) continue
    const smallest =
      tried.kind === 'file' ? tried : { kind: 'packets' as const, packets: await minimise(tried.packets, work, seed, logs, found) }
    writeCase(work.casePath, smallest)
    process.send!({ found, seed, path, cases })
  }
  process.send!({ done: cases })
}

/** The key log that lies beside a capture. */
function keyLogsOf(path: string): string[] {
  return [`${path}.keylog`, path.replace(/\.pcapng$/, '.keys.txt')].filter((log) => log !== path && existsSync(log))
}

async function attempt(tried: Case, work: Work, seed: number, logs: readonly string[]): Promise<string | null> {
  writeCase(work.casePath, tried)
  return judge(work.casePath, work.scratch, randomFrom(seed), logs)
}

/** Leaves out packets, then ends of packets, as long as the same kind of finding stays. */
async function minimise(
  packets: readonly FuzzPacket[],
  work: Work,
  seed: number,
  logs: readonly string[],
  found: string,
): Promise<readonly FuzzPacket[]> {
  const until = Date.now() + MINIMISE_SECONDS * 1000
  const kind = kindOf(found)
  const still = async (some: readonly FuzzPacket[]): Promise<boolean> => {
    if (Date.now() > until || some.length === 0) return false
    process.send!({ at: seed, path: 'smaller' })
    const now = await attempt({ kind: 'packets', packets: some }, work, seed, logs)
    return now !== null && kindOf(now) === kind
  }
  let best = packets
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length; ) {
      const fewer = [...best.slice(0, at), ...best.slice(at + size)]
      if (await still(fewer)) best = fewer
      else at += size
    }
  }
  for (let i = 0; i < best.length; i++) {
    for (let cut = best[i]!.bytes.length >> 1; cut >= 8; cut >>= 1) {
      const shorter = best.map((one, j) =>
        j === i ? { ...one, bytes: one.bytes.slice(0, one.bytes.length - cut), length: one.bytes.length - cut } : one,
      )
      if (await still(shorter)) best = shorter
    }
  }
  return best
}

/** The finding without its numbers; of an exception, with the place where it was thrown. */
function kindOf(found: string): string {
  return found.split('\n').slice(0, 2).join(' ').replaceAll(/\d+/g, '#')
}

process.once('message', (work: Work) => {
  tryCases(work).then(
    () => process.exit(0),
    (error: unknown) => {
      process.send!({ broken: error instanceof Error ? (error.stack ?? error.message) : String(error) })
      process.exit(1)
    },
  )
})
