import { describe, expect, it } from 'vitest'
import { type FramingState, MORE, NO, NOT_MINE, YES } from '../../../src/core/protocol.ts'
import { tlsFraming } from '../../../src/protocols/tls/framing.ts'
import { ENCRYPTED, isSsl2ClientHello, owed, VERSION } from '../../../src/protocols/tls/session.ts'
import { ObjectShelf } from '../../../src/streams/shelf.ts'
import { concat, hex } from './harness.ts'
import { type Segment, tls12, tls13 } from './tls-samples.ts'

const state = (): FramingState => ({
  phase: 0,
  done: false,
  untilClose: false,
  messages: 0,
  interim: false,
  aux: 0,
  a: 0,
  b: 0,
  queue: [],
  own: null,
  upgrade: null,
  peer: null,
  shelf: new ObjectShelf(),
})

/** Feeds bytes as they arrive, in pieces; returns the lengths of the records and what each was told of the session before it. */
function records(side: FramingState, bytes: Uint8Array, size: number): { lengths: number[]; aux: number[]; refused: boolean } {
  const lengths: number[] = []
  const aux: number[] = []
  let at = 0
  for (let there = Math.min(size, bytes.length); ; there = Math.min(there + size, bytes.length)) {
    while (at < there) {
      side.done = false
      const step = tlsFraming.frame(side, bytes, at, there)
      if (step === NOT_MINE) return { lengths, aux, refused: true }
      if (step === MORE) break
      expect(side.done).toBe(true)
      lengths.push(step)
      aux.push(side.aux)
      at += step
    }
    if (there === bytes.length) return { lengths, aux, refused: false }
  }
}

const stream = (segments: readonly Segment[], from: Segment['from']): Uint8Array =>
  concat(...segments.filter((segment) => segment.from === from).map((segment) => hex(segment.hex)))
const record = (type: number, body: string): Uint8Array => {
  const bytes = hex(body)
  return concat(Uint8Array.from([type, 3, 3, bytes.length >> 8, bytes.length & 0xff]), bytes)
}
/** A client and a server that know of each other. */
const pair = (): readonly [FramingState, FramingState] => {
  const [client, server] = [state(), state()]
  client.peer = server
  server.peer = client
  return [client, server]
}

describe('where TLS records end', () => {
  it.each([
    ['TLS 1.2', tls12],
    ['TLS 1.3', tls13],
  ])('in a conversation of %s, whole, in pieces and byte by byte', (_name, segments) => {
    for (const from of ['client', 'server'] as const) {
      const bytes = stream(segments, from)
      const whole = records(state(), bytes, bytes.length)
      expect(whole.refused).toBe(false)
      expect(whole.lengths.reduce((sum, length) => sum + length, 0)).toBe(bytes.length)
      for (const size of [1, 3, 100]) expect(records(state(), bytes, size)).toEqual(whole)
    }
  })

  it('leaves what follows the records alone', () => {
    const bytes = concat(record(23, 'aabb'), hex('00112233445566'))
    expect(records(state(), bytes, bytes.length)).toEqual({ lengths: [7], aux: [0], refused: true })
  })

  it('tells both directions the version that the server chose', () => {
    const [client, server] = pair()
    records(client, hex(tls12[0]!.hex), 1000)
    expect(client.a & VERSION).toBe(0)
    records(server, hex(tls12[1]!.hex), 1000)
    expect([client.a & VERSION, server.a & VERSION]).toEqual([4, 4])
    records(client, hex(tls12[2]!.hex), 1000)
    expect([client.a & ENCRYPTED, server.a & ENCRYPTED]).toEqual([ENCRYPTED, 0])
  })

  it('does not take the ChangeCipherSpec of TLS 1.3 for the start of encryption', () => {
    const [client, server] = pair()
    records(client, hex(tls13[0]!.hex), 1000)
    records(server, hex(tls13[1]!.hex), 1000)
    expect(client.a & VERSION).toBe(5)
    records(client, hex(tls13[2]!.hex), 1000)
    expect(client.a & ENCRYPTED).toBe(0)
  })

  it('carries a handshake message over records, and forgets it over a gap', () => {
    const side = state()
    // A certificate message of 8 bytes, 3 of them in the first record.
    records(side, record(22, '0b000008 010203'), 1000)
    expect(owed(side.a)).toBe(5)
    records(side, record(22, '0405'), 1000)
    expect(owed(side.a)).toBe(3)
    const interrupted = { ...side, phase: 0 }
    records(interrupted, record(22, '0e000000'), 1000)
    expect(owed(interrupted.a)).toBe(0)
    records(side, record(22, '060708 0e000000'), 1000)
    expect(owed(side.a)).toBe(0)
  })
})

describe('hostile TLS', () => {
  it('refuses headers that cannot be', () => {
    for (const text of ['190303000100', '160203000100', '160305000100', '160303600000', '000000000000']) {
      const bytes = hex(text)
      expect(tlsFraming.frame(state(), bytes, 0, bytes.length), text).toBe(NOT_MINE)
    }
  })

  it('asks for no more than a record holds', () => {
    const bytes = record(22, `01${'ff'.repeat(3)}${'00'.repeat(16000)}`)
    expect(tlsFraming.frame(state(), bytes, 0, 100)).toBe(MORE)
    expect(tlsFraming.frame(state(), bytes, 0, bytes.length)).toBe(bytes.length)
  })

  it('survives server hellos cut anywhere and lengths that lie', () => {
    const hello = tls12[1]!.hex.replace(/\s/g, '').slice(10, 140)
    for (let kept = 0; kept <= hello.length; kept += 2) {
      const bytes = record(22, hello.slice(0, kept))
      expect(records(state(), bytes, bytes.length).refused).toBe(false)
    }
  })
})

describe('recognising TLS', () => {
  const recognize = (text: string): number => tlsFraming.recognize(hex(text), 0, hex(text).length)

  it('by its first bytes', () => {
    for (const segment of [...tls12, ...tls13]) expect(recognize(segment.hex)).toBe(YES)
  })

  it('not in bytes that only begin alike', () => {
    for (const text of ['16', '1603', '16030100', '17', '14']) expect(recognize(text), text).toBe(MORE)
    for (const text of ['160501', '160301ffff01', '14030300020101', '15030300020901', '474554202f20', '160303000001'])
      expect(recognize(text), text).toBe(NO)
  })

  it('by the hello of SSL 2.0', () => {
    const hello = '802e 01 0301 0015 0000 0010 000004 000005 00000a 010080 0700c0 030080 060040 00112233445566778899aabbccddeeff'
    expect(isSsl2ClientHello(hex(hello), 0)).toBe(true)
    expect(recognize(hello)).toBe(YES)
    expect(tlsFraming.frame(state(), hex(hello), 0, 48)).toBe(48)
    expect(recognize(hello.replace('802e', '802f'))).toBe(NO)
  })
})
