// The demo's exchange as text: what server and client know, what the spy read, and the bytes of the secret.

import { byteGlyph, type SafeText, safeText } from '../bytes/text.ts'
import type { ByteRange, CaptureSession, EngineName, PacketLine } from '../engine/index.ts'
import type { Io } from './commands.ts'

interface Story {
  readonly url: string
  readonly secret: string
  /** The message as the client read it. */
  readonly message: string
  readonly engine: EngineName
}

const HOW: Readonly<Record<EngineName, string>> = {
  ring: 'captured by the kernel ring, kernel time',
  namespace: 'captured in a network namespace of its own, kernel time',
  dumpcap: 'captured by dumpcap, kernel time',
  tcpdump: 'captured by tcpdump, kernel time',
  relay: 'rebuilt by the relay: this machine allows no capture, so these frames were written from the bytes that passed through',
}

/** Prints it. Returns the exit code: 0 when the spy found the secret. */
export function tellStory(session: CaptureSession, story: Story, io: Io): number {
  const { url, secret, message, engine } = story
  const view = session.select('')
  const lines = session.lines(view, 0, view.count, 'r')
  const found = session.secretPackets()
  io.out(`Server  ${url} keeps a secret.
Client  asks for it and prints: The secret message is: ${safeText(message)}
Spy     knows neither, and reads along: ${lines.length} packets, ${HOW[engine]}.

${listing(lines)}
`)
  const [packet] = found
  if (packet === undefined) {
    io.out(`The secret is in none of them. That must not happen with plaintext HTTP.\n`)
    return 1
  }
  const { sources } = session.detail(packet)
  const [range] = session.secretRanges(packet)
  if (range !== undefined) io.out(`${where(packet, range, secret)}\n\n${dump(sources[range.source]!.bytes, range)}\n`)
  io.out('Nobody had to know a password: whoever carries the packets reads them.\nSee it in the interface: wiretail demo, in a terminal\n')
  return 0
}

function where(packet: number, range: ByteRange, secret: string): string {
  const last = range.start + range.length - 1
  return `Packet ${packet} says "${safeText(secret)}" in clear, in bytes ${range.start} to ${last}:`
}

function listing(lines: readonly PacketLine[]): string {
  const width = (pick: (line: PacketLine) => string): number => Math.max(...lines.map((line) => pick(line).length), 0)
  const [source, destination, protocol] = [width((l) => l.source), width((l) => l.destination), width((l) => l.protocol)]
  const row = (line: PacketLine): SafeText => {
    const addresses = `${line.source.padStart(source)} → ${line.destination.padEnd(destination)}`
    const text = `${String(line.number).padStart(4)} ${line.time.padStart(9)} ${addresses} ${line.protocol.padEnd(protocol)} ${line.info}`
    return safeText(text.trimEnd())
  }
  return lines.map((line) => `${line.secret ? '▶' : ' '}${row(line)}${line.secret ? '  ◀ the secret' : ''}\n`).join('')
}

/** The lines of a hex dump that hold the range, its bytes in brackets. */
function dump(bytes: Uint8Array, { start, length }: ByteRange): string {
  const end = Math.min(bytes.length, start + length)
  let text = ''
  for (let at = start - (start % 16); at < end; at += 16) {
    let hex = ''
    let glyphs = ''
    for (let i = at; i < at + 16; i++) {
      const inside = i >= start && i < end
      const opens = inside && (i === start || i === at)
      const closes = i > at && i - 1 >= start && i - 1 < end && !inside
      hex += opens ? '[' : closes ? ']' : ' '
      hex += i < bytes.length ? bytes[i]!.toString(16).padStart(2, '0') : '  '
      glyphs += i < bytes.length ? (inside ? byteGlyph(bytes[i]!) : '·') : ' '
    }
    hex += at + 16 > start && at + 15 < end ? ']' : ' '
    text += `    ${at.toString(16).padStart(4, '0')} ${hex}  ${glyphs}\n`
  }
  return text
}
