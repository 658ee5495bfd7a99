// Addresses as text and back.

const HEX: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'))

/** Lower-case hexadecimal with an optional separator between bytes. */
export function hexText(bytes: Uint8Array, at: number, length: number, separator = ''): string {
  let text = ''
  const end = Math.min(at + length, bytes.length)
  for (let i = at; i < end; i++) text += i > at ? separator + HEX[bytes[i]!]! : HEX[bytes[i]!]!
  return text
}

export function ipv4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`
}

export function etherText(bytes: Uint8Array, at: number): string {
  return `${HEX[bytes[at]!]}:${HEX[bytes[at + 1]!]}:${HEX[bytes[at + 2]!]}:${HEX[bytes[at + 3]!]}:${HEX[bytes[at + 4]!]}:${HEX[bytes[at + 5]!]}`
}

/**
 * The canonical text of RFC 5952: the longest run of two or more zero groups becomes "::", the first one of equals. Embedded IPv4
 * addresses are written with dots where inet_ntop does so (::ffff:1.2.3.4 and ::1.2.3.4).
 */
export function ipv6Text(bytes: Uint8Array, at: number): string {
  let best = -1
  let bestLength = 1
  for (let i = 0; i < 8; ) {
    let j = i
    while (j < 8 && bytes[at + 2 * j] === 0 && bytes[at + 2 * j + 1] === 0) j++
    if (j - i > bestLength) {
      best = i
      bestLength = j - i
    }
    i = j === i ? i + 1 : j
  }
  let text = ''
  for (let i = 0; i < 8; i++) {
    if (i === best) {
      text += '::'
      i += bestLength - 1
      continue
    }
    if (text !== '' && !text.endsWith('::')) text += ':'
    const mapped = best === 0 && i === 6 && (bestLength === 6 || (bestLength === 5 && bytes[at + 10] === 0xff && bytes[at + 11] === 0xff))
    if (mapped) return text + ipv4Text(bytes, at + 12)
    text += ((bytes[at + 2 * i]! << 8) | bytes[at + 2 * i + 1]!).toString(16)
  }
  return text
}

/** An address of 4, 6 or 16 bytes. */
export function addressText(bytes: Uint8Array, at: number, size: number): string {
  return size === 4 ? ipv4Text(bytes, at) : size === 16 ? ipv6Text(bytes, at) : size === 6 ? etherText(bytes, at) : ''
}

/** Four bytes of "10.0.0.1", or null. */
export function parseIpv4(text: string): Uint8Array | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  const bytes = new Uint8Array(4)
  for (let i = 0; i < 4; i++) {
    const part = parts[i]!
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null
    bytes[i] = Number(part)
  }
  return bytes
}

/** Sixteen bytes of an IPv6 address, with or without "::" and a dotted tail, or null. */
export function parseIpv6(text: string): Uint8Array | null {
  const halves = text.split('::')
  if (halves.length > 2 || text === '') return null
  const groups = (half: string): number[] | null => {
    if (half === '') return []
    const out: number[] = []
    const parts = half.split(':')
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!
      if (i === parts.length - 1 && part.includes('.')) {
        const v4 = parseIpv4(part)
        if (v4 === null) return null
        out.push((v4[0]! << 8) | v4[1]!, (v4[2]! << 8) | v4[3]!)
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(Number.parseInt(part, 16))
      else return null
    }
    return out
  }
  const head = groups(halves[0]!)
  const tail = halves.length === 2 ? groups(halves[1]!) : []
  if (head === null || tail === null) return null
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const all = [...head, ...Array<number>(Math.max(0, missing)).fill(0), ...tail]
  const bytes = new Uint8Array(16)
  all.forEach((group, i) => {
    bytes[2 * i] = group >> 8
    bytes[2 * i + 1] = group & 0xff
  })
  return bytes
}

/** Six bytes of 00:11:22:33:44:55, 00-11-… or 0011.2233.4455, or null. */
export function parseEther(text: string): Uint8Array | null {
  const digits = /^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$|^[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4}){2}$/.test(text)
    ? text.replace(/[:.-]/g, '')
    : ''
  if (digits.length !== 12) return null
  return Uint8Array.from({ length: 6 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}
