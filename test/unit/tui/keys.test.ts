import { describe, expect, it } from 'vitest'
import { BINDINGS, type Context, commandOf, EDITS, helpGroups, hintsOf, rebind } from '../../../src/tui/keys.ts'

// All but the lesson, whose keys are its own.
const CONTEXTS = [...new Set(BINDINGS.flatMap(({ contexts }) => contexts))].filter(
  (context): context is Exclude<Context, 'lesson'> => context !== 'lesson',
)

describe('the table of keys', () => {
  it('gives each key at most one meaning in each place', () => {
    for (const context of CONTEXTS) {
      const keys = BINDINGS.filter((binding) => binding.contexts.includes(context)).flatMap((binding) => binding.keys)
      expect(keys.length, context).toBe(new Set(keys).size)
    }
  })

  it('takes no key that types text or edits it away from a text box', () => {
    for (const context of ['filter', 'save', 'capture', 'find', 'line', 'secret', 'follow-find', 'ladder-file'] as const) {
      for (const { keys, contexts } of BINDINGS) {
        if (!contexts.includes(context)) continue
        for (const key of keys) {
          expect(key.length, `${key} in ${context}`).toBeGreaterThan(1)
          expect(EDITS.has(key), `${key} edits text in ${context}`).toBe(false)
        }
      }
    }
  })

  it('can leave every place with a key that its footer names', () => {
    for (const context of CONTEXTS) {
      const hints = hintsOf(context).map(({ hint }) => hint)
      expect(
        hints.some((hint) => /quit|leave|close|stay|back/.test(hint)),
        context,
      ).toBe(true)
      expect(commandOf(context, 'escape'), context).toMatch(/^(back|cancel)$/)
      expect(commandOf(context, 'ctrl+c'), context).toBe('interrupt')
    }
  })

  it('names every binding on the help screen, once', () => {
    const entries = helpGroups().flatMap((group) => group.entries)
    const expected = BINDINGS.filter((binding) => binding.group !== 'Help')
    expect(entries).toHaveLength(expected.length)
    for (const { keys, help } of entries) {
      expect(keys).not.toBe('')
      expect(help).not.toBe('')
    }
  })
})

describe('other keys', () => {
  it('are taken from the configuration, for the help and the footer too', () => {
    expect(rebind({ copy: ['Y'], zoom: ['f5'] })).toBe('')
    expect(commandOf('tree', 'Y')).toBe('copy')
    expect(commandOf('tree', 'y')).toBeUndefined()
    expect(
      helpGroups(['list'])
        .flatMap(({ entries }) => entries)
        .find(({ help }) => help.startsWith('copy:'))?.keys,
    ).toBe('Y')
    expect(hintsOf('list').find(({ hint }) => hint === 'zoom')?.key).toBe('f5')
    expect(rebind({})).toBe('')
    expect(commandOf('tree', 'y')).toBe('copy')
  })

  it('are refused where two commands would share one, or nobody knows the command', () => {
    expect(rebind({ copy: ['f'] })).toBe('The key "f" is given to both copy and follow. Give one of them another key.')
    expect(rebind({ coppy: ['Y'] })).toMatch(/^There is no command "coppy" to give keys\. There are /)
    expect(commandOf('list', 'f')).toBe('follow')
  })
})
