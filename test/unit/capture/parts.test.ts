// The parts of live capture that need no network: streams of capture programs, identities, causes, texts.

import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { groupDigits, LiveError, spellCommand, tellInterfaceLost } from '../../../src/capture/errors.ts'
import { makeSpool, nextIdentity, removeSpool } from '../../../src/capture/index.ts'
import { PcapIntake, PcapngIntake } from '../../../src/capture/intake.ts'
import { explainRefusal } from '../../../src/capture/namespace.ts'
import { findProgram, runBriefly, spawnOwned } from '../../../src/capture/programs.ts'
import { createWriter, openCapture } from '../../../src/files/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'capture-parts-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function readBack(path: string): Promise<[number, number, number, number][]> {
  const reader = await openCapture(path)
  const seen: [number, number, number, number][] = []
  reader.step(
    { packet: (_b, _s, captured, length, seconds, nanos) => void seen.push([captured, length, seconds, nanos]), interface() {} },
    1000,
  )
  expect(reader.damage).toBeNull()
  reader.close()
  return seen
}

function sample(format: 'pcap' | 'pcapng', nanosecond: boolean): Uint8Array {
  const path = join(folder, `sample-${format}`)
  const writer = createWriter(path, { format, nanosecond, interfaces: [{ linkType: 1, snapLength: 65_549 }] })
  for (let i = 0; i < 50; i++) writer.packet(new Uint8Array(200).fill(i), 0, 60 + i, 1000 + i, 1_700_000_000 + i, i * 1000, 0)
  writer.close()
  return Uint8Array.from(readFileSync(path))
}

describe('what a capture program writes reaches the spool, however it is cut', () => {
  const wanted = Array.from({ length: 50 }, (_, i) => [60 + i, 1000 + i, 1_700_000_000 + i, i * 1000])
  test.each([
    ['pcap', true, 1],
    ['pcap', false, 7],
    ['pcap', true, 100_000],
    ['pcapng', true, 1],
    ['pcapng', true, 1000],
  ] as const)('%s, nanoseconds %s, %i bytes at a time', async (format, nanosecond, size) => {
    const path = join(folder, 'spool.pcapng')
    const bytes = sample(format, nanosecond)
    const intake = format === 'pcap' ? new PcapIntake(path, 'lo', '') : new PcapngIntake(path)
    expect(intake.linkType).toBeNull()
    for (let at = 0; at < bytes.length; at += size) intake.take(bytes.subarray(at, at + size))
    expect([intake.linkType, intake.packets, intake.close()]).toEqual([1, 50, 50])
    expect(await readBack(path)).toEqual(wanted)
  })

  test('pcap of the other byte order', async () => {
    const path = join(folder, 'spool.pcapng')
    const bytes = Buffer.alloc(24 + 16 + 4)
    ;[0xa1b23c4d, 0x0002_0004, 0, 0, 65_535, 1, 5, 6, 4, 99].forEach((word, i) => void bytes.writeUInt32BE(word, i * 4))
    const intake = new PcapIntake(path, 'lo', 'tcp')
    intake.take(bytes)
    expect([intake.linkType, intake.close()]).toEqual([1, 1])
    expect(await readBack(path)).toEqual([[4, 99, 5, 6]])
  })

  test('a stream that is none, and a record of absurd size, are refused', () => {
    const path = join(folder, 'spool.pcapng')
    expect(() => new PcapIntake(path, 'lo', '').take(new Uint8Array(64))).toThrow('no capture')
    expect(() => new PcapngIntake(path).take(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13))).toThrow()
    const bytes = sample('pcap', true)
    new DataView(bytes.buffer).setUint32(24 + 8, 0x7fff_ffff, true)
    expect(() => new PcapIntake(path, 'lo', '').take(bytes)).toThrow('record of')
  })
})

describe('whom root becomes', () => {
  test.skipIf(process.getuid?.() !== 0)('the caller of sudo, or nobody', () => {
    expect(nextIdentity(0, { SUDO_UID: '1000', SUDO_GID: '1001', SUDO_USER: 'ann' })).toEqual({ uid: 1000, gid: 1001, name: 'ann' })
    for (const SUDO_UID of ['0', '', '-1', '1e3', '4294967295', 'ann']) {
      expect(nextIdentity(0, { SUDO_UID, SUDO_GID: '1000' })).toMatchObject({ name: 'nobody', uid: 65534 })
    }
    expect(nextIdentity(0, {})).toMatchObject({ name: 'nobody' })
  })
  test('anyone else stays', () => expect(nextIdentity(1000, { SUDO_UID: '5', SUDO_GID: '5' })).toBeNull())
})

describe('why a namespace is refused', () => {
  const files = (settings: Record<string, string>) => (path: string) => settings[path] ?? ''
  test.each([
    [
      'apparmor',
      { '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' },
      'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
    ],
    ['limit', { '/proc/sys/user/max_user_namespaces': '0\n' }, 'sudo sysctl -w user.max_user_namespaces='],
    ['clone', { '/proc/sys/kernel/unprivileged_userns_clone': '0\n' }, 'sudo sysctl -w kernel.unprivileged_userns_clone=1'],
    ['seccomp', { '/proc/self/status': 'Name:\tnode\nSeccomp:\t2\n' }, '--security-opt seccomp=unconfined'],
    ['unknown', {}, 'The relay is used meanwhile.'],
  ])('%s', (cause, settings, remedy) => {
    const probe = explainRefusal('unshare: unshare failed: Operation not permitted\n', files(settings as Record<string, string>))
    expect(probe).toMatchObject({ usable: false, cause, remedy: expect.stringContaining(remedy) })
    expect(!probe.usable && probe.remedy).toMatch(/relay is used meanwhile/)
  })
})

describe('texts', () => {
  test('numbers are grouped', () => expect([0, 999, 1204, 1234567].map(groupDigits)).toEqual(['0', '999', '1 204', '1 234 567']))
  test('a lost interface', () => {
    expect(tellInterfaceLost('eth0', 1204, false)).toBe('eth0 disappeared; the 1 204 packets so far are kept.')
    expect(tellInterfaceLost('eth0', 1, false)).toBe('eth0 disappeared; the 1 packet so far is kept.')
    expect(tellInterfaceLost('eth0', 0, false)).toBe('eth0 disappeared; no packet had arrived yet.')
  })
  test('commands to copy are quoted', () => {
    expect(spellCommand('lo', 'tcp port 5683')).toBe('wiretail -i lo -p 5683')
    expect(spellCommand('lo', "host a and not port 'x'")).toBe(`wiretail -i lo -f 'host a and not port '\\''x'\\'''`)
    expect(spellCommand('a;b', '')).toBe("wiretail -i 'a;b'")
  })
  test('errors are one line without escape bytes', () => {
    expect(new LiveError('interface', 'No interface "\u001b[31m\n".', ['There are: lo.']).message).not.toMatch(/[\u0000-\u001f]/)
  })
})

describe('programs', () => {
  test('sbin is looked into when PATH leaves it out; a file that may not be run is told apart', () => {
    const path = join(folder, 'tool')
    writeFileSync(path, '#!/bin/sh\n')
    expect(findProgram('tool', { PATH: folder })).toMatchObject({ path, permitted: false })
    chmodSync(path, 0o755)
    expect(findProgram('tool', { PATH: folder })).toMatchObject({ path, permitted: true })
    expect(findProgram('no-such-program-anywhere', { PATH: folder })).toBeNull()
    expect(findProgram('sh', { PATH: '' })).toMatchObject({ permitted: true })
  })

  test('output and time are bounded', async () => {
    expect(await runBriefly('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'])).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' })
    expect((await runBriefly('/bin/sh', ['-c', 'sleep 60'], 100)).code).toBeNull()
    expect((await runBriefly('/no/such/program', [])).code).toBeNull()
  })

  test('of what a child says the last 8 KiB are kept, and it ends when asked', async () => {
    const script = 'i=0; while [ $i -lt 2000 ]; do echo "line $i" >&2; i=$((i+1)); done; echo ready; exec sleep 600'
    let ready = () => {}
    const waiting = new Promise<void>((resolve) => {
      ready = resolve
    })
    const child = spawnOwned('/bin/sh', ['-c', script], () => ready())
    await waiting
    expect(child.said().length).toBeLessThanOrEqual(8192)
    const started = performance.now()
    child.finish()
    const { code, stderr } = await child.ended
    expect(code).toBeNull()
    expect(performance.now() - started).toBeLessThan(2000)
    expect(stderr).toContain('line 1999')
    expect(stderr).not.toContain('line 5\n')
  })

  test('a program that cannot be started is an outcome, not an exception', async () => {
    const child = spawnOwned('/no/such/program', [], () => {})
    expect((await child.ended).code).not.toBe(0)
  })
})

test('a spool stands in a folder that only its owner may enter', () => {
  const path = makeSpool()
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
  removeSpool(path)
  expect(() => statSync(join(path, '..'))).toThrow()
})
