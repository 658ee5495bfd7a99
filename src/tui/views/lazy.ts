// A view that is loaded when it is first wanted: the lessons bring the whole demo along, which nobody should wait for who opens a file.

import type { Context } from '../bindings.ts'
import { say, span } from '../line.ts'
import type { ViewPart } from './part.ts'

export interface LazyView {
  readonly part: ViewPart
  /** Loads it now; once is enough. */
  load(): Promise<void>
}

/** `context`: where its keys stand in the table until it is there. */
export function lazyView(context: Context, loader: () => Promise<ViewPart>): LazyView {
  let loaded: ViewPart | null = null
  const load = async (): Promise<void> => {
    loaded ??= await loader()
  }
  const part: ViewPart = {
    context: (state) => loaded?.context(state) ?? context,
    picture: (state, width, height) => loaded?.picture(state, width, height) ?? { lines: [[span(say`   Loading …`, 'dim')]] },
    get commands() {
      return loaded?.commands ?? {}
    },
    enter(shell) {
      if (loaded !== null) loaded.enter?.(shell)
      else
        void load().then(() => {
          loaded?.enter?.(shell)
          shell.store.commit()
        })
    },
    box: (state) => loaded?.box?.(state) ?? null,
    retype: (shell, box) => loaded?.retype?.(shell, box),
    press: (shell, key, text) => loaded?.press?.(shell, key, text),
    scroll: (shell, rows) => loaded?.scroll?.(shell, rows),
    click: (shell, x, y) => loaded?.click?.(shell, x, y),
    ownFooter: (state) => loaded?.ownFooter?.(state) ?? false,
  }
  return { part, load }
}
