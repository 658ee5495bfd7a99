// Filters that look only at the bytes of the frame are answered without dissecting it, at the speed of memory.

import type { Registry } from '../core/registry.ts'
import type { CheckedTest, Value } from './checked.ts'
import { containsBytes } from './runs.ts'

/** The frame lies in bytes[start, end). */
export type FrameTest = (bytes: Uint8Array, start: number, end: number) => boolean

/** Null when the filter asks for anything but the frame's bytes. */
export function compileFrameTest(test: CheckedTest, registry: Registry): FrameTest | null {
  const isFrame = (value: Value) =>
    value.node === 'field' && value.layers === null && value.fields.length === 1 && value.fields[0] === registry.root.self
  const build = (part: CheckedTest): FrameTest | null => {
    switch (part.kind) {
      case 'and':
      case 'or': {
        const parts = part.parts.map(build)
        const decisive = part.kind === 'or'
        if (parts.includes(null)) return null
        const tests = parts as FrameTest[]
        return (bytes, start, end) => {
          for (const one of tests) if (one(bytes, start, end) === decisive) return decisive
          return !decisive
        }
      }
      case 'not': {
        const of = build(part.of)
        return of === null ? null : (bytes, start, end) => !of(bytes, start, end)
      }
      case 'exists':
        return isFrame(part.of) ? () => true : null
      case 'contains': {
        const { left, right } = part
        if (!isFrame(left) || right.node !== 'constant') return null
        const needle = right.bytes
        return (bytes, start, end) => containsBytes(bytes, start, end, needle, 0, needle.length)
      }
      case 'matches': {
        const { left, matcher } = part
        return isFrame(left) ? (bytes, start, end) => matcher.matches(bytes, start, end) : null
      }
      default:
        return null
    }
  }
  return build(test)
}

/** Of a test that looks only at the frame: bytes without which it fails, the longest where there are several. Null where there are none. */
export function compileFrameNeedle(test: CheckedTest): Uint8Array | null {
  if (test.kind === 'contains') return test.right.node === 'constant' ? test.right.bytes : null
  if (test.kind !== 'and') return null
  return test.parts
    .map(compileFrameNeedle)
    .reduce((longest, next) => (next !== null && next.length > (longest?.length ?? 0) ? next : longest), null)
}
