// What is said of wrong filters, and how they are mended. The table of the language's page, on real names, is in
// test/unit/filter/real-names.test.ts.

import { expect, test } from 'vitest'
import { checkFilter } from '../../../src/filter/index.ts'
import { nearestName } from '../../../src/filter/repair.ts'
import { mistake, registry } from './toy.ts'

/** [typed, words pointed at, repair] */
const repairs: readonly (readonly [string, string, string | undefined])[] = [
  ['box.port = 80', '=', 'box.port == 80'],
  ['box | note', '|', 'box || note'],
  ['box ^ note', '^', 'box xor note'],
  ['box.port ≥ 80', '≥', 'box.port >= 80'],
  ['box.port == 80 || 443', 'box.port == 80 || 443', 'box.port in {80, 443}'],
  ['box.port == 80 or 443 or 8080 or note', 'box.port == 80 or 443 or 8080', 'box.port in {80, 443, 8080} or note'],
  ['box.port == 80 and 443', 'box.port == 80 and 443', 'box.port == 80 and box.port == 443'],
  ['box.port != 80 or 443', 'box.port != 80 or 443', 'box.port not in {80, 443}'],
  ['BOX', 'BOX', 'box'],
  ['Box.port == 80', 'Box.port', 'box.port == 80'],
  ['BOX.port = 80', '=', 'box.port == 80'],
  ['box.prot == 80', 'box.prot', 'box.port == 80'],
  ['srcport == 80', 'srcport', 'box.srcport == 80'],
  ['box.deep.srcport == 80', 'box.deep.srcport', 'box.srcport == 80'],
  ['box.srcport-1 == 3', 'box.srcport-1', 'box.srcport - 1 == 3'],
  ['box.srcport == box.dstprot', 'box.dstprot', 'box.srcport == box.dstport'],
  ['box.src == 10.*', '10.*', 'box.src == 10.0.0.0/8'],
  ['box.src == 10.1.*.*', '10.1.*.*', 'box.src == 10.1.0.0/16'],
  ['box.src == 10.0.0', '10.0.0', 'box.src == 10.0.0.0/24'],
  ['box.src in {10.0.0, 1.2.3.4}', '10.0.0', 'box.src in {10.0.0.0/24, 1.2.3.4}'],
  ['box.src == localhost', 'localhost', 'box.src == 127.0.0.1'],
  ['box.src contains "10.0"', 'box.src contains "10.0"', 'box.src == 10.0.0.0/16'],
  ['box.six == localhost', 'localhost', 'box.six == ::1'],
  ['box.src == ::1', '::1', undefined],
  ['box.src == example.com', 'example.com', undefined],
  ['box.src == 10.0.0.0/33', '10.0.0.0/33', undefined],
  ['box.port in {80 443}', '80 443', 'box.port in {80, 443}'],
  ['box.port in {80-443}', '80-443', 'box.port in {80..443}'],
  ['box.port in {443..80}', '443..80', 'box.port in {80..443}'],
  ['box.port in 80', '80', 'box.port in {80}'],
  ['box.port in {}', '{}', undefined],
  ['frame contains fluffy', 'fluffy', 'frame contains "fluffy"'],
  ['frame matches fluffy', 'fluffy', 'frame matches "fluffy"'],
  ['box.name == HTTP/1.1', 'HTTP/1.1', 'box.name == "HTTP/1.1"'],
  ["box.name == 'two words'", "'two words'", 'box.name == "two words"'],
  ['box.name == "open', '"open', 'box.name == "open"'],
  ['box.name contains "\\d"', '\\d', 'box.name contains "\\\\d"'],
  ['box.srcport contains "8"', 'box.srcport contains "8"', 'string(box.srcport) contains "8"'],
  ['box.srcport[0] == 1', 'box.srcport[0]', '@box.srcport[0] == 1'],
  ['box.srcport == 65536', '65536', undefined],
  ['box.level == 128', '128', undefined],
  ['box.kind == "Not"', '"Not"', 'box.kind == "Note"'],
  ['box.kind == "one"', '"one"', 'box.kind == "Odd \\"one\\""'],
  ['box.kind == note', 'note', 'box.kind == "note"'],
  ['box.mark == 1', 'box.mark == 1', 'box.mark'],
  ['box.srcport == 5x', '5x', undefined],
  ['box.mac == 00:11', '00:11', undefined],
  ['box.flags.red == 2x', '2x', undefined],
  ['box.srcport == box.name', 'box.srcport == box.name', undefined],
  ['box.srcport / 0 == 1', '0', undefined],
  ['box.name * 2 == 4', 'box.name * 2', undefined],
  ['box AND note', 'AND', 'box and note'],
  ['box note', 'note', 'box and note'],
  ['box.port 80', '80', 'box.port == 80'],
  ['box)', ')', 'box'],
  ['(box', '(', undefined],
  ['()', '()', undefined],
  ['box and', 'and', undefined],
  ['and box', 'and', undefined],
  ['box ==', '==', undefined],
  ['(box.port) == 80', '==', undefined],
  ['1 == 1', '1 == 1', undefined],
  ['count(box)', 'count(box)', 'count(box) > 0'],
  ['upper(box.name)', 'upper(box.name)', 'upper(box.name) == ""'],
  ['uper(box.name) == "X"', 'uper', 'upper(box.name) == "X"'],
  ['upper(box.port) == "X"', 'box.port', undefined],
  ['upper() == "X"', 'upper()', undefined],
  ['len(len(box)) == 1', 'len(box)', undefined],
  ['max(1) == 1', '1', undefined],
  ['any box', 'any box', undefined],
  ['box.rest[5-2] == 1', '[5-2]', undefined],
  ['box.rest[x] == 1', '[x]', undefined],
  ['box.rest[2:0] == 1', '[2:0]', undefined],
  ['box.rest[:0] == 1', '[:0]', undefined],
  ['box#0', '#0', undefined],
  ['box.rest[0', '[0', 'box.rest[0]'],
  ['box.name matches "("', '"("', undefined],
  ['box.name matches "(?=x)"', '"(?=x)"', undefined],
  ['box.when > "31.1.2023"', '"31.1.2023"', undefined],
  ['box.delay > "soon"', '"soon"', undefined],
  ['"GET"', '"GET"', 'frame contains "GET"'],
  ['443', '443', 'frame contains "443"'],
  ['smb.cmd == 1', 'smb.cmd', undefined],
  ['wholly.unknown', 'wholly.unknown', undefined],
]

test.each(repairs)('%s', (typed, at, fix) => {
  const said = mistake(typed)
  expect([said.at, said.fix]).toEqual([at, fix])
  expect(said.message).toMatch(/^["\\A-Za-z(/0-9].{15,}/)
})

test('a protocol that only Wireshark knows is named as such', () => {
  expect(mistake('smb.cmd == 1').message).toContain("Wireshark's")
  expect(mistake('wholly.unknown').message).not.toContain('Wireshark')
})

test('hints on filters that are right but may not say what was meant', () => {
  const hint = (filter: string) => {
    const checked = checkFilter(filter, registry)
    return checked.ok ? checked.hint : 'wrong'
  }
  expect(hint('box.flags.red')).toContain('box.flags.red == 1')
  expect(hint('box.port != 80')).toContain('!(box.port == 80)')
  expect(hint('box.rest[0] == 47')).toContain('0x47')
  expect(hint('box.srcport == -1')).toContain('negative')
  expect(hint('box.level == -1')).toBeUndefined()
  expect(hint('box.port == 80')).toBeUndefined()
  expect(hint('box')).toBeUndefined()
})

test('the nearest name is near', () => {
  expect(nearestName('box.prot', registry)).toBe('box.port')
  expect(nearestName('dstport', registry)).toBe('box.dstport')
  expect(nearestName('zzzzzzzz', registry)).toBeNull()
})
