// `wiretail cipher`: the substitution cipher of the tutorial, and how it is broken.

import { parseArgs } from 'node:util'
import { safeText } from '../bytes/text.ts'
import { DemoError, shiftAll, shiftAlphabet, shiftText, TUTORIAL_SHIFT } from '../demo/index.ts'
import { attempt } from './attempt.ts'
import type { Io } from './commands.ts'

export const help = `wiretail cipher shift TEXT [--by N]
wiretail cipher break TEXT
wiretail cipher wheel [--by N]

Moves every letter of the text by N places in the alphabet; one back unless
given, as the tutorial does. break shows the text moved by all 25, wheel
which letter takes the place of which.

      --by N   places to move by, back when below 0: --by=-1

Examples:
  wiretail cipher shift "fluffy tail"
  wiretail cipher break "ekteex szhk"
`

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return attempt('cipher', io, () => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { by: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
    })
    if (values.help) {
      io.out(help)
      return 0
    }
    const [action, text, surplus] = positionals
    if (action !== 'shift' && action !== 'break' && action !== 'wheel')
      throw new DemoError(
        `${action === undefined ? 'Say what to do' : `There is no "cipher ${action}"`}: shift, break or wheel. For example: wiretail cipher shift "fluffy tail"`,
      )
    const by = values.by ?? String(TUTORIAL_SHIFT)
    if (!/^[+-]?\d{1,6}$/.test(by)) throw new DemoError(`"${by}" is no number of places. Give a whole one: --by=-1`)
    if (action === 'wheel') {
      if (text !== undefined) throw new DemoError(`"${text}" is too much: the wheel needs no text. Write: wiretail cipher wheel --by=${by}`)
      const { from, to } = shiftAlphabet(Number(by))
      io.out(`${from.split('').join(' ')}\n${to.split('').join(' ')}\n`)
      return 0
    }
    if (text === undefined) throw new DemoError(`There is no text to ${action}. Put it in quotes: wiretail cipher ${action} "fluffy tail"`)
    if (surplus !== undefined)
      throw new DemoError(`"${surplus}" is too much. A text of several words needs quotes: wiretail cipher ${action} "fluffy tail"`)
    if (action === 'break') {
      if (values.by !== undefined) throw new DemoError('break tries all places. Leave out --by, or: wiretail cipher shift')
      io.out(tellAll(text))
      return 0
    }
    io.out(`${safeText(shiftText(text, Number(by)))}\n`)
    return 0
  })
}

function tellAll(text: string): string {
  const lines = shiftAll(text).map(({ places, text: moved }) => `${String(places).padStart(3)}  ${safeText(moved)}`)
  return `${lines.join('\n')}\n`
}
