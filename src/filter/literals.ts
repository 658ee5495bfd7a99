// What a word or a quoted text in a filter stands for, once the type of the other side is known.

import { parseEther, parseIpv4, parseIpv6 } from '../bytes/address.ts'
import { readU32 } from '../bytes/read.ts'
import type { Field } from '../core/field.ts'
import { bytesConstant, type Constant, numberConstant, timeConstant, typeText, type ValueType } from './checked.ts'
import { Mistake } from './mistake.ts'
import { addressWithPort, shortAddress } from './repair.ts'
import type { Span, Term } from './syntax.ts'
import { parseSpan, parseTime } from './times.ts'

/** What the other side of a comparison is: its type and, when it is a plain field, the fields behind the name. */
export interface Expected {
  readonly type: ValueType
  readonly name: string
  readonly fields: readonly Field[]
  /** Some bytes of a value are enough: the other side is a slice, or the test is `contains`. */
  readonly partial: boolean
  /** Value names count ("TCP" for 6): the other side is a field by itself, not a calculation. */
  readonly named: boolean
}

export type LiteralTerm = Extract<Term, { kind: 'word' | 'string' | 'char' }>

const encoder = new TextEncoder()

/** Reads a literal as a value of the expected type. Throws a Mistake. */
export function readLiteral(term: LiteralTerm, expected: Expected): Constant {
  switch (expected.type) {
    case 'integer':
      return readInteger(term, expected)
    case 'real':
      return readReal(term)
    case 'bool':
      return readFlag(term, expected)
    case 'duration': {
      const span = parseSpan(term.text)
      if (span === null) throw new Mistake(`"${term.text}" is no time span. Write seconds, as in 0.25.`, term.start, term.end)
      return timeConstant('duration', span.seconds, span.nanos)
    }
    case 'time': {
      const instant = parseTime(term.text)
      if (instant === null)
        throw new Mistake(
          `"${term.text}" is no date. Write it as "2026-01-31 14:30:00" (local) or "2026-01-31T14:30:00Z".`,
          term.start,
          term.end,
        )
      return timeConstant('time', instant.seconds, instant.nanos)
    }
    case 'text':
      return bytesConstant('text', term.kind === 'word' ? encoder.encode(term.text) : term.bytes)
    case 'ipv4':
    case 'ipv6':
      return readAddress(term, expected)
    case 'ether':
    case 'bytes':
    case 'protocol':
      return readBytes(term, expected)
    case 'group':
      throw new Mistake(`${expected.name} has no value. Test only whether it is there: ${expected.name}`, term.start, term.end)
  }
}

const NUMBER = /^(?:0x[0-9a-f]+|0b[01]+|0[0-7]*|[1-9]\d*)$/i

/** A whole number in decimal, octal (012), hexadecimal or binary, or null. */
export function parseInteger(text: string): bigint | null {
  if (!NUMBER.test(text)) return null
  return /^0[0-7]+$/.test(text) ? BigInt(`0o${text.slice(1)}`) : BigInt(text.toLowerCase())
}

export function integerConstant(value: bigint): Constant {
  const number = Number(value)
  return numberConstant('integer', number, Number.isSafeInteger(number) ? null : value)
}

function readInteger(term: LiteralTerm, expected: Expected): Constant {
  if (term.kind === 'char') return numberConstant('integer', term.bytes[0]!)
  const named = expected.named ? valueOfName(term.text, expected.fields) : null
  if (named !== null) return numberConstant('integer', named)
  const value = parseInteger(term.text)
  if (value === null) throw notNumber(term, expected)
  checkRange(value, term, expected)
  return integerConstant(value)
}

/** The numbers that the fields can hold, by their sizes; a name stands for several fields where it is an alias. */
export function checkRange(value: bigint, span: Span, expected: Expected): void {
  if (expected.fields.length === 0) return
  const bits = Math.max(...expected.fields.map((field) => 8 * (field.size === 0 ? 8 : field.size)))
  const signed = expected.fields.some((field) => field.type === 'int')
  const most = signed ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n
  const least = signed ? -(2n ** BigInt(bits - 1)) : -(2n ** 63n)
  if (value > most) throw new Mistake(`${value} is too large for ${expected.name}, which goes up to ${most}.`, span.start, span.end)
  if (value < least)
    throw new Mistake(`${value} is too small for ${expected.name}, which starts at ${signed ? least : 0}.`, span.start, span.end)
}

/** The number that a value name stands for, in any case; the first one where several numbers have the name. */
export function valueOfName(text: string, fields: readonly Field[]): number | null {
  const wanted = text.toLowerCase()
  for (const field of fields)
    if (field.names !== null)
      for (const [number, name] of Object.entries(field.names)) if (name.toLowerCase() === wanted) return Number(number)
  return null
}

function notNumber(term: LiteralTerm, expected: Expected): Mistake {
  const names = expected.fields.flatMap((field) => Object.values(field.names ?? {}))
  const who = expected.name === '' ? 'this value' : expected.name
  if (names.length === 0) return new Mistake(`${who} is ${typeText('integer')}, and "${term.text}" is none.`, term.start, term.end)
  if (!expected.named)
    return new Mistake(`"${term.text}" is no number. Value names can only be tested with == and !=.`, term.start, term.end)
  const wanted = term.text.toLowerCase()
  const near = names.find((name) => name.toLowerCase().startsWith(wanted)) ?? names.find((name) => name.toLowerCase().includes(wanted))
  const examples = near === undefined ? names.slice(0, 3) : [near]
  const message = `${who} has no value named "${term.text}". ${near === undefined ? 'Names are, for example,' : 'Did you mean'} ${examples.map((n) => `"${n}"`).join(', ')}${near === undefined ? '' : '?'}`
  return new Mistake(message, term.start, term.end, near === undefined ? null : quoted(near))
}

export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

function readReal(term: LiteralTerm): Constant {
  if (!/^\d+(?:\.\d*)?(?:e-?\d+)?$/i.test(term.text)) throw new Mistake(`"${term.text}" is no number.`, term.start, term.end)
  return numberConstant('real', Number(term.text))
}

function readFlag(term: LiteralTerm, expected: Expected): Constant {
  const wanted = term.text.toLowerCase()
  if (wanted === 'true') return numberConstant('bool', 1)
  if (wanted === 'false') return numberConstant('bool', 0)
  for (const { states } of expected.fields) {
    if (states[0].toLowerCase() === wanted) return numberConstant('bool', 1)
    if (states[1].toLowerCase() === wanted) return numberConstant('bool', 0)
  }
  const value = term.kind === 'char' ? BigInt(term.bytes[0]!) : parseInteger(term.text)
  if (value === null) throw new Mistake(`A flag is 1 (true) or 0 (false), and "${term.text}" is neither.`, term.start, term.end)
  return numberConstant('bool', value === 0n ? 0 : 1)
}

function readAddress(term: LiteralTerm, expected: Expected): Constant {
  const [host, prefix] = term.text.split('/') as [string, string | undefined]
  const four = expected.type === 'ipv4'
  const bytes = four ? parseIpv4(host) : parseIpv6(host)
  if (bytes === null) throw notAddress(term, expected)
  const all = four ? 32 : 128
  const bits = prefix === undefined ? all : Number(prefix)
  if (!(bits <= all)) throw new Mistake(`/${prefix} is more than the ${all} bits of the address.`, term.start, term.end)
  if (!four) return bytesConstant('ipv6', bytes, bits)
  return { ...numberConstant('ipv4', readU32(bytes, 0)), bytes, bits }
}

function notAddress(term: LiteralTerm, expected: Expected): Mistake {
  const { start, end, text } = term
  const what = typeText(expected.type)
  if (text === 'localhost') {
    const address = expected.type === 'ipv4' ? '127.0.0.1' : '::1'
    return new Mistake(`Names are not looked up, addresses are compared. Write ${address}.`, start, end, address)
  }
  const port = addressWithPort(text)
  if (port !== null)
    return new Mistake(
      `${expected.name} is an address without a port. Test the port on its own.`,
      start,
      end,
      `${port.address} and tcp.port == ${port.port}`,
    )
  const network = shortAddress(text)
  if (network !== null && expected.type === 'ipv4')
    return new Mistake(`"${text}" is half an address. Write the network as ${network}.`, start, end, network)
  if (expected.type === 'ipv4' && parseIpv6(text.split('/')[0]!) !== null) {
    const other = expected.name.replace(/^ip\./, 'ipv6.')
    return new Mistake(`${expected.name} holds IPv4 addresses, and this is an IPv6 address. Use ${other}.`, start, end)
  }
  if (expected.type === 'ipv6' && parseIpv4(text.split('/')[0]!) !== null) {
    const other = expected.name.replace(/^ipv6\./, 'ip.')
    return new Mistake(`${expected.name} holds IPv6 addresses, and this is an IPv4 address. Use ${other}.`, start, end)
  }
  if (/^[a-z][\w-]*(?:\.[\w-]+)*$/i.test(text))
    return new Mistake(`"${text}" is not ${what}. Names are not looked up; write the address.`, start, end)
  return new Mistake(`"${text}" is not ${what}.`, start, end)
}

/** "aa:bb", "aa.bb", "aa-bb", "aabb", "a": bytes in hexadecimal, or null. */
export function parseBytes(text: string): Uint8Array | null {
  const digits = /^[0-9a-f]{1,2}$/i.test(text)
    ? text.padStart(2, '0')
    : /^[0-9a-f]{1,2}(?:([:.-])[0-9a-f]{1,2})(?:\1[0-9a-f]{1,2})*:?$/i.test(text)
      ? text
          .replace(/:$/, '')
          .split(/[:.-]/)
          .map((byte) => byte.padStart(2, '0'))
          .join('')
      : /^[0-9a-f]{4}(?:[.:-][0-9a-f]{4})+$/i.test(text)
        ? text.replace(/[:.-]/g, '')
        : /^(?:0x)?(?:[0-9a-f]{2})+$/i.test(text)
          ? text.replace(/^0x/i, '')
          : /^0x[0-9a-f]$/i.test(text)
            ? `0${text[2]}`
            : ''
  if (digits === '') return null
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}

function readBytes(term: LiteralTerm, expected: Expected): Constant {
  const address = expected.type === 'ether' && !expected.partial
  if (address) {
    const bytes = parseEther(term.text)
    if (bytes !== null) return bytesConstant('ether', bytes)
    throw new Mistake(`"${term.text}" is no MAC address. Write six bytes, as in 00:11:22:33:44:55.`, term.start, term.end)
  }
  if (term.kind !== 'word') return bytesConstant('bytes', term.bytes)
  const bytes = parseBytes(term.text)
  if (bytes !== null) return bytesConstant('bytes', bytes)
  const message = `"${term.text}" is neither bytes (0d:0a) nor quoted text.`
  throw new Mistake(`${message} Put text into double quotes.`, term.start, term.end, quoted(term.text))
}
