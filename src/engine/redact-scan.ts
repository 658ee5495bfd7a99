// What looks like a secret in text: credentials, cookies, tokens, passwords. Works on bytes read as Latin-1, so that a letter is a byte.
//
// Every expression is bounded, so that hostile text takes time in proportion to its length.

/** A run of bytes that is to be blanked: [start, end). */
export interface Secret {
  readonly start: number
  readonly end: number
}

/** What is written over secrets: a letter, so that lines, numbers of bytes and forms stay what they are. */
export const BLANK = 0x58

/** Longest value that is looked for. */
const LONG = 16_384
const NAMES =
  'pass(?:wor[dt]|wd|phrase|code)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|session(?:[_-]?id)?|sessid|jsessionid|credentials?|signature|\\b(?:sig|sid|pin|otp)'

/** The first group that took part is the secret; without groups, all of it. */
const PATTERNS: readonly RegExp[] = [
  // Header fields (RFC 9110 11.6, RFC 6265), and the many of people's own making.
  new RegExp(
    '(?:^|[\\r\\n])(?:(?:proxy-)?authorization|(?:set-)?cookie2?|x-[a-z-]{0,40}?(?:key|token|auth|secret|session|csrf|xsrf)[a-z-]{0,20}|(?:api|access|auth)-?(?:key|token))' +
      `[ \\t]*:[ \\t]*(?:(?:basic|bearer|digest|negotiate|ntlm|token|apikey)[ \\t]+)?([^\\r\\n]{1,${LONG}})`,
    'dgi',
  ),
  // Forms, addresses, JSON, settings: name=value, "name": "value".
  new RegExp(
    `(?:${NAMES})["']?[ \\t]{0,8}(?:=|:|%3d)[ \\t]{0,8}(?:"((?:[^"\\\\\\r\\n]|\\\\.){1,${LONG}})"?|'([^'\\r\\n]{1,${LONG}})'?|([^&\\s"'<>;,]{1,${LONG}}))`,
    'dgi',
  ),
  // A part of multipart/form-data with such a name (RFC 7578).
  new RegExp(
    `name="?[^"\\r\\n]{0,40}(?:${NAMES})[^"\\r\\n]{0,40}"?[^\\r\\n]{0,200}\\r?\\n(?:[^\\r\\n]{1,200}\\r?\\n){0,4}\\r?\\n([^\\r\\n]{1,${LONG}})`,
    'dgi',
  ),
  // User and password in an address (RFC 3986 3.2.1).
  /\/\/([^\s/@:?#]{0,256}:[^\s/@]{1,512})@/dg,
  // FTP, POP, IMAP, SMTP.
  /(?:^|[\r\n])(?:PASS|AUTH[ \t]+[\w-]{1,20}|[a-z0-9.]{1,8}[ \t]+LOGIN)[ \t]+([^\r\n]{1,4096})/dgi,
  // Fernet: the version 0x80 and a time of this century make these letters.
  /gAAAA[\w-]{32,65536}(?:=|%3d){0,2}/dgi,
  // JSON Web Tokens (RFC 7519).
  /eyJ[\w-]{8,16384}(?:\.[\w-]{0,16384}){2,4}/dg,
  // Keys of well-known makers, and private keys in PEM.
  /\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_\w{30,255}|xox[abpr]-[\w-]{10,255}|sk-[\w-]{20,255})/dg,
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----([\w+/=\s:,-]{1,16384}?)-----END/dg,
]

/** Values learnt at the most; the text that is looked for grows with them. */
const MAX_VALUES = 2000
/** A value shorter than this is blanked where it stands and not looked for elsewhere: it would be found everywhere. */
const SHORTEST = 6

/** Finds secrets by their looks, and secrets that were found before wherever else they stand. */
export class SecretScan {
  private readonly values = new Set<string>()
  private valuePattern: RegExp | null = null
  private learntSince = false

  /** `texts` are secrets whatever they look like, of any length. */
  constructor(texts: readonly string[]) {
    for (const text of texts) if (text !== '') this.learn(text, 1)
  }

  /** Runs of secrets, in no order; they may overlap. */
  find(text: string): Secret[] {
    const found: Secret[] = []
    for (const pattern of PATTERNS) this.collect(pattern, text, found)
    if (this.learntSince) this.compile()
    if (this.valuePattern !== null) this.collect(this.valuePattern, text, found)
    return found
  }

  private collect(pattern: RegExp, text: string, found: Secret[]): void {
    for (const match of text.matchAll(pattern)) {
      const places = match.indices!
      const group = match.length === 1 ? 0 : match.findIndex((part, i) => i > 0 && part !== undefined)
      const [start, end] = places[Math.max(0, group)]!
      found.push({ start, end })
    }
  }

  /** Notes what was found, to find it elsewhere: in other packets, in another writing. */
  remember(value: string): void {
    const pairs = /^[^=;\s]{1,256}=/.test(value) ? value.split(/;\s*/) : [value]
    // Of Set-Cookie only the first pair is the cookie; what follows says how long and where it counts.
    const cookies = pairs.some((pair) => /^(?:path|domain|expires|max-age|samesite)=/i.test(pair)) ? pairs.slice(0, 1) : pairs
    for (const pair of cookies) this.learn(pair.replace(/^[^=;\s"]{1,256}=(?=.)/, '').replace(/^"|"$/g, ''), SHORTEST)
    const basic = /^[A-Za-z0-9+/]{8,1024}={0,2}$/.test(value) ? Buffer.from(value, 'base64').toString('latin1') : value
    const password = /^[\x20-\x7e]{0,256}?:([\x20-\x7e]{1,512})$/.exec(basic)?.[1]
    if (password !== undefined) this.learn(password, SHORTEST)
  }

  private learn(value: string, shortest: number): void {
    for (const form of [value, decoded(value), Buffer.from(value, 'utf8').toString('latin1'), encodeURIComponent(value)]) {
      if (form.length < shortest || form.length > LONG || this.values.size >= MAX_VALUES || this.values.has(form)) continue
      this.values.add(form)
      this.learntSince = true
    }
  }

  private compile(): void {
    this.learntSince = false
    const longestFirst = [...this.values].sort((one, other) => other.length - one.length)
    this.valuePattern = new RegExp(longestFirst.map((value) => value.replace(/[^\w]/g, escaped)).join('|'), 'dg')
  }
}

const escaped = (letter: string): string => `\\x${(letter.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`

function decoded(value: string): string {
  try {
    return Buffer.from(decodeURIComponent(value.replace(/\+/g, ' ')), 'utf8').toString('latin1')
  } catch {
    return value
  }
}

/** Sorted, and joined where they touch. */
export function merged(runs: readonly Secret[]): Secret[] {
  const out: { start: number; end: number }[] = []
  for (const { start, end } of runs.toSorted((one, other) => one.start - other.start)) {
    const last = out.at(-1)
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end)
    else out.push({ start, end })
  }
  return out
}
