// Live capture where nothing else is going on: each scenario runs in a network namespace of its own, made by root or by an ordinary user.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch as launchInTerminal } from './terminal.ts'

const root = process.getuid?.() === 0
const folder = join(import.meta.dirname, '../../node_modules/.cache')
const bundle = join(folder, `capture-scenarios-${process.pid}.mjs`)

const has = (program: string) => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${program}`]).status === 0
const namespace = root ? ['unshare', '-n', '--'] : ['unshare', '-U', '-r', '-n', '--']
const works = spawnSync(namespace[0]!, [...namespace.slice(1), 'true']).status === 0
if (!works) console.warn('SKIPPED: no network namespace can be made here, so live capture is not tested')

// tcpdump gives up root by becoming a user that does not exist in a user namespace.
const engines = ['ring', ...['dumpcap', ...(root ? ['tcpdump'] : [])].filter(has)]
for (const name of ['dumpcap', 'tcpdump']) if (!engines.includes(name)) console.warn(`SKIPPED: ${name} is not usable here and not tested`)
const veth = has('ip')
if (!veth) console.warn('SKIPPED: ip (iproute2) is missing, so vanishing interfaces and VLAN tags are not tested')

// Spools of captures that are killed or refused stay behind; they go with this folder, which the user nobody may write to, too.
const spools = mkdtempSync(join(tmpdir(), 'capture-test-'))

beforeAll(async () => {
  chmodSync(spools, 0o1777)
  mkdirSync(folder, { recursive: true })
  const entryPoints = [join(import.meta.dirname, 'capture-scenarios.ts')]
  await build({ entryPoints, outfile: bundle, bundle: true, platform: 'node', format: 'esm', target: 'node20', external: ['koffi'] })
})

afterAll(() => {
  rmSync(bundle, { force: true })
  rmSync(spools, { recursive: true, force: true })
})

interface Where {
  /** Runs it as nobody (needs root). */
  readonly nobody?: boolean
  /** Words put before the command. */
  readonly before?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly raise?: boolean
}

function command(args: readonly string[], { nobody = false, before = namespace }: Where = {}): string[] {
  const user = nobody ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
  return [...user, ...before, process.execPath, bundle, ...args]
}

function launch(args: readonly string[], where: Where = {}): ChildProcess {
  const [file = '', ...rest] = command(args, where)
  const env = { ...process.env, TEST_RAISE: where.raise === false ? '0' : '1', TMPDIR: spools, ...where.environment }
  return spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'], env })
}

/** Runs a scenario and returns the JSON that it printed. */
async function run<T = Record<string, unknown>>(args: readonly string[], where: Where = {}): Promise<T> {
  const child = launch(args, where)
  let [out, err] = ['', '']
  child.stdout?.on('data', (chunk) => {
    out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    err += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
  const code = await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(timer)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${err}`)
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as T
}

describe.skipIf(!works).each(engines)('%s', (engine) => {
  test('numbered packets are seen, each once, in order, with the kernel’s time', async () => {
    const result = await run<{ age: number }>(['numbered', engine, '1000'])
    expect(result).toMatchObject({
      seen: 1000,
      ordered: true,
      times: true,
      engine,
      timeSource: 'kernel',
      linkType: 1,
      end: { reason: 'stopped' },
    })
    expect(result).toMatchObject({ counts: { captured: 1000, dropped: 0 } })
    expect(result.age).toBeLessThan(30)
  })

  test('a burst of 20 000 packets', async () => {
    expect(await run(['numbered', engine, '20000'])).toMatchObject({ seen: 20_000, ordered: true, counts: { dropped: 0 } })
  })

  test('a short snap length keeps the true length', async () => {
    expect(await run(['short', engine, '128'])).toEqual([
      [128, 1042],
      [128, 1042],
      [128, 1042],
    ])
  })

  test('frames of 65 550 bytes over ::1 are whole', async () => {
    expect(await run(['large', engine])).toEqual(Array.from({ length: 20 }, () => [65_550, 65_550]))
  })

  test('stopped before the first packet, stopped twice, started again', async () => {
    expect(await run(['lifecycle', engine])).toMatchObject({
      first: { before: { captured: 0 }, end: { reason: 'stopped' }, seen: 0 },
      again: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    })
  })

  test.skipIf(!veth)('the interface goes down', async () => {
    const { end, seen } = await run<{ end: { reason: string; message: string }; seen: number }>(['lost', engine, 'down'])
    expect(end.reason).toBe('interface')
    expect(end.message).toBe('va disappeared; the 1 204 packets so far are kept. It was set down: sudo ip link set va up')
    expect(seen).toBe(1204)
  })

  test.skipIf(!veth)('the interface is deleted', async () => {
    const { end, seen } = await run<{ end: { reason: string; message: string }; seen: number }>(['lost', engine, 'deleted'])
    expect(end).toEqual({ reason: 'interface', message: 'va disappeared; the 1 204 packets so far are kept.' })
    expect(seen).toBe(1204)
  })

  test.skipIf(!veth)('an interface that is down', async () => {
    expect(await run<string>(['down', engine])).toBe('interface: va is down. Bring it up: sudo ip link set va up')
  })

  test.skipIf(!veth)('a VLAN tag that the kernel took out is in its place', async () => {
    expect(await run(['vlan', engine])).toEqual([
      [64, '8100600588b5'],
      [60, '88b50e0f1011'],
    ])
  })

  test('its parent is killed: nothing of ours is left', async () => {
    const mark = `udp port ${41_000 + (process.pid % 1000)} or udp port ${engine.length}`
    const child = launch(['forever', engine, mark])
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    expect(holding(mark).length).toBeGreaterThan(0)
    child.kill('SIGKILL')
    await until(() => holding(mark).length === 0)
    expect(holding(mark)).toEqual([])
  })
})

/** Command lines of processes that carry a text. */
function holding(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return line.includes(text) ? [line] : []
      } catch {
        return []
      }
    })
}

async function until(done: () => boolean): Promise<void> {
  const limit = Date.now() + 5000
  while (!done() && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 50))
}

describe.skipIf(!works)('the ring', () => {
  test('both directions of a TCP exchange, each packet once', async () => {
    const { flags, text } = await run<{ flags: number[]; text: boolean }>(['tcp'])
    expect(flags.slice(0, 3)).toEqual([0x02, 0x12, 0x10])
    expect(flags.filter((flag) => (flag & 1) !== 0)).toHaveLength(2)
    expect(flags.filter((flag) => (flag & 2) !== 0)).toHaveLength(2)
    expect(text).toBe(true)
  })

  test('a packet is told of within a few hundredths of a second', async () => {
    expect(await run<number>(['delay'])).toBeLessThan(60)
  })

  test.skipIf(!veth).each([
    ['vlan', 1],
    ['vlan 5', 1],
    ['vlan 6', 0],
    ['vlan and ether proto 0x88b5', 1],
    ['not vlan', 1],
    ['ether proto 0x88b5', 2],
    ['vlan 5 or ether proto 0x88b5', 1],
  ])('the filter "%s" on tagged and plain frames', async (filter, count) => {
    expect(await run(['vlan', 'ring', filter])).toHaveLength(count)
  })

  test('what cannot be started says why, and how to mend it', async () => {
    expect(await run(['refusals'])).toEqual({
      missing: 'interface: No interface "eth9". There are: lo.',
      long: 'interface: No interface "lo23456789012345678901234". There are: lo.',
      filter: 'filter: Capture filter not understood at "prot": tcp prot 80. Did you mean: tcp port 80?',
      display: 'filter: Capture filter not understood at "tcp.port": tcp.port == 80. That is a display filter. Did you mean: tcp port 80?',
      option: expect.stringMatching(/^filter: Capture filter not understood at /),
      engine: 'engine: No engine "warp". There are: ring, dumpcap, tcpdump, namespace, relay.',
      demo: "engine: The engine relay carries the demo's own traffic only. Use it with wiretail demo or wiretail run.",
      host: 'filter: Capture filter: no address is known for the host "no-such-host.invalid": host no-such-host.invalid. Write its address instead.',
      spool: expect.stringMatching(/^spool: The packets need a file, \/nowhere\/at\/all.pcapng, and it cannot be made: .* Set TMPDIR/),
      snap: 'engine: The snap length 0 is not possible. Choose 1 to 262144 bytes.',
      long2: 'filter: Capture filter too long: port 0 or port 1 or port 2 or'.slice(0, 60),
    })
  })

  test.skipIf(!has('mount'))('a full disk ends the capture; what is there is kept and readable', async () => {
    const shell = 'mount -t tmpfs -o size=1m none /mnt && exec "$@"'
    const before = [...(root ? ['unshare', '-n', '-m'] : ['unshare', '-U', '-r', '-n', '-m']), '--', 'sh', '-c', shell, 'sh']
    const result = await run<{ end: { reason: string; message: string }; seen: number; counted: number }>(['full'], {
      before,
      environment: { TMPDIR: '/mnt' },
    })
    expect(result.end.reason).toBe('space')
    expect(result.seen).toBeGreaterThan(50)
    expect(result.counted).toBe(result.seen)
    expect(result.end.message).toMatch(/^The disk is full: capturing stopped; the [\d ]+ packets so far are kept\. Free some space/)
    expect(result.end.message).toContain(`the ${result.seen} packets`)
  })
})

describe.skipIf(!works || !root)('privileges', () => {
  test('root becomes nobody after the socket is open, and can capture again', async () => {
    expect(await run(['drop'], { environment: { SUDO_UID: '', SUDO_GID: '' } })).toMatchObject({
      said: 'now running as nobody',
      user: [65534, 65534, [65534]],
      owner: [65534, 65534],
      first: 20,
      second: 5,
      third: expect.stringMatching(/^permission: You may not capture on lo yet; wiretail itself needs no root\./),
      rootAgain: false,
    })
  })

  test('behind sudo, root becomes the caller', async () => {
    const environment = { SUDO_UID: '1234', SUDO_GID: '2345', SUDO_USER: 'somebody-else', HOME: '/root' }
    expect(await run(['drop'], { environment })).toMatchObject({
      said: 'now running as somebody-else',
      user: [1234, 2345, [2345]],
      owner: [1234, 2345],
      first: 20,
      second: 5,
      rootAgain: false,
      home: null,
    })
  })

  test('an ordinary user learns every way that is open', async () => {
    const { refused, text } = await run<{ refused: string; text: string }>(['permission'], { nobody: true, before: [], raise: false })
    expect(refused).toMatch(/^permission: You may not capture on lo yet; wiretail itself needs no root\. /)
    expect(refused).toMatch(/(sudo|doas) wiretail -i lo -p 5683/)
    expect(text).toMatch(/wiretail -i lo -f 'udp and not port 53'/)
    if (has('dumpcap')) expect(text).toContain('sudo usermod -aG wireshark $USER')
    if (spawnSync('setpriv', ['--reuid=65534', '--clear-groups', 'unshare', '-Urn', 'true']).status === 0) {
      expect(text).toContain('Or practise now without any rights: wiretail demo')
    }
  })

  test.skipIf(!has('dumpcap'))('a dumpcap that only its group may run', async () => {
    // In a mount namespace another file, of another group, takes the place of every dumpcap.
    const fake = join(spools, 'dumpcap')
    const shell = `echo '#!/bin/sh' >${fake} && chmod 750 ${fake} && chgrp 4 ${fake} && mount --bind ${fake} $(command -v dumpcap) && exec "$@"`
    const before = ['unshare', '-m', '--', 'sh', '-c', shell, 'sh', 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
    const { refused } = await run<{ refused: string }>(['permission'], { before, raise: false })
    const group = readFileSync('/etc/group', 'utf8').match(/^(\w+):[^:]*:4:/m)?.[1]
    expect(refused).toContain(`dumpcap exists, but only the group ${group} may run it: sudo usermod -aG ${group} $USER, then log in again`)
  })

  test('an ordinary user captures in a namespace of his own', async () => {
    const before = ['unshare', '-U', '-r', '-n', '--']
    expect(await run(['numbered', 'ring', '500'], { nobody: true, before })).toMatchObject({ seen: 500, ordered: true })
  })
})

describe.skipIf(!works)('whether a namespace can be made', () => {
  test('yes', async () => expect(await run(['probe'], { raise: false })).toEqual({ usable: true }))

  test('no: none are allowed any more', async () => {
    const shell = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"'
    expect(await run(['probe'], { raise: false, before: ['unshare', '-U', '-r', '--', 'sh', '-c', shell, 'sh'] })).toEqual({
      usable: false,
      cause: 'limit',
      detail: 'This system allows no user namespaces (user.max_user_namespaces is 0).',
      remedy: expect.stringContaining('sudo sysctl -w user.max_user_namespaces='),
    })
  })
})

describe.skipIf(!works)('moving into a namespace', () => {
  test('the whole program moves, and the terminal is its own: size, raw mode, keys', async () => {
    const program = launchInTerminal({ command: [process.execPath, bundle, 'become'], cols: 97, rows: 30, env: { TEST_RAISE: '0' } })
    await program.until('press a key', 20_000)
    program.type('{ctrl+c}')
    await program.until('"key"', 20_000)
    expect(
      JSON.parse(
        program.screen
          .text()
          .split('\n')
          .find((line) => line.includes('"key"')) ?? '',
      ),
    ).toEqual({
      key: '\u0003',
      seen: 7,
      engine: 'namespace',
      columns: 97,
      said: '',
    })
    expect(await program.exit).toEqual({ code: 0, signal: 0 })
  })
})
