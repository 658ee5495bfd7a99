// Sharing a key in front of a spy: the paint picture of the tutorial in numbers, checked and ready to be told.

import { exchangeReal, exchangeSmall, isPrime, type RealExchange, type SmallExchange, solveSmall } from '../crypto/diffie-hellman.ts'
import { DemoError } from './problem.ts'

export type { RealExchange, SmallExchange }

/** The numbers of every textbook: public 8 and 19, shared 2. */
export const TEXTBOOK = { p: 23n, g: 5n, alice: 6n, bob: 15n } as const

/** Primes up to here are small: a spy on any laptop solves them in a moment. */
const MAX_PRIME = 1n << 24n

export interface Telling {
  readonly small: SmallExchange
  /** What the spy finds, and how many powers that took; the exponent need not be the one that was chosen, but it does the same. */
  readonly spy: { readonly exponent: bigint; readonly powers: readonly bigint[]; readonly shared: bigint }
  readonly real: RealExchange
}

/** Plays the exchange. Throws a DemoError for numbers that make no exchange. */
export function playExchange(p: bigint, g: bigint, aliceSecret: bigint, bobSecret: bigint): Telling {
  if (p > MAX_PRIME || !isPrime(p)) throw new DemoError(`${p} will not do for p. Take a prime up to ${MAX_PRIME}: --p 23`)
  if (p < 5n || g < 2n || g >= p)
    throw new DemoError(`${g} will not do for g. Take a number from 2 to p - 1, and a p of 5 or more: --p 23 --g 5`)
  for (const secret of [aliceSecret, bobSecret])
    if (secret < 1n || secret >= p)
      throw new DemoError(`${secret} will not do for a private number. Take one from 1 to ${p - 1n}: --alice 6 --bob 15`)
  const small = exchangeSmall(p, g, aliceSecret, bobSecret)
  const solved = solveSmall(p, g, small.alice.public, Number(p))
  if (solved === undefined) throw new Error(`${small.alice.public} is no power of ${g} modulo ${p}`)
  const { shared } = exchangeSmall(p, g, solved.exponent, bobSecret).alice
  return { small, spy: { ...solved, shared }, real: exchangeReal() }
}
