import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTemporary, createWriter, openCapture } from '../../../src/files/index.ts'
import { Spool } from '../../../src/files/spool.ts'
import { Collector, drain, pcapHeader, readPath, scratch, scratchFile } from './support.ts'

describe('a file that grows', () => {
  it('is read as its writer flushes, and ends when told to', async () => {
    const file = createTemporary('.pcapng')
    const writer = createWriter(file.fd, { format: 'pcapng', interfaces: [{ linkType: 1 }] })
    writer.flush()
    const reader = await openCapture(file.path, { follow: true })
    file.vanish()
    const sink = new Collector()
    expect(reader.step(sink, 100)).toBe('waiting')
    for (let i = 0; i < 3; i++) {
      const seen = reader.readable()
      writer.packet(Uint8Array.of(i), 0, 1, 1, i, 0, 0)
      writer.flush()
      await seen
      expect(reader.step(sink, 100)).toBe('waiting')
      expect(sink.packets.map(({ bytes }) => bytes[0])).toEqual([0, 1, 2].slice(0, i + 1))
    }
    writer.packet(Uint8Array.of(3), 0, 1, 1, 3, 0, 0)
    writer.close()
    reader.finish()
    expect(reader.step(sink, 100)).toBe('end')
    expect(sink.packets).toHaveLength(4)
    expect(reader.damage).toBeNull()
    reader.close()
    file.remove()
  })

  it('may show half a record for a while, or for ever', async () => {
    const header = pcapHeader().finish()
    const path = scratch()
    writeFileSync(path, '')
    const opening = openCapture(path, { follow: true })
    appendFileSync(path, header.subarray(0, 10))
    await new Promise((resolve) => setTimeout(resolve, 50))
    appendFileSync(path, header.subarray(10))
    const reader = await opening
    const sink = new Collector()
    const record = pcapHeader().u32(1).u32(2).u32(3).u32(3).bytes([7, 8, 9]).finish().subarray(24)
    for (const size of [1, 15, 17]) {
      appendFileSync(path, record.subarray(0, size))
      expect(reader.step(sink, 9)).toBe('waiting')
      appendFileSync(path, record.subarray(size))
      expect(reader.step(sink, 9)).toBe('waiting')
    }
    expect(sink.packets.map(({ bytes }) => bytes)).toEqual([
      [7, 8, 9],
      [7, 8, 9],
      [7, 8, 9],
    ])
    appendFileSync(path, record.subarray(0, 5))
    reader.finish()
    expect(reader.step(sink, 9)).toBe('end')
    expect(reader.damage).toMatchObject({ code: 'cut', offset: 24 + 3 * 19 })
    reader.close()
  })
})

describe('a spool', () => {
  const options = { total: 0, heldBack: false, limit: () => Number.POSITIVE_INFINITY }

  it('gives back what it was given, from memory and from disk', () => {
    const temporary = scratch('temporary')
    mkdirSync(temporary)
    vi.stubEnv('TMPDIR', temporary)
    const spool = new Spool(options)
    const piece = Uint8Array.from({ length: 100_003 }, (_, i) => i * 7)
    const target = new Uint8Array(piece.length)
    for (let i = 0; i < 60; i++) {
      expect(spool.append(piece)).toBe(true)
      expect(spool.readAt(i * piece.length, target, 0, piece.length)).toBe(piece.length)
      expect(Buffer.compare(target, piece)).toBe(0)
    }
    expect(spool.readAt(0, target, 0, 10)).toBe(10)
    expect(spool.readAt(spool.size - 1, target, 0, 10)).toBe(1)
    // On disk, in a file that has no name any more.
    expect(readdirSync(temporary)).toEqual([])
    vi.unstubAllEnvs()
    spool.close()
    expect(spool.readAt(0, target, 0, 10)).toBe(0)
  })

  it('takes no more than its limit and says what to do', () => {
    const spool = new Spool({ ...options, limit: () => 10 })
    expect(spool.append(new Uint8Array(10))).toBe(true)
    expect(spool.append(new Uint8Array(1))).toBe(false)
    expect(spool).toMatchObject({ complete: true, size: 10, failure: { code: 'limit', expected: 'at most 10 bytes' } })
    spool.close()
  })

  it('holds its feeder back only where that is wanted', async () => {
    const full = new Uint8Array(9 * 1024 * 1024)
    const held = new Spool({ ...options, heldBack: true })
    held.append(full)
    let released = false
    const room = held.room().then(() => {
      released = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(released).toBe(false)
    const more = held.wait(held.size)
    await room
    held.append(Uint8Array.of(1))
    await more
    held.close()
    const free = new Spool(options)
    free.append(full)
    await free.room()
    free.close()
  })
})

describe('errors', () => {
  it.each<[string, () => string, string, RegExp]>([
    ['a file that is not there', () => scratch('no\x1b[31mthing'), 'missing', /does not exist\. Check the name/],
    ['a directory', () => tmpdir(), 'directory', /is a directory\. Name a capture file in it\.$/],
    ['an empty file', () => scratchFile(new Uint8Array(0)), 'empty', /is empty\. Name a file with packets in it\.$/],
    [
      'something else',
      () => scratchFile(new TextEncoder().encode('#!/bin/sh\necho hello, world\n')),
      'format',
      /is not a capture file\. wiretail reads pcap and pcapng/,
    ],
    ['half a file header', () => scratchFile(pcapHeader().finish().subarray(0, 12)), 'format', /ends inside the pcap file header\./],
    ['an ancient version', () => scratchFile(pcapHeader({ major: 1 }).finish()), 'format', /is a pcap file of version 1\.4\. Convert it/],
  ])('name %s and the remedy', async (_, path, code, message) => {
    const opening = openCapture(path())
    await expect(opening).rejects.toMatchObject({ name: 'CaptureError', code, message: expect.stringMatching(message) })
    await expect(opening).rejects.toMatchObject({ message: expect.not.stringContaining('\x1b') })
  })
})

const program = scratch('print.mjs')

/** A program of its own, so that it has a standard input of its own: prints the number of packets, or the error. */
const SOURCE = `
import { openCapture } from './index.ts'
try {
  const reader = await openCapture(process.argv[2] ?? '-')
  let packets = 0
  const sink = { packet() { packets++ }, interface() {} }
  for (let result = 'more'; result !== 'end'; result = reader.step(sink, 1000)) if (result === 'waiting') await reader.readable()
  console.log(packets, reader.compression, reader.damage?.code ?? 'whole', reader.damage?.message ?? '')
  reader.close()
} catch (error) {
  console.log(error.code, error.message)
}
`

beforeAll(async () => {
  await build({
    stdin: { contents: SOURCE, resolveDir: 'src/files', loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    logLevel: 'error',
  })
})

const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

function run(command: string, ...args: string[]): ChildProcess {
  const child = spawn('sh', ['-c', command, 'sh', ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

function outputOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    child.stdout?.on('data', (chunk: Uint8Array) => {
      text += new TextDecoder().decode(chunk)
    })
    child.on('close', () => resolve(text.trim()))
  })
}

describe('standard input and pipes', () => {
  const file = pcapHeader()
  for (let i = 0; i < 5000; i++) file.u32(i).u32(0).u32(1000).u32(1000).zeros(1000)
  const capture = scratchFile(file.finish())
  const node = `'${process.execPath}' '${program}'`

  it('read a pipe, a file, half a file, nothing', async () => {
    expect(await outputOf(run(`cat '${capture}' | ${node}`))).toBe('5000 none whole')
    expect(await outputOf(run(`${node} < '${capture}'`))).toBe('5000 none whole')
    expect(await outputOf(run(`head -c 2000000 '${capture}' | ${node} -`))).toMatch(
      /^1968 none cut Standard input is cut short at byte 1999512: /,
    )
    expect(await outputOf(run(`gzip -c '${capture}' | ${node}`))).toBe('5000 gzip whole')
    expect(await outputOf(run(`${node} < /dev/null`))).toBe('empty Standard input is empty. Name a file with packets in it.')
  })

  it('read from where the shell has left off', async () => {
    const junk = scratchFile(new TextEncoder().encode('a line first\n'))
    const mixed = scratch()
    execFileSync('sh', ['-c', `cat '${junk}' '${capture}' > '${mixed}'`])
    expect(await outputOf(run(`{ dd bs=1 count=13 of=/dev/null 2> /dev/null; ${node}; } < '${mixed}'`))).toBe('5000 none whole')
  })

  it.skipIf(!existsSync('/usr/bin/mkfifo'))('wait for the writer of a named pipe without standing still', async () => {
    const pipe = scratch('pipe')
    execFileSync('mkfifo', [pipe])
    const reading = outputOf(run(`${node} "$1"`, pipe))
    await new Promise((resolve) => setTimeout(resolve, 200))
    execFileSync('sh', ['-c', `cat '${capture}' > '${pipe}'`])
    expect(await reading).toBe('5000 none whole')
  })

  it('hand on packets as they come', async () => {
    const child = run(node)
    const reading = outputOf(child)
    const bytes = file.finish()
    child.stdin?.write(bytes.subarray(0, 3))
    await new Promise((resolve) => setTimeout(resolve, 150))
    child.stdin?.write(bytes.subarray(3, 30))
    await new Promise((resolve) => setTimeout(resolve, 50))
    child.stdin?.end(bytes.subarray(30, 24 + 2 * 1016))
    expect(await reading).toBe('2 none whole')
  })
})

it('a followed capture that never grows lets its reader go', async () => {
  const reader = await openCapture(scratchFile(pcapHeader().finish()), { follow: true })
  const sink = new Collector()
  expect(reader.step(sink, 1)).toBe('waiting')
  const waiting = reader.readable()
  reader.close()
  await waiting
  await drain(reader, sink)
  expect((await readPath(scratchFile(pcapHeader().finish()))).packets).toEqual([])
})
