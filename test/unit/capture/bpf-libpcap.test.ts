// The same packets as libpcap: our compiler against its compiler, both run by its interpreter.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile } from '../../../src/capture/bpf/compile.ts'
import { parse } from '../../../src/capture/bpf/parse.ts'
import { assemble, type Instruction, LONGEST_PROGRAM } from '../../../src/capture/bpf/program.ts'
import { openCapture } from '../../../src/files/index.ts'
import { makeFilters, PRIMITIVES, WHOLE } from './filters.ts'
import { makeFrames, makeRawFrames } from './frames.ts'
import { interpret } from './interpret.ts'
import { encode, loadReferee, type Referee } from './libpcap.ts'

const SNAP = 262_144
const referee = await loadReferee()
if (!referee) console.warn('SKIPPED: libpcap is not installed, so no filter is compared with its compiler (install libpcap0.8)')

function compileHere(text: string, linkType = 1): Instruction[] {
  const parsed = parse(text)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message} at ${parsed.start}`)
  return assemble(compile(parsed.filter, { linkType, live: false, skipOutgoing: false }), SNAP)
}

/**
 * Packets on which the two disagree, in words. libpcap's optimizer leaves out loads and moves them, so that it changes its mind about
 * packets that are cut short: those are judged by its plain translation, all others by both.
 */
function differences(judge: Referee, filter: string, packets: readonly Uint8Array[], linkType = 1): string[] {
  const theirs = judge.compile(filter, linkType, false)
  if (typeof theirs === 'string') return [`${filter}: libpcap says ${theirs}`]
  const ours = compileHere(filter, linkType)
  if (ours.length > LONGEST_PROGRAM) return [`${filter}: ${ours.length} instructions`]
  const [ourCode, theirCode] = [encode(ours), encode(theirs)]
  return packets.flatMap((packet) => {
    const wanted = judge.run(theirCode, packet) > 0
    const found = judge.run(ourCode, packet) > 0
    return wanted === found ? [] : [`${filter}: ${wanted ? 'missed' : 'took'} ${Buffer.from(packet).toString('hex')}`]
  })
}

describe.skipIf(!referee)('compared with libpcap', () => {
  const judge = referee as Referee
  const frames = makeFrames(1, 3000)

  test('the frames tell the filters apart: each picks some and leaves some', () => {
    const constant = new Set(['1 = 1', '2 > 3', 'port 0', 'net 0.0.0.0/0', 'net ::/0', '-1 = 0xffffffff', 'len - 14 > 60'])
    for (const filter of PRIMITIVES.filter((text) => !constant.has(text))) {
      const program = compileHere(filter)
      const picked = frames.filter((frame) => interpret(program, frame) > 0).length
      expect([filter, picked > 0 && picked < frames.length]).toEqual([filter, true])
    }
  })

  test.each(PRIMITIVES)('%s', (filter) => expect(differences(judge, filter, frames)).toEqual([]))

  test.each(WHOLE)('whole: %s', (filter) => expect(differences(judge, filter, frames)).toEqual([]))

  test('four hundred random combinations', () => {
    const some = frames.slice(0, 400)
    // Some combinations are always false, which libpcap refuses to compile; ours must then pick nothing.
    for (const filter of makeFilters(7, 400)) {
      const theirs = judge.compile(filter)
      if (theirs === 'expression rejects all packets') {
        const program = compileHere(filter)
        expect(some.filter((frame) => interpret(program, frame) > 0)).toEqual([])
      } else expect(differences(judge, filter, some)).toEqual([])
    }
  })

  test('interfaces without a link header', () => {
    const raw = makeRawFrames(2, 1000)
    const fitting = PRIMITIVES.filter((text) => !/ether|link|vlan|broadcast|^multicast|arp|igmp\[/.test(text))
    for (const filter of fitting) expect(differences(judge, filter, raw, 101)).toEqual([])
  })

  test('our interpreter agrees with libpcap’s', () => {
    for (const filter of makeFilters(11, 100)) {
      const program = compileHere(filter)
      const code = encode(program)
      for (const frame of frames.slice(0, 100)) expect([filter, interpret(program, frame)]).toEqual([filter, judge.run(code, frame)])
    }
  })

  test('very long filters, whose jumps reach over thousands of instructions', () => {
    const hosts = Array.from({ length: 120 }, (_, i) => `10.9.${i}.7`)
    const filter = `host ${[...hosts, '10.0.0.1'].join(' or ')}`
    expect(differences(judge, filter, frames)).toEqual([])
    expect(differences(judge, `not (${filter}) and ip`, frames)).toEqual([])
  })

  test('what we refuse as wrong, libpcap refuses too', () => {
    for (const filter of [
      'tcp prot 80',
      'tcp 80',
      '10.0.0.1',
      'port',
      'host',
      'tcp and',
      'port 70000',
      'tcp host 10.0.0.1',
      'net 10.0.0.1/8',
      'net 10.0.0.0/33',
    ]) {
      expect([filter, typeof judge.compile(filter)]).toEqual([filter, 'string'])
      expect([filter, parse(filter).ok]).toEqual([filter, false])
    }
    for (const filter of [
      '(tcp',
      'tcp)',
      'port 80 443',
      'tcp[0',
      'tcp[0:3] = 1',
      'ip[0] =',
      'vlan 4096',
      'icmp port 80',
      'host 1.2.3.256',
      'src tcp',
      'port 80,443',
    ]) {
      expect([filter, typeof judge.compile(filter)]).toEqual([filter, 'string'])
      expect([filter, parse(filter).ok]).toEqual([filter, false])
    }
  })

  const corpus = join(import.meta.dirname, '../../../../shared/corpus')
  test.skipIf(!existsSync(corpus))('real packets of the corpus', async () => {
    const packets = await readPackets(corpus, 4000)
    expect(packets.length).toBeGreaterThan(1000)
    for (const filter of [...PRIMITIVES, ...WHOLE]) expect(differences(judge, filter, packets)).toEqual([])
  })
})

/** Ethernet packets from all over the corpus. */
async function readPackets(folder: string, count: number): Promise<Uint8Array[]> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const captures = names.filter((name) => /\.(pcap|pcapng|cap)$/.test(name) && !name.startsWith('oracle')).sort()
  const packets: Uint8Array[] = []
  for (const name of captures.filter((_, i) => i % 7 === 0)) {
    if (packets.length >= count) break
    try {
      const reader = await openCapture(join(folder, name))
      const ethernet = new Set<number>()
      reader.step(
        {
          packet(bytes, start, captured, _length, _seconds, _nanos, id) {
            if (ethernet.has(id)) packets.push(bytes.slice(start, start + captured))
          },
          interface: ({ id, linkType }) => linkType === 1 && ethernet.add(id),
        },
        30,
      )
      reader.close()
    } catch {
      // Files that are no captures are among them, on purpose.
    }
  }
  return packets
}
