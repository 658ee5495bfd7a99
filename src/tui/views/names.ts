// The views by name, number and title.

import { say } from '../line.ts'

export type ViewName = 'packets' | 'exchanges' | 'streams' | 'statistics' | 'tls' | 'follow' | 'ladder' | 'compare' | 'lessons' | 'start'

/** Those that a number key opens, in the order of the title line. */
export const NUMBERED = [
  { number: 1, name: 'packets', title: say`Packets` },
  { number: 2, name: 'exchanges', title: say`Exchanges` },
  { number: 3, name: 'streams', title: say`Streams` },
  { number: 4, name: 'statistics', title: say`Statistics` },
  { number: 5, name: 'tls', title: say`TLS` },
  { number: 6, name: 'compare', title: say`Compare` },
  { number: 7, name: 'lessons', title: say`Lessons` },
] as const satisfies readonly { number: number; name: ViewName; title: unknown }[]

/** The numbered view that a view belongs to. */
export function tabOf(view: ViewName): ViewName {
  return view === 'follow' || view === 'ladder' ? 'streams' : view
}
