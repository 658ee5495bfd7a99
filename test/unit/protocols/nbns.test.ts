// NetBIOS name service: questions, registrations, answers, and all that a machine tells of itself.

import { describe, expect, it } from 'vitest'
import { datagram, dissectDatagram, expectFilter } from './datagram.ts'
import { checkTruncations, ranges } from './harness.ts'

const NBNS = { from: 137, to: 137 }
const HEAD = 28

/** "FOO<1b>" as letters from A to P. */
function encode(name: string, type: number): string {
  const bytes = Buffer.from(name.padEnd(15))
  return `20${[...bytes, type]
    .map((byte) => ((0x41 + (byte >> 4)) << 8) | (0x41 + (byte & 15)))
    .map((pair) => pair.toString(16))
    .join('')}00`
}
const NAME = encode('FOO', 0x1b)
const QUERY = `88fd 0110 0001 0000 0000 0000 ${NAME} 0020 0001`
const REGISTRATION = `a784 2910 0001 0000 0000 0001 ${NAME} 0020 0001 c00c 0020 0001 000493e0 0006 e000 c0a80001`
const STATUS = `0001 8400 0000 0001 0000 0000 ${encode('*', 0)} 0021 0001 00000000 0041 01 ${Buffer.from('HOST'.padEnd(15)).toString('hex')}20 0400 000b5d20cd02 ${'00'.repeat(40)}`

describe('nbns', () => {
  it('shows a question for a name', () => {
    const d = dissectDatagram(QUERY, NBNS)
    expect([d.protocol, d.info]).toEqual(['NBNS', 'Name query NB FOO<1b>'])
    expect(d.row('nbns.name')).toMatchObject({ show: 'FOO<1b>', text: 'Name: FOO<1b> (Domain Master Browser)' })
    expect(d.row('nbns.flags').text).toBe('Flags: 0x0110, Opcode: Name query, Recursion desired, Broadcast')
    expect(d.tree).toContain('FOO<1b>: type NB, class IN')
  })

  it('has every field where it lies', () => {
    const all = ranges(dissectDatagram(REGISTRATION, NBNS), 'nbns')
    expect(all).toEqual(expect.arrayContaining([`nbns.name@${HEAD + 12}+34`, `nbns.type@${HEAD + 46}+2`]))
    expect(all.slice(-9)).toEqual([
      `nbns.name@${HEAD + 51}+1`,
      `nbns.type@${HEAD + 52}+2`,
      `nbns.class@${HEAD + 54}+2`,
      `nbns.ttl@${HEAD + 56}+4`,
      `nbns.data_length@${HEAD + 60}+2`,
      `nbns.nb_flags@${HEAD + 62}+2`,
      `nbns.nb_flags.group@${HEAD + 62}+2`,
      `nbns.nb_flags.ont@${HEAD + 62}+2`,
      `nbns.addr@${HEAD + 64}+4`,
    ])
  })

  it('shows a registration, and what kind of name it is', () => {
    const d = dissectDatagram(REGISTRATION, NBNS)
    expect(d.info).toBe('Registration NB FOO<1b>')
    expect(d.row('nbns.nb_flags').text).toBe('Name flags: 0xe000, Name type, ONT: H-node (H-node, group)')
    expect(d.row('nbns.ttl').text).toBe('Time to live: 3 days, 11 hours, 20 minutes')
  })

  it('shows all names of a machine', () => {
    const d = dissectDatagram(STATUS, NBNS)
    expect(d.info).toBe('Name query response NBSTAT')
    expect(d.row('nbns.netbios_name')).toMatchObject({ show: 'HOST', text: 'Name: HOST<20> (Server service)' })
    expect(d.row('nbns.unit_id').show).toBe('00:0b:5d:20:cd:02')
    expect(d.has('nbns.session_data_packet_size')).toBe(true)
  })

  it('says why an answer fails', () => {
    expect(dissectDatagram(`0001 8503 0000 0000 0000 0000`, NBNS).info).toBe('Name query response, Requested name does not exist')
  })

  it('says why a name is none', () => {
    const ask = (name: string) => dissectDatagram(`0001 0110 0001 0000 0000 0000 ${name} 0020 0001`, NBNS)
    expect(ask('04434b414100').info).toContain('Illegal NetBIOS name (2 bytes long)')
    expect(ask('03434b4100').info).toContain('(odd number of bytes)')
    expect(ask('02304100').info).toContain('(1st character not between A and Z')
    expect(ask('02413000').info).toContain('(2nd character not between A and Z')
  })

  it('refuses names that do not end, or lead around', () => {
    for (const name of ['c00c', 'c0ff', '3f', ''])
      expect(dissectDatagram(`0001 0110 ffff ffff ffff ffff ${name}`, NBNS).row('_ws.malformed').text).toContain('Malformed')
  })

  it('can be cut anywhere', () => {
    checkTruncations(datagram(REGISTRATION, NBNS).bytes, { linkType: 101 })
    checkTruncations(datagram(STATUS, NBNS).bytes, { linkType: 101 })
  })

  it('can be filtered by its fields', () => {
    expectFilter(
      'nbns.name == "FOO<1b>" and nbns.flags.broadcast',
      datagram(QUERY, NBNS),
      datagram(QUERY.replace(NAME, encode('BAR', 0x1b)), NBNS),
    )
  })
})
