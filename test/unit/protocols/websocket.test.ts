// WebSocket frames behind HTTP's Upgrade: the examples of RFC 6455 5.7 and RFC 7692 7.2.3.

import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Capture, checkRows, concat, hex } from './harness.ts'
import { latin, Talk } from './talk.ts'

/** Packets before the first frame. */
const BEFORE = 5

function upgraded(extensions = ''): Talk {
  const asked = extensions === '' ? '' : 'Sec-WebSocket-Extensions: permessage-deflate\r\n'
  const agreed = extensions === '' ? '' : `Sec-WebSocket-Extensions: ${extensions}\r\n`
  return new Talk()
    .open()
    .client(`GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${asked}\r\n`)
    .server(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n${agreed}\r\n`)
}

describe('frames', () => {
  it('are those of RFC 6455 5.7: plain, masked, in pieces, with a ping between them', () => {
    const t = upgraded()
      .server(hex('8105 48656c6c6f'))
      .client(hex('8185 37fa213d 7f9f4d5158'))
      .server(hex('0103 48656c'))
      .server(hex('8905 48656c6c6f'))
      .server(hex('8002 6c6f'))
      .client(hex('8a85 37fa213d 7f9f4d5158'))
    const capture = new Capture(t.packets)
    expect(capture.dissect(BEFORE + 1).info).toBe('WebSocket Text [FIN] ')
    const masked = capture.dissect(BEFORE + 2)
    expect(masked.info).toBe('WebSocket Text [FIN] [MASKED]')
    expect(masked.row('websocket.payload.text').show).toBe('Hello')
    expect(masked.row('websocket.masking_key')).toMatchObject({ start: 56, length: 4 })
    expect(masked.row('websocket.masked_payload')).toMatchObject({ start: 60, length: 5 })
    const last = capture.dissect(BEFORE + 5)
    expect(last.row('websocket.payload.text').show).toBe('Hello')
    expect(last.row('websocket.fragments').text).toContain('2 Reassembled websocket Fragments (5 bytes): #8(3), #10(2)')
    expect(capture.dissect(BEFORE + 6).row('websocket.payload.pong').show).toBe('48656c6c6f')
  })

  it('have lengths of 16 and 64 bits, and say why they close', () => {
    const long = latin('x'.repeat(300))
    const t = upgraded()
      .server(concat(hex('827e 012c'), long))
      .server(concat(hex('827f 000000000000012c'), long))
      .server(concat(hex('880f 03f1'), latin('message big')))
    const capture = new Capture(t.packets)
    expect(capture.dissect(BEFORE + 1).row('websocket.payload_length_ext_16').value).toBe(300)
    expect(capture.dissect(BEFORE + 2).row('websocket.payload_length_ext_64').value).toBe(300)
    checkRows(capture.dissect(BEFORE + 3), 'close')
  })

  it('close with a number and a reason', () => {
    const d = new Capture(upgraded().server(concat(hex('880a 03f1'), latin('too long'))).packets).dissect(BEFORE + 1)
    expect(d.row('websocket.payload.close.status_code').text).toBe('Status code: Message Too Big (1009)')
    expect(d.row('websocket.payload.close.reason').show).toBe('too long')
  })

  it('of which 2^63 bytes are claimed, or that are cut, do no harm', () => {
    checkRows(new Capture(upgraded().server(hex('827f ffffffffffffffff 00')).packets).dissect(BEFORE + 1), 'long')
    const t = upgraded().client(hex('8185 37fa213d 7f9f4d5158'))
    const whole = t.packets[BEFORE]!
    for (let kept = 54; kept < whole.bytes.length; kept++) {
      const packets = t.packets.with(BEFORE, { ...whole, bytes: whole.bytes.slice(0, kept), length: whole.bytes.length })
      checkRows(new Capture(packets).dissect(BEFORE + 1), `cut at ${kept}`)
    }
  })
})

/** Messages as one compressor sends them, which remembers what it sent before. */
async function compress(texts: readonly string[]): Promise<Uint8Array[]> {
  const deflate: DeflateRaw = createDeflateRaw()
  const out: Uint8Array[] = []
  for (const text of texts) {
    const parts: Uint8Array[] = []
    deflate.removeAllListeners('data')
    deflate.on('data', (part: Buffer) => parts.push(part))
    deflate.write(text)
    await new Promise<void>((done) => deflate.flush(constants.Z_SYNC_FLUSH, () => done()))
    const whole = concat(...parts)
    out.push(whole.subarray(0, whole.length - 4))
  }
  deflate.close()
  return out
}

const frameOf = (payload: Uint8Array): Uint8Array =>
  concat(
    Uint8Array.of(0xc1),
    payload.length < 126 ? Uint8Array.of(payload.length) : Uint8Array.of(126, payload.length >> 8, payload.length & 0xff),
    payload,
  )

describe('compressed messages', () => {
  it('are those of RFC 7692 7.2.3: one frame, two, and one that leans on the message before', () => {
    const t = upgraded('permessage-deflate')
      .server(hex('c107 f248cdc9c90700'))
      .server(hex('c105 f200110000'))
      .server(hex('4103 f248cd'))
      .server(hex('8004 c9c90700'))
    const capture = new Capture(t.packets)
    for (const packet of [BEFORE + 2, BEFORE + 1]) expect(capture.dissect(packet).row('websocket.payload.text').show).toBe('Hello')
    expect(capture.dissect(BEFORE + 4).row('websocket.payload.text').show).toBe('Hello')
  })

  it('are the same in whatever order they are looked at', async () => {
    const texts = Array.from(
      { length: 200 },
      (_, i) => `message ${i}: the secret of the fluffy tail, number ${i * 7919}, and what was said before`,
    )
    const t = upgraded('permessage-deflate; server_max_window_bits=15')
    for (const packed of await compress(texts)) t.server(frameOf(packed))
    const capture = new Capture(t.packets)
    const order = texts.map((_, i) => (i * 83) % texts.length)
    for (const i of order) expect(capture.dissect(BEFORE + 1 + i).row('websocket.payload.text').show).toBe(texts[i])
  })

  it('say so when what they lean on is missing, and when they are bombs', async () => {
    const packed = await compress(['the secret is: fluffy tail', 'the secret is: fluffy tail', 'the secret is: fluffy tail'])
    const t = upgraded('permessage-deflate')
    for (const message of packed) t.server(frameOf(message))
    // The server's third segment acknowledges nothing, but the client has: without its first message the rest cannot be read.
    t.client(hex('8980 00000000'))
    const packets = t.packets.filter((_, i) => i !== BEFORE)
    const capture = new Capture(packets)
    for (let i = 1; i <= packets.length; i++) {
      const d = capture.dissect(i)
      checkRows(d, `packet ${i}`)
      expect(d.has('websocket.payload.text'), `packet ${i}`).toBe(false)
    }
    const [bomb] = await compress(['\0'.repeat(20_000_000)])
    const blown = new Capture(upgraded('permessage-deflate').server(frameOf(bomb!)).packets).dissect(BEFORE + 1)
    expect(blown.has('websocket.decompression.failed.expert')).toBe(true)
  })
})
