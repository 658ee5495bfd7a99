// Colouring rules: a name, a display filter, two colours. The form is Wireshark's colour-filter file, so that its files can be used:
// @name@filter@[65535,65535,65535][0,0,0], background first; a line that begins with ! is switched off.

import type { Dissection } from '../core/dissect.ts'
import { type CompiledFilter, checkFilter, compileFilter, planOf } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { NO, packetTest } from './packet-test.ts'
import { registry } from './registry.ts'

export interface ColourRule {
  readonly name: string
  readonly filter: string
  /** `#rrggbb` */
  readonly back: string
  readonly fore: string
}

export interface ReadRules {
  readonly rules: readonly ColourRule[]
  /** What could not be used, a line each: where, why, what to do. */
  readonly problems: readonly string[]
}

/** More rules than this are not tried on every packet. */
const MOST_RULES = 100

/** Reads a colour-filter file. Rules that are switched off are left out; those that cannot be used are told of. */
export function readColourRules(text: string): ReadRules {
  const rules: ColourRule[] = []
  const problems: string[] = []
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const where = `Line ${i + 1} of the colouring rules`
    if (line.trim() === '' || line.startsWith('#') || line.startsWith('!')) continue
    const parts = /^@([^@]*)@(.*)@\[(\d+),(\d+),(\d+)\]\[(\d+),(\d+),(\d+)\]\s*$/.exec(line)
    if (parts === null) {
      problems.push(`${where} is no rule. Write @name@filter@[background][foreground], each as three numbers up to 65535.`)
      continue
    }
    const [, name = '', filter = '', ...numbers] = parts
    const levels = numbers.map(Number)
    if (levels.some((level) => level > 0xffff)) problems.push(`${where} has a colour beyond 65535. Write three numbers from 0 to 65535.`)
    else if (rules.length >= MOST_RULES) problems.push(`${where} is one more than the ${MOST_RULES} that are tried. Remove some.`)
    else {
      const checked = checkFilter(filter, registry)
      if (checked.ok) rules.push({ name, filter, back: hexOf(levels.slice(0, 3)), fore: hexOf(levels.slice(3)) })
      else problems.push(`${where}: ${checked.message}${checked.fix === undefined ? ' Mend or remove it.' : ` Try ${checked.fix}`}`)
    }
  }
  return { rules, problems }
}

function hexOf(levels: readonly number[]): string {
  return `#${levels.map((level) => (level >> 8).toString(16).padStart(2, '0')).join('')}`
}

/** Finds the first rule that selects a packet. */
export class Colourist {
  private readonly capture: Capture
  private readonly compiled: readonly {
    readonly rule: ColourRule
    readonly filter: CompiledFilter
    readonly test: (packet: number) => number
  }[]
  private readonly d: Dissection
  private readonly plan: ReturnType<typeof planOf>

  /** The filters of the rules must have been checked. */
  constructor(capture: Capture, rules: readonly ColourRule[]) {
    this.capture = capture
    this.compiled = rules.flatMap((rule) => {
      const checked = checkFilter(rule.filter, registry)
      if (!checked.ok) return []
      const filter = compileFilter(checked.filter)
      return [{ rule, filter, test: packetTest(capture, filter) }]
    })
    this.d = capture.dissection()
    this.plan = planOf(
      this.compiled.flatMap(({ filter }) => filter.fields),
      registry,
    )
  }

  of(packet: number): ColourRule | null {
    let recorded = false
    for (const { rule, filter, test } of this.compiled) {
      if (test(packet) === NO) continue
      if (!recorded) this.capture.record(this.d, packet, null, 0, this.plan)
      recorded = true
      if (filter.matches(this.d)) return rule
    }
    return null
  }
}
