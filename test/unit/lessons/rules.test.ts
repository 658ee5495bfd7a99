// The rules for all lessons, on every lesson, over the bundled captures.

import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../../src/bytes/width.ts'
import { LANGUAGES, LESSONS, textLines } from '../../../src/lessons/index.ts'
import { type Ask, type Pointer, same, type Words } from '../../../src/lessons/lesson.ts'
import { phrases } from '../../../src/lessons/phrases.ts'
import { judge, normalise } from '../../../src/lessons/state.ts'
import { begin, CAPTURES, SECRET, teachAll } from './support.ts'

const taught = await teachAll()
const screens = taught.flatMap((one) => one.screens.map((screen, at) => ({ ...one, screen, at, name: `${one.lesson.number}.${at + 1}` })))
const asked = screens.flatMap((one) => (one.screen.ask === undefined ? [] : [{ ...one, ask: one.screen.ask }]))

/** Every text in a piece of data, with its place. */
function wordsIn(value: unknown, path = ''): { path: string; words: Words }[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return []
  if ('en' in value && 'fr' in value)
    return (value as Words).en === '' && (value as Words).fr === '' ? [] : [{ path, words: value as Words }]
  return Object.entries(value).flatMap(([key, inner]) => wordsIn(inner, `${path}.${key}`))
}

describe('the list of lessons', () => {
  it('is in order, each number and title once, with a file for each lesson', () => {
    const numbers = LESSONS.map(({ number }) => number)
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
    expect(new Set(LESSONS.map(({ title }) => title.en)).size).toBe(LESSONS.length)
  })

  it('opens captures that exist', () => {
    expect(LESSONS.filter(({ capture }) => !existsSync(join(CAPTURES, capture)))).toEqual([])
  })

  it('lists every lesson that lies in the folder', () => {
    const folder = resolve(import.meta.dirname, '../../../src/lessons')
    const machinery = /^(build|evidence|figures|index|keys|layout|lesson|lines|menu|phrases|report|state|wrap)\.ts$/
    expect(readdirSync(folder).filter((name) => name.endsWith('.ts') && !machinery.test(name))).toHaveLength(LESSONS.length)
  })
})

describe('rule 1: predict, then reveal; wrong answers get replies of their own', () => {
  it.each(taught.map((one) => ({ ...one, number: String(one.lesson.number) })))('lesson $number asks and checks', ({ screens: own }) => {
    expect(own.filter(({ ask }) => ask !== undefined).length).toBeGreaterThan(0)
    // Something is predicted before it is shown.
    expect(own.some(({ ask }) => ask?.predict === true)).toBe(true)
  })

  it.each(asked)('$name: at least two wrong answers have replies of their own', ({ ask }) => {
    expect(ask.mistakes.length).toBeGreaterThanOrEqual(2)
    const replies = [...ask.mistakes.map(({ reply }) => reply.en), ask.otherwise.en]
    expect(new Set(replies).size).toBe(replies.length)
  })

  it.each(asked)('$name: the right answer is right, the wrong ones are not', ({ ask }) => {
    expect(judge(ask, ask.right).right).toBe(true)
    expect(judge(ask, ` ${ask.right.toUpperCase()} `).right).toBe(true)
    expect(judge(ask, '???')).toEqual({ right: false, reply: ask.otherwise })
    for (const { when, reply } of ask.mistakes) {
      if (typeof when === 'string') expect(judge(ask, when)).toEqual({ right: false, reply })
      else expect(when(normalise(ask, ask.right))).toBe(false)
    }
    if (ask.form !== 'choice') return
    // Each wrong letter has a reply of its own.
    const letters = ask.choices.map((_, at) => 'abcdefghij'[at] ?? '')
    expect(letters).toContain(ask.right)
    expect(letters.filter((letter) => letter !== ask.right && judge(ask, letter).reply === ask.otherwise)).toEqual([])
  })

  it('every mistake that is told by a rule can be made', () => {
    const reachable = (ask: Ask, at: number): boolean => {
      const { when } = ask.mistakes[at]!
      if (typeof when === 'string') return true
      const tries = ask.form === 'text' ? TEXTS : Array.from({ length: 70_000 }, (_, n) => String(n))
      return tries.some((given) => judge(ask, given).reply === ask.mistakes[at]!.reply)
    }
    const dead = asked.flatMap(({ ask, name }) => ask.mistakes.flatMap((_, at) => (reachable(ask, at) ? [] : [`${name} mistake ${at}`])))
    expect(dead).toEqual([])
  })
})

/** What learners type where a text is asked for. */
const TEXTS = [
  'text/plain',
  'Mon, 23 Nov 2026 19:29:56 GMT',
  'ekteex szhk',
  'squirrel',
  'localhost',
  '127.0.0.1',
  'http',
  'basic',
  'fluffy',
  'c3F1aXJyZWw=',
]

describe('rule 3: every claim can be pointed at in the bytes', () => {
  it.each(screens)('$name points at something', ({ screen }) => {
    expect([...screen.evidence, ...(screen.ask?.evidence ?? [])].length).toBeGreaterThan(0)
  })

  it.each(screens)('$name points at what it says', ({ screen, evidence }) => {
    const wrong: Pointer[] = []
    for (const pointer of [...screen.evidence, ...(screen.ask?.evidence ?? [])]) {
      const { packet, source, start, length, text, field } = pointer
      const bytes = evidence.source(packet, source)
      const inside = start >= 0 && length >= 0 && start + length <= bytes.length
      const said = text === undefined || evidence.text(pointer) === text
      const stands =
        field === undefined ||
        evidence.every(field, packet).some((row) => row.source === source && row.start === start && row.length === length)
      if (!inside || !said || !stands || (text === undefined && field === undefined)) wrong.push(pointer)
    }
    expect(wrong).toEqual([])
  })
})

describe('rule 4: every number asked for can be found on the screen', () => {
  it.each(asked.filter(({ ask }) => ask.form === 'number' || ask.form === 'packet'))('$name', (one) => {
    const state = { ...begin(one, 'en', one.at), dropped: 1000 }
    const text = textLines(state, 76, displayWidth).join('\n')
    expect(text).toMatch(new RegExp(`(?<![\\d.])${one.ask.right}(?![\\d.]\\d)(?!\\d)`))
  })
})

describe('rule 5: the spy never has what a spy would not have', () => {
  it.each(taught.map((one) => ({ ...one, number: String(one.lesson.number) })))(
    'lesson $number shows no decrypted byte without saying whose key it was',
    (one) => {
      const shown = one.screens.filter(({ evidence, ask }) =>
        [...evidence, ...(ask?.evidence ?? [])].some(({ packet, source }) =>
          /decrypt/i.test(one.evidence.detail(packet).sources[source]?.name ?? ''),
        ),
      )
      expect(shown.filter((screen) => !/\bkey\b/i.test(JSON.stringify(screen.say)))).toEqual([])
    },
  )
})

describe('rule 9: the message and the language can be changed', () => {
  it('every text is there in every language, and they differ where they are sentences', () => {
    const all = [
      ...taught.flatMap(({ lesson, screens: own }) => [lesson.title, lesson.idea, ...wordsIn(own).map(({ words }) => words)]),
      ...Object.values(phrases),
    ]
    expect(all.length).toBeGreaterThan(50)
    for (const one of all) for (const language of LANGUAGES) expect(one[language].trim()).not.toBe('')
    const untranslated = all.filter(({ en, fr }) => en === fr && /[a-z]{3,} [a-z]{2,} [a-z]{2,}/.test(en) && !wordsEqualOnPurpose(en))
    expect(untranslated).toEqual([])
  })
})

/** Lines of HTTP and the like are the same in every language. */
function wordsEqualOnPurpose(text: string): boolean {
  return /HTTP|[:=/]/.test(text) || same(text).en === SECRET
}
