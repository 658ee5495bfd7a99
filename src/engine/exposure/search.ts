// Looks for a secret in regions, and in all that can be made of them without a key, or with the keys that were given.

import { type FernetKey, openFernet, parseFernetToken } from '../../crypto/fernet.ts'
import { shiftText } from '../../crypto/shift.ts'
import { base64Texts, hasText, hexTexts, type Spelled, unescapedTexts } from './decoders.ts'
import { httpBodies } from './http-bodies.ts'
import { derive, LEVEL_KEYS, LEVEL_PACKETS, LEVEL_TRIVIAL, LEVELS, type Place, type Region } from './regions.ts'

/** One place where the secret stands, or a part of it. Offset and length count bytes of the packet's frame. */
export interface Finding extends Place {
  /** "raw", "stream" (with bytes of several packets), or what had to be undone: "chunked gzip", "base64", "shift -1". */
  readonly how: string
}

/** Places kept; nobody looks at more. */
const MAX_FINDINGS = 256
const MAX_PACKETS = 10_000
/** Occurrences looked at in one region. */
const MAX_HITS = 1000
/** Steps of decoding one after the other: base64 of a form field inside a compressed body is three. */
const MAX_STEPS = 5
/** Bytes that the decodings of one region may come to, beyond four times its own. */
const SPARE_WORK = 4 * 1024 * 1024
/** With fewer letters, a shifted secret stands in any noise. */
const SHORTEST_SHIFTED = 4

/** "gAAAA": version 0x80 and the first bytes of a time before the year 10000; a key of 32 bytes and a short message make it 100 long. */
const TOKEN = /gAAAA[A-Za-z0-9_-]{91,}={0,2}/g

interface Needle {
  readonly bytes: Buffer
  readonly step: string
}

export class SecretSearch {
  /** By level: was the secret seen there? Levels above the first that is true are true as well, once `levels` is read. */
  private readonly seen: boolean[] = Array<boolean>(LEVELS).fill(false)
  readonly findings: Finding[] = []
  readonly packets = new Set<number>()
  private readonly known = new Set<string>()
  /** The secret as it is. */
  readonly needle: Buffer
  /** The secret with its letters shifted, and in other character sets. */
  private readonly others: readonly Needle[]
  /** Of these, the ones that are no shifts. */
  private readonly charsets: readonly Needle[]
  /** The secret is printable ASCII, and so is it when shifted. */
  private readonly isText: boolean
  private readonly keys: readonly FernetKey[]

  constructor(secret: string, keys: readonly FernetKey[] = []) {
    this.needle = Buffer.from(secret, 'utf8')
    this.keys = keys
    this.others = otherNeedles(secret)
    this.isText = /^[ -~]+$/.test(secret)
    this.charsets = this.others.filter(({ step }) => !step.startsWith('shift'))
  }

  /** True: nothing is searched for. */
  get idle(): boolean {
    return this.needle.length === 0
  }

  get length(): number {
    return this.needle.length
  }

  /** Was it seen at this level, or at one that needs less? */
  at(level: number): boolean {
    return this.seen.slice(0, level + 1).includes(true)
  }

  /** Looks at the bytes of one frame as they are. `length` from `start` are its bytes. */
  frame(packet: number, bytes: Uint8Array, start: number, length: number): void {
    const frame = Buffer.from(bytes.buffer, bytes.byteOffset + start, length)
    for (let at = frame.indexOf(this.needle), n = 0; at >= 0 && n < MAX_HITS; at = frame.indexOf(this.needle, at + 1), n++)
      this.note(LEVEL_PACKETS, [{ packet, offset: at, length: this.needle.length }], 'raw')
  }

  /** Looks at a region and at everything that can be made of it. */
  region(region: Region, isHttp = true): void {
    this.look(region, { left: 4 * region.bytes.length + SPARE_WORK }, isHttp)
  }

  private look(region: Region, work: { left: number }, isHttp: boolean): void {
    this.find(region)
    if (isHttp) {
      for (const body of httpBodies(region)) {
        work.left += 4 * body.bytes.length
        this.look(body, work, false)
      }
    }
    this.openTokens(region, work)
    if (region.steps.length >= MAX_STEPS) return
    for (const spelled of this.spellings(region)) {
      work.left -= spelled.bytes.length
      if (work.left < 0) return
      this.look(
        derive(region, LEVEL_TRIVIAL, spelled.name, spelled.bytes, (at, length) => spelled.origin(at, length)),
        work,
        false,
      )
    }
  }

  private *spellings(region: Region): Generator<Spelled> {
    const { length } = this.needle
    yield* unescapedTexts(region.bytes, length)
    yield* base64Texts(region.bytes, Math.max(4, Math.ceil((length * 4) / 3)))
    yield* hexTexts(region.bytes, length)
  }

  private find(region: Region): void {
    const bytes = Buffer.from(region.bytes.buffer, region.bytes.byteOffset, region.bytes.length)
    const how = region.steps.join(' ')
    this.findAll(region, bytes, this.needle, region.level, how)
    // Noise holds no shifted text, and most of what is sealed is noise.
    const others = this.isText && !hasText(bytes, this.needle.length) ? this.charsets : this.others
    for (const { bytes: needle, step } of others)
      this.findAll(region, bytes, needle, Math.max(region.level, LEVEL_TRIVIAL), how === '' ? step : `${how} ${step}`)
  }

  private findAll(region: Region, bytes: Buffer, needle: Buffer, level: number, how: string): void {
    for (let at = bytes.indexOf(needle), n = 0; at >= 0 && n < MAX_HITS; at = bytes.indexOf(needle, at + 1), n++)
      this.note(level, region.locate(at, needle.length), how)
  }

  private openTokens(region: Region, work: { left: number }): void {
    if (this.keys.length === 0) return
    const text = Buffer.from(region.bytes.buffer, region.bytes.byteOffset, region.bytes.length).toString('latin1')
    for (const { at, token } of fernetTokens(text))
      for (const key of this.keys) {
        const opened = openFernet(token, key)
        if (!opened.ok) continue
        work.left += 4 * opened.message.length
        this.look(
          derive(region, LEVEL_KEYS, 'fernet', opened.message, () => ({ from: at, length: token.length })),
          work,
          false,
        )
        break
      }
  }

  private note(level: number, places: readonly Place[], how: string): void {
    this.seen[level] = true
    const spread = new Set(places.map(({ packet }) => packet)).size > 1
    for (const { packet, offset, length } of places) {
      if (this.packets.size < MAX_PACKETS) this.packets.add(packet)
      const key = `${packet}:${offset}:${length}`
      // The same bytes are seen again in the stream, and again after each step that leaves them alone.
      if (this.known.has(key) || this.findings.length >= MAX_FINDINGS) continue
      this.known.add(key)
      this.findings.push({ packet, offset, length, how: how !== '' ? how : spread ? 'stream' : 'raw' })
    }
  }
}

/**
 * Fernet tokens in a text, with padding; one without its padding is given it back. Only what has a token's layout counts.
 */
export function* fernetTokens(text: string): Generator<{ readonly at: number; readonly token: string; readonly time: number }> {
  for (const match of text.matchAll(TOKEN)) {
    const bare = match[0].replace(/=+$/, '')
    const token = bare + '='.repeat((4 - (bare.length % 4)) % 4)
    const parsed = parseFernetToken(token)
    if (parsed.ok) yield { at: match.index, token, time: parsed.token.time }
  }
}

/** Other ways to write the same letters that need no key: shifted in the alphabet, and two more character sets. */
function otherNeedles(secret: string): Needle[] {
  const needles: Needle[] = []
  const plain = Buffer.from(secret, 'utf8')
  const add = (bytes: Buffer, step: string): void => {
    if (bytes.length > 0 && !bytes.equals(plain) && !needles.some((needle) => needle.bytes.equals(bytes))) needles.push({ bytes, step })
  }
  if ((secret.match(/[A-Za-z]/g)?.length ?? 0) >= SHORTEST_SHIFTED)
    for (let places = 1; places <= 25; places++) {
      // Named by the shorter way round the alphabet.
      const step = places <= 13 ? `+${places}` : String(places - 26)
      add(Buffer.from(shiftText(secret, places), 'utf8'), `shift ${step}`)
    }
  add(Buffer.from(secret, 'utf16le'), 'utf-16')
  add(Buffer.from(secret, 'utf16le').swap16(), 'utf-16')
  if (/^[\u0000-\u00ff]*$/.test(secret)) add(Buffer.from(secret, 'latin1'), 'latin-1')
  return needles
}
