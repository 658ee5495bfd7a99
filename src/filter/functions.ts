// The functions of the language: what they take and give. The compiler says how they do it.

import type { ValueType } from './checked.ts'

export interface FunctionSpec {
  /** One plain line for the list of completions. */
  readonly about: string
  /** Only fields, no calculated values: they look at rows. */
  readonly fieldsOnly: boolean
  /** At least one argument, and this many at most. */
  readonly most: number
  accepts(type: ValueType): boolean
  /** What the function wants, for messages. */
  readonly wants: string
  result(type: ValueType): ValueType
}

const isAddress = (type: ValueType) => type === 'ipv4' || type === 'ipv6'
const isNumber = (type: ValueType) => type === 'integer' || type === 'real' || type === 'duration'

function spec(
  about: string,
  wants: string,
  accepts: (type: ValueType) => boolean,
  result: ValueType | ((type: ValueType) => ValueType),
  options: { fieldsOnly?: boolean; most?: number } = {},
): FunctionSpec {
  const { fieldsOnly = false, most = 1 } = options
  return { about, wants, accepts, fieldsOnly, most, result: typeof result === 'function' ? result : () => result }
}

const same = (type: ValueType) => type
const address = (about: string) => spec(about, 'an IP address', isAddress, 'bool')

export const FUNCTIONS: Readonly<Record<string, FunctionSpec>> = {
  upper: spec('the text in capital letters', 'text', (t) => t === 'text', 'text'),
  lower: spec('the text in small letters', 'text', (t) => t === 'text', 'text'),
  len: spec('how many bytes the field has', 'a field', (t) => t !== 'group', 'integer', { fieldsOnly: true }),
  count: spec('how often the field occurs in the packet', 'a field', () => true, 'integer', { fieldsOnly: true }),
  string: spec(
    'the value as text, for contains and matches',
    'a value that is not text',
    (t) => t !== 'text' && t !== 'group' && t !== 'protocol',
    'text',
  ),
  max: spec('the largest of the values', 'numbers', (t) => isNumber(t) || t === 'time', same, { most: 16 }),
  min: spec('the smallest of the values', 'numbers', (t) => isNumber(t) || t === 'time', same, { most: 16 }),
  abs: spec('the value without its sign', 'a number', isNumber, same),
  vals: spec('the name of the value, as the tree shows it', 'a field with named values', (t) => t === 'integer' || t === 'bool', 'text', {
    fieldsOnly: true,
  }),
  dec: spec('the number as decimal text', 'a whole number', (t) => t === 'integer', 'text'),
  hex: spec('the number as hexadecimal text (0x50)', 'a whole number', (t) => t === 'integer', 'text'),
  float: spec('the number as a real number', 'a number', isNumber, 'real'),
  double: spec('the number as a real number', 'a number', isNumber, 'real'),
  ip_special_name: spec('the name of the special-purpose block (RFC 6890)', 'an IP address', isAddress, 'text'),
  ip_linklocal: address('true for link-local addresses (169.254.0.0/16, fe80::/10)'),
  ip_multicast: address('true for multicast addresses (224.0.0.0/4, ff00::/8)'),
  ip_rfc1918: spec('true for private addresses (RFC 1918)', 'an IPv4 address', (t) => t === 'ipv4', 'bool'),
  ip_ula: spec('true for unique local addresses (fc00::/7)', 'an IPv6 address', (t) => t === 'ipv6', 'bool'),
}
