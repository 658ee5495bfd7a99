// Moving through a lesson: a pure reducer.

import { describe, expect, it } from 'vitest'
import { shiftLetters } from '../../../src/lessons/figures.ts'
import { dropsLeft, findLesson, give, type LessonState, openAsk, reduce } from '../../../src/lessons/index.ts'
import { writeReport } from '../../../src/lessons/report.ts'
import { judge, normalise } from '../../../src/lessons/state.ts'
import { begin, teach } from './support.ts'

const first = await teach(findLesson(0)!)
const start = begin(first)
const next = (state: LessonState, pages = 1): LessonState => reduce(state, { type: 'next', pages })

describe('reduce', () => {
  it('goes on page by page, then screen by screen, then is over; and back', () => {
    const second = next(next(start, 2), 2)
    expect([next(start, 2).page, second.at, second.page]).toEqual([1, 1, 0])
    const dropped = next(second)
    expect([dropped.at, dropsLeft(second), dropsLeft(dropped)]).toEqual([1, 10, 0])
    expect(next(next(dropped)).over).toBe(true)
    expect(reduce(second, { type: 'previous' }).at).toBe(0)
    expect(reduce(start, { type: 'previous' })).toBe(start)
  })

  it('takes one letter for a choice, and text for the rest', () => {
    const typed = reduce(reduce(start, { type: 'type', text: 'a' }), { type: 'type', text: 'b' })
    expect(typed.typed).toBe('b')
    const text = reduce(reduce({ ...start, at: 2 }, { type: 'type', text: 'fl' }), { type: 'type', text: 'uff' })
    expect(text.typed).toBe('fluff')
    expect(reduce(text, { type: 'erase' }).typed).toBe('fluf')
    expect(reduce({ ...text, typed: 'é🦊' }, { type: 'erase' }).typed).toBe('é')
    expect(reduce(text, { type: 'type', text: 'x'.repeat(500) }).typed.length).toBe(120)
  })

  it('ends a prediction with any answer, a question with the right one', () => {
    const predicted = give(start, 'a')
    expect([predicted.answers[0]?.right, openAsk(predicted)]).toEqual([false, undefined])
    const wrong = give({ ...start, at: 1 }, '4')
    expect(openAsk(wrong)).toBeDefined()
    const right = give(wrong, 'packet 6')
    expect([right.answers[1]?.right, right.answers[1]?.tries, openAsk(right)]).toEqual([true, ['4', 'packet 6'], undefined])
    expect(reduce(right, { type: 'type', text: '1' })).toBe(right)
  })

  it('submits what was typed, and goes on when there is nothing to submit', () => {
    expect(reduce(reduce(start, { type: 'type', text: 'c' }), { type: 'submit', pages: 1 }).answers[0]?.right).toBe(true)
    expect(reduce(start, { type: 'submit', pages: 1 }).at).toBe(1)
  })

  it('stops packets that drop in', () => {
    const running = reduce({ ...start, at: 1 }, { type: 'drop' })
    const stopped = reduce(reduce(running, { type: 'stop' }), { type: 'drop' })
    expect([running.dropped, stopped.dropped, reduce(reduce(stopped, { type: 'stop' }), { type: 'drop' }).dropped]).toEqual([1, 1, 2])
  })

  it('turns the wheel around', () => {
    expect(reduce(start, { type: 'turn', by: -1 }).turned).toBe(25)
    expect(reduce({ ...start, turned: 25 }, { type: 'turn', by: 1 }).turned).toBe(0)
    expect(shiftLetters('Ekteex szhk!', 1)).toBe('Fluffy tail!')
  })

  it('changes language, notes and size without losing the place', () => {
    const state = reduce(reduce(reduce({ ...start, at: 2 }, { type: 'language' }), { type: 'notes' }), { type: 'big' })
    expect([state.language, state.notes, state.big, state.at]).toEqual(['fr', true, true, 2])
  })
})

describe('answers', () => {
  const [choice, packet, text] = first.screens.map(({ ask }) => ask!)
  it.each([
    [choice!, 'C) ', true],
    [choice!, '(c)', true],
    [packet!, ' Packet 6', true],
    [packet!, 'paquet 6', true],
    [packet!, '#6', true],
    [packet!, '66', false],
    [text!, '  "Fluffy  Tail" ', true],
    [text!, '« fluffy tail »', true],
    [text!, 'fluffytail', false],
  ])('%# are taken as meant', (ask, given, right) => {
    expect(judge(ask, given).right).toBe(right)
  })

  it('reads large numbers as people write them', () => {
    expect(normalise({ ...packet!, form: 'number' }, '59 219')).toBe('59219')
    expect(normalise({ ...packet!, form: 'number' }, '59,219')).toBe('59219')
  })
})

describe('the report', () => {
  it('names packets and bytes for what was found, and gives away no answer that was not', () => {
    const facts = { when: '2026-11-23', capture: 'plain.pcapng', packets: 10 }
    const none = writeReport(start, first.evidence, facts)
    expect(none).toContain('0 of 3 questions right')
    expect(none).not.toMatch(/Seen in packet 6/)
    const found = writeReport(give({ ...start, at: 1 }, '6'), first.evidence, facts)
    expect(found).toMatch(/Seen in packet 6, bytes 202 to 212: fluffy tail/)
    expect(writeReport({ ...start, language: 'fr' }, first.evidence, facts)).toContain('0 réponses exactes sur 3')
  })
})
