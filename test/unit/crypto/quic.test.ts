// QUIC's packet protection against the examples of RFC 9001 A and RFC 9369 A.

import { expect, test } from 'vitest'
import { headerMask, initialKeys, isRetryGenuine, nextPhase, openPacket, packetKeys, quicVersion } from '../../../src/crypto/quic.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const ID = hex('8394c8f03e515708')

test('keys of Initial packets, version 1', () => {
  expect(
    (['client', 'server'] as const)
      .map((side) => initialKeys(quicVersion(1)!, ID, side))
      .map((keys) => [keys.key, keys.iv, keys.headerKey].map(text)),
  ).toEqual([
    ['1f369613dd76d5467730efcbe3b1a22d', 'fa044b2f42a3fd3b46fb255c', '9f50449e04a0e810283a1e9933adedd2'],
    ['cf3a5331653c364c88f0f379b6067e37', '0ac1493ca1905853b0bba03e', 'c206b8d9b9f0f37644430b490eeaa314'],
  ])
})

test('keys of Initial packets, version 2', () => {
  const client = initialKeys(quicVersion(0x6b3343cf)!, ID, 'client')
  expect([client.key, client.iv, client.headerKey].map(text)).toEqual([
    '8b1a0bc121284290a29e0971b5cd045d',
    '91f73e2351d8fa91660e909f',
    '45b95e15235d6f45a6b19cbcb0294ba9',
  ])
})

const SERVER_INITIAL = hex(
  'cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee',
)

test("the server's Initial packet opens, and not when a bit of it is wrong", () => {
  const server = initialKeys(quicVersion(1)!, ID, 'server')
  expect(text(headerMask(server, SERVER_INITIAL.subarray(22, 38)).subarray(0, 5))).toBe('2ec0d8356a')
  const header = hex('c1000000010008f067a5502a4262b50040750001')
  const plain = openPacket(server, 1, header, SERVER_INITIAL.subarray(20))
  expect(text(plain!).slice(0, 26)).toBe('02000000000600405a02000056')
  // An ACK, then the heads of CRYPTO and of the ServerHello.
  const damaged = Uint8Array.from(SERVER_INITIAL)
  damaged[40]! ^= 1
  expect(openPacket(server, 1, header, damaged.subarray(20))).toBeNull()
  expect(openPacket(server, 2, header, SERVER_INITIAL.subarray(20))).toBeNull()
})

test('the integrity tag of a Retry packet', () => {
  const packet = hex('ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba')
  expect(isRetryGenuine(quicVersion(1)!, ID, packet)).toBe(true)
  expect(isRetryGenuine(quicVersion(1)!, hex('8394c8f03e515709'), packet)).toBe(false)
  expect(isRetryGenuine(quicVersion(0xff00001d)!, ID, packet)).toBe(false)
})

test('ChaCha20-Poly1305 in a short packet, and the keys of the next phase', () => {
  const secret = hex('9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b')
  const keys = packetKeys(quicVersion(1)!, 0x1303, secret)!
  expect([keys.key, keys.iv, keys.headerKey].map(text)).toEqual([
    'c6d98ff3441c3fe1b2182094f69caa2ed4b716b65488960a7a984979fb23e1c8',
    'e0459b3474bdd0e44a41c144',
    '25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4',
  ])
  expect(text(nextPhase(keys).secret)).toBe('1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9')
  const packet = hex('4cfe4189655e5cd55c41f69080575d7999c25a5bfb')
  expect(text(headerMask(keys, packet.subarray(5, 21)))).toBe('aefefe7d03')
  expect(text(openPacket(keys, 654_360_564, hex('4200bff4'), packet.subarray(4))!)).toBe('01')
})

test('no keys for suites and versions that are not known, or secrets of another length', () => {
  expect(packetKeys(quicVersion(1)!, 0x1305, new Uint8Array(32))).toBeNull()
  expect(packetKeys(quicVersion(1)!, 0x1302, new Uint8Array(32))).toBeNull()
  expect(quicVersion(0x12345678)).toBeNull()
})
