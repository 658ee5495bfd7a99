// Programs for a packet socket: what only the kernel knows of a packet, beside its bytes.

import { expect, test } from 'vitest'
import { compile } from '../../../src/capture/bpf/compile.ts'
import { compileForKernel } from '../../../src/capture/bpf/kernel.ts'
import { parse } from '../../../src/capture/bpf/parse.ts'
import { assemble } from '../../../src/capture/bpf/program.ts'
import { LiveError } from '../../../src/capture/index.ts'
import { makeFilters, PRIMITIVES, WHOLE } from './filters.ts'
import { makeFrames } from './frames.ts'
import { type Beside, interpret } from './interpret.ts'

const SNAP = 262_144

function program(text: string, live: boolean, skipOutgoing = false) {
  const parsed = parse(text)
  if (!parsed.ok) throw new Error(text)
  return assemble(compile(parsed.filter, { linkType: 1, live, skipOutgoing }), SNAP)
}

/** As the kernel hands a frame over: the outermost tag taken out and put beside. */
function untag(frame: Uint8Array): [Uint8Array, Beside] {
  const tpid = frame.length >= 16 ? (frame[12]! << 8) | frame[13]! : 0
  if (tpid !== 0x8100 && tpid !== 0x88a8) return [frame, {}]
  return [Uint8Array.from([...frame.subarray(0, 12), ...frame.subarray(16)]), { vlan: (frame[14]! << 8) | frame[15]! }]
}

test('filters that name vlan pick the same frames whether the tag is inside or beside', () => {
  const named = [...WHOLE, ...PRIMITIVES, ...makeFilters(3, 300)].filter((text) => /^vlan|\bvlan\b/.test(text))
  expect(named.length).toBeGreaterThan(10)
  // Whole frames only: moving a tag changes where a frame that was cut short ends. ether[…] and len see the frame without its tag.
  const frames = makeFrames(4, 2000).filter((frame) => frame.length > 50)
  for (const text of named.filter((one) => !/ether\[|len|less|greater|ether (proto|host)/.test(one) && vlanFirst(one))) {
    const [inside, live] = [program(text, false), program(text, true)]
    for (const frame of frames) {
      const [bytes, beside] = untag(frame)
      expect([text, interpret(live, bytes, bytes.length, beside) > 0]).toEqual([text, interpret(inside, frame) > 0])
    }
  }
})

/** Words before `vlan` look at the frame that the kernel shows, which has no tag: only there the two must differ, as in tcpdump. */
function vlanFirst(text: string): boolean {
  return /^(not )?\(?vlan/.test(text) && !/\bor\b|\|\|/.test(text)
}

test('a frame whose tag is beside is also seen by filters that do not ask for it, as in tcpdump', () => {
  const [live] = [program('ip', true)]
  const tagged = makeFrames(5, 500).find((frame) => frame.length > 40 && frame[12] === 0x81 && frame[16] === 8 && frame[17] === 0)!
  const [bytes, beside] = untag(tagged)
  expect(interpret(live, bytes, bytes.length, beside)).toBe(SNAP)
  expect(interpret(program('ip', false), tagged)).toBe(0)
})

test('on loopback the outgoing copy is refused before anything else', () => {
  const frame = makeFrames(6, 1)[0]!
  for (const text of ['', 'ether[0] >= 0']) {
    expect(interpret(program(text, true, true), frame, frame.length, { packetType: 4 })).toBe(0)
    expect(interpret(program(text, true, true), frame, frame.length, { packetType: 0 })).toBe(SNAP)
  }
})

test('the snap length is what an accepting program returns', async () => {
  const compiled = await compileForKernel('', { linkType: 1, snapLength: 128, skipOutgoing: false })
  expect(compiled).toEqual(
    [
      { code: 6, jt: 0, jf: 0, k: 128 },
      { code: 6, jt: 0, jf: 0, k: 0 },
    ].slice(0, compiled.length),
  )
  expect(interpret(compiled, new Uint8Array(60))).toBe(128)
})

test('host names are resolved before', async () => {
  const compiled = await compileForKernel('host localhost', { linkType: 1, snapLength: SNAP, skipOutgoing: false })
  const loopback = Uint8Array.from([...new Uint8Array(12), 8, 0, 0x45, ...new Uint8Array(11), 127, 0, 0, 1, 127, 0, 0, 1])
  expect(interpret(compiled, loopback)).toBe(SNAP)
})

test('what an interface cannot have is said', async () => {
  const raw = { linkType: 101, snapLength: SNAP, skipOutgoing: false }
  await expect(compileForKernel('ether host 00:11:22:33:44:55', raw)).rejects.toThrow(LiveError)
  await expect(compileForKernel('vlan', raw)).rejects.toThrow('this interface has no VLAN tags')
  await expect(compileForKernel('ip[0] / 0 = 1', raw)).rejects.toThrow('divides by zero')
})
