// Fernet tokens, wherever they stand in text: https://github.com/fernet/spec, Spec.md. In base64url, decoded:
//
//   0        1       9     25              n-32
//   version  time    IV    ciphertext …    HMAC
//
// A token is recognised by its content alone: the version 0x80 and the zero bytes at the top of the time spell "gAAAA", and the length of
// the ciphertext is a multiple of 16. Every part has two places: its letters in the text, and its bytes in a source of their own.

import { decodeLatin1, decodeText } from '../bytes/decode.ts'
import type { Dissection } from '../core/dissect.ts'
import { SEVERITY_WARN } from '../core/note.ts'
import { bytes, defineProtocol, flag, group, text, time, u8 } from '../core/protocol.ts'
import { FERNET_LAYOUT, type FernetKey, openFernet, parseFernetKey, parseFernetToken } from '../crypto/fernet.ts'

const MAX_TOKENS = 64
/** Letters of a token that is believed: more than a megabyte of message. */
const MAX_LETTERS = 2 ** 21
const PREFIX = [0x67, 0x41, 0x41, 0x41, 0x41]

const asWritten = (label: string) => (_get: unknown, _value: number, _text: string, raw: () => string) => `${label}: ${clip(raw())}`
const clip = (letters: string): string => (letters.length > 48 ? `${letters.slice(0, 48)}…` : letters)

const F = {
  token: text('fernet.token', 'Token', {
    about: 'The whole token as it travels: letters, digits, - and _, which spell bytes in base64url.',
    display: (_get, _value, shown) => `Token: ${clip(shown)} (${shown.length} characters)`,
  }),
  versionText: group('', 'Version, as letters', {
    about: 'The letters gA spell the version 0x80, and the first bits of the time.',
    display: asWritten('Version, as letters'),
  }),
  timeText: group('', 'Time, as letters', {
    about: 'These letters spell the time at which the token was made; no key is needed to read it.',
    display: asWritten('Time, as letters'),
  }),
  ivText: group('', 'Initialization vector, as letters', {
    about: 'These letters spell the random start of the encryption.',
    display: asWritten('Initialization vector, as letters'),
  }),
  ciphertextText: group('', 'Ciphertext, as letters', {
    about: 'These letters spell the encrypted message: without the key they say only how long it is.',
    display: asWritten('Ciphertext, as letters'),
  }),
  hmacText: group('', 'HMAC, as letters', {
    about: 'These letters spell the proof that the token was made with the key and not changed since.',
    display: asWritten('HMAC, as letters'),
  }),

  version: u8('fernet.version', 'Version', { about: 'The version of the format, which is always 0x80 so far.', base: 'hex' }),
  time: time('fernet.time', 'Time', {
    about: "When the token was made, by its maker's clock: everybody can read it, the key is not needed.",
  }),
  iv: bytes('fernet.iv', 'Initialization vector', {
    about: 'Random bytes that start the encryption, so that the same message looks different each time.',
  }),
  ciphertext: bytes('fernet.ciphertext', 'Ciphertext', {
    about: 'The message, encrypted with AES-128 in blocks of 16 bytes: its length tells roughly how long the message is.',
    explain: (value) => `The message has ${value - 16} to ${value - 1} bytes: padding fills the last block of 16.`,
  }),
  hmac: bytes('fernet.hmac', 'HMAC', {
    about: 'Proves that the token was made with the key and not changed: one flipped bit, and it is refused.',
  }),
  valid: flag('fernet.valid', 'Valid', {
    about: 'Tells whether the token opens with one of the keys that were given.',
    generated: true,
    explain: (value) => (value === 0 ? 'InvalidToken: the signature does not match, the key is another one or the token was changed.' : ''),
  }),
  message: text('fernet.message', 'Message', { about: 'What the token hides, opened with the key that was given.' }),
}

/** A letter of base64url (RFC 4648 5). */
const LETTER = new Uint8Array(256)
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') LETTER[letter.charCodeAt(0)] = 1

function startsToken(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + PREFIX.length > end) return false
  for (let i = 0; i < PREFIX.length; i++) if (bytes[at + i] !== PREFIX[i]) return false
  return true
}

/** Where the run of letters at `at` ends, with at most two `=`. */
function tokenEnd(bytes: Uint8Array, at: number, end: number): number {
  const stop = Math.min(end, at + MAX_LETTERS)
  let i = at
  while (i < stop && LETTER[bytes[i]!] === 1) i++
  for (let n = 0; n < 2 && i < stop && bytes[i] === 0x3d; n++) i++
  return i
}

/** Offset of the next token at or behind `at`, -1 without one. */
function findToken(bytes: Uint8Array, at: number, end: number): number {
  for (let i = bytes.indexOf(PREFIX[0]!, at); i >= 0 && i < end; i = bytes.indexOf(PREFIX[0]!, i + 1)) {
    // A letter before it would make the run a longer word.
    if (!startsToken(bytes, i, end) || (i > at && LETTER[bytes[i - 1]!] === 1)) continue
    const stop = tokenEnd(bytes, i, end)
    if (fits(stop - i) && parseFernetToken(decodeLatin1(bytes, i, stop - i)).ok) return i
    i = stop - 1
  }
  return -1
}

/** 57 bytes and a multiple of 16, at least 73, in base64url with padding. */
function fits(letters: number): boolean {
  return letters % 4 === 0 && letters >= 100
}

/** The keys that the user gave; texts that are none were refused before. */
function keysOf(p: Dissection): FernetKey[] {
  return (p.settings.get('fernet.key') ?? []).flatMap((key) => parseFernetKey(key) ?? [])
}

/** The letters that spell the bytes from `from` to `to` of a token: neighbours share the letter between them. */
function addLetters(p: Dissection, field: (typeof F)['versionText'], at: number, from: number, to: number, letters: number): void {
  const first = Math.floor((from * 8) / 6)
  const last = Math.min(letters, Math.ceil((to * 8) / 6))
  p.add(field, at + first, last - first)
}

function recordToken(p: Dissection, at: number, letters: number): void {
  const shown = decodeLatin1(p.bytes, p.base + at, letters)
  const parsed = parseFernetToken(shown)
  if (!parsed.ok) return
  const { token } = parsed
  const { version, time: timeAt, iv, ciphertext, hmacLength } = FERNET_LAYOUT
  const { length } = token.bytes
  p.open(F.token, at, letters)
  addLetters(p, F.versionText, at, version, timeAt, letters)
  addLetters(p, F.timeText, at, timeAt, iv, letters)
  addLetters(p, F.ivText, at, iv, ciphertext, letters)
  addLetters(p, F.ciphertextText, at, ciphertext, length - hmacLength, letters)
  // What fills the last group of four letters belongs to nothing else.
  const hmacFrom = Math.floor(((length - hmacLength) * 8) / 6)
  p.add(F.hmacText, at + hmacFrom, letters - hmacFrom)
  p.close()

  const source = p.addSource('Decoded Fernet token', token.bytes)
  if (source < 0) return
  p.enter(source)
  p.add(F.version, version)
  if (p.wants(F.time)) p.generateText(F.time, timeOf(token.time), timeAt, iv - timeAt)
  p.add(F.iv, iv, ciphertext - iv)
  const row = p.add(F.ciphertext, ciphertext, length - hmacLength - ciphertext)
  if (row >= 0) p.rows.value[row] = token.ciphertext.length
  p.add(F.hmac, length - hmacLength, hmacLength)
  p.leave()
  recordMessage(p, shown, at, letters)
}

/** What the keys say, when any were given. */
function recordMessage(p: Dissection, token: string, at: number, letters: number): void {
  const keys = keysOf(p)
  if (keys.length === 0 || (!p.wants(F.valid) && !p.wants(F.message))) return
  const answers = keys.map((key) => openFernet(token, key))
  const opened = answers.find(({ ok }) => ok)
  p.generate(F.valid, opened === undefined ? 0 : 1, at, 0)
  if (opened?.ok !== true) {
    const reason = answers.find((answer) => !answer.ok && answer.refusal !== 'signature') ?? answers[0]
    if (reason?.ok === false) p.note(SEVERITY_WARN, `InvalidToken: ${reason.reason}`, at, letters)
    return
  }
  const source = p.addSource('Decrypted Fernet message', opened.message)
  if (source < 0 || !p.wants(F.message)) return
  p.enter(source)
  p.generateText(F.message, decodeText(opened.message, 0, opened.message.length), 0, opened.message.length)
  p.leave()
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** As Wireshark writes times; a time beyond the year 9999 stays a number of seconds. */
function timeOf(seconds: number): string {
  if (seconds > 253_402_300_799) return `${seconds} seconds after 1970`
  const date = new Date(seconds * 1000)
  const clock = date.toISOString().slice(11, 19)
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}, ${date.getUTCFullYear()} ${clock}.000000000 UTC`
}

export const fernet = defineProtocol({
  name: 'fernet',
  title: 'Fernet token',
  spec: 'Fernet specification',
  about: 'Hides a message from everybody without the key, and shows whoever has it that nobody changed it.',
  fields: F,
  findIn: findToken,
  heading: (get) => {
    const count = get.texts(F.token).length
    return count === 1 ? `Fernet token, made ${get.text(F.time)}` : `Fernet tokens (${count})`
  },

  dissect(p) {
    if (!p.recording) return
    const { base, bytes, end } = p
    let at = base
    let last = base
    for (let count = 0; count < MAX_TOKENS; count++) {
      const found = findToken(bytes, at, end)
      if (found < 0) break
      at = tokenEnd(bytes, found, end)
      last = at
      recordToken(p, found - base, at - found)
    }
    p.span(last - base)
  },
})
