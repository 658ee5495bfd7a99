// The display-filter language: README.md has the grammar. Text → check (a value that says what is wrong, where, and how to mend it) →
// compile (closures over a dissection).

import type { Registry } from '../core/registry.ts'
import { TestChecker } from './check.ts'
import type { CheckedFilter } from './checked.ts'
import { Mistake } from './mistake.ts'
import { parse } from './parse.ts'
import { fromCaptureSyntax } from './repair.ts'

export type { CheckedFilter } from './checked.ts'
export { type CompiledFilter, compileFilter, planOf } from './compile.ts'
export { type Completions, complete } from './complete.ts'

export type FilterResult =
  | { readonly ok: true; readonly filter: CheckedFilter; readonly hint?: string }
  /** `start` … `end`: where the mistake stands in the text. `fix`: the whole text as it was probably meant; it has passed this check. */
  | { readonly ok: false; readonly message: string; readonly start: number; readonly end: number; readonly fix?: string }

/** A repair may need a repair itself ("TCP.port = 80"): this often. */
const MAX_REPAIRS = 4

/** Checks a filter against the fields that there are. Never throws. */
export function checkFilter(text: string, registry: Registry): FilterResult {
  const first = checkOnce(text, registry)
  if (!(first instanceof Mistake)) return first
  const captured = fromCaptureSyntax(text)
  if (captured !== null && !(checkOnce(captured, registry) instanceof Mistake))
    return {
      ok: false,
      message: 'This is the syntax of capture filters (tcpdump). Display filters name a field and compare it.',
      start: 0,
      end: text.length,
      fix: captured,
    }
  const fix = mend(text, first, registry)
  const { message, start, end } = first
  return fix === null ? { ok: false, message, start, end } : { ok: false, message, start, end, fix }
}

function checkOnce(text: string, registry: Registry): Extract<FilterResult, { ok: true }> | Mistake {
  try {
    const parsed = parse(text)
    const checker = new TestChecker(text, registry)
    const test = parsed === null ? null : checker.check(parsed)
    const filter: CheckedFilter = { text, test, registry }
    return checker.hint === null ? { ok: true, filter } : { ok: true, filter, hint: checker.hint.message }
  } catch (error) {
    if (error instanceof Mistake) return error
    throw error
  }
}

/** Applies the suggestion, and those for what is still wrong then, until the text is right. */
function mend(text: string, mistake: Mistake, registry: Registry): string | null {
  let mended = text
  let wrong = mistake
  for (let n = 0; n < MAX_REPAIRS; n++) {
    if (wrong.instead === null) return null
    const next = mended.slice(0, wrong.start) + wrong.instead + mended.slice(wrong.end)
    if (next === mended) return null
    mended = next
    const result = checkOnce(mended, registry)
    if (!(result instanceof Mistake)) return mended
    wrong = result
  }
  return null
}
