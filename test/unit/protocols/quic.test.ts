// QUIC: a connection made by hand, in order and out of order, with and without secrets; damaged and cut packets; what is no QUIC.

import { describe, expect, test } from 'vitest'
import { Dissection } from '../../../src/core/dissect.ts'
import type { Secrets } from '../../../src/core/unseal.ts'
import { StreamMemory } from '../../../src/streams/index.ts'
import { BEFORE, datagram, expectFilter } from './datagram.ts'
import { checkRows, checkTruncations, concat, type Dissected, hex, type PacketInput, ranges, readRows, registry } from './harness.ts'
import { clientHello, cryptoFrame, initialSecret, longPacket, nextSecret, RANDOM, serverHello, shortPacket, two } from './quic-samples.ts'

const FIRST = hex('8394c8f03e515708')
const CLIENT = hex('c1c2c3c4')
const SERVER = hex('51525354 55')
const secretOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
const PADDING = new Uint8Array(20)
const LOG: Readonly<Record<string, Uint8Array>> = {
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: secretOf(1),
  SERVER_HANDSHAKE_TRAFFIC_SECRET: secretOf(2),
  CLIENT_TRAFFIC_SECRET_0: secretOf(3),
  SERVER_TRAFFIC_SECRET_0: secretOf(4),
}

const HELLO = clientHello('example.org')
const toServer = (bytes: Uint8Array): PacketInput => datagram(bytes, { to: 4433 })
const toClient = (bytes: Uint8Array): PacketInput => datagram(bytes, { from: 4433, to: 40_000, back: true })
const initial = (number: number, frames: Uint8Array, id = FIRST): Uint8Array =>
  longPacket('initial', { to: id, from: CLIENT }, number, frames, initialSecret(FIRST, 'client'))
const answer = (): Uint8Array =>
  longPacket('initial', { to: CLIENT, from: SERVER }, 0, concat(cryptoFrame(0, serverHello()), PADDING), initialSecret(FIRST, 'server'))

/** Scans the packets, with the secrets of LOG where they are wanted, and gives any of them back dissected. */
function open(packets: readonly PacketInput[], withSecrets: boolean): (number: number) => Dissected {
  const memory = new StreamMemory(registry, () => 0)
  if (withSecrets) {
    const secrets: Secrets = {
      find: (label, id) => {
        const secret = Buffer.from(id).equals(RANDOM) ? LOG[label] : undefined
        return secret === undefined ? undefined : { secret, from: 'test' }
      },
      premaster: () => undefined,
      shared: [],
      needsHandshake: false,
      generation: 0,
      refresh: () => false,
    }
    memory.unseal(secrets)
  }
  const dissection = new Dissection(registry, memory)
  const facts = ({ bytes, seconds }: PacketInput, i: number) => ({
    packet: i + 1,
    captured: bytes.length,
    length: bytes.length,
    seconds: seconds ?? 0,
    nanos: 0,
    interfaceId: 0,
  })
  packets.forEach((packet, i) => {
    dissection.scan(packet.bytes, 0, facts(packet, i), 101)
  })
  return (number) => {
    const packet = packets[number - 1]!
    dissection.record(packet.bytes, 0, facts(packet, number - 1), 101)
    return readRows(dissection)
  }
}

describe('an Initial packet', () => {
  const packet = toServer(initial(0, concat(cryptoFrame(0, HELLO), PADDING)))
  const d = open([packet], false)(1)

  test('opens for everybody and shows the ClientHello', () => {
    expect(d.layers).toEqual(['raw', 'ip', 'udp', 'quic', 'tls'].slice(-d.layers.length))
    expect(d.info).toBe('Initial, DCID=8394c8f03e515708, SCID=c1c2c3c4, PKN: 0, CRYPTO, PADDING')
    expect(d.protocol).toBe('QUIC')
    expect(d.row('tls.handshake.extensions_server_name').show).toBe('example.org')
    expect(d.row('tls.quic.parameter.max_idle_timeout').show).toBe('30000')
    expect(d.tree).toContain('TLSv1.3 Record Layer: Handshake Protocol: Client Hello')
    expect(d.tree).toContain('Parameter: max_idle_timeout (len=4) 30000 ms')
    expect(d.row('quic.packet_number_length').text).toBe('.... ..01 = Packet Number Length: 2 bytes (1)')
  })

  test('each field has its bytes', () => {
    const all = ranges(d, 'quic.').slice(0, 18)
    const payload = 2 + HELLO.length + 25
    expect(all).toEqual(
      [
        ...['header_form@28+1', 'fixed_bit@28+1', 'long.packet_type@28+1', 'long.reserved@28+1', 'packet_number_length@28+1'],
        ...['version@29+4', 'dcil@33+1', 'dcid@34+8', 'scil@42+1', 'scid@43+4', 'token_length@47+1', 'length@48+2'],
        ...['packet_number@50+2', `payload@52+${payload + 14}`, `frame@0+${5 + HELLO.length}`, 'frame_type@0+1'],
        ...['crypto.offset@1+2', 'crypto.length@3+2'],
      ].map((place) => `quic.${place}`),
    )
    expect(BEFORE).toBe(28)
  })

  test('can be filtered', () => {
    expectFilter(
      'quic.long.packet_type == 0 && tls.handshake.extensions_server_name == "example.org"',
      packet,
      toServer(hex('00'.repeat(40))),
    )
    expectFilter('quic && tls', packet, toServer(initial(0, PADDING)))
  })

  test('can be cut anywhere', () => checkTruncations(packet.bytes, { linkType: 101 }))

  test('survives every byte changed', () => {
    for (let i = BEFORE; i < packet.bytes.length; i++) {
      const bytes = Uint8Array.from(packet.bytes)
      bytes[i]! ^= 0x55
      checkRows(open([{ ...packet, bytes }], false)(1), `byte ${i}`)
    }
  })
})

describe('a ClientHello in several packets', () => {
  const cut = [HELLO.subarray(0, 30), HELLO.subarray(30, 50), HELLO.subarray(50)] as const
  const at = [0, 30, 50] as const
  const packets = [2, 0, 1].map((part, i) => toServer(initial(i, concat(cryptoFrame(at[part]!, cut[part]!), PADDING))))

  test('is whole in the packet that brings the last piece, whatever the order of looking', () => {
    const look = open(packets, false)
    expect(look(3).row('tls.handshake.extensions_server_name').show).toBe('example.org')
    expect(
      look(3)
        .all('quic.crypto.fragment')
        .map((row) => row.value),
    ).toEqual([2, 3, 1])
    const trees = [1, 2, 3].map((number) => look(number).tree)
    expect([3, 1, 2].map((number) => look(number).tree)).toEqual([trees[2], trees[0], trees[1]])
    expect(look(1).has('tls.handshake.type')).toBe(false)
  })

  test('in order: TLS tells of fragments, and a repeated frame is marked', () => {
    const inOrder = [0, 1, 2, 2].map((part, i) => toServer(initial(i, concat(cryptoFrame(at[part]!, cut[part]!), PADDING))))
    const look = open(inOrder, false)
    expect(look(1).tree).toContain('Handshake Protocol: Client Hello (fragment)')
    expect(look(3).tree).toContain(`3 Reassembled Handshake Fragments (${HELLO.length} bytes): #1(30), #2(20), #3(${HELLO.length - 50})`)
    expect(look(4).has('quic.retransmission')).toBe(true)
    expect(look(4).layers).not.toContain('tls')
  })
})

describe('a connection', () => {
  const handshake = longPacket(
    'handshake',
    { to: CLIENT, from: SERVER },
    0,
    concat(cryptoFrame(0, hex('08000002 0000 14000004 01020304')), PADDING),
    LOG['SERVER_HANDSHAKE_TRAFFIC_SECRET']!,
  )
  const client = LOG['CLIENT_TRAFFIC_SECRET_0']!
  const stream = (id: number, words: string): Uint8Array =>
    concat(Uint8Array.of(0x0a, id), two(words.length), Uint8Array.from(Buffer.from(words)), PADDING)
  const packets = [
    toServer(initial(0, concat(cryptoFrame(0, HELLO), PADDING))),
    // Two packets in one datagram.
    toClient(concat(answer(), handshake)),
    toServer(shortPacket(SERVER, 0, stream(0, 'hello'), client)),
    toServer(shortPacket(SERVER, 1, stream(0, 'again'), nextSecret(client), 1, client)),
    toServer(shortPacket(SERVER, 2, stream(4, 'late'), client)),
  ]

  test('with secrets everything opens, over a change of keys and back', () => {
    const look = open(packets, true)
    expect(look(2).layers.filter((layer) => layer === 'quic')).toHaveLength(2)
    expect(
      look(2)
        .all('tls.handshake.type')
        .map((row) => row.value),
    ).toEqual([2, 8, 20])
    expect(look(2).info).toBe('Handshake, DCID=c1c2c3c4, SCID=5152535455, PKN: 0, CRYPTO, PADDING')
    expect(look(3).info).toBe('Protected Payload (KP0), DCID=5152535455, PKN: 0, STREAM(0), PADDING')
    expect(look(4).info).toBe('Protected Payload (KP1), DCID=5152535455, PKN: 1, STREAM(0), PADDING')
    expect(look(5).info).toBe('Protected Payload (KP0), DCID=5152535455, PKN: 2, STREAM(4), PADDING')
    expect(look(4).row('quic.stream_data').show).toBe(Buffer.from('again').toString('hex'))
    expect(new Set([1, 2, 3, 4, 5].map((number) => look(number).row('quic.connection.number').value))).toEqual(new Set([0]))
  })

  test('without secrets it says why packets stay sealed', () => {
    const look = open(packets, false)
    expect(look(3).info).toBe('Protected Payload (KP0), DCID=5152535455')
    expect(look(3).has('quic.decryption_failed')).toBe(true)
    expect(look(2).info).toBe('Handshake, DCID=c1c2c3c4, SCID=5152535455')
  })

  test('damage stays sealed with the keys at hand', () => {
    const bytes = Uint8Array.from(packets[2]!.bytes)
    bytes[bytes.length - 1]! ^= 1
    const d = open([...packets.slice(0, 2), { ...packets[2]!, bytes }], true)(3)
    expect(d.tree).toContain('the keys at hand do not fit')
  })

  test('a stateless reset is told by the token that the server gave before', () => {
    const token = hex('a0a1a2a3a4a5a6a7a8a9aaabacadaeaf')
    const given = concat(hex('18 01 00 04 0b0c0d0e'), token, PADDING)
    const server = LOG['SERVER_TRAFFIC_SECRET_0']!
    const reset = (end: Uint8Array): PacketInput => toClient(concat(hex(`43 c1c2c3c4 ${'5a'.repeat(20)}`), end))
    const before = [...packets.slice(0, 2), toClient(shortPacket(CLIENT, 0, given, server))]
    const d = open([...before, reset(token)], true)(4)
    expect(d.row('quic.stateless_reset_token')).toMatchObject({ show: Buffer.from(token).toString('hex'), length: 16 })
    expect(d.has('quic.decryption_failed')).toBe(false)
    const other = open([...before, reset(token.map((byte) => byte ^ 1))], true)(4)
    expect(other.has('quic.stateless_reset_token')).toBe(false)
    expect(other.has('quic.decryption_failed')).toBe(true)
  })

  test('bytes behind the last packet that go to nobody are filling', () => {
    const d = open([toServer(concat(initial(0, PADDING), hex('5a'.repeat(30))))], false)(1)
    expect(d.has('quic.coalesced_padding_data')).toBe(true)
  })
})

describe('other packets', () => {
  test('Retry: its tag counts, and the client begins again with the new id', () => {
    const retry = hex('ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba')
    const first = longPacket('initial', { to: FIRST, from: new Uint8Array(0) }, 0, PADDING, initialSecret(FIRST, 'client'))
    const id = hex('f067a5502a4262b5')
    const second = longPacket('initial', { to: id, from: new Uint8Array(0) }, 1, cryptoFrame(0, HELLO), initialSecret(id, 'client'))
    const look = open([toServer(first), toClient(retry), toServer(second)], false)
    expect(look(2).info).toBe('Retry, SCID=f067a5502a4262b5')
    expect(look(2).has('quic.bad_retry')).toBe(false)
    expect(look(3).row('tls.handshake.extensions_server_name').show).toBe('example.org')
    retry[retry.length - 1]! ^= 1
    const wrong = open([toServer(first), toClient(retry)], false)(2)
    expect(wrong.has('quic.bad_retry')).toBe(true)
  })

  test('version negotiation', () => {
    const versions = hex('ca00000000 04c1c2c3c4 088394c8f03e515708 00000001 6b3343cf')
    const d = open([toServer(initial(0, PADDING)), toClient(versions)], false)(2)
    expect(d.info).toBe('Version Negotiation, DCID=c1c2c3c4, SCID=8394c8f03e515708')
    expect(d.all('quic.supported_version').map((row) => row.text)).toEqual([
      'Supported Version: 1 (0x00000001)',
      'Supported Version: 2 (0x6b3343cf)',
    ])
  })

  test('a frame that ends beyond its packet', () => {
    const d = open([toServer(initial(0, concat(PADDING, hex('06 00 7fff 01'))))], false)(1)
    expect(d.has('quic.protocol_violation')).toBe(true)
  })

  test('datagrams that only look alike are none', () => {
    for (const bytes of ['c0 00000002 08 8394c8f03e515708 00 00 4496', 'c0 00000001 15', '40 8394c8f03e515708 0102030405060708090a', 'ff'])
      expect(open([toServer(hex(bytes))], false)(1).layers).not.toContain('quic')
  })
})

describe('Initial packets that are forged', () => {
  const CREDIT = 1000
  const idOf = (i: number): Uint8Array => Uint8Array.of(7, 7, 7, 7, 0, i >> 16, (i >> 8) & 255, i & 255)
  const forged = (i: number): PacketInput => toServer(concat(hex('c3 00000001 08'), idOf(i), hex('00 00 4040'), new Uint8Array(64).fill(i)))
  const genuine = (i: number, seconds = 0): PacketInput => {
    const id = idOf(i)
    const bytes = longPacket('initial', { to: id, from: CLIENT }, 0, concat(cryptoFrame(0, HELLO), PADDING), initialSecret(id, 'client'))
    return { ...toServer(bytes), seconds }
  }
  const opens = (d: Dissected): boolean => d.has('tls.handshake.extensions_server_name')

  test('cost no more than a bound, which says so and mends itself with time', () => {
    const flood = Array.from({ length: CREDIT }, (_, i) => forged(i))
    const look = open([...flood, genuine(CREDIT), genuine(CREDIT + 1, 1)], false)
    expect(opens(look(CREDIT + 1))).toBe(false)
    expect(look(CREDIT + 1).tree).toContain('too many Initial packets before it did not open')
    expect(opens(look(CREDIT + 2))).toBe(true)
  })

  test('connections that open are never too many', () => {
    const some = 300
    const packets = Array.from({ length: CREDIT + some }, (_, i) => (i < CREDIT - 1 ? forged(i) : genuine(i)))
    const look = open(packets, false)
    expect([CREDIT, CREDIT + some / 2, CREDIT + some].map((number) => opens(look(number)))).toEqual([true, true, true])
  })
})
