// The tree that the parser makes: words are still words. The checker gives them types.

export interface Span {
  readonly start: number
  readonly end: number
}

export type Relation = '==' | '!=' | '===' | '!==' | '>' | '<' | '>=' | '<='
/** What the words `any` and `all` before a test say; '' when neither stands there. */
export type Quantifier = '' | 'any' | 'all'
export type ArithmeticSign = '+' | '-' | '*' | '/' | '%' | '&'

export type Test =
  | (Span & { readonly kind: 'and' | 'or' | 'xor'; readonly parts: readonly Test[] })
  | (Span & { readonly kind: 'not'; readonly of: Test })
  | (Span & {
      readonly kind: 'compare'
      readonly relation: Relation
      readonly quantifier: Quantifier
      readonly left: Term
      readonly right: Term
      readonly sign: Span
    })
  | (Span & {
      readonly kind: 'in'
      readonly negated: boolean
      readonly quantifier: Quantifier
      readonly left: Term
      readonly elements: readonly Element[]
    })
  | (Span & { readonly kind: 'contains' | 'matches'; readonly quantifier: Quantifier; readonly left: Term; readonly right: Term })
  | (Span & { readonly kind: 'test'; readonly of: Term })

export interface Element {
  readonly low: Term
  readonly high: Term | null
}

/** Part of a value or of the list of layers: from `from` (negative: from the end), `count` items, or up to and with `to`, or all. */
export interface Range {
  readonly from: number
  readonly count: number | null
  readonly to: number | null
}

export type Term =
  | (Span & { readonly kind: 'word'; readonly text: string; readonly raw: boolean; readonly layers: readonly Range[] | null })
  | (Span & { readonly kind: 'string' | 'char'; readonly text: string; readonly bytes: Uint8Array })
  | (Span & { readonly kind: 'call'; readonly name: string; readonly nameEnd: number; readonly args: readonly Term[] })
  | (Span & { readonly kind: 'slice'; readonly of: Term; readonly ranges: readonly Range[] })
  | (Span & {
      readonly kind: 'arithmetic'
      readonly sign: ArithmeticSign
      readonly left: Term
      readonly right: Term
      readonly signSpan: Span
    })
  | (Span & { readonly kind: 'negate'; readonly of: Term })
