// The views other than the packets, by name.

import { compare } from './compare/index.ts'
import { exchanges } from './exchanges/index.ts'
import { follow } from './follow/index.ts'
import { ladder } from './ladder/index.ts'
import { lazyView } from './lazy.ts'
import type { ViewName } from './names.ts'
import type { ViewPart } from './part.ts'
import { statistics } from './statistics/index.ts'
import { streams } from './streams/index.ts'
import { tls } from './tls/index.ts'

const startView = lazyView('start', async () => (await import('./start/index.ts')).start)
const lessons = lazyView('lessons', async () => (await import('./lessons/index.ts')).lessons)

export const PARTS: Readonly<Record<Exclude<ViewName, 'packets'>, ViewPart>> = {
  exchanges,
  streams,
  statistics,
  tls,
  follow,
  ladder,
  compare,
  lessons: lessons.part,
  start: startView.part,
}

/** The view on the screen; null for the packets. */
export function partOf(state: { readonly view: ViewName }): ViewPart | null {
  return state.view === 'packets' ? null : PARTS[state.view]
}

/** Loads what is otherwise loaded on demand: before root's rights are given up, and with them perhaps the program's files. */
export async function loadViews(): Promise<void> {
  await Promise.all([lessons.load(), startView.load()])
}
