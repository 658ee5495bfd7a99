// Diffie and Hellman's key exchange: once with numbers small enough to follow, once as TLS really does it (X25519, RFC 7748).

import { type createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'

/** base to the power of exponent, modulo modulus. */
export function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus
  let square = ((base % modulus) + modulus) % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

/** The numbers of one exchange; private ones are known to one side only. */
export interface SmallExchange {
  readonly p: bigint
  readonly g: bigint
  readonly alice: { readonly secret: bigint; readonly public: bigint; readonly shared: bigint }
  readonly bob: { readonly secret: bigint; readonly public: bigint; readonly shared: bigint }
}

/** Both sides' calculation; their shared numbers are equal. */
export function exchangeSmall(p: bigint, g: bigint, aliceSecret: bigint, bobSecret: bigint): SmallExchange {
  const alice = modularPower(g, aliceSecret, p)
  const bob = modularPower(g, bobSecret, p)
  return {
    p,
    g,
    alice: { secret: aliceSecret, public: alice, shared: modularPower(bob, aliceSecret, p) },
    bob: { secret: bobSecret, public: bob, shared: modularPower(alice, bobSecret, p) },
  }
}

/** What the spy does: raises g to 1, 2, 3 … until the public number comes out. undefined when `limit` tries were not enough. */
export function solveSmall(p: bigint, g: bigint, target: bigint, limit: number): { exponent: bigint; powers: bigint[] } | undefined {
  const powers: bigint[] = []
  let power = 1n % p
  for (let exponent = 1; exponent <= limit; exponent++) {
    power = (power * g) % p
    // The list is for showing the way there; for larger numbers its beginning will do.
    if (powers.length < 64) powers.push(power)
    if (power === target) return { exponent: BigInt(exponent), powers }
  }
  return undefined
}

/** True for a prime; for numbers up to 2^32 in no time, because half as many digits are tried. */
export function isPrime(number: bigint): boolean {
  if (number < 2n) return false
  for (let divisor = 2n; divisor * divisor <= number; divisor++) if (number % divisor === 0n) return false
  return true
}

/** What each side of a real exchange has; 32 bytes each. */
export interface RealExchange {
  readonly alice: { readonly public: Uint8Array; readonly shared: Uint8Array }
  readonly bob: { readonly public: Uint8Array; readonly shared: Uint8Array }
}

/** An X25519 exchange with fresh keys, thrown away afterwards. */
export function exchangeReal(): RealExchange {
  const alice = generateKeyPairSync('x25519')
  const bob = generateKeyPairSync('x25519')
  const bytes = (key: ReturnType<typeof createPublicKey>): Uint8Array => {
    const { x = '' } = key.export({ format: 'jwk' })
    return new Uint8Array(Buffer.from(x, 'base64url'))
  }
  return {
    alice: {
      public: bytes(alice.publicKey),
      shared: new Uint8Array(diffieHellman({ privateKey: alice.privateKey, publicKey: bob.publicKey })),
    },
    bob: {
      public: bytes(bob.publicKey),
      shared: new Uint8Array(diffieHellman({ privateKey: bob.privateKey, publicKey: alice.publicKey })),
    },
  }
}
