import { describe, expect, it } from 'vitest'
import { escapeText, escapeXml, quoteJson } from '../../../src/cli/print/escape.ts'

const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\ufeff]/u
const EVERYTHING = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).join('')

describe('escapeText', () => {
  it('writes line ends and controls as tshark does, and leaves backslashes and quotes alone', () => {
    expect(escapeText('a\r\nb\tc\\d"e')).toBe('a\\r\\nb\\tc\\d"e')
    expect(escapeText('\x1b[31m\x00\x7f\v\f\b\x07')).toBe('\\033[31m\\000\\177\\v\\f\\b\\a')
    expect(escapeText('é中\u202e\u0085')).toBe('é中\\u202E\\u0085')
    expect(escapeText('\u{e0001}')).toBe('\\U000E0001')
  })

  it('does not cut long text', () => {
    expect(escapeText('x'.repeat(100_000))).toHaveLength(100_000)
  })

  it('lets no control character through', () => {
    expect(escapeText(EVERYTHING)).not.toMatch(CONTROLS)
    expect(escapeText(EVERYTHING)).not.toMatch(/[\t\n]/)
  })
})

describe('escapeXml', () => {
  it('keeps what an XML parser gives back', () => {
    expect(escapeXml(`<a b="c" d='e'>&\r\n`)).toBe('&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;&#xd;&#xa;')
  })

  it('spells what XML cannot hold', () => {
    expect(escapeXml('\x1b\x00\ufffe')).toBe('\\x1b\\x0\\xfffe')
  })

  it('lets no control character through', () => {
    expect(escapeXml(EVERYTHING)).not.toMatch(CONTROLS)
    expect(escapeXml(EVERYTHING)).not.toMatch(/[\t\n]/)
  })
})

describe('quoteJson', () => {
  it('is JSON that means the same, without control characters', () => {
    const quoted = quoteJson(EVERYTHING)
    expect(JSON.parse(quoted)).toBe(EVERYTHING)
    expect(quoted).not.toMatch(CONTROLS)
    expect(quoteJson('a\x1b"\u{e0001}')).toBe('"a\\u001b\\"\\udb40\\udc01"')
  })
})
