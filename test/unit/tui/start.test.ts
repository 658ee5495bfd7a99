// The first screen: what can be opened, live sparklines, and what is said when something cannot be.

import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { safeText } from '../../../src/bytes/text.ts'
import { openFile } from '../../../src/engine/index.ts'
import type { CaptureControl, StartControl } from '../../../src/tui/index.tsx'
import { sparkline } from '../../../src/tui/views/start/index.ts'
import { type Driven, drive } from './driver.ts'
import { createSession } from './session.ts'

const PLAIN = fileURLToPath(new URL('../../../captures/plain.pcapng', import.meta.url))

let app: Driven | null = null

afterEach(async () => {
  if (app !== null && !app.ended()) await app.type('{ctrl+c}{ctrl+c}')
  app = null
})

function controls(): { start: StartControl; control: CaptureControl } {
  let bytes = 0
  const control: CaptureControl = {
    current: null,
    interfaces: async () => [
      { name: 'lo', about: safeText('127.0.0.1'), usable: true },
      { name: 'eth9', about: safeText('down'), usable: false },
    ],
    check: () => ({ ok: true }),
    async start({ interface: name }) {
      if (name === 'eth9') throw new Error('eth9 is down. Bring it up: ip link set eth9 up')
      return createSession(3, { state: 'live' })
    },
  }
  const start: StartControl = {
    recent: () => [PLAIN, '/nowhere/gone.pcap'],
    open: (path) => openFile(path),
    traffic() {
      bytes += 5000
      return new Map([['lo', bytes]])
    },
    missing: async () => safeText('Live capture needs a right. Give it: sudo setcap cap_net_raw+ep wiretail'),
  }
  return { start, control }
}

async function open(cols = 100, rows = 30): Promise<Driven> {
  app = await drive(controls(), cols, rows)
  await app.settle()
  return app
}

describe('the first screen', () => {
  it('shows interfaces, captures, lessons and what is missing', async () => {
    const shown = await open()
    for (const words of ['Listen on an interface', 'lo', 'Open a capture', 'plain.pcapng', 'Learn', 'sudo setcap cap_net_raw+ep wiretail'])
      expect(shown.text()).toContain(words)
    expect(shown.lines().at(-1)).toMatch(/\? keys +q quit +↑ ↓ choose +Enter open/)
  })

  it('opens a capture, and says why one cannot be opened', async () => {
    const shown = await open()
    await shown.type('jjj{enter}')
    await shown.settle()
    expect(shown.text()).toMatch(/✗ .*gone\.pcap/)
    await shown.type('k{enter}')
    for (let i = 0; i < 20 && !shown.text().includes('Frame 1'); i++) await shown.settle()
    expect(shown.text()).toContain('plain.pcapng · 10 packets')
    expect(shown.text()).toContain('[SYN]')
  })

  it('listens on an interface, and says why one cannot be listened on', async () => {
    const shown = await open()
    await shown.type('j{enter}')
    await shown.settle()
    expect(shown.text()).toContain('✗ eth9 is down. Bring it up: ip link set eth9 up')
    await shown.type('k{enter}')
    await shown.settle()
    expect(shown.text()).toContain('Capturing on lo.')
  })

  it('asks once before it ends', async () => {
    const shown = await open()
    await shown.type('q')
    expect(shown.text()).toContain('Quit?')
    await shown.type('q')
    expect(await shown.exit).toBe(0)
  })

  it('draws what passes over an interface', async () => {
    expect(sparkline([0, 1, 4, 8]).trimStart()).toBe('▁▄█')
    const shown = await open()
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await shown.settle()
    expect(shown.text()).toMatch(/lo .*█ +5 kB\/s/)
  })

  it.each([
    [40, 12],
    [80, 24],
    [220, 60],
  ])('fits %i x %i', async (cols, rows) => {
    const shown = await open(cols, rows)
    expect(shown.lines()).toHaveLength(rows)
    expect(shown.text()).toContain('Listen on an interface')
  })
})
