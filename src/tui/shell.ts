// What commands work on, and the few things that several of them do.

import { type SafeText, safeText } from '../bytes/text.ts'
import type { Preferences } from '../engine/settings-file.ts'
import type { Session } from '../engine/types.ts'
import type { CaptureControl, LessonControl, StartControl } from './control.ts'
import type { Notice } from './state.ts'
import type { Store } from './store.ts'
import type { ThemeName } from './theme.ts'

export interface Shell {
  readonly store: Store
  readonly control: CaptureControl | null
  /** Loads what runs lessons. */
  readonly lessons: (() => Promise<LessonControl>) | null
  readonly start: StartControl | null
  /** Paths of the recordings of the demo, to compare with. */
  readonly bundled: readonly string[]
  /** Keeps a setting for the next time; throws what went wrong. Null where nothing is kept. */
  readonly keep: ((change: Preferences) => void) | null
  /** Display filters with names, of the configuration file. */
  readonly filters: Record<string, string>
  /** Long work that goes on in slices, by the view that began it. */
  readonly works: Map<string, AbortController>
  /** The session that was told to stop; a second request for the same one means more than stopping. */
  stopped: Session | null
  suspend(): void
  redraw(): void
  /** Another theme, at once. */
  wear(theme: ThemeName): void
  /** Hands a text to the terminal's clipboard (OSC 52); whether it takes it nobody can know. */
  copy(text: string): void
  /** Ends the interface; the promise of startInterface resolves. */
  quit(): void
}

/** Tells something in the footer's place until the next key. */
export function tell(store: Store, text: SafeText, tone: Notice['tone'] = 'note'): void {
  store.dispatch({ type: 'notice', notice: { text, tone } })
}

/** Stops reading or capturing; false when this session was told so before. */
export function stopSession(shell: Shell): boolean {
  const session = shell.store.session()
  if (session === null || shell.stopped === session) return false
  shell.stopped = session
  session.stop().catch((error: unknown) => {
    tell(shell.store, safeText(error instanceof Error ? error.message : String(error)), 'bad')
    shell.store.commit()
  })
  return true
}

/** Keeps a setting; a failure is told and changes nothing else. */
export function keep({ keep: write, store }: Shell, change: Preferences): void {
  try {
    write?.(change)
  } catch (error) {
    tell(store, safeText(`This is not kept for the next time: ${error instanceof Error ? error.message : String(error)}`), 'bad')
  }
}
