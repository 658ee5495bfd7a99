// Can a packet pass at all, if all that is known of it is which protocols it holds? Three answers per test: no, yes, perhaps. Only a
// "no" of the whole filter lets the packet be skipped, so "perhaps" is always safe.

import type { Field } from '../core/field.ts'
import type { Registry } from '../core/registry.ts'
import type { CheckedTest, Value } from './checked.ts'

const NO = 0
const PERHAPS = 1
const YES = 2
type Answer = typeof NO | typeof PERHAPS | typeof YES

type MayHold = (protocol: number) => boolean
type Question = (mayHold: MayHold) => Answer

export function compileNeed(test: CheckedTest, registry: Registry): (mayHold: MayHold) => boolean {
  const question = new Needs(registry).of(test)
  return (mayHold) => question(mayHold) !== NO
}

class Needs {
  private readonly registry: Registry

  constructor(registry: Registry) {
    this.registry = registry
  }

  of(test: CheckedTest): Question {
    switch (test.kind) {
      case 'and': {
        const parts = test.parts.map((part) => this.of(part))
        return (mayHold) => {
          let least: Answer = YES
          for (const part of parts) {
            const answer = part(mayHold)
            if (answer < least) least = answer
          }
          return least
        }
      }
      case 'or': {
        const parts = test.parts.map((part) => this.of(part))
        return (mayHold) => {
          let most: Answer = NO
          for (const part of parts) {
            const answer = part(mayHold)
            if (answer > most) most = answer
          }
          return most
        }
      }
      case 'xor': {
        const parts = test.parts.map((part) => this.of(part))
        return (mayHold) => {
          let result: Answer = NO
          for (const part of parts) {
            const answer = part(mayHold)
            if (answer === PERHAPS) return PERHAPS
            if (answer === YES) result = result === YES ? NO : YES
          }
          return result
        }
      }
      case 'not': {
        const of = this.of(test.of)
        return (mayHold) => opposite(of(mayHold))
      }
      case 'in': {
        const present = this.present(test.left)
        const inside: Question = (mayHold) => (present(mayHold) ? PERHAPS : NO)
        return test.negated ? (mayHold) => opposite(inside(mayHold)) : inside
      }
      case 'exists':
      case 'nonzero': {
        const present = this.present(test.of)
        return (mayHold) => (present(mayHold) ? PERHAPS : NO)
      }
      case 'compare':
      case 'contains': {
        // A comparison with a value that is not there is false, "!=" included.
        const left = this.present(test.left)
        const right = this.present(test.right)
        return (mayHold) => (left(mayHold) && right(mayHold) ? PERHAPS : NO)
      }
      case 'matches': {
        const present = this.present(test.left)
        return (mayHold) => (present(mayHold) ? PERHAPS : NO)
      }
    }
  }

  /** May the value be there? */
  private present(value: Value): (mayHold: MayHold) => boolean {
    switch (value.node) {
      case 'constant':
        return () => true
      case 'field': {
        const protocols = [...new Set(value.fields.flatMap((field) => this.homes(field)))]
        // Remarks hang on any layer.
        if (value.fields.some((field) => field.name.startsWith('_ws.'))) return () => true
        return (mayHold) => protocols.some(mayHold)
      }
      case 'slice':
      case 'negate':
        return this.present(value.of)
      case 'call': {
        const args = value.args.map((arg) => this.present(arg))
        return (mayHold) => args.some((arg) => arg(mayHold))
      }
      case 'arithmetic': {
        const left = this.present(value.left)
        const right = this.present(value.right)
        return (mayHold) => left(mayHold) && right(mayHold)
      }
    }
  }

  /** The protocols that record this field: the one that declares it, and those that share its table. */
  private homes(field: Field): number[] {
    return this.registry.protocols.filter((p) => p.self === field || Object.values(p.fields).includes(field)).map((p) => p.id)
  }
}

function opposite(answer: Answer): Answer {
  return answer === NO ? YES : answer === YES ? NO : PERHAPS
}
