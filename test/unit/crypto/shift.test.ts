import { describe, expect, it } from 'vitest'
import { exchangeReal, exchangeSmall, isPrime, modularPower, solveSmall } from '../../../src/crypto/diffie-hellman.ts'
import { shiftAll, shiftText, TUTORIAL_SHIFT } from '../../../src/crypto/shift.ts'

describe('the substitution cipher', () => {
  it('shifts back by one, as the tutorial does', () => {
    expect(shiftText('fluffy tail', TUTORIAL_SHIFT)).toBe('ekteex szhk')
    expect(shiftText('ekteex szhk', 1)).toBe('fluffy tail')
  })

  it('goes around the end of the alphabet, keeps case, and leaves the rest alone', () => {
    expect(shiftText('az AZ 09 é!', -1)).toBe('zy ZY 09 é!')
    expect(shiftText('az', 1)).toBe('ba')
    expect(shiftText('abc', 26)).toBe('abc')
    expect(shiftText('abc', -27)).toBe('zab')
  })

  it('has 25 keys, and the right one is among them', () => {
    const all = shiftAll('ekteex szhk')
    expect(all.map(({ places }) => places)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1))
    expect(all.filter(({ text }) => text === 'fluffy tail')).toEqual([{ places: 1, text: 'fluffy tail' }])
    expect(new Set(all.map(({ text }) => text)).size).toBe(25)
  })
})

describe('Diffie and Hellman', () => {
  it('agree on 2 with p = 23, g = 5, 6 and 15', () => {
    const { alice, bob } = exchangeSmall(23n, 5n, 6n, 15n)
    expect([alice.public, bob.public, alice.shared, bob.shared]).toEqual([8n, 19n, 2n, 2n])
  })

  it('are solved by trying when the numbers are small', () => {
    expect(solveSmall(23n, 5n, 8n, 22)).toEqual({ exponent: 6n, powers: [5n, 2n, 10n, 4n, 20n, 8n] })
    expect(solveSmall(23n, 5n, 8n, 5)).toBeUndefined()
  })

  it('raise to powers as multiplication does', () => {
    for (let exponent = 0; exponent < 30; exponent++) {
      let product = 1n
      for (let i = 0; i < exponent; i++) product = (product * 7n) % 101n
      expect(modularPower(7n, BigInt(exponent), 101n)).toBe(product)
    }
  })

  it('know primes', () => {
    expect([1n, 2n, 3n, 4n, 23n, 25n, 65_537n, 65_539n * 3n].map(isPrime)).toEqual([false, true, true, false, true, false, true, false])
  })

  it('agree with X25519 too, on something new each time', () => {
    const [one, other] = [exchangeReal(), exchangeReal()]
    expect(one.alice.shared).toEqual(one.bob.shared)
    expect(one.alice.shared).not.toEqual(other.alice.shared)
    expect([one.alice.public.length, one.bob.public.length, one.alice.shared.length]).toEqual([32, 32, 32])
  })
})
