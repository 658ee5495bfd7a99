// A followed stream as a page: as text, as a hex dump, or as bare hexadecimal digits; each side with its own mark and colour.

import { type SafeText, safeText } from '../../../bytes/text.ts'
import { type Role, say } from '../../line.ts'
import { hexParagraphs, type Page, type Paragraph } from '../page.ts'
import type { Chunk, FollowState } from './state.ts'

export const SIDE_ROLES: readonly [Role, Role] = ['side-first', 'side-second']
export const SIDE_MARKS: readonly [SafeText, SafeText] = [say`→ `, say`← `]

export function followPage({ chunks, form, sides, cut }: FollowState): Page {
  const shown = chunks.filter(({ side }) => sides === 'both' || side === (sides === 'first' ? 0 : 1))
  const page: Paragraph[] = []
  const sent: [number, number] = [0, 0]
  for (const run of joinRuns(shown)) {
    const { side, bytes, missing, packet } = run
    if (missing > 0)
      page.push({ mark: SIDE_MARKS[side], text: say`[${missing} bytes are missing here, before packet ${packet}]`, role: 'warn' })
    else if (form === 'text') page.push(...textOf(bytes, side))
    else if (form === 'hex') page.push(...hexParagraphs(bytes, SIDE_ROLES[side], sent[side], SIDE_MARKS[side]))
    else page.push({ mark: SIDE_MARKS[side], text: safeText(Buffer.from(bytes).toString('hex'), 2 * bytes.length), role: SIDE_ROLES[side] })
    sent[side] += bytes.length
  }
  if (cut) page.push({ text: say`… only the beginning is shown; all of it: wiretail follow`, role: 'dim' })
  return page
}

/** What one side says without being interrupted is one piece. */
function joinRuns(chunks: readonly Chunk[]): Chunk[] {
  const runs: { first: Chunk; parts: Uint8Array[] }[] = []
  for (const chunk of chunks) {
    const last = runs.at(-1)
    if (last !== undefined && last.first.side === chunk.side && last.first.missing === 0 && chunk.missing === 0)
      last.parts.push(chunk.bytes)
    else runs.push({ first: chunk, parts: [chunk.bytes] })
  }
  return runs.map(({ first, parts }) => ({ ...first, bytes: parts.length === 1 ? first.bytes : Buffer.concat(parts) }))
}

function textOf(bytes: Uint8Array, side: 0 | 1): Paragraph[] {
  const lines = new TextDecoder('utf-8').decode(bytes).split(/\r\n|\n|\r/)
  if (lines.at(-1) === '' && lines.length > 1) lines.pop()
  return lines.map((line) => ({ mark: SIDE_MARKS[side], text: safeText(line.replaceAll('\t', '    '), 64 * 1024), role: SIDE_ROLES[side] }))
}
