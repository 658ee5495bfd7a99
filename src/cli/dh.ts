// `wiretail dh`: two parties share a key in front of a spy, with numbers that can be checked by hand, then as TLS does it.

import { parseArgs } from 'node:util'
import { playExchange, TEXTBOOK, type Telling } from '../demo/dh.ts'
import { DemoError } from '../demo/index.ts'
import { attempt } from './attempt.ts'
import type { Io } from './commands.ts'

export const help = `wiretail dh [--p N] [--g N] [--alice N] [--bob N] [--json]

Two parties agree on a secret while a spy listens: Diffie and Hellman's key
exchange with small numbers, and the real one of TLS with fresh keys.

      --p N              a prime both use; ${TEXTBOOK.p} unless given
      --g N              the number both start from; ${TEXTBOOK.g} unless given
      --alice N, --bob N  their private numbers; ${TEXTBOOK.alice} and ${TEXTBOOK.bob} unless given
      --json             the same as data

Examples:
  wiretail dh
  wiretail dh --p 65537 --g 3 --alice 4711 --bob 815
`

const OPTIONS = {
  p: { type: 'string', default: String(TEXTBOOK.p) },
  g: { type: 'string', default: String(TEXTBOOK.g) },
  alice: { type: 'string', default: String(TEXTBOOK.alice) },
  bob: { type: 'string', default: String(TEXTBOOK.bob) },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Runs the command. Resolves to the exit code: 1 for numbers that make no exchange. */
export function run(args: string[], io: Io): Promise<number> {
  return attempt('dh', io, () => {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS })
    if (values.help) {
      io.out(help)
      return 0
    }
    if (positionals.length > 0)
      throw new DemoError(`"${positionals[0]}" is too much. The numbers go with options: wiretail dh --alice 6 --bob 15`)
    const told = playExchange(parse(values.p, '--p'), parse(values.g, '--g'), parse(values.alice, '--alice'), parse(values.bob, '--bob'))
    io.out(values.json ? `${JSON.stringify(asData(told), null, 2)}\n` : tell(told))
    return 0
  })
}

function parse(text: string, option: string): bigint {
  if (!/^\d{1,12}$/.test(text)) throw new DemoError(`"${text}" is no whole number. Give digits: ${option} 5`)
  return BigInt(text)
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function asData({ small, spy, real }: Telling) {
  const side = (one: { secret: bigint; public: bigint; shared: bigint }) => ({
    private: Number(one.secret),
    public: Number(one.public),
    shared: Number(one.shared),
  })
  const { p, g, alice, bob } = small
  return {
    small: { p: Number(p), g: Number(g), alice: side(alice), bob: side(bob) },
    spy: { exponent: Number(spy.exponent), shared: Number(spy.shared) },
    x25519: { alice: hex(real.alice.public), bob: hex(real.bob.public), shared: hex(real.alice.shared) },
  }
}

function tell({ small, spy, real }: Telling): string {
  const { p, g, alice, bob } = small
  const power = (base: bigint, exponent: bigint | string, result: bigint | string): string => `${base}^${exponent} mod ${p} = ${result}`
  const width = Math.max(24, power(bob.public, alice.secret, alice.shared).length + 2)
  const column = (left: string, middle: string, right: string): string => `  ${left.padEnd(width)}${middle.padEnd(24)}${right}`.trimEnd()
  const lines = [
    'Sharing a key in front of a spy',
    '',
    'In paint: both start with the same yellow. Each stirs in a colour of their own and sends the',
    'mixture; each stirs their own colour into what arrives. Both hold the same brown, and nobody can',
    'take a mixture apart. In numbers, mixing is raising to a power and keeping the remainder:',
    '',
    column('Alice', 'on the wire', 'Bob'),
    column('', `p = ${p}, g = ${g}`, ''),
    column(`private ${alice.secret}`, '', `private ${bob.secret}`),
    column(power(g, alice.secret, alice.public), `── ${alice.public} ──▶`, ''),
    column('', `◀── ${bob.public} ──`, power(g, bob.secret, bob.public)),
    column(power(bob.public, alice.secret, alice.shared), '', power(alice.public, bob.secret, bob.shared)),
    column(`shared ${alice.shared}`, '', `shared ${bob.shared}`),
    '',
    `The spy saw ${p}, ${g}, ${alice.public} and ${bob.public}, and neither private number. With numbers this small`,
    `trying is enough: which power of ${g} leaves ${alice.public}?`,
    '',
    ...powerLines(small, spy),
    '',
    `So Alice's number does what ${spy.exponent} does, and the key is ${power(bob.public, spy.exponent, spy.shared)}. Solved.`,
    '',
    'TLS uses numbers of 32 bytes (X25519, on an elliptic curve), made for this one connection:',
    '',
    `  Alice sends  ${hex(real.alice.public)}`,
    `  Bob sends    ${hex(real.bob.public)}`,
    '',
    `  Alice has    ${hex(real.alice.shared)}`,
    `  Bob has      ${hex(real.bob.shared)}`,
    '',
    'The first two lines are on the wire, as the key shares of a handshake. To solve them, the best way',
    'known needs about 2^126 steps: at a billion a second, more than 10^21 years.',
  ]
  return `${lines.join('\n')}\n`
}

/** The powers one by one while they fit, else the first and the last. */
function powerLines({ g, p, alice }: Telling['small'], { exponent, powers }: Telling['spy']): string[] {
  const line = (at: bigint, result: bigint): string => `  ${g}^${at} mod ${p} = ${result}`
  const found = `${line(exponent, alice.public)}   ◀ found`
  const few = exponent <= 12n
  const shown = powers.slice(0, few ? Number(exponent) - 1 : 3).map((power, i) => line(BigInt(i + 1), power))
  return few ? [...shown, found] : [...shown, `  … ${exponent} tries in all`, found]
}
