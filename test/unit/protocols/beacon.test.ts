// The toy protocol of src/protocols/README.md works as printed there.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Dissection } from '../../../src/core/dissect.ts'
import { createRegistry } from '../../../src/core/registry.ts'
import { data, frame, protocols } from '../../../src/protocols/index.ts'
import { StreamMemory } from '../../../src/streams/index.ts'
import { beacon } from './beacon.ts'
import { type Dissected, hex, readRows } from './harness.ts'

const registry = createRegistry({ root: frame, data, protocols: [...protocols, beacon] })

function dissect(payload: string): Dissected {
  const bytes = hex(`4500 0024 0001 0000 40 11 0000 0a000001 0a000002 1000 1267 0010 1234 ${payload}`)
  const d = new Dissection(registry, new StreamMemory(registry, () => 0))
  const facts = { packet: 1, captured: bytes.length, length: bytes.length, seconds: 0, nanos: 0, interfaceId: 0 }
  d.scan(bytes, 0, facts, 101)
  d.record(bytes, 0, facts, 101)
  return readRows(d)
}

describe('the worked example', () => {
  it('stands in the README as it is tested here', () => {
    const readme = readFileSync(new URL('../../../src/protocols/README.md', import.meta.url), 'utf8')
    const printed = readme.split('```ts\n')[1]!.split('```')[0]!
    const tested = readFileSync(new URL('beacon.ts', import.meta.url), 'utf8')
    expect(tested.replace('../../../src/core/', '../core/')).toBe(printed)
  })

  it('shows a beacon', () => {
    const d = dissect('11 01 0004 6e616d65')
    expect(d.layers).toEqual(['raw', 'ip', 'udp', 'beacon'])
    expect(d.row('beacon.kind').text).toBe('Kind: Here (1)')
    expect(d.row('beacon.urgent').text).toBe('.... ...1 = Urgent: Set')
    expect(d.row('beacon.name')).toMatchObject({ start: 32, length: 4, show: 'name' })
    expect(d.info).toBe('Here: name')
    expect(registry.find('beacon.kind')?.length).toBe(1)
  })

  it('says what is wrong', () => {
    expect(dissect('21 01 0004 6e616d65').row('_ws.malformed').text).toContain('Version is 2, not 1')
    expect(dissect('11 01 0009 6e616d65').row('_ws.malformed').text).toContain('BEACON needs 13 bytes, has 8')
  })
})
