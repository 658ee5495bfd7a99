// Measuring the captures of a comparison, one after the other, in slices.

import { basename } from 'node:path'
import { safeText } from '../../../bytes/text.ts'
import { LESSON_KEY } from '../../../demo/scenes/keys.ts'
import { exposeStepwise, keysBeside } from '../../../engine/compare/index.ts'
import { type Keys, NO_KEYS, readFernetKeys } from '../../../engine/exposure/index.ts'
import { openFile } from '../../../engine/index.ts'
import type { Session } from '../../../engine/types.ts'
import type { Shell } from '../../shell.ts'
import { changeSlice } from '../part.ts'
import { beginWork, Cancelled, endWork, nextNews, runSliced } from '../work.ts'
import type { CompareColumn } from './state.ts'

/** What the demo's secret is when nobody named another. */
const DEFAULT_SECRET = 'fluffy tail'

/** Measures all columns for `secret`, or for the one that the session was opened with. */
export async function measureColumns(shell: Shell, secret?: string): Promise<void> {
  const session = shell.store.session()
  const wanted = secret ?? (session?.secret || DEFAULT_SECRET)
  const own = session?.capture !== undefined && session.status().packets > 0
  const title = own ? session.status().title : ''
  const others = shell.bundled.filter((path) => basename(path) !== title)
  const sources: (Session | string)[] = [...(own ? [session] : []), ...others]
  const columns = sources.map((source): CompareColumn => {
    const name = typeof source === 'string' ? basename(source) : source.status().title
    return { name: safeText(name), done: 0, exposed: null, problem: safeText('') }
  })
  const signal = beginWork(shell, 'compare')
  changeSlice(shell, 'compare', (state) => ({ ...state, secret: wanted, columns, own, box: null, chosen: 0, version: state.version + 1 }))
  // The recordings of the demo come with their key, so that it can be said who reads them and who does not.
  const read = readFernetKeys([LESSON_KEY])
  const keys: Keys = { ...NO_KEYS, fernet: read.ok ? read.keys : [] }
  for (const [at, source] of sources.entries()) {
    const change = (news: Partial<CompareColumn>): void => {
      if (signal.aborted) return
      changeSlice(shell, 'compare', (state) => ({
        ...state,
        columns: state.columns.map((column, i) => (i === at ? { ...column, ...news } : column)),
        version: state.version + 1,
      }))
      shell.store.refresh()
    }
    try {
      await measureOne(source, wanted, keys, signal, change)
    } catch (error) {
      if (error instanceof Cancelled) return
      change({ problem: safeText(error instanceof Error ? error.message : String(error)) })
    }
  }
  endWork(shell, 'compare', signal)
}

async function measureOne(
  source: Session | string,
  secret: string,
  keys: Keys,
  signal: AbortSignal,
  change: (news: Partial<CompareColumn>) => void,
): Promise<void> {
  const session = typeof source === 'string' ? await openFile(source, keysBeside(source)) : source
  try {
    await indexed(session, signal)
    const { capture } = session
    if (capture === undefined) return
    const name = typeof source === 'string' ? source : session.status().title
    const exposed = await runSliced(exposeStepwise(name, capture, secret, keys), signal, (done) => change({ done }))
    change({ exposed, done: 1 })
  } finally {
    if (typeof source === 'string') await session.close()
  }
}

/** Resolves when a file is read to its end. A live capture is measured as it is now. */
async function indexed(session: Session, signal: AbortSignal): Promise<void> {
  while (session.status().state === 'opening') await nextNews(session, signal)
}
