// What is wrong with a capture filter, in words, and what was probably meant.

import type { CaptureFilterCheck } from '../types.ts'
import { parse } from './parse.ts'
import { repair } from './repair.ts'
import type { SyntaxProblem } from './syntax.ts'

/** A problem in words. `fix` is a whole filter that is understood. */
export function explainFilter(text: string, problem: SyntaxProblem): Extract<CaptureFilterCheck, { ok: false }> {
  const { start, end } = problem
  const fix = repair(text, problem)
  const at = start >= text.trimEnd().length ? 'the end' : `"${text.slice(start, end)}"`
  const hint = fix?.display ? ' That is a display filter.' : ''
  const suggestion = fix?.text === undefined ? explainAlone(problem, fix?.display ?? false) : ` Did you mean: ${fix.text}?`
  const message = `Capture filter not understood at ${at}: ${text.trim()}.${hint}${suggestion}`
  return { ok: false, message, start, end: Math.max(end, start + 1), ...(fix?.text === undefined ? {} : { fix: fix.text }) }
}

function explainAlone({ message }: SyntaxProblem, display: boolean): string {
  if (display) return ' Use it as a display filter (-Y), which looks inside the packets.'
  return ` It ${message}.`
}

/** What is wrong with a filter as far as the grammar alone can tell; `foreign` filters pass. */
export function checkSyntax(text: string): CaptureFilterCheck & { readonly foreign?: boolean } {
  const parsed = parse(text)
  if (parsed.ok) return { ok: true }
  return parsed.foreign ? { ok: true, foreign: true } : explainFilter(text, parsed)
}
