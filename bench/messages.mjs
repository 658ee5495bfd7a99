// The messages of the generated traffic: HTTP exchanges and TLS 1.2/1.3 connections, each a list of { up, bytes }
// (up: from the client). Everything comes from one seeded generator, so the same arguments give the same bytes.

/** Small seeded generator (xorshift32). below(n) is an integer from 0 to n - 1. */
export function createRandom(seed) {
  let state = seed >>> 0 || 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  return { next, below: (n) => next() % n }
}

/** Bytes of payload in a full segment, over IPv4 and IPv6. */
export const SEGMENTS = [1448, 1428]

const WORDS = 'the quick brown fox jumps over a lazy dog while packets cross the wire and nobody looks at them twice'.split(' ')
const HOSTS = ['shop.example', 'api.shop.example', 'img.shop.example', 'www.shop.example']
const AGENTS = ['curl/7.88.1', 'python-requests/2.31.0', 'Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0']

/** Pools that bodies are cut from: text without markup trouble, and bytes that look sealed. */
export function createPools(random) {
  const words = []
  let size = 0
  while (size < 1 << 16) {
    const word = WORDS[random.below(WORDS.length)]
    words.push(word)
    size += word.length + 1
  }
  const noise = Buffer.alloc(1 << 18)
  for (let at = 0; at < noise.length; at += 4) noise.writeUInt32LE(random.next(), at)
  return { text: Buffer.from(words.join(' ')), noise }
}

/** Most answers are small, some are pages of several segments, a few are files: mean about 2 kB. */
function bodySize(random) {
  const dice = random.below(100)
  if (dice < 38) return 20 + random.below(400)
  if (dice < 77) return 400 + random.below(1400)
  if (dice < 96) return 1800 + random.below(5000)
  return 8000 + random.below(24000)
}

const cut = (pool, random, size) => {
  const start = random.below(pool.length - size)
  return pool.subarray(start, start + size)
}

/** One connection that carries 1 to 8 HTTP/1.1 exchanges, kept alive. */
export function createHttpMessages(random, pools) {
  const messages = []
  const host = HOSTS[random.below(HOSTS.length)]
  const agent = AGENTS[random.below(AGENTS.length)]
  const exchanges = 1 + random.below(8)
  for (let n = 0; n < exchanges; n++) {
    const item = random.below(10_000)
    const dice = random.below(100)
    const method = dice < 85 ? 'GET' : dice < 97 ? 'POST' : 'HEAD'
    const form = method === 'POST' ? `name=item${item}&count=${random.below(90)}&note=${random.next().toString(36)}` : ''
    const extra = method === 'POST' ? `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n` : ''
    messages.push({
      up: true,
      kind: 'request',
      bytes: Buffer.from(
        `${method} /item/${item} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${agent}\r\nAccept: */*\r\nAccept-Language: en\r\n` +
          `Cookie: session=${random.next().toString(16)}${random.next().toString(16)}\r\nConnection: keep-alive\r\n${extra}\r\n${form}`,
        'latin1',
      ),
    })
    messages.push({ up: false, kind: 'response', bytes: createResponse(random, pools, method) })
  }
  return messages
}

function createResponse(random, pools, method) {
  const dice = random.below(100)
  const common = `Server: bench/1.0\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\nConnection: keep-alive\r\n`
  if (dice < 4) return Buffer.from(`HTTP/1.1 304 Not Modified\r\n${common}ETag: "${random.next().toString(36)}"\r\n\r\n`)
  const size = bodySize(random)
  const binary = dice % 3 === 0
  const body = cut(binary ? pools.noise : pools.text, random, size)
  const type = binary ? 'application/octet-stream' : 'text/plain; charset=utf-8'
  const status = dice < 8 ? '404 Not Found' : '200 OK'
  if (dice >= 90 && method !== 'HEAD') {
    const head = `HTTP/1.1 ${status}\r\n${common}Content-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const parts = [Buffer.from(head, 'latin1')]
    let length = head.length
    for (let at = 0, end = 0; at < size; at = end) {
      end = Math.min(size, at + 4096)
      const line = Buffer.from(`${(end - at).toString(16)}\r\n`)
      // tshark 4.0 calls a chunk malformed whose data ends exactly with a segment: such a response ends one chunk early instead.
      if (SEGMENTS.some((segment) => (length + line.length + end - at) % segment < 2)) break
      parts.push(line, body.subarray(at, end), Buffer.from('\r\n'))
      length += line.length + end - at + 2
    }
    parts.push(Buffer.from('0\r\n\r\n'))
    return Buffer.concat(parts)
  }
  const head = Buffer.from(`HTTP/1.1 ${status}\r\n${common}Content-Type: ${type}\r\nContent-Length: ${size}\r\n\r\n`, 'latin1')
  return method === 'HEAD' ? head : Buffer.concat([head, body])
}

// A certificate made once for this generator; its key was thrown away.
const CERTIFICATE = Buffer.from(
  `MIIBrTCCAVKgAwIBAgIUAvUBpqeDXa5ryIzT0oWla5FpIK4wCgYIKoZIzj0EAwIwFzEVMBMGA1UEAwwMc2hvcC5leGFtcGxlMB4XDTI2MTEyMzE4NDEyMVoX
DTM2MTEyMDE4NDEyMVowFzEVMBMGA1UEAwwMc2hvcC5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4FyT0Lgtzx3+yZ43fg5HMqacm8LVeOXF
OLuRdj+BlzafdQqZo7qIuZTaIzB20yEw4B2t4QM1+KVpGG651JTrqaN8MHowHQYDVR0OBBYEFH2fCmxA6qmIJPrNFhYYsaJPkyJyMB8GA1UdIwQYMBaAFH2f
CmxA6qmIJPrNFhYYsaJPkyJyMA8GA1UdEwEB/wQFMAMBAf8wJwYDVR0RBCAwHoIMc2hvcC5leGFtcGxlgg4qLnNob3AuZXhhbXBsZTAKBggqhkjOPQQDAgNJ
ADBGAiEA1oQ8mD/VBaoF36KI680/v7NzSejsmwDw5J8G3LqKV0ACIQDpo5C+xEy3tB84kj3LydDkTNirk+cTZZXmNbKCNb6uQQ==`,
  'base64',
)

const u8 = (n) => Buffer.from([n])
const u16 = (n) => Buffer.from([n >> 8, n & 255])
const u24 = (n) => Buffer.from([n >> 16, (n >> 8) & 255, n & 255])
const prefixed8 = (...parts) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([u8(body.length), body])
}
const prefixed16 = (...parts) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([u16(body.length), body])
}
const prefixed24 = (...parts) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([u24(body.length), body])
}
const extension = (type, ...parts) => Buffer.concat([u16(type), prefixed16(...parts)])
const handshake = (type, ...parts) => Buffer.concat([u8(type), prefixed24(...parts)])
const record = (type, version, body) => Buffer.concat([u8(type), u16(version), prefixed16(body)])
const CHANGE_CIPHER_SPEC = record(20, 0x0303, u8(1))

function createClientHello(random, pools, sessionId) {
  const host = HOSTS[random.below(HOSTS.length)]
  const groups = [0x001d, 0x0017, 0x0018]
  const signatures = [0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401]
  const ciphers = [0x1301, 0x1303, 0x1302, 0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030, 0x00ff]
  const hello = handshake(
    1,
    u16(0x0303),
    cut(pools.noise, random, 32),
    prefixed8(sessionId),
    prefixed16(...ciphers.map(u16)),
    prefixed8(u8(0)),
    prefixed16(
      extension(0, prefixed16(u8(0), prefixed16(Buffer.from(host)))),
      extension(11, prefixed8(u8(0))),
      extension(10, prefixed16(...groups.map(u16))),
      extension(35),
      extension(16, prefixed16(prefixed8(Buffer.from('h2')), prefixed8(Buffer.from('http/1.1')))),
      extension(23),
      extension(13, prefixed16(...signatures.map(u16))),
      extension(43, prefixed8(u16(0x0304), u16(0x0303))),
      extension(45, prefixed8(u8(1))),
      extension(51, prefixed16(u16(0x001d), prefixed16(cut(pools.noise, random, 32)))),
    ),
  )
  return record(22, 0x0301, hello)
}

function createServerHello13(random, pools, sessionId) {
  const share = Buffer.concat([u16(0x001d), prefixed16(cut(pools.noise, random, 32))])
  const extensions = prefixed16(extension(43, u16(0x0304)), extension(51, share))
  const hello = [u16(0x0303), cut(pools.noise, random, 32), prefixed8(sessionId), u16(0x1301), u8(0), extensions]
  return record(22, 0x0303, handshake(2, ...hello))
}

function createServerFlight12(random, pools, sessionId) {
  const protocol = extension(16, prefixed16(prefixed8(Buffer.from('http/1.1'))))
  const extensions = prefixed16(extension(0xff01, prefixed8()), extension(23), extension(11, prefixed8(u8(0))), protocol)
  const point = Buffer.concat([u8(4), cut(pools.noise, random, 64)])
  return Buffer.concat([
    record(22, 0x0303, handshake(2, u16(0x0303), cut(pools.noise, random, 32), prefixed8(sessionId), u16(0xc02b), u8(0), extensions)),
    record(22, 0x0303, handshake(11, prefixed24(prefixed24(CERTIFICATE)))),
    record(22, 0x0303, handshake(12, u8(3), u16(0x0017), prefixed8(point), u16(0x0403), prefixed16(cut(pools.noise, random, 71)))),
    record(22, 0x0303, handshake(14)),
  ])
}

const sealed = (random, pools, size) => record(23, 0x0303, cut(pools.noise, random, size))

/** One TLS connection: a handshake of version 1.2 or 1.3, then 1 to 6 exchanges of application data, then an alert (1.2) or nothing. */
export function createTlsMessages(random, pools) {
  const messages = []
  const sessionId = Buffer.from(cut(pools.noise, random, 32))
  const modern = random.below(10) < 6
  const overhead = modern ? 17 : 24
  messages.push({ up: true, kind: 'hello', bytes: createClientHello(random, pools, sessionId) })
  if (modern) {
    const flight = [createServerHello13(random, pools, sessionId), CHANGE_CIPHER_SPEC]
    for (const size of [23, 464 + random.below(40), 96, 53]) flight.push(sealed(random, pools, size))
    messages.push({ up: false, kind: 'flight', bytes: Buffer.concat(flight) })
    messages.push({ up: true, kind: 'finished', bytes: Buffer.concat([CHANGE_CIPHER_SPEC, sealed(random, pools, 53)]) })
  } else {
    const finished = () => record(22, 0x0303, cut(pools.noise, random, 40))
    const share = handshake(16, prefixed8(u8(4), cut(pools.noise, random, 64)))
    messages.push({ up: false, kind: 'flight', bytes: createServerFlight12(random, pools, sessionId) })
    messages.push({ up: true, kind: 'finished', bytes: Buffer.concat([record(22, 0x0303, share), CHANGE_CIPHER_SPEC, finished()]) })
    messages.push({ up: false, kind: 'finished', bytes: Buffer.concat([CHANGE_CIPHER_SPEC, finished()]) })
  }
  const exchanges = 1 + random.below(6)
  for (let n = 0; n < exchanges; n++) {
    messages.push({ up: true, kind: 'sealed', bytes: sealed(random, pools, 180 + random.below(300) + overhead) })
    const parts = [sealed(random, pools, 160 + random.below(80) + overhead)]
    let left = bodySize(random)
    while (left > 0) {
      const size = Math.min(left, 16_384)
      parts.push(sealed(random, pools, size + overhead))
      left -= size
    }
    messages.push({ up: false, kind: 'sealed', bytes: Buffer.concat(parts) })
  }
  if (!modern) messages.push({ up: true, kind: 'alert', bytes: record(21, 0x0303, cut(pools.noise, random, 26)) })
  return messages
}
