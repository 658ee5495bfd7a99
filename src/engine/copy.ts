// What can be taken out of a capture as text: a packet as Markdown, a request as a curl command.

import type { Capture } from './capture.ts'
import { Detail } from './detail.ts'
import { type HttpRequest, readStreamExchanges } from './exchanges.ts'
import { Summariser } from './lines.ts'

/** Bytes a line of a hex dump. */
const PER_LINE = 16
/** A dump longer than this is cut, with a word that says so. */
const MOST_BYTES = 4096

/** Offsets, hexadecimal and text of a run of bytes, a line for every 16. */
export function hexDump(bytes: Uint8Array): string[] {
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, MOST_BYTES); at += PER_LINE) {
    const part = [...bytes.subarray(at, at + PER_LINE)]
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(PER_LINE * 3 - 1)}  ${text}`)
  }
  if (bytes.length > MOST_BYTES) lines.push(`… ${bytes.length - MOST_BYTES} bytes more`)
  return lines
}

/** A packet as Markdown: its line, its layers and fields, its bytes. */
export function packetMarkdown(capture: Capture, packet: number): string {
  const { source, destination, protocol, info } = new Summariser(capture).of(packet)
  const detail = new Detail(capture, packet)
  const tree = detail.rows.map(({ depth, text }) => `${'    '.repeat(depth)}${text}`)
  const dump = hexDump(detail.sources[0]?.bytes ?? new Uint8Array(0))
  return [`### Packet ${packet}: ${protocol}, ${source} → ${destination}`, '', ...fenced([info, '', ...tree, '', ...dump]), ''].join('\n')
}

// A fence is longer than every run of backticks inside it (CommonMark 0.31, 4.5).
function fenced(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...(lines.join('\n').match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return [fence, ...lines, fence]
}

/** The request that this packet carries, or that it answers, as a curl command; null where there is none. */
export function packetCurl(capture: Capture, packet: number): string | null {
  const { memory } = capture
  const stream = memory.tcpStreamOf(packet)
  if (stream < 0) return null
  let command: string | null = null
  readStreamExchanges(capture, stream, ({ request, response, url }) => {
    const here = request?.packets.includes(packet) === true || response?.packets.includes(packet) === true
    if (here && request !== null) command ??= curlOf(request, url)
  })
  return command
}

/** Headers that curl makes itself, from the address and the body. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['host', 'content-length', 'connection', 'transfer-encoding', 'accept-encoding'])

/** `curl -X PUT -H 'Accept: text/plain' http://host/path`, quoted for a shell of POSIX or, with odd bytes in it, bash. */
export function curlOf(request: HttpRequest, url: string): string {
  const parts = ['curl']
  const body = request.body !== null && request.body.length > 0 ? request.body : null
  if (request.method === 'HEAD') parts.push('--head')
  else if (request.method !== (body === null ? 'GET' : 'POST')) parts.push('-X', shellQuoted(Buffer.from(request.method)))
  if (request.headers.some(([name]) => name.toLowerCase() === 'accept-encoding')) parts.push('--compressed')
  for (const [name, value] of request.headers)
    if (!OWN_HEADERS.has(name.toLowerCase())) parts.push('-H', shellQuoted(Buffer.from(`${name}: ${value}`)))
  if (body !== null) parts.push('--data-binary', shellQuoted(body))
  parts.push('--', shellQuoted(Buffer.from(url === '' ? `http://${request.host}${request.target}` : url)))
  return parts.join(' ')
}

/** One word of a shell, whatever the bytes are: control characters and what is no ASCII only inside $'…', as escapes. */
export function shellQuoted(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1')
  if (/^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('-')) return text
  if (/^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`
  const escaped = text.replace(/[\\']/g, '\\$&').replace(/[^\x20-\x7e]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `$'${escaped}'`
}
