// Guesses at what somebody meant: names that are nearly right, capture-filter syntax, half addresses.

import { parseEther, parseIpv4, parseIpv6 } from '../bytes/address.ts'
import type { Registry } from '../core/registry.ts'
import { wiresharkKnows } from './wireshark-names.ts'

/** "10.0.0.1:80" or "[::1]:80" in its two parts, or null. */
export function addressWithPort(text: string): { address: string; port: string } | null {
  const found = /^(\d+\.\d+\.\d+\.\d+):(\d{1,5})$/.exec(text)
  return found === null || parseIpv4(found[1]!) === null ? null : { address: found[1]!, port: found[2]! }
}

/** "10.*", "10.0.*.*", "10.0.0" and "10.0/16" as networks: "10.0.0.0/8" …; null for what is no half address. */
export function shortAddress(text: string): string | null {
  const found = /^(\d{1,3}(?:\.\d{1,3}){0,2})((?:\.\*){1,3}|\.)?(?:\/(\d{1,2}))?$/.exec(text)
  if (found === null) return null
  const parts = found[1]!.split('.')
  if (parts.some((part) => Number(part) > 255) || (parts.length === 1 && found[2] === undefined)) return null
  const bits = found[3] === undefined ? 8 * parts.length : Math.min(32, Number(found[3]))
  return `${[...parts, '0', '0', '0'].slice(0, 4).join('.')}/${bits}`
}

const METHODS = /^(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH)$/i

/** A whole test for a value that stands alone ("GET", 443, 10.0.0.1): what it probably asks for. */
export function testFor(text: string, isQuoted: boolean, registry: Registry): string {
  const knows = (name: string) => registry.find(name) !== undefined
  const quoted = `"${text.replace(/["\\]/g, '\\$&')}"`
  if (METHODS.test(text) && knows('http.request.method')) return `http.request.method == "${text.toUpperCase()}"`
  if (!isQuoted) {
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 && knows('tcp.port')) return `tcp.port == ${text}`
    const [host] = text.split('/') as [string]
    if (parseIpv4(host) !== null && knows('ip.addr')) return `ip.addr == ${text}`
    const port = addressWithPort(text)
    if (port !== null && knows('ip.addr')) return `ip.addr == ${port.address} and tcp.port == ${port.port}`
    const network = /\./.test(text) ? shortAddress(text) : null
    if (network !== null && knows('ip.addr')) return `ip.addr == ${network}`
    if (parseEther(text) !== null && knows('eth.addr')) return `eth.addr == ${text}`
    if (text.includes(':') && parseIpv6(host) !== null && knows('ipv6.addr')) return `ipv6.addr == ${text}`
  }
  return `frame contains ${quoted}`
}

const PRIMITIVE =
  /\b(?:(tcp|udp|ip|ip6|ether)\s+)?(?:(src|dst)\s+)?(port|portrange|host|net)\s+([\w.:-]+(?:\/\d+)?)|\b(src|dst)\s+(\d[\d.]*|[0-9a-fA-F]*:[0-9a-fA-F:]+)/g

/** A filter in tcpdump's syntax ("tcp port 80 and host 10.0.0.1") as a display filter, or null. */
export function fromCaptureSyntax(text: string): string | null {
  if (/["']|==/.test(text)) return null
  let changed = false
  const result = text.replace(
    PRIMITIVE,
    (whole, protocol?: string, side?: string, kind?: string, value?: string, only?: string, address?: string) => {
      const translated =
        only !== undefined
          ? hostTest(undefined, only, address!)
          : kind === 'host' || kind === 'net'
            ? hostTest(protocol, side, value!)
            : portTest(protocol, side, kind!, value!)
      if (translated === null) return whole
      changed = true
      return translated
    },
  )
  return changed ? result.replace(/\bip6\b/g, 'ipv6') : null
}

function portTest(protocol: string | undefined, side: string | undefined, kind: string, value: string): string | null {
  const name = `${protocol === 'udp' ? 'udp' : 'tcp'}.${side ?? ''}port`
  if (kind === 'port') return /^\d+$/.test(value) ? `${name} == ${value}` : null
  const range = /^(\d+)-(\d+)$/.exec(value)
  return range === null ? null : `${name} in {${range[1]}..${range[2]}}`
}

function hostTest(protocol: string | undefined, side: string | undefined, value: string): string | null {
  const part = side ?? 'addr'
  if (protocol === 'ether' || parseEther(value) !== null) return `eth.${part} == ${value}`
  if (value.includes(':')) return `ipv6.${part} == ${value}`
  const network = parseIpv4(value.split('/')[0]!) === null ? shortAddress(value) : value
  return network === null ? null : `ip.${part} == ${network}`
}

/** What to say of a name that is none, and the name that was probably meant (null: nobody can tell). */
export function explainUnknown(name: string, registry: Registry): { message: string; instead: string | null } {
  const lower = name.toLowerCase()
  if (lower !== name && registry.find(lower) !== undefined) return { message: `Names are written in lower case: ${lower}.`, instead: lower }
  const minus = name.lastIndexOf('-')
  if (minus > 0 && registry.find(name.slice(0, minus)) !== undefined && /^\d+$/.test(name.slice(minus + 1))) {
    const spaced = `${name.slice(0, minus)} - ${name.slice(minus + 1)}`
    return { message: `"${name}" is one name. Put a space before the minus: ${spaced}.`, instead: spaced }
  }
  const near = nearestName(lower, registry)
  const dot = lower.indexOf('.')
  const protocol = dot < 0 ? lower : lower.slice(0, dot)
  if (registry.find(protocol) === undefined && wiresharkKnows(protocol)) {
    const what = dot < 0 ? `"${name}" is a protocol` : `"${name}" belongs to a protocol`
    return { message: `${what} of Wireshark's that wiretail does not take apart. Try frame contains "…" on its bytes.`, instead: null }
  }
  if (near !== null) return { message: `There is no field "${name}". Did you mean ${near}?`, instead: near }
  if (dot > 0 && registry.find(protocol) !== undefined)
    return { message: `${protocol} has no field "${name}". List its fields with: wiretail fields ${protocol}`, instead: null }
  return { message: `There is no field or protocol "${name}". List them with: wiretail fields`, instead: null }
}

/** The name nearest to a misspelt or shortened one, or null when none is near. */
export function nearestName(name: string, registry: Registry): string | null {
  const names = registry.names()
  const tail = names.filter((known) => known.endsWith(`.${name}`))
  if (tail.length > 0) return shortest(tail)
  const parts = name.split('.')
  if (parts.length > 1) {
    // http.method: the same protocol and the same last word.
    const same = names.filter((known) => known.startsWith(`${parts[0]}.`) && known.endsWith(`.${parts.at(-1)}`))
    if (same.length > 0) return shortest(same)
  }
  const allowed = Math.max(1, Math.min(3, Math.floor(name.length / 4)))
  const kept = name.includes('.') ? `${parts[0]}.` : ''
  /** Of names as near as each other: the one of the protocol that was written, then the shorter one. */
  const better = (a: string, b: string): boolean => (a.startsWith(kept) === b.startsWith(kept) ? a.length < b.length : a.startsWith(kept))
  let best: string | null = null
  let bestDistance = allowed
  for (const known of names) {
    if (Math.abs(known.length - name.length) > bestDistance) continue
    const distance = editDistance(name, known, bestDistance + 1)
    if (distance > bestDistance || (distance === bestDistance && best !== null && !better(known, best))) continue
    best = known
    bestDistance = distance
  }
  return best
}

function shortest(names: readonly string[]): string {
  return names.reduce((a, b) => (b.length < a.length ? b : a))
}

/** Insertions, deletions, replacements and swaps of neighbours; `limit` or more is returned as `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  let two: number[] = []
  let one = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(one[j]! + 1, row[j - 1]! + 1, one[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, two[j - 2]! + 1)
      row.push(cost)
      if (cost < least) least = cost
    }
    if (least >= limit) return limit
    two = one
    one = row
  }
  return Math.min(limit, one[b.length]!)
}
