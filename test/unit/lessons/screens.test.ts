// Every screen of every lesson, in every state it can be in, in both languages, at the sizes that are promised: one page, nothing cut.

import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../../src/bytes/width.ts'
import { LANGUAGES, type LessonState, pictureOf, replyLines, textLines } from '../../../src/lessons/index.ts'
import { textOf } from '../../../src/lessons/lines.ts'
import { give } from '../../../src/lessons/state.ts'
import { wrapText } from '../../../src/lessons/wrap.ts'
import { begin, type Taught, teachAll } from './support.ts'

const taught = await teachAll()
const SIZES = [
  [60, 20],
  [80, 24],
  [120, 40],
] as const

/** A screen as it is asked, after every wrong answer that has a reply, after the right one, and as the teacher sees it. */
function statesOf(one: Taught, at: number, language: 'en' | 'fr'): { name: string; state: LessonState }[] {
  const fresh = { ...begin(one, language, at), dropped: 1000 }
  const { ask } = one.screens[at]!
  const list = [{ name: 'asking', state: fresh }]
  if (ask === undefined) return list
  const wrong = ask.mistakes.flatMap(({ when }) => (typeof when === 'string' ? [when] : []))
  for (const given of [...wrong, '0', ask.right]) list.push({ name: `after ${given}`, state: give(fresh, given) })
  // The longest reply of all, whatever leads to it.
  const replies = [...ask.mistakes.map(({ reply }) => reply), ask.otherwise]
  for (const reply of replies)
    list.push({ name: 'reply', state: { ...fresh, answers: fresh.answers.with(at, { given: ask.right, right: false, reply, tries: [] }) } })
  return list
}

const words = (text: string): string => text.replace(/\s+/g, ' ').trim()

describe.each(taught.map((one) => ({ one, number: String(one.lesson.number) })))('lesson $number', ({ one }) => {
  it.each(SIZES)('fits %i x %i on one page, in every state and language', (columns, rows) => {
    const wrong: string[] = []
    for (const language of LANGUAGES)
      for (let at = 0; at < one.screens.length; at++)
        for (const { name, state } of statesOf(one, at, language)) {
          const picture = pictureOf(state, columns, rows, displayWidth)
          const place = `${language} ${at + 1} ${name}`
          if (picture.lines.length !== rows) wrong.push(`${place}: ${picture.lines.length} rows`)
          if (picture.pages !== 1) wrong.push(`${place}: ${picture.pages} pages\n${picture.lines.map(textOf).join('\n')}`)
          for (const line of picture.lines) if (displayWidth(textOf(line)) > columns) wrong.push(`${place}: too wide: ${textOf(line)}`)
          const text = words(picture.lines.map(textOf).join(' '))
          // Nothing lost: all that the linear text says is on the screen, the origin of the packets and the title too.
          if (!text.includes(state.origin[language])) wrong.push(`${place}: no origin`)
          if (!text.includes(one.lesson.title[language])) wrong.push(`${place}: no title`)
          for (const line of textLines(state, Math.min(columns - 2, 76), displayWidth))
            if (!text.includes(words(line))) wrong.push(`${place}: lost: ${line}`)
        }
    expect(wrong).toEqual([])
  })

  it('needs no colour: what is lit or marked has a sign of its own', () => {
    for (let at = 0; at < one.screens.length; at++)
      for (const { state } of statesOf(one, at, 'en'))
        for (const line of pictureOf(state, 80, 24, displayWidth).lines) {
          const lit = line.filter(({ style }) => style === 'lit')
          const hex = /^ ?[0-9a-f]{4} /.test(textOf(line))
          if (lit.length > 0 && hex && lit.some(({ text }) => text.trim() !== '')) expect(textOf(line)).toMatch(/\[.*\]/)
          for (const { style, text } of line) {
            if (style === 'good') expect(textOf(line)).toMatch(/[✓]|^ {1,3}\S/)
            if (style === 'mark') expect(text).toMatch(/\S|^ +$/)
          }
        }
  })

  it('holds even a screen of 40 x 14, on more pages, and the large layout too', () => {
    for (let at = 0; at < one.screens.length; at++)
      for (const { state } of statesOf(one, at, 'fr')) {
        const seen = new Set<string>()
        const { pages } = pictureOf(state, 40, 14, displayWidth)
        for (let page = 0; page < pages; page++)
          for (const line of pictureOf({ ...state, page }, 40, 14, displayWidth).lines) {
            expect(displayWidth(textOf(line))).toBeLessThanOrEqual(40)
            seen.add(words(textOf(line)))
          }
        for (const line of textLines(state, 38, displayWidth)) expect([...seen].join(' ')).toContain(words(line))
        const large = pictureOf({ ...state, big: true }, 120, 40, displayWidth)
        expect(
          large.lines.slice(1, -1).every((line) => displayWidth(textOf(line).trimEnd()) <= 40 || textOf(line).includes(state.origin.fr)),
        ).toBe(true)
      }
  })

  it('says to an answer, as text, what the screen says', () => {
    for (let at = 0; at < one.screens.length; at++)
      for (const { state } of statesOf(one, at, 'en').slice(1)) {
        const screen = words(pictureOf(state, 80, 24, displayWidth).lines.map(textOf).join(' '))
        for (const line of replyLines(state, 76, displayWidth)) expect(screen).toContain(words(line))
      }
  })
})

describe('wrapText', () => {
  it('breaks between words, and long words anywhere, by cells', () => {
    expect(wrapText('one two three', 7, displayWidth)).toEqual(['one two', 'three'])
    expect(wrapText('abcdefgh', 3, displayWidth)).toEqual(['abc', 'def', 'gh'])
    expect(wrapText('リス リス', 4, displayWidth)).toEqual(['リス', 'リス'])
    expect(wrapText('', 5, displayWidth)).toEqual([''])
  })
})
