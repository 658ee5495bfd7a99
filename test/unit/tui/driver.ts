// The whole interface in this process, on streams that behave like a terminal's, with xterm's own code reading what it writes.

import { PassThrough } from 'node:stream'
import xterm from '@xterm/headless'
import { type InterfaceOptions, startInterface } from '../../../src/tui/index.tsx'
import { keysToBytes } from '../../system/terminal.ts'

export interface Driven {
  type(keys: string): Promise<void>
  /** Bytes as they are. */
  send(bytes: string): Promise<void>
  resize(cols: number, rows: number): Promise<void>
  /** Lets news of the session come through to the screen. */
  settle(): Promise<void>
  lines(): string[]
  text(): string
  /** Colour of the ground under a cell, -1 without one. */
  ground(x: number, y: number): number
  readonly written: () => string
  readonly exit: Promise<number>
  readonly ended: () => boolean
}

/** Opens the interface and waits for its first frame. */
export async function drive(options: Omit<InterfaceOptions, 'stdin' | 'stdout'>, cols = 80, rows = 24): Promise<Driven> {
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true })
  let written = ''
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin })
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: cols, rows })
  stdout.on('data', (chunk: Buffer) => {
    written += chunk.toString()
    terminal.write(chunk)
  })
  let over = false
  const exit = startInterface({
    env: { TERM: 'xterm-256color', COLORTERM: 'truecolor' },
    ...options,
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
  })
  exit.then(
    () => {
      over = true
    },
    () => {},
  )
  const drained = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 45))
    await new Promise<void>((resolve) => terminal.write('', resolve))
  }
  const lines = (): string[] => {
    const buffer = terminal.buffer.active
    return Array.from({ length: terminal.rows }, (_, y) => buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '')
  }
  const driven: Driven = {
    async type(keys) {
      stdin.write(keysToBytes(keys))
      await drained()
    },
    async send(bytes) {
      stdin.write(bytes)
      await drained()
    },
    async resize(columns, height) {
      terminal.resize(columns, height)
      Object.assign(stdout, { columns, rows: height })
      stdout.emit('resize')
      await drained()
    },
    settle: drained,
    lines,
    text: () => lines().join('\n'),
    ground: (x, y) => terminal.buffer.active.getLine(y)?.getCell(x)?.getBgColor() ?? -1,
    written: () => written,
    exit,
    ended: () => over,
  }
  await drained()
  return driven
}
