// Every byte of every bundled capture is explained: the innermost row that covers it is a field, and the field says in a plain sentence
// what it is. Keys of the captures are given, so that the sources that they open count too.

import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Detail } from '../../src/engine/detail.ts'
import { openForReading, registry } from '../../src/engine/printing.ts'

const FOLDER = resolve(import.meta.dirname, '../../captures')
const captures = readdirSync(FOLDER).filter((name) => name.endsWith('.pcapng'))
const fernetKeys = [...new Set([...readFileSync(`${FOLDER}/README.md`, 'utf8').matchAll(/[A-Za-z0-9_-]{43}=/g)].map(([key]) => key))]

/** A verb that a sentence about a field may have; a field whose sentence has none of these needs another sentence, or a verb here. */
const VERB = new RegExp(
  `\\b(${[
    'is|are|was|were|be|been|has|have|had|does|do|did|can|could|may|might|must|shall|should|will|would|cannot',
    '(?:accept|add|agree|allow|announce|answer|arrive|ask|authoriz|begin|believe|belong|bind|bring|calculat|call|carr|chang|check|choos|chose|claim|clos|come|compar',
    'contain|continu|count|cover|cut|decid|deliver|encrypt|end|expect|explain|fill|find|finish|follow|get|give|go|grow|happen|hide|hold|identif|keep|know|lack',
    'last|lead|leav|let|lie|list|look|make|mark|match|mean|measur|mix|name|need|number|offer|open|pass|please|point|prefer|protect|prove|put|question|reach',
    'read|receiv|refer|refus|repeat|replac|request|reset|run|say|see|seem|select|send|separat|serv|show|sign|speak|spell|stand|start|stay|stop|stor|support',
    'take|talk|tell|think|tie|travel|tri|try|turn|understand|us|vouch|wait|want|watch|work|write)(?:s|es|ies|ed|y)?',
    'sent|made|said|seen|given|known|kept|put|spelled|found|read|chosen|written|took|taken|held|meant|began|brought|came|went|told',
  ].join('|')})\\b`,
  'i',
)

function isSentence(about: string): boolean {
  return about.split(/\s+/).length >= 6 && VERB.test(about)
}

interface Share {
  readonly bytes: number
  readonly explained: number
  /** What lacks a sentence: the field, and the first place. */
  readonly lacking: ReadonlyMap<string, string>
}

async function measure(file: string): Promise<Share> {
  const capture = await openForReading(`${FOLDER}/${file}`, { strict: true, settings: new Map([['fernet.key', fernetKeys]]) })
  while (capture.step(10_000) === 'more');
  const lacking = new Map<string, string>()
  let bytes = 0
  let explained = 0
  for (let packet = 1; packet <= capture.index.count; packet++) {
    const detail = new Detail(capture, packet)
    detail.sources.forEach((source, n) => {
      bytes += source.bytes.length
      for (let at = 0; at < source.bytes.length; at++) {
        const id = detail.rowAt(n, at)
        const row = detail.rows[id]
        const layer = row !== undefined && registry.protocol(row.name) !== undefined && row.depth === 0
        if (row !== undefined && !layer && isSentence(detail.explain(id).about)) explained++
        else {
          const what =
            row === undefined
              ? `nothing in ${source.name}`
              : layer
                ? `only the layer ${row.name}`
                : `${row.name}: ${detail.explain(id).about}`
          if (!lacking.has(what)) lacking.set(what, `packet ${packet}, byte ${at}`)
        }
      }
    })
  }
  capture.close()
  return { bytes, explained, lacking }
}

const report: string[] = []
afterAll(() => console.log(`Bytes whose innermost field has a sentence:\n${report.join('\n')}`))

describe('every byte has a sentence', () => {
  it('in captures that there are', () => {
    expect(captures.length).toBeGreaterThan(5)
    expect(fernetKeys.length).toBeGreaterThan(0)
  })

  it.each(captures)(
    '%s',
    async (file) => {
      const { bytes, explained, lacking } = await measure(file)
      report.push(`  ${file}: ${((100 * explained) / bytes).toFixed(2)} % of ${bytes}`)
      expect(bytes).toBeGreaterThan(0)
      expect(Object.fromEntries(lacking)).toEqual({})
    },
    60_000,
  )
})

describe('a sentence', () => {
  it('has six words, and a verb', () => {
    expect(isSentence('How many bytes the name has.')).toBe(true)
    expect(isSentence('Counts the bytes.')).toBe(false)
    expect(isSentence('The very first byte of the second part.')).toBe(false)
  })
})
