// The head of an HTTP/1.x message: start line and header lines up to the empty line (RFC 9112 2 to 6). Reads what decides how long
// the message is, in one pass and without allocating: the framing step runs on every message of a capture.

/** The head is not complete yet. */
export const HEAD_MORE = -1
/** These bytes do not open an HTTP message. */
export const HEAD_WRONG = -2

/** Longest head that is read (RFC 9112 leaves the limit to the reader). */
export const MAX_HEAD = 64 * 1024

export const METHOD_OTHER = 0
export const METHOD_HEAD = 1
export const METHOD_CONNECT = 2
/** RPC_IN_DATA and RPC_OUT_DATA of MS-RPCH: their Content-Length is the capacity of a channel, no body of that size follows. */
export const METHOD_RPC = 3

const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09
const COLON = 0x3a
const COMMA = 0x2c

/** What a head says about its message. One object is filled again for each head. */
export interface Head {
  response: boolean
  /** METHOD_…, of a request. */
  method: number
  /** Status code of a response. */
  status: number
  /** Value of Content-Length; -1: none, -2: not a number. */
  contentLength: number
  /** A Transfer-Encoding header is there. */
  transferEncoding: boolean
  /** Its last coding is `chunked`. */
  chunked: boolean
  keepAlive: boolean
}

export function emptyHead(): Head {
  return {
    response: false,
    method: METHOD_OTHER,
    status: 0,
    contentLength: -1,
    transferEncoding: false,
    chunked: false,
    keepAlive: false,
  }
}

const lower = (name: string): Uint8Array => Uint8Array.from(name, (letter) => letter.charCodeAt(0))
const CONTENT_LENGTH = lower('content-length')
const CONNECTION = lower('connection')
const TRANSFER_ENCODING = lower('transfer-encoding')
const CHUNKED = lower('chunked')
const KEEP_ALIVE = lower('keep-alive')

/** Do bytes[at …] spell `name`, whatever the case of the letters? */
function spells(bytes: Uint8Array, at: number, end: number, name: Uint8Array): boolean {
  if (at + name.length > end) return false
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[at + i]!
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== name[i]) return false
  }
  return true
}

/** Offset of the next line feed, or -1. */
export function lineFeed(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at; i < end; i++) if (bytes[i] === LF) return i
  return -1
}

/** Where a line's content ends: before its line feed and the CR, or several, before that. */
export function lineStop(bytes: Uint8Array, at: number, feed: number): number {
  let stop = feed
  while (stop > at && bytes[stop - 1] === CR) stop--
  return stop
}

/** First byte that is neither CR nor LF: RFC 9112 2.2 lets empty lines stand before a request. */
export function skipEmptyLines(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] === CR || bytes[at] === LF)) at++
  return at
}

/** Does a blank line end somewhere in bytes[at … end)? For heads that arrive in pieces: looks only at what is new. */
export function hasHeadEnd(bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = lineFeed(bytes, at, end); i >= 0; i = lineFeed(bytes, i + 1, end)) {
    let next = i + 1
    while (next < end && bytes[next] === CR) next++
    if (next < end && bytes[next] === LF) return true
  }
  return false
}

/** Reads the head at `start` into `head`. Returns the offset behind its empty line, HEAD_MORE or HEAD_WRONG. */
export function readHead(bytes: Uint8Array, start: number, end: number, head: Head): number {
  const first = skipEmptyLines(bytes, start, end)
  let feed = lineFeed(bytes, first, end)
  if (feed < 0) return end - start > MAX_HEAD ? HEAD_WRONG : HEAD_MORE
  if (!readStartLine(bytes, first, feed, head)) return HEAD_WRONG
  head.contentLength = -1
  head.transferEncoding = false
  head.chunked = false
  head.keepAlive = false
  for (;;) {
    const at = feed + 1
    feed = lineFeed(bytes, at, end)
    if (feed < 0) return end - start > MAX_HEAD ? HEAD_WRONG : HEAD_MORE
    if (lineStop(bytes, at, feed) === at) return feed + 1
    const firstEnd = lineStop(bytes, at, feed)
    // A line that begins with white space continues the one before (obs-fold, RFC 9112 5.2).
    while (feed + 1 < end && (bytes[feed + 1] === SPACE || bytes[feed + 1] === TAB)) {
      feed = lineFeed(bytes, feed + 1, end)
      if (feed < 0) return end - start > MAX_HEAD ? HEAD_WRONG : HEAD_MORE
    }
    const lineEnd = lineStop(bytes, at, feed)
    const letter = bytes[at]! | 0x20
    // Only headers whose names begin with c or t matter here.
    if (letter === 0x63 || letter === 0x74) readHeader(bytes, at, firstEnd, lineEnd, head)
  }
}

/** `firstEnd`: where the first line of a folded header ends. A length that stands on the first line is read from there alone, as Wireshark does. */
function readHeader(bytes: Uint8Array, at: number, firstEnd: number, end: number, head: Head): void {
  if (named(bytes, at, end, CONTENT_LENGTH)) {
    const length = readLength(bytes, at + CONTENT_LENGTH.length, firstEnd)
    head.contentLength = length < 0 && firstEnd < end ? readLength(bytes, at + CONTENT_LENGTH.length, end) : length
  } else if (named(bytes, at, end, TRANSFER_ENCODING)) {
    head.transferEncoding = true
    // A second header that names another coding does not undo this one, for Wireshark nor for most programs.
    head.chunked ||= endsInChunked(bytes, at + TRANSFER_ENCODING.length, end)
  } else if (named(bytes, at, end, CONNECTION)) head.keepAlive = contains(bytes, at + CONNECTION.length, end, KEEP_ALIVE)
}

/** Is this the header `name`? White space before the colon makes it another one (RFC 9112 5.1: it must be refused). */
function named(bytes: Uint8Array, at: number, end: number, name: Uint8Array): boolean {
  return at + name.length < end && bytes[at + name.length] === COLON && spells(bytes, at, end, name)
}

/** First byte of the value: behind the colon and white space. */
function valueAt(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== COLON) at++
  at++
  return skipBlank(bytes, at, end)
}

/** Behind white space; line ends only stand inside a value that is folded. */
function skipBlank(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && isBlank(bytes, at)) at++
  return at
}

function isBlank(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at]!
  return byte === SPACE || byte === TAB || byte === LF || (byte === CR && bytes[at + 1] === LF)
}

/** 1*DIGIT (RFC 9110 8.6). -2: something else, or too much to be true. */
function readLength(bytes: Uint8Array, at: number, end: number): number {
  let i = valueAt(bytes, at, end)
  const from = i
  let value = 0
  while (i < end && bytes[i]! >= 0x30 && bytes[i]! <= 0x39) {
    value = value * 10 + bytes[i]! - 0x30
    i++
  }
  const digits = i - from
  i = skipBlank(bytes, i, end)
  return digits === 0 || i < end || value > Number.MAX_SAFE_INTEGER ? -2 : value
}

/** Is the last transfer coding `chunked` (RFC 9112 6.1)? */
function endsInChunked(bytes: Uint8Array, at: number, end: number): boolean {
  let i = valueAt(bytes, at, end)
  while (end > i && (isBlank(bytes, end - 1) || bytes[end - 1] === COMMA)) end--
  let from = end
  while (from > i && bytes[from - 1] !== COMMA) from--
  i = skipBlank(bytes, from, end)
  return spells(bytes, i, end, CHUNKED) && (i + CHUNKED.length === end || TOKEN[bytes[i + CHUNKED.length]!] === 0)
}

function contains(bytes: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  for (let i = valueAt(bytes, at, end); i + word.length <= end; i++) if (spells(bytes, i, end, word)) return true
  return false
}

const HTTP = [0x48, 0x54, 0x54, 0x50, 0x2f]

/** "HTTP/": five bytes must be there. */
export function spellsHttp(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 5; i++) if (bytes[at + i] !== HTTP[i]) return false
  return true
}

/** "HTTP/" and a digit. */
export function isStatusLine(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 6 > end || !spellsHttp(bytes, at)) return false
  const digit = bytes[at + 5]!
  return digit >= 0x30 && digit <= 0x39
}

/** Reads the start line up to `feed`; false when it is none. */
function readStartLine(bytes: Uint8Array, at: number, feed: number, head: Head): boolean {
  if (isStatusLine(bytes, at, feed)) {
    head.response = true
    let i = at + 6
    while (i < feed && bytes[i] !== SPACE && bytes[i] !== TAB) i++
    while (i < feed && (bytes[i] === SPACE || bytes[i] === TAB)) i++
    head.status = 0
    for (let n = 0; n < 3 && i < feed && bytes[i]! >= 0x30 && bytes[i]! <= 0x39; n++, i++) head.status = head.status * 10 + bytes[i]! - 0x30
    return true
  }
  const space = methodEnd(bytes, at, feed)
  if (space < 0 || !endsInVersion(bytes, space, feed) || opensHttp2(bytes, at, space)) return false
  head.response = false
  head.status = 0
  head.method = METHOD_OTHER
  if (space - at === 4 && bytes[at] === 0x48 && bytes[at + 1] === 0x45 && bytes[at + 2] === 0x41 && bytes[at + 3] === 0x44)
    head.method = METHOD_HEAD
  else if (space - at === 7 && spells(bytes, at, space, CONNECT) && bytes[at] === 0x43) head.method = METHOD_CONNECT
  else if (space - at >= 11 && bytes[at] === 0x52 && spells(bytes, at, space, RPC)) head.method = METHOD_RPC
  return true
}

/** The method that nobody may use, because HTTP/2 opens with it (RFC 9113 11.6). */
function opensHttp2(bytes: Uint8Array, at: number, space: number): boolean {
  return space - at === 3 && bytes[at] === 0x50 && bytes[at + 1] === 0x52 && bytes[at + 2] === 0x49
}

const CONNECT = lower('connect')
const RPC = lower('rpc_')
const MAX_METHOD = 32

/** `token` of RFC 9110 5.6.2: 1 for each byte that may stand in it. */
const TOKEN = new Uint8Array(256)
for (const letter of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") TOKEN[letter.charCodeAt(0)] = 1

/** Is the last word of the line up to `feed` an HTTP version? Requests without one (HTTP/0.9) are left to others. */
export function endsInVersion(bytes: Uint8Array, from: number, feed: number): boolean {
  let end = feed
  while (end > from && bytes[end - 1]! <= SPACE) end--
  let at = end
  while (at > from && bytes[at - 1] !== SPACE) at--
  if (end - at < 6) return false
  for (let i = 0; i < HTTP.length; i++) if (bytes[at + i] !== HTTP[i]) return false
  return true
}

/** Where the space behind a method token stands; -1 when there is none. */
export function methodEnd(bytes: Uint8Array, at: number, end: number): number {
  let i = at
  while (i < end && i - at <= MAX_METHOD && TOKEN[bytes[i]!] === 1) i++
  return i > at && i < end && i - at <= MAX_METHOD && bytes[i] === SPACE ? i : -1
}

/** Could bytes[at … end) still become a method token and a space? */
export function maybeMethod(bytes: Uint8Array, at: number, end: number): boolean {
  let i = at
  while (i < end && TOKEN[bytes[i]!] === 1) i++
  return i === end && i - at <= MAX_METHOD
}

/** The value of a header (its name in lower case) in the head bytes[at … end), a letter per byte; '' when it is not there. Not for every message. */
export function findHeader(bytes: Uint8Array, at: number, end: number, name: string): string {
  const letters = lower(name)
  for (let feed = lineFeed(bytes, at, end); feed >= 0; feed = lineFeed(bytes, feed + 1, end)) {
    if (!named(bytes, feed + 1, end, letters)) continue
    const next = lineFeed(bytes, feed + 1, end)
    const stop = lineStop(bytes, feed + 1, next < 0 ? end : next)
    return String.fromCharCode(...bytes.subarray(valueAt(bytes, feed + 1, stop), Math.min(stop, feed + 1 + MAX_VALUE))).trim()
  }
  return ''
}

const MAX_VALUE = 4096
