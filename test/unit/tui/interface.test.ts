// What a user does and sees, on a session of real bytes: the whole interface, in this process.

import { afterEach, describe, expect, it } from 'vitest'
import { safeText } from '../../../src/bytes/text.ts'
import { displayWidth } from '../../../src/bytes/width.ts'
import type { CaptureControl } from '../../../src/tui/index.tsx'
import { type Driven, drive } from './driver.ts'
import { createSession, type TestSession } from './session.ts'

let app: Driven | null = null

afterEach(async () => {
  if (app !== null && !app.ended()) await app.type('{ctrl+c}{ctrl+c}')
  app = null
})

async function open(session: TestSession = createSession(1000), cols = 80, rows = 24): Promise<Driven> {
  app = await drive({ session }, cols, rows)
  return app
}

const rowOf = (driven: Driven, text: string): number => driven.lines().findIndex((line) => line.includes(text))

describe('the three panes', () => {
  it('show packets, layers and bytes, and what the selected field means', async () => {
    const shown = await open()
    expect(shown.lines()[0]).toMatch(/^ wiretail {2}plain\.pcapng · 1 000 packets/)
    expect(shown.text()).toMatch(/No\. +Time +Source +Dest\. +Protocol Length Info/)
    expect(shown.text()).toContain('40000 → [SYN]')
    expect(shown.text()).toContain('▾ Transmission Control Protocol')
    expect(shown.text()).toMatch(/0010 {2}00 28 00 00/)
    expect(shown.text()).toContain('Transmission Control Protocol · tcp · byte 34, 20 bytes')
  })

  it('find the secret: five times down, and its bytes are marked in the hex pane', async () => {
    const shown = await open()
    await shown.type('jjjjj')
    const y = rowOf(shown, '◆')
    expect(shown.lines()[y]).toMatch(/◆ +6 .*secret/)
    expect(shown.text()).toContain('File Data: fluffy tail')
    const last = rowOf(shown, '0060')
    const x = shown.lines()[last]?.indexOf('66 66 79') ?? -1
    expect(shown.ground(x, last)).toBe(0x4a3700)
    expect(shown.ground(x - 4, last)).not.toBe(0x4a3700)
  })

  it('tie the tree and the bytes together both ways', async () => {
    const shown = await open()
    await shown.type('{tab}kl')
    expect(shown.text()).toContain('Time to Live: 64')
    await shown.type('j')
    expect(shown.text()).toContain('Time to Live · ip.ttl · byte 22, 1 byte')
    await shown.type('{tab}{right}{right}{right}{right}')
    expect(shown.text()).toContain('Source Address · ip.src')
  })

  it('take ten keys of one read as ten rows and one frame', async () => {
    const shown = await open()
    const before = shown.written().split('\x1b[?2026h').length
    await shown.send('\x1b[B'.repeat(10))
    expect(shown.text()).toContain('Frame 11: ')
    expect(shown.written().split('\x1b[?2026h').length - before).toBe(1)
  })

  it('go to ends and numbers', async () => {
    const shown = await open()
    await shown.type('G')
    expect(shown.text()).toContain('Frame 1000: ')
    await shown.type('42')
    expect(shown.text()).toContain('42  G or gg goes to that packet')
    await shown.type('gg')
    expect(shown.text()).toContain('Frame 42: ')
    await shown.type('gg')
    expect(shown.text()).toContain('Frame 1: ')
    await shown.type('99999G')
    expect(shown.text()).toContain('No packet 99 999 is shown here; this is packet 1 000.')
  })

  it('step through a conversation, and between marks', async () => {
    const shown = await open()
    await shown.type(']]]')
    expect(shown.text()).toContain('Frame 4: ')
    await shown.type('[[[[')
    expect(shown.text()).toContain('This is the first packet of its conversation.')
    await shown.type('m20Gm1G')
    await shown.type("'")
    expect(shown.text()).toContain('Frame 6: ')
    await shown.type("''")
    expect(shown.text()).toContain('Frame 20: ')
    expect(shown.lines().some((line) => /^» +20 /.test(line))).toBe(true)
  })

  it('zoom a pane and come back', async () => {
    const shown = await open()
    await shown.type('{tab}{tab}\\')
    expect(shown.text()).not.toContain('Layers')
    expect(shown.text()).toMatch(/0020 {2}00 01 9c 40 16 33 00 00 {2}00 00/)
    await shown.type('\\')
    expect(shown.text()).toContain('Layers')
  })

  it('open by mouse what is clicked and scroll what is under the wheel', async () => {
    const shown = await open()
    const six = rowOf(shown, '◆')
    await shown.send(`\x1b[<0;20;${six + 1}M`)
    expect(shown.text()).toContain('Frame 6: ')
    const tcp = rowOf(shown, '▸ Transmission Control')
    await shown.send(`\x1b[<0;1;${tcp + 1}M`)
    expect(shown.text()).toContain('▾ Transmission Control')
    await shown.send(`\x1b[<65;20;${six + 1}M`)
    expect(shown.lines()[3]).toMatch(/^ +4 /)
    const bytes = rowOf(shown, '0058')
    const x = shown.lines()[bytes]?.indexOf('0058') ?? 0
    await shown.send(`\x1b[<0;${x + 22};${bytes + 1}M`)
    expect(shown.text()).toContain('http.file_data')
    const tabs = rowOf(shown, 'Body (11)')
    await shown.send(`\x1b[<0;${(shown.lines()[tabs]?.indexOf('Body') ?? 0) + 2};${tabs + 1}M`)
    expect(shown.text()).toContain('[Body (11)]')
  })
})

describe('the filter box', () => {
  it('filters, says how many, and stays at the packet', async () => {
    const shown = await open()
    await shown.type('5j/http')
    expect(shown.lines()[1]).toContain('✓ 200 of 1 000 (20.0 %)')
    await shown.type('{enter}')
    expect(shown.lines()[1]).toMatch(/Filter {2}http +✓ 200 of 1 000 \(20\.0 %\)/)
    expect(shown.text()).not.toContain('[SYN]')
    expect(shown.text()).toContain('Frame 4: ')
  })

  it('shows a mistake under carets and repairs it on one key', async () => {
    const shown = await open()
    await shown.type('/ip.tt == 64')
    expect(shown.lines()[1]).toContain('✗ not valid yet')
    expect(shown.lines()[2]).toMatch(/^ {9}\^{5} no field is called ip\.tt {2}Tab: ip\.ttl == 64/)
    await shown.type('{enter}')
    expect(shown.lines()[1]).toContain('ip.tt == 64')
    await shown.type('{tab}')
    expect(shown.lines()[1]).toMatch(/ip\.ttl == 64 .*✓/)
    await shown.type('{enter}')
    expect(shown.lines()[1]).toMatch(/ip\.ttl == 64 +✓ 1 000 of 1 000 \(100 %\)/)
  })

  it('completes, remembers, and lets go', async () => {
    const shown = await open()
    await shown.type('/frame{tab}{enter}')
    expect(shown.lines()[1]).toContain('frame.number')
    await shown.type('/{ctrl+u}http{enter}')
    await shown.type('/{up}')
    expect(shown.lines()[1]).toContain('http')
    await shown.type('{up}')
    expect(shown.lines()[1]).toContain('frame.number')
    await shown.send('\x1b')
    await shown.settle()
    expect(shown.lines()[1]).toMatch(/Filter {2}http +✓ 200/)
  })

  it('takes a paste in one piece, as one line', async () => {
    const shown = await open()
    await shown.send('\x1b[200~tcp.port\r\n== 5683\x1b]52;c;x\x07\x1b[201~')
    expect(shown.lines()[1]).toContain('tcp.port == 5683]52;c;x')
    expect(shown.written()).not.toContain('\x1b]52')
  })

  it('says why the list is empty, and what to do', async () => {
    const shown = await open()
    await shown.type('/tcp.port == 1{enter}')
    expect(shown.text()).toContain('No packet matches tcp.port == 1.')
    expect(shown.text()).toContain('1 000 packets are hidden. / changes the filter')
    await shown.type('/{ctrl+u}{enter}')
    expect(shown.text()).toContain('[SYN]')
  })
})

describe('a live capture', () => {
  const live = (count: number): TestSession =>
    createSession(count, {
      state: 'live',
      title: safeText('lo · tcp port 5683'),
      dropped: 0,
      timeSource: safeText('kernel time'),
      elapsed: 42_000,
    })

  it('says so, counts, and teaches while nothing comes', async () => {
    const shown = await open(live(0), 100)
    expect(shown.lines()[0]).toContain('lo · tcp port 5683 · ● live 00:42 · 0 packets · 0 dropped · kernel time')
    expect(shown.text()).toContain('Listening on lo · tcp port 5683: nothing yet for 42 s.')
    expect(shown.text()).toContain('wiretail serve plain')
  })

  it('follows new packets at the end, and stops following when one moves up', async () => {
    const session = live(3)
    const shown = await open(session)
    session.grow(20)
    await shown.settle()
    expect(shown.text()).toContain('Frame 23: ')
    await shown.type('k')
    session.grow(20)
    await shown.settle()
    expect(shown.text()).toContain('Frame 22: ')
    await shown.type('{end}')
    session.grow(5)
    await shown.settle()
    expect(shown.text()).toContain('Frame 48: ')
  })

  it('pauses, stops at the first Ctrl-C and quits at the second', async () => {
    const session = live(3)
    const shown = await open(session, 100)
    await shown.type('p')
    expect(shown.lines()[0]).toContain('‖ paused 00:42')
    await shown.type('p{ctrl+c}')
    expect(session.calls).toContain('stop')
    expect(shown.lines()[0]).toContain('■ stopped')
    expect(shown.text()).toContain('The capture is stopped; its 3 packets stay. Ctrl-C again quits.')
    expect(shown.ended()).toBe(false)
    await shown.type('{ctrl+c}')
    expect(await shown.exit).toBe(0)
    expect(session.calls.at(-1)).toBe('close')
  })

  it('says dropped packets in a colour of their own', async () => {
    const session = live(3)
    const shown = await open(session)
    session.set({ dropped: 37 })
    await shown.settle()
    expect(shown.lines()[0]).toContain('37 dropped')
  })

  it('asks before it throws packets away', async () => {
    const shown = await open(live(3))
    await shown.type('q')
    expect(shown.text()).toContain('The capture is running, and its 3 packets are not saved.')
    await shown.type('n')
    expect(shown.text()).not.toContain('not saved')
    await shown.type('qq')
    expect(await shown.exit).toBe(0)
  })
})

describe('opening and damage', () => {
  it('shows progress with a rate, and packets while they come', async () => {
    const session = createSession(400, { state: 'opening', bytesRead: 430, bytesTotal: 1000 })
    const shown = await open(session)
    expect(shown.lines()[0]).toMatch(/opening · 400 packets +█+░+ +43 %/)
    await shown.type('{ctrl+c}')
    expect(shown.text()).toContain('Reading is stopped; its 400 packets stay.')
  })

  it('keeps what was read before damage and says where it ended', async () => {
    const problem = safeText('plain.pcapng is damaged at byte 1 204. Packets before it are shown.')
    const shown = await open(createSession(20, { state: 'damaged', problem }))
    expect(shown.lines()[0]).toContain('✖ damaged')
    expect(shown.lines()[1]).toContain('is damaged at byte 1 204')
    expect(shown.text()).toContain('[SYN]')
  })
})

describe('dialogs', () => {
  it('saves all packets or those displayed, and says what went wrong', async () => {
    const session = createSession(1000)
    const shown = await open(session)
    await shown.type('w')
    expect(shown.text()).toContain('File     capture.pcapng')
    await shown.type('{ctrl+u}/nowhere/x.pcap{enter}')
    expect(shown.text()).toContain('there is no such')
    await shown.type('{ctrl+u}mine.pcap{tab}{enter}')
    expect(session.calls).toContain('save displayed mine.pcap')
    expect(shown.text()).toContain('✓ 1 000 packets are in mine.pcap.')
  })

  it('starts a capture with the interface and filter chosen inside', async () => {
    const started: unknown[] = []
    const control: CaptureControl = {
      current: { interface: 'lo', filter: 'tcp port 5683' },
      interfaces: async () => [
        { name: 'eth0', about: safeText('172.17.0.2'), usable: true },
        { name: 'lo', about: safeText('127.0.0.1'), usable: true },
      ],
      check: (filter) =>
        filter.includes('prot') ? { ok: false, message: safeText('prot is no keyword'), start: 0, end: 4 } : { ok: true },
      async start(choice) {
        started.push(choice)
        if (choice.interface === 'eth0') throw new Error('You may not capture on eth0. Run wiretail doctor.')
        return createSession(2, { state: 'live', title: safeText(`${choice.interface} · ${choice.filter}`) })
      },
    }
    const first = createSession(1000)
    app = await drive({ session: first, control })
    await app.type('c')
    expect(app.text()).toMatch(/▸ lo +127\.0\.0\.1/)
    await app.type('{ctrl+u}tcp prot 80{enter}')
    expect(app.text()).toContain('✗ prot is no keyword')
    expect(started).toEqual([])
    await app.type('{ctrl+u}tcp port 80{up}{enter}')
    expect(app.text()).toContain('You may not capture on eth0. Run wiretail doctor.')
    await app.type('{down}{enter}')
    expect(started.at(-1)).toEqual({ interface: 'lo', filter: 'tcp port 80' })
    expect(app.lines()[0]).toContain('lo · tcp port 80 · ● live')
    expect(first.calls).toContain('close')
  })

  it('lists every key on the help screen and scrolls it', async () => {
    const shown = await open()
    await shown.type('?')
    expect(shown.text()).toContain('Keys of wiretail')
    expect(shown.text()).toContain('↑ k')
    await shown.type('{pagedown}{pagedown}{pagedown}{pagedown}{pagedown}{pagedown}')
    expect(shown.text()).toContain('Mouse')
    await shown.type('q')
    expect(shown.text()).toContain('[SYN]')
  })
})

describe('any size', () => {
  const sizes = [
    [80, 24],
    [120, 40],
    [220, 60],
    [300, 100],
    [60, 16],
    [40, 12],
    [20, 6],
    [5, 3],
    [1, 1],
  ] as const

  for (const [cols, rows] of sizes) {
    it(`${cols}x${rows}: no line is longer than the screen, none wraps, nothing is written outside`, async () => {
      const shown = await open(createSession(1000), cols, rows)
      for (const keys of ['jjjjj', '{tab}', '{tab}', '/http', '\x1b', '?', '\x1b', 'w', '\x1b', '\\']) {
        await shown.type(keys)
        for (const line of shown.lines()) expect(displayWidth(line)).toBeLessThanOrEqual(cols)
      }
      const moves = [...shown.written().matchAll(/\x1b\[(\d+);(\d+)H/g)]
      expect(moves.length).toBeGreaterThan(0)
      for (const [, y, x] of moves) {
        expect(Number(y)).toBeLessThanOrEqual(rows)
        expect(Number(x)).toBeLessThanOrEqual(cols)
      }
    })
  }

  it('reflows at once, and leaves nothing behind after a shrink', async () => {
    const shown = await open(createSession(1000), 120, 40)
    await shown.resize(80, 24)
    expect(shown.lines().at(-1)).toContain('/ filter')
    expect(shown.lines()[0]).toContain('wiretail')
    await shown.type('500G')
    await shown.resize(100, 30)
    expect(shown.text()).toMatch(/\n +500 /)
    expect(shown.lines().at(-1)).toContain('? keys')
  })
})

it('says everything without colours too', async () => {
  app = await drive({ session: createSession(1000), env: { TERM: 'xterm-256color', NO_COLOR: '1' } })
  await app.type('jjjjj')
  expect(app.text()).toMatch(/◆ +6 .*◆ secret/)
  // Weights only: no SGR parameter of 30 or more.
  for (const [, codes] of app.written().matchAll(/\x1b\[([\d;]*)m/g)) {
    for (const code of (codes ?? '').split(';')) expect(Number(code)).toBeLessThan(30)
  }
})

it('gives the terminal back as it was', async () => {
  const shown = await open()
  await shown.type('qq')
  await shown.exit
  const tail = shown.written().slice(-200)
  for (const off of ['\x1b[?1049l', '\x1b[?25h', '\x1b[?1002l', '\x1b[?1006l', '\x1b[?2004l', '\x1b[?7h']) expect(tail).toContain(off)
  expect(process.listenerCount('SIGTERM')).toBe(0)
  expect(process.listenerCount('SIGHUP')).toBe(0)
})

it('gives the terminal back and rejects when something in here is broken', async () => {
  const session = createSession(1000)
  const shown = await open(session)
  const failing = {
    ...session,
    lines: () => {
      throw new Error('a bug')
    },
  }
  app = null
  const broken = await drive({ session: failing })
  await expect(broken.exit).rejects.toThrow('a bug')
  expect(broken.written()).toContain('\x1b[?1049l')
  await shown.type('qq')
})
