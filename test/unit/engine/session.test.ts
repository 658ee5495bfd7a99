// A session as front ends use it, on the project's own recordings.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openFile } from '../../../src/engine/index.ts'
import type { CaptureSession } from '../../../src/engine/session.ts'
import { CAPTURES } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiretail-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function opened(name: string, options: { secret?: string } = {}): Promise<CaptureSession> {
  const session = await openFile(name.includes('/') ? name : join(CAPTURES, name), options)
  await settled(session)
  return session
}

/** Resolves when everything is read and the view is complete. */
async function settled(session: CaptureSession, view = session.select('')): Promise<void> {
  const end = Date.now() + 10_000
  while ((session.status().state === 'opening' || view.examined < session.status().packets) && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('a session', () => {
  it('reads a capture to its end and says what it is', async () => {
    const session = await opened('plain.pcapng')
    const status = session.status()
    expect(status).toMatchObject({ title: 'plain.pcapng', state: 'complete', packets: 10, dropped: null, problem: '' })
    expect(status.bytesRead).toBe(status.bytesTotal)
    await session.close()
  })

  it('makes the lines of the packet list', async () => {
    const session = await opened('plain.pcapng')
    const lines = session.lines(session.select(''), 3, 3, 'r')
    expect(lines.map(({ number, protocol, source, destination, stream }) => [number, protocol, source, destination, stream])).toEqual([
      [4, 'HTTP', '127.0.0.1', '127.0.0.1', 0],
      [5, 'TCP', '127.0.0.1', '127.0.0.1', 0],
      [6, 'HTTP', '127.0.0.1', '127.0.0.1', 0],
    ])
    expect(lines[0]!.info).toBe('GET / HTTP/1.1 ')
    expect(lines[2]!.info).toBe('HTTP/1.1 200 OK  (text/plain)')
    expect(Number(lines[2]!.time)).toBeGreaterThan(Number(lines[0]!.time))
    await session.close()
  })

  it('selects packets by a filter, and finds places in the selection', async () => {
    const session = await opened('plain.pcapng')
    expect(session.checkFilter('http')).toEqual({ ok: true })
    const view = session.select('http')
    await settled(session, view)
    expect([view.count, view.packetAt(0), view.packetAt(1)]).toEqual([2, 4, 6])
    expect([1, 4, 5, 6, 7].map((packet) => view.positionOf(packet))).toEqual([0, 0, 1, 1, 2])
    await session.close()
  })

  it('answers a wrong filter with the place of the mistake and a repair', async () => {
    const session = await opened('plain.pcapng')
    expect(session.checkFilter('tcp.port = 80')).toMatchObject({ ok: false, fix: 'tcp.port == 80' })
    expect(session.checkFilter('tcp.prot == 80')).toMatchObject({ ok: false, start: 0, end: 8, fix: 'tcp.port == 80' })
    await session.close()
  })

  it('completes field names with what they are', async () => {
    const session = await opened('plain.pcapng')
    const [first] = session.complete('http.request.meth', 17)
    expect(first).toMatchObject({ text: 'http.request.method', caret: 19, label: 'http.request.method' })
    expect(first!.about.length).toBeGreaterThan(10)
    await session.close()
  })

  it('marks the secret in the packet and in its bytes', async () => {
    const session = await opened('plain.pcapng', { secret: 'fluffy tail' })
    expect(session.secretPackets()).toEqual([6])
    expect(
      session
        .lines(session.select(''), 0, 10, 'r')
        .filter((line) => line.secret)
        .map((line) => line.number),
    ).toEqual([6])
    const [range] = session.secretRanges(6)
    const bytes = session.detail(6).sources[range!.source]!.bytes
    expect(Buffer.from(bytes.subarray(range!.start, range!.start + range!.length)).toString()).toBe('fluffy tail')
    expect(session.secretRanges(5)).toEqual([])
    await session.close()
  })

  it('links rows and bytes both ways, and explains them', async () => {
    const session = await opened('plain.pcapng')
    const detail = session.detail(4)
    const ttl = detail.rows.find((row) => row.name === 'ip.ttl')!
    expect(ttl.text).toBe('Time to Live: 64')
    expect(detail.rowAt(0, ttl.start)).toBe(ttl.id)
    expect(detail.explain(ttl.id)).toMatchObject({ name: 'ip.ttl', where: 'byte 22, 1 byte', spec: 'RFC 791' })
    expect(detail.explain(ttl.id).meaning).toContain('63')
    const method = detail.rows.find((row) => row.name === 'http.request.method')!
    expect(Buffer.from(detail.sources[method.source]!.bytes.subarray(method.start, method.start + method.length)).toString()).toBe('GET')
    await session.close()
  })

  it('steps through a conversation', async () => {
    const session = await opened('requests.pcapng')
    const view = session.select('')
    const lines = session.lines(view, 0, view.count, 'r')
    const next = session.neighbour(view, 0, 1)
    expect(lines[next]!.stream).toBe(lines[0]!.stream)
    expect(session.neighbour(view, next, -1)).toBe(0)
    expect(session.neighbour(view, view.count - 1, 1)).toBe(-1)
    await session.close()
  })

  it.each(['pcapng', 'pcap'])('saves the displayed packets as %s and reads them again', async (format) => {
    const session = await opened('plain.pcapng')
    const view = session.select('http')
    await settled(session, view)
    const path = join(folder, `saved.${format}`)
    expect(await session.save(path, 'displayed', view)).toBe(2)
    const again = await opened(path)
    expect(again.status().packets).toBe(2)
    expect(Buffer.from(again.detail(1).sources[0]!.bytes)).toEqual(Buffer.from(session.detail(4).sources[0]!.bytes))
    await session.close()
    await again.close()
  })

  it('never writes over a file that is there, the capture on the screen least of all', async () => {
    const original = join(folder, 'original.pcap')
    const first = await opened('plain.pcapng')
    await first.save(original, 'all', first.select(''))
    const session = await opened(original)
    await expect(session.save(original, 'all', session.select(''))).rejects.toThrow(`${original} is there already. Choose another name.`)
    expect((await opened(original)).status().packets).toBe(10)
    await expect(session.save(join(folder, 'nowhere', 'x.pcap'), 'all', session.select(''))).rejects.toMatchObject({ name: 'CaptureError' })
    await first.close()
    await session.close()
  })

  it('keeps the packets before damage, and says where it is', async () => {
    const session = await opened('plain.pcapng')
    const whole = join(folder, 'whole.pcap')
    await session.save(whole, 'all', session.select(''))
    const { readFileSync } = await import('node:fs')
    const cut = join(folder, 'cut.pcap')
    writeFileSync(cut, readFileSync(whole).subarray(0, -5))
    const damaged = await opened(cut)
    expect(damaged.status()).toMatchObject({ state: 'damaged', packets: 9 })
    expect(damaged.status().problem).toMatch(/cut\.pcap is cut short at byte \d+/)
    await session.close()
    await damaged.close()
  })

  it.each([
    ['missing', join(folder, 'nowhere.pcap')],
    ['directory', folder],
  ])('refuses what cannot be opened: %s', async (code, path) => {
    await expect(openFile(path)).rejects.toMatchObject({ name: 'CaptureError', code })
  })
})

describe('a file that still grows', () => {
  it('is followed until it is stopped', async () => {
    const { readFileSync, appendFileSync } = await import('node:fs')
    const whole = readFileSync(join(CAPTURES, 'plain.pcapng'))
    const path = join(folder, 'growing.pcapng')
    writeFileSync(path, whole.subarray(0, 700))
    const session = await openFile(path, { follow: true })
    const until = async (packets: number) => {
      const end = Date.now() + 10_000
      while (session.status().packets < packets && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await until(3)
    const before = session.status()
    expect(before.state).toBe('live')
    expect(before.packets).toBeGreaterThan(2)
    expect(before.packets).toBeLessThan(10)
    appendFileSync(path, whole.subarray(700))
    await until(10)
    expect(session.status().packets).toBe(10)
    await session.stop()
    const end = Date.now() + 10_000
    while (session.status().state === 'live' && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(session.status()).toMatchObject({ state: 'stopped', packets: 10 })
    await session.close()
  })
})
