import type { Token } from './lex.ts'
import type { SyntaxProblem } from './syntax.ts'

/** The way out of a recursive descent: thrown by the parser's parts, caught by parse(). */
export class Refusal extends Error {
  readonly problem: SyntaxProblem

  constructor({ start, end }: Token, message: string, foreign = false) {
    super(message)
    this.problem = { message, start, end, foreign }
  }
}
