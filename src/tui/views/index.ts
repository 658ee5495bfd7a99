// The views other than the packets, by name.

import { compare } from './compare/index.ts'
import { exchanges } from './exchanges/index.ts'
import { follow } from './follow/index.ts'
import { lessons } from './lessons/index.ts'
import type { ViewName } from './names.ts'
import type { ViewPart } from './part.ts'
import { statistics } from './statistics/index.ts'
import { streams } from './streams/index.ts'
import { tls } from './tls/index.ts'

export const PARTS: Readonly<Record<Exclude<ViewName, 'packets'>, ViewPart>> = {
  exchanges,
  streams,
  statistics,
  tls,
  follow,
  compare,
  lessons,
}

/** The view on the screen; null for the packets. */
export function partOf(state: { readonly view: ViewName }): ViewPart | null {
  return state.view === 'packets' ? null : PARTS[state.view]
}
