// How large the picture of a view is.

import type { State } from '../state.ts'

/** As laid out last; before that, all but the title and the footer. */
export function bodySize(state: State): { readonly width: number; readonly height: number } {
  const place = state.geometry.get('view')
  return place ?? { width: state.columns, height: Math.max(0, state.rows - 2) }
}
