// What a view is to the rest of the interface: a picture, keys, and a few things that may happen to it.

import type { Command, Context } from '../bindings.ts'
import type { Picture } from '../line.ts'
import type { Shell } from '../shell.ts'
import type { State } from '../state.ts'
import type { TextBox } from '../textbox.ts'
import type { Slices } from './slices.ts'

export type Run = (shell: Shell) => void
export type Table = Partial<Readonly<Record<Command, Run>>>

export interface ViewPart {
  /** Where its keys stand in the table now. */
  context(state: State): Context
  /** Everything between the title and the footer. */
  picture(state: State, width: number, height: number): Picture
  readonly commands: Readonly<Partial<Record<Context, Table>>>
  /** It came to the screen. */
  enter?(shell: Shell): void
  /** Text is being typed into it. */
  box?(state: State): TextBox | null
  retype?(shell: Shell, box: TextBox): void
  /** A key that the table has no command for. */
  press?(shell: Shell, key: string, text: string): void
  /** The wheel turned by so many rows. */
  scroll?(shell: Shell, rows: number): void
  /** A click at a cell of the picture. */
  click?(shell: Shell, x: number, y: number): void
  /** True: it draws the last line of the screen itself. */
  ownFooter?(state: State): boolean
}

/** Changes the part of the state that belongs to one view. */
export function changeSlice<K extends keyof Slices>(shell: Pick<Shell, 'store'>, name: K, change: (slice: Slices[K]) => Slices[K]): void {
  shell.store.dispatch({ type: 'slice', change: (slices) => ({ ...slices, [name]: change(slices[name]) }) })
}
