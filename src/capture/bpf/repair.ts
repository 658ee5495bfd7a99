// What was probably meant by a capture filter that is not understood. A repair is offered only when it is understood itself.

import { KEYWORDS, PROTOCOLS } from './names.ts'
import { parse } from './parse.ts'
import type { SyntaxProblem } from './syntax.ts'

export interface Repair {
  /** The whole repaired filter; undefined when nothing better is known. */
  readonly text: string | undefined
  /** What was typed is in Wireshark's display-filter language. */
  readonly display: boolean
}

/** Longest filter that is worth guessing at: guesses are parsed, and this happens at each key. */
const LONGEST = 2000

/** null when nothing can be said. */
export function repair(text: string, problem: SyntaxProblem): Repair | null {
  if (text.length > LONGEST) return null
  const translated = translate(text)
  if (translated !== null) return { text: understood(translated) ? translated : undefined, display: true }
  const found = candidates(text, problem).find((candidate) => candidate !== text && understood(candidate))
  return found === undefined ? null : { text: found, display: false }
}

function understood(text: string): boolean {
  const parsed = parse(text)
  return parsed.ok && parsed.filter !== null
}

// ── Display filters ──

/** Fields of display filters and the words that stand for them here. */
const FIELDS: Readonly<Record<string, string>> = {
  'tcp.port': 'tcp port',
  'tcp.srcport': 'tcp src port',
  'tcp.dstport': 'tcp dst port',
  'udp.port': 'udp port',
  'udp.srcport': 'udp src port',
  'udp.dstport': 'udp dst port',
  'sctp.port': 'sctp port',
  'ip.addr': 'host',
  'ip.host': 'host',
  'ip.src': 'src host',
  'ip.dst': 'dst host',
  'ipv6.addr': 'ip6 host',
  'ipv6.src': 'ip6 src host',
  'ipv6.dst': 'ip6 dst host',
  'eth.addr': 'ether host',
  'eth.src': 'ether src',
  'eth.dst': 'ether dst',
  'ip.proto': 'ip proto',
  'eth.type': 'ether proto',
  'vlan.id': 'vlan',
}

/** Protocols of display filters that a capture filter can only guess by their port. */
const APPLICATIONS: Readonly<Record<string, string>> = {
  http: 'tcp port 80',
  tls: 'tcp port 443',
  ssl: 'tcp port 443',
  dns: 'port 53',
  ssh: 'tcp port 22',
  coap: 'udp port 5683',
  ipv6: 'ip6',
  icmpv6: 'icmp6',
  eth: 'ether[0] >= 0',
}

const COMPARISON = /([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)\s*(==|=|!=|eq\b|ne\b|in\b)\s*(\{[^}]*\}|"[^"]*"|[^\s()&|]+)/gi
const LOOKS_DISPLAY =
  /\b[a-z][a-z0-9]*\.[a-z][a-z0-9_.]*|\b(contains|matches)\b|^(http2?|tls|ssl|dns|ssh|coap|ipv6|icmpv6|quic|mdns|dhcp)$/i

/** The capture filter that says the same, something that parse() refuses, or null when the text is no display filter. */
function translate(text: string): string | null {
  const bare = text.trim()
  if (!LOOKS_DISPLAY.test(bare)) return null
  const application = APPLICATIONS[bare.toLowerCase()]
  if (application !== undefined) return application
  // A host name looks like a field, but nothing is compared with it.
  if (!/[=<>!]|\b(eq|ne|in|contains|matches)\b/.test(bare)) return /^[a-z][a-z0-9]*\.[a-z0-9_.]+$/i.test(bare) && isField(bare) ? '' : null
  return bare
    .replace(COMPARISON, (whole, field: string, operator: string, value: string) => translateOne(field, operator, value) ?? whole)
    .replaceAll('&&', 'and')
    .replaceAll('||', 'or')
    .replace(/!(?!=)\s*/g, 'not ')
}

function isField(text: string): boolean {
  return /^(frame|eth|arp|ip|ipv6|tcp|udp|icmp|icmpv6|http2?|tls|ssl|dns|quic|coap)\./i.test(text)
}

function translateOne(field: string, operator: string, value: string): string | null {
  const words = FIELDS[field.toLowerCase()]
  if (words === undefined) return null
  const not = operator === '!=' || operator === 'ne' ? 'not ' : ''
  const values = value.startsWith('{')
    ? value
        .slice(1, -1)
        .split(/[\s,]+/)
        .filter(Boolean)
    : [value.replaceAll('"', '')]
  const each = values.map((one) => spell(words, one))
  const joined = each.length === 1 ? each[0] : `(${each.join(' or ')})`
  return `${not}${joined}`
}

function spell(words: string, value: string): string {
  const range = /^(\d+)\.\.(\d+)$/.exec(value)
  if (range && words.endsWith('port')) return `${words}range ${range[1]}-${range[2]}`
  return value.includes('/') ? `${words.replace('host', 'net')} ${value}` : `${words} ${value}`
}

// ── Slips ──

function candidates(text: string, { start, end }: SyntaxProblem): string[] {
  const before = text.slice(0, start)
  const word = text.slice(start, end)
  const after = text.slice(end)
  const replaceWord = (replacement: string) => tidy(`${before}${replacement}${after}`)
  return [
    ...closest(word).map(replaceWord),
    // tcp 80 · 80 · 10.0.0.1 · aa:bb:cc:dd:ee:ff
    ...['port ', 'host ', 'ether host ', 'net ', 'portrange '].map((missing) => tidy(`${before}${missing}${word}${after}`)),
    ...spellings(text.trim()),
  ]
}

/** Rewritings of the whole that mend frequent habits. */
function spellings(text: string): string[] {
  const lower = text.toLowerCase()
  const ports = (list: string) =>
    list
      .split(/\s*,\s*/)
      .filter(Boolean)
      .join(' or ')
  return [
    lower,
    text.replace(/\b(port|portrange|host|net)\s*[=:]{1,2}\s*/gi, '$1 '),
    text.replace(/\bports\b/gi, 'port').replace(/((?:\d+\s*,\s*)+\d+)/g, ports),
    text.replace(/^(?:(tcp|udp)\s+)?:(\d+)$/, (_, protocol: string | undefined, port: string) => `${protocol ?? 'tcp'} port ${port}`),
    text.replace(
      /(?:\bhost\s+)?(\[[0-9a-f:]+\]|[\w.-]+):(\d+)/gi,
      (_, host: string, port: string) => `host ${host.replace(/[[\]]/g, '')} and port ${port}`,
    ),
    text.replace(/^(tcp|udp|sctp)(\d+)$/i, '$1 port $2'),
    text.replace(/\bport\s+(\d+-\d+)/gi, 'portrange $1'),
    text.replace(/\bproto\s+([a-z]\w*)/gi, 'proto \\$1'),
    text.replace(/\bhost\s+([0-9a-f]{1,2}(?:[:-][0-9a-f]{1,2}){5})/gi, 'ether host $1'),
    text.replace(/\bhost\s+(\S+\/\d+)/gi, 'net $1'),
    text
      .replace(/\bipv6\b/gi, 'ip6')
      .replace(/\bicmpv6\b/gi, 'icmp6')
      .replace(/\bipv4\b/gi, 'ip'),
    text.replace(/\b(source|destination)\b/gi, (word) => (word.toLowerCase() === 'source' ? 'src' : 'dst')),
    text.replace(/\b(and|or|not)\s*$/i, '').trim(),
    balance(text),
  ]
}

function balance(text: string): string {
  const open = text.split('(').length
  const close = text.split(')').length
  return open > close ? text + ')'.repeat(open - close) : text
}

/** Keywords that differ from a word by one slip, then those that differ by two; the shorter words only by one. */
function closest(word: string): string[] {
  const lower = word.toLowerCase()
  if (!/^[a-z]\w*$/.test(lower)) return []
  const known = new Set([...KEYWORDS, ...Object.keys(PROTOCOLS)])
  const scored: [number, string][] = []
  for (const keyword of known) {
    const far = distance(lower, keyword)
    if (far > 0 && far <= (keyword.length < 4 ? 1 : 2)) scored.push([far, keyword])
  }
  return scored.sort(([a], [b]) => a - b).map(([, keyword]) => keyword)
}

/** Insertions, deletions, replacements and swaps of neighbours between two words. */
export function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2]![j - 2]! + 1)
      row.push(best)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
