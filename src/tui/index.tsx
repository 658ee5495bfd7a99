// The door to the terminal interface: takes over the terminal, shows a session, and gives the terminal back.

import { EventEmitter } from 'node:events'
import { render } from 'ink'
import type { ColourRule } from '../engine/colours.ts'
import type { Preferences } from '../engine/settings-file.ts'
import type { Session } from '../engine/types.ts'
import { App } from './app.tsx'
import { detectDepth } from './colour.ts'
import { runCommand } from './commands.ts'
import type { CaptureControl, LessonControl, StartControl } from './control.ts'
import { createDecoder } from './decoder.ts'
import { handleInput } from './input.ts'
import { createPainter } from './painter.ts'
import type { Shell } from './shell.ts'
import type { Geometry } from './state.ts'
import { createStore } from './store.ts'
import { Surface, SurfaceContext } from './surface.tsx'
import { createTerminal } from './terminal.ts'
import { detectTheme, makeTheme, type ThemeName } from './theme.ts'
import { showView } from './views/switch.ts'
import { cancelWork } from './views/work.ts'

export type { CaptureChoice, CaptureControl, CaptureInterface, LessonControl, LessonRun, StartControl } from './control.ts'
export { rebind } from './keys.ts'
export { THEME_NAMES, type ThemeName } from './theme.ts'
export { loadViews } from './views/index.ts'

export interface InterfaceOptions {
  /** What to show at first; without one the capture dialog opens. */
  readonly session?: Session
  /** A display filter to begin with; it must have passed the session's checkFilter. */
  readonly filter?: string
  /** Starts captures from inside; without it `c` says how to start one outside. */
  readonly control?: CaptureControl
  /** The first screen, when there is no session; without it the capture dialog opens. */
  readonly start?: StartControl
  /** Runs the lessons; without it they are told to be run outside. */
  readonly lessons?: () => Promise<LessonControl>
  /** Paths of the recordings of the demo, to compare with. */
  readonly bundled?: readonly string[]
  /** What the configuration file says, checked. */
  readonly preferences?: Preferences
  /** Keeps a setting for the next time; throws what went wrong. */
  readonly keep?: (change: Preferences) => void
  /** Colouring rules, checked. */
  readonly rules?: readonly ColourRule[]
  /** Otherwise WIRETAIL_THEME or what the terminal says of its ground. */
  readonly theme?: ThemeName
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdin?: NodeJS.ReadStream
  readonly stdout?: NodeJS.WriteStream
}

/**
 * Runs the interface until the user quits. Resolves to the exit code; the session on the screen is closed then, whichever it is by
 * that time. Rejects with an error that no one caught, after the terminal is itself again.
 */
export function startInterface(options: InterfaceOptions): Promise<number> {
  const stdin = options.stdin ?? process.stdin
  const stdout = options.stdout ?? process.stdout
  const env = options.env ?? process.env
  let theme = makeTheme(options.theme ?? options.preferences?.theme ?? detectTheme(env), detectDepth(env))

  return new Promise<number>((resolve, reject) => {
    const surface = new Surface()
    const painter = createPainter(stdout)
    const decoder = createDecoder((events) => {
      handleInput(shell, events)
      store.commit()
    })
    const terminal = createTerminal(stdin, stdout, {
      onData: (chunk) => decoder.push(chunk),
      onResize(columns, rows) {
        store.dispatch({ type: 'resize', columns, rows })
        painter.invalidate()
        store.commit()
      },
      onResume() {
        painter.invalidate()
        store.commit()
      },
      onFatal() {
        ended = true
        painter.stop()
        decoder.reset()
        return store.close()
      },
      onCrash: (error) => end(() => reject(error)),
    })
    const store = createStore(terminal.columns, terminal.rows)
    const shell: Shell = {
      store,
      control: options.control ?? null,
      lessons: options.lessons ?? null,
      start: options.start ?? null,
      bundled: options.bundled ?? [],
      keep: options.keep ?? null,
      filters: { ...options.preferences?.filters },
      works: new Map(),
      stopped: null,
      suspend: () => terminal.suspend(),
      redraw: () => painter.invalidate(),
      wear(name) {
        theme = makeTheme(name, theme.depth)
        painter.invalidate()
      },
      copy: (text) => void stdout.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`),
      quit: () => end(() => resolve(0)),
    }

    let ended = false
    const end = (then: () => void): void => {
      if (ended) return
      ended = true
      cancelWork(shell)
      painter.stop()
      decoder.reset()
      terminal.leave()
      app.unmount()
      store.close().then(then, reject)
    }

    const paint = (): void => {
      if (ended) return
      const geometry = surface.geometry()
      if (!sameGeometry(geometry, store.state().geometry)) store.dispatch({ type: 'geometry', geometry })
      store.settle()
      const { columns, rows } = store.state()
      painter.paint(surface.compose(columns, rows, theme))
      store.painted()
    }

    const { preferences = {}, rules = [] } = options
    store.dispatch({ type: 'columns', shown: { hidden: preferences.hidden ?? [], fields: preferences.columns ?? [] } })
    if (preferences.time !== undefined) store.dispatch({ type: 'time', time: preferences.time })
    store.dispatch({ type: 'rules', rules })
    terminal.enter()
    if (options.session !== undefined) store.open(options.session, options.filter ?? '')
    const app = render(
      <SurfaceContext value={surface}>
        <App store={store} paint={paint} />
      </SurfaceContext>,
      // Ink thinks it talks to a terminal of its own; it is told nothing and what it says is dropped.
      {
        stdin: silentStream() as unknown as NodeJS.ReadStream,
        stdout: silentStream() as unknown as NodeJS.WriteStream,
        stderr: silentStream() as unknown as NodeJS.WriteStream,
        debug: true,
        patchConsole: false,
        exitOnCtrlC: false,
      },
    )
    app.waitUntilExit().catch((error: unknown) => end(() => reject(error)))
    if (options.session === undefined) {
      if (options.start === undefined) runCommand(shell, 'capture')
      else showView(shell, 'start')
      store.commit()
    }
  })
}

function silentStream(): EventEmitter {
  return Object.assign(new EventEmitter(), { columns: 1, rows: 1, isTTY: false, write: () => true })
}

function sameGeometry(a: Geometry, b: Geometry): boolean {
  if (a.size !== b.size) return false
  for (const [name, rect] of a) {
    const other = b.get(name)
    if (other === undefined) return false
    if (rect.x !== other.x || rect.y !== other.y || rect.width !== other.width || rect.height !== other.height) return false
  }
  return true
}
