// Finding the next packet that holds a text, bytes or a pattern, or that a display filter selects. The packets of a view are looked at
// from one on, round the end, in steps between which keys are handled.

import { checkFilter, compileFilter, planOf } from '../filter/index.ts'
import { compilePattern } from '../filter/regex/matcher.ts'
import type { Capture } from './capture.ts'
import { Summariser } from './lines.ts'
import { NO, packetTest, YES } from './packet-test.ts'
import { Readahead } from './readahead.ts'
import { registry } from './registry.ts'
import type { View } from './types.ts'

/** text: in the bytes or in the packet's line, case aside; hex: these bytes; regex: as text, by a pattern; filter: a display filter. */
export const FIND_KINDS = ['text', 'hex', 'regex', 'filter'] as const
export type FindKind = (typeof FIND_KINDS)[number]

/** Packets looked at between two looks at the clock. */
const BATCH = 32

type PacketCheck = (packet: number) => boolean

export type Sought =
  | { readonly ok: true; readonly check: PacketCheck }
  | {
      readonly ok: false
      /** One line: what is wrong, how to mend it. */
      readonly message: string
    }

/** Makes the check for what is sought. */
export function seek(capture: Capture, kind: FindKind, what: string): Sought {
  if (what.trim() === '') return { ok: false, message: 'There is nothing to look for. Type it first.' }
  switch (kind) {
    case 'text':
      return inBytesOrLine(capture, what.replace(/[!-/:-@[-`{-~]/g, '\\$&'))
    case 'regex':
      return inBytesOrLine(capture, what)
    case 'hex':
      return inBytes(capture, what)
    case 'filter':
      return byFilter(capture, what)
  }
}

function inBytesOrLine(capture: Capture, pattern: string): Sought {
  let matcher: ReturnType<typeof compilePattern>
  try {
    matcher = compilePattern(pattern)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { ok: false, message: `This is no regular expression: ${why}. Look for it as text, or mend it.` }
  }
  const readahead = new Readahead(capture)
  const summariser = new Summariser(capture)
  return {
    ok: true,
    check(packet) {
      const start = readahead.start(packet)
      if (matcher.matches(readahead.bytes, start, start + capture.index.captured(packet))) return true
      const line = Buffer.from(summariser.of(packet, readahead.bytes, start).info)
      return matcher.matches(line, 0, line.length)
    },
  }
}

function inBytes(capture: Capture, what: string): Sought {
  const digits = what.replace(/0x|[\s:.,-]/gi, '')
  if (!/^([0-9a-f]{2})+$/i.test(digits))
    return { ok: false, message: 'These are no bytes. Write two hexadecimal digits for each, as in 47 45 54.' }
  const needle = Buffer.from(digits, 'hex')
  const readahead = new Readahead(capture)
  return {
    ok: true,
    check(packet) {
      const start = readahead.start(packet)
      const { buffer, byteOffset } = readahead.bytes
      return Buffer.from(buffer, byteOffset + start, capture.index.captured(packet)).includes(needle)
    },
  }
}

function byFilter(capture: Capture, text: string): Sought {
  const checked = checkFilter(text, registry)
  if (!checked.ok) return { ok: false, message: checked.fix === undefined ? checked.message : `${checked.message} Try ${checked.fix}` }
  const compiled = compileFilter(checked.filter)
  const known = packetTest(capture, compiled)
  const d = capture.dissection()
  const plan = planOf(compiled.fields, registry)
  const readahead = new Readahead(capture)
  return {
    ok: true,
    check(packet) {
      const answer = known(packet)
      if (answer === YES || answer === NO) return answer === YES
      const start = readahead.start(packet)
      if (compiled.matchesFrame !== null) return compiled.matchesFrame(readahead.bytes, start, start + capture.index.captured(packet))
      capture.record(d, packet, readahead.bytes, start, plan)
      return compiled.matches(d)
    },
  }
}

/**
 * Looks at every position of the view once, beginning beside `from` and going round the end; `from` itself comes last. Yields how much
 * is done, from 0 to 1; returns the position found, or -1.
 */
export function* findInView(view: View, from: number, step: 1 | -1, check: PacketCheck): Generator<number, number> {
  const { count } = view
  for (let i = 1; i <= count; i++) {
    const position = (((from + i * step) % count) + count) % count
    if (check(view.packetAt(position))) return position
    if (i % BATCH === 0) yield i / count
  }
  return -1
}
