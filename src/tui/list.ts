// Where the packet list stands: pure moves over positions of the view (from 0). The window may be scrolled away from the selection
// by the wheel; any move of the selection brings it back.

export interface ListState {
  /** Packets of the view. */
  readonly count: number
  /** First position on the screen. */
  readonly top: number
  /** Selected position, -1 while there is none. */
  readonly cursor: number
  /** New packets move the selection along. */
  readonly follow: boolean
  /** Packet to select again while a new view fills, 0 when there is none. */
  readonly anchor: number
}

export const EMPTY_LIST: ListState = { count: 0, top: 0, cursor: -1, follow: false, anchor: 0 }

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high))
}

/** Selects a position; at the end of a list that can grow this means to follow. */
export function select(list: ListState, position: number, height: number, grows: boolean): ListState {
  if (list.count === 0) return list
  const cursor = clamp(position, 0, list.count - 1)
  return { ...list, cursor, top: reveal(list.top, cursor, height, list.count), follow: grows && cursor === list.count - 1, anchor: 0 }
}

/** Scrolls without selecting. */
export function scroll(list: ListState, by: number, height: number): ListState {
  const top = clamp(list.top + by, 0, Math.max(0, list.count - height))
  return top === list.top ? list : { ...list, top, follow: list.follow && top >= list.count - height }
}

/** The list has grown (or its window has another height): follow, or stay where we are. */
export function grow(list: ListState, count: number, height: number): ListState {
  const cursor = count === 0 ? -1 : list.follow || list.cursor >= count ? count - 1 : Math.max(0, list.cursor)
  const top =
    list.follow || cursor !== list.cursor ? reveal(list.top, cursor, height, count) : clamp(list.top, 0, Math.max(0, count - height))
  return count === list.count && cursor === list.cursor && top === list.top ? list : { ...list, count, cursor, top }
}

/** First position of a window of `height` rows that shows `position`, moved as little as possible, in the middle after a jump. */
export function reveal(top: number, position: number, height: number, count: number): number {
  const last = Math.max(0, count - height)
  if (height <= 0) return Math.max(0, position)
  if (position >= top && position < top + height) return clamp(top, 0, last)
  const near = position < top ? position : position - height + 1
  const far = Math.abs(near - top) > height
  return clamp(far ? position - Math.floor(height / 2) : near, 0, last)
}
