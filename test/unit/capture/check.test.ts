// What people type as a capture filter, and what they are told.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from '../../../src/capture/bpf/parse.ts'
import { checkCaptureFilter } from '../../../src/capture/index.ts'

const fixOf = (text: string) => {
  const checked = checkCaptureFilter(text)
  return checked.ok ? 'ok' : checked.fix
}

test('the words of the manual', () => {
  expect(checkCaptureFilter('tcp prot 80')).toEqual({
    ok: false,
    message: 'Capture filter not understood at "prot": tcp prot 80. Did you mean: tcp port 80?',
    start: 4,
    end: 8,
    fix: 'tcp port 80',
  })
})

describe('slips are mended', () => {
  test.each([
    ['tcp prot 80', 'tcp port 80'],
    ['tpc port 80', 'tcp port 80'],
    ['hots 10.0.0.1', 'host 10.0.0.1'],
    ['tcp 80', 'tcp port 80'],
    ['80', 'port 80'],
    ['10.0.0.1', 'host 10.0.0.1'],
    ['::1', 'host ::1'],
    ['TCP PORT 80', 'tcp port 80'],
    ['port 80,443', 'port 80 or 443'],
    ['tcp port = 5683', 'tcp port 5683'],
    [':5683', 'tcp port 5683'],
    ['127.0.0.1:5683', 'host 127.0.0.1 and port 5683'],
    ['port 8000-8100', 'portrange 8000-8100'],
    ['host 10.0.0.0/8', 'net 10.0.0.0/8'],
    ['(tcp port 80 or udp port 53', '(tcp port 80 or udp port 53)'],
    ['tcp port 80 and', 'tcp port 80'],
    ['ipv6 and tcp', 'ip6 and tcp'],
    ['ip proto tcp', 'ip proto \\tcp'],
  ])('%s → %s', (typed, meant) => expect(fixOf(typed)).toBe(meant))
})

describe('display filters are recognised and translated', () => {
  test.each([
    ['tcp.port == 80', 'tcp port 80'],
    ['tcp.dstport==5683 && ip.src == 10.0.0.1', 'tcp dst port 5683 and src host 10.0.0.1'],
    ['tcp.port in {80, 443}', '(tcp port 80 or tcp port 443)'],
    ['ip.addr == 10.0.0.0/8', 'net 10.0.0.0/8'],
    ['!(udp.port == 53)', 'not (udp port 53)'],
    ['ipv6.dst eq ::1', 'ip6 dst host ::1'],
    ['eth.src == 00:11:22:33:44:55', 'ether src 00:11:22:33:44:55'],
    ['http', 'tcp port 80'],
    ['http.request.method == "GET"', undefined],
    ['http contains "secret"', undefined],
  ])('%s → %s', (typed, meant) => {
    const checked = checkCaptureFilter(typed)
    expect(checked).toMatchObject({ ok: false, message: expect.stringContaining('That is a display filter.') })
    expect(fixOf(typed)).toBe(meant)
  })

  test('without a translation, the way to use it', () => {
    expect(checkCaptureFilter('http.request')).toMatchObject({ message: expect.stringMatching(/Use it as a display filter \(-Y\)/) })
  })
})

describe('understood', () => {
  test.each([
    '',
    '  ',
    'tcp port 5683',
    'host localhost',
    'host www.example.com and port http',
    'vlan 5 and ip6',
    'gateway nearby',
    'inbound',
  ])('%s', (text) => expect(checkCaptureFilter(text)).toEqual({ ok: true }))
})

test('ip and ip6 may stand before ports; libpcap is given what it takes', () => {
  const texts = (text: string) => {
    const parsed = parse(text)
    return parsed.ok && parsed.text
  }
  expect(texts('ip6 tcp src port 80')).toBe('(ip6 and tcp src port 80)')
  expect(texts('not ip port 80 or 443')).toBe('not (ip and port 80) or 443')
  expect(texts('tcp port 80')).toBe('tcp port 80')
})

test('the span lies inside what was typed, whatever was typed', () => {
  const words = [
    'tcp',
    'port',
    '80',
    'host',
    '10.0.0.1',
    '(',
    ')',
    'not',
    'and',
    'or',
    '==',
    '[',
    ']',
    'ip',
    '::1',
    'vlan',
    '/',
    '8',
    '-',
    'src',
    'len',
    '&',
    '\\x',
    '"',
    'é',
  ]
  const texts = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((list) => list.join(' ')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const checked = checkCaptureFilter(text)
      if (checked.ok) return
      expect(checked.start).toBeGreaterThanOrEqual(0)
      expect(checked.end).toBeGreaterThan(checked.start)
      expect(checked.start).toBeLessThanOrEqual(Math.max(1, text.length))
      if (checked.fix !== undefined) expect(checkCaptureFilter(checked.fix)).toEqual({ ok: true })
    }),
    { numRuns: 2000, seed: 5 },
  )
})

test('nothing that is typed takes long: deep nesting and long lists end', () => {
  const nested = `${'('.repeat(30_000)}tcp${')'.repeat(30_000)}`
  const started = performance.now()
  expect(checkCaptureFilter(nested)).toMatchObject({ ok: false })
  expect(checkCaptureFilter('not '.repeat(10_000))).toMatchObject({ ok: false })
  expect(checkCaptureFilter(`port ${Array.from({ length: 5000 }, (_, i) => i).join(' or ')}`)).toEqual({ ok: true })
  expect(checkCaptureFilter('tcp[1] + '.repeat(5000))).toMatchObject({ ok: false })
  expect(performance.now() - started).toBeLessThan(2000)
})
