// Exams of many seeds: the same each time, answerable, each answer on its screen.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { examFacts, examFrames, writeExam } from '../../../src/demo/scenes/exam.ts'
import { openFile } from '../../../src/engine/index.ts'
import { Evidence, examOf } from '../../../src/lessons/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiretail-exam-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function screensOf(seed: string, name: string) {
  const path = join(folder, `${name}.pcapng`)
  writeExam(path, seed)
  const session = await openFile(path, { strict: true })
  const screens = examOf(seed).screens(await Evidence.read(session), '')
  await session.close()
  return screens
}

describe('exams', () => {
  it.each(['demo', '5b', 'a', 'monday', 'tuesday', 'x.1', 'examen', '0', 'zz', 'class-12'])(
    'seed %s: ten answers, each on its screen, the same twice',
    async (seed) => {
      const screens = await screensOf(seed, 'one')
      const again = await screensOf(seed, 'two')
      const answers = screens.map(({ ask }) => ask?.right)
      expect(answers).toHaveLength(10)
      expect(again.map(({ ask }) => ask?.right)).toEqual(answers)
      for (const { figures, ask } of screens) {
        const [figure] = figures ?? []
        const numbers = figure?.kind === 'packets' ? figure.rows.map(({ number }) => number) : []
        expect(numbers).toContain(Number(ask?.right))
        expect(numbers.length).toBeLessThanOrEqual(9)
        expect(new Set(numbers).size).toBe(numbers.length)
        // A wrong answer that is worth a reply can be given from the screen.
        expect(
          numbers.filter((number) => ask?.mistakes.some(({ when }) => typeof when !== 'string' && when(String(number)))).length,
        ).toBeGreaterThan(0)
      }
    },
  )

  it('differ from seed to seed', () => {
    const shapes = ['a', 'b', 'c', 'd'].map((seed) =>
      examFrames(seed)
        .map(({ length }) => length)
        .join(),
    )
    expect(new Set(shapes).size).toBe(4)
    const facts = ['a', 'b', 'c', 'd'].map((seed) => JSON.stringify(examFacts(seed)))
    expect(new Set(facts).size).toBe(4)
    expect(examFrames('a').map(({ length }) => length)).toEqual(examFrames('a').map(({ length }) => length))
  })
})
