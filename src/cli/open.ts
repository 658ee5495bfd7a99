// `wiretail [FILE | -]` and `wiretail -i NAME`: the interface on a capture file or a live capture. Without a terminal to draw on, the
// packet list is printed instead.

import { openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { safeLines } from '../bytes/text.ts'
import type { LiveOptions } from '../engine/index.ts'
import { addRecent, recentPath } from '../engine/recent.ts'
import { settingsPath } from '../engine/settings-file.ts'
import { captureFilterOf, explainFailure, parseFilter, parseOptions, parseSettings, SOURCE_OPTIONS, UsageError } from './args.ts'
import { demoRecordings } from './bundled.ts'
import { type Io, usage } from './commands.ts'
import { readLook } from './look.ts'
import { createStartControl } from './start-control.ts'

export const help = usage()

const OPTIONS = {
  ...SOURCE_OPTIONS,
  secret: { type: 'string' },
  theme: { type: 'string' },
  plain: { type: 'boolean' },
} as const

type Options = ReturnType<typeof parseOptions<typeof OPTIONS>>['values']

/** Runs the command. Resolves to the exit code. */
export async function run(args: string[], io: Io): Promise<number> {
  try {
    const { values, positionals } = parseOptions(args, OPTIONS, '')
    if (values.help) {
      io.out(help)
      return 0
    }
    const file = fileOf(values, positionals)
    if (!process.stdout.isTTY || values.plain === true) return await printInstead(values, file, io)
    return await openInterface(values, file, io)
  } catch (error) {
    const told = explainFailure(error)
    if (told === undefined) throw error
    io.err(`wiretail: ${safeLines(told.message).join('\n')}\n`)
    return told.exitCode
  }
}

/** The file that was named, with or without -r; undefined for none. */
function fileOf(values: Options, positionals: readonly string[]): string | undefined {
  const files = [...(values.read === undefined ? [] : [values.read]), ...positionals]
  if (files.length > 1)
    throw new UsageError(
      `One capture at a time is opened, and here are ${files.length}: ${files.join(', ')}. Name one; a filter goes with -Y.`,
    )
  if (files.length === 1 && values.interface !== undefined)
    throw new UsageError('Packets come from a file or from an interface, not from both. Leave out the file or -i.')
  return files[0]
}

/** The list of packets, as `wiretail print` prints it. */
async function printInstead(values: Options, file: string | undefined, io: Io): Promise<number> {
  if (file === undefined && values.interface === undefined)
    throw new UsageError(
      values.plain === true
        ? 'There is nothing to print. Name a capture file or an interface: wiretail --plain FILE'
        : 'There is no terminal to draw on, and nothing to print. Name a capture file: wiretail FILE',
    )
  const { run: print } = await import('./print.ts')
  const passed: string[] = []
  for (const [option, value] of Object.entries({ ...values, read: file })) {
    if (option === 'secret' || option === 'theme' || option === 'plain' || value === undefined || value === false) continue
    for (const one of Array.isArray(value) ? value : [value]) passed.push(one === true ? `--${option}` : `--${option}=${one}`)
  }
  return print(passed, io)
}

async function openInterface(values: Options, file: string | undefined, io: Io): Promise<number> {
  const { 'display-filter': filter, secret, interface: device } = values
  for (const option of ['write', 'count'] as const)
    if (values[option] !== undefined) throw new UsageError(`--${option} is for wiretail print; in the interface, w saves what it shows.`)
  const theme = parseTheme(values.theme)
  const captureFilter = captureFilterOf(values.port ?? [], values['capture-filter'] ?? '')
  if (device === undefined && captureFilter !== '')
    throw new UsageError('A capture filter needs an interface to capture on. Name one: -i lo')
  if (filter !== undefined) parseFilter(filter)
  const options = {
    ...(secret === undefined ? {} : { secret }),
    strict: values.strict ?? false,
    follow: values.follow ?? false,
    settings: parseSettings(values),
  }
  const look = await readLook(process.env)
  // All of it is loaded before a capture starts: then root's rights are given up, and its files may be out of reach.
  const [{ loadViews, rebind, startInterface }, { createCaptureControl }, { openFile }] = await Promise.all([
    import('../tui/index.tsx'),
    import('./capture-control.ts'),
    import('../engine/index.ts'),
  ])
  const problem = rebind(look.preferences.keys ?? {})
  if (problem !== '') throw new UsageError(`${settingsPath(process.env)}: ${problem}`)
  if (device !== undefined) await Promise.all([loadViews(), import('./lesson/control.ts')])
  const bundled = demoRecordings(io)
  const live = device === undefined ? null : { interface: device, filter: captureFilter }
  const control = createCaptureControl(live, secret)
  const session =
    device !== undefined
      ? await openDevice(device, captureFilter, values.engine, options)
      : file === undefined
        ? undefined
        : await openFile(file, options)
  if (file !== undefined && file !== '-') addRecent(recentPath(process.env), file)
  return startInterface({
    control,
    bundled,
    start: createStartControl(process.env, bundled, options),
    ...look,
    ...(theme === undefined ? {} : { theme }),
    lessons: async () => (await import('./lesson/control.ts')).createLessonControl(io),
    ...(session === undefined ? {} : { session }),
    ...(filter === undefined ? {} : { filter }),
    // The capture comes in where keys would: they are read from the terminal itself.
    ...(file === '-' ? { stdin: new ReadStream(openSync('/dev/tty', 'r')) } : {}),
  })
}

const THEMES = ['dark', 'light', 'contrast'] as const

function parseTheme(name: string | undefined): (typeof THEMES)[number] | undefined {
  const theme = THEMES.find((one) => one === name)
  if (name !== undefined && theme === undefined)
    throw new UsageError(`There is no theme "${name}". Choose one: --theme dark, light or contrast`)
  return theme
}

async function openDevice(device: string, filter: string, engine: string | undefined, options: Pick<LiveOptions, 'secret' | 'settings'>) {
  const { parseEngine } = await import('./print/live.ts')
  const { openLive } = await import('../engine/index.ts')
  return openLive({
    interface: device,
    filter,
    ...options,
    ...(engine === undefined ? {} : { engine: parseEngine(engine) }),
  })
}
