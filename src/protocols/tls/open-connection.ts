// One connection on its way to being opened: which keys hold from which record on, in both directions.
//
// Up to TLS 1.2 a ChangeCipherSpec says from where on a direction is sealed, and with what is decided by the handshake before it. In TLS 1.3
// the moments at which keys change lie inside sealed messages; each key is tried when the one before it no longer fits, so nothing has to be
// known of records that stayed shut.

import { readU16, readU24 } from '../../bytes/read.ts'
import {
  CUT,
  NO_HANDSHAKE,
  NO_KEY,
  OPENED,
  PLAIN,
  TORN,
  UNKNOWN_CIPHER,
  type Unsealed,
  type Unsealing,
  WRONG_KEY,
} from '../../core/unseal.ts'
import { recordKeys } from '../../crypto/tls/prf.ts'
import { isChained, nextChain, type OpenedRecord, openRecord, opensVersion, TLS13 } from '../../crypto/tls/record.ts'
import { cipherSuite } from '../../crypto/tls/suite.ts'
import { nextTrafficSecret, trafficKey } from '../../crypto/tls/traffic.ts'
import { cipherSuiteNames } from '../names/tls-cipher-suites.ts'
import type { Handshake, TlsUnsealer } from './open.ts'
import { type ClientHello, readAgreedProtocol, readClientHello, readServerHello, type ServerHello } from './open-hellos.ts'
import { findMaster, type HandshakeFacts } from './open-master.ts'
import { CLIENT_HELLO, SERVER_HELLO, TYPE_ALERT, TYPE_APPLICATION_DATA, TYPE_CHANGE_CIPHER_SPEC, TYPE_HANDSHAKE } from './session.ts'

const HEADER = 5
const MESSAGE_HEADER = 4
/** Longest handshake message that is put together, and most bytes of a handshake that are remembered. */
const MAX_MESSAGE = 1 << 18
/** Numbers that are tried behind a gap. */
const MAX_MISSING = 64
/** Records of a direction for which numbers are looked for in vain before they are no longer. */
const MAX_SEARCHES = 16
/** Suites of TLS 1.3 tried for early data: there are five. */
const MAX_EARLY_SUITES = 5
const NEW_SESSION_TICKET = 4
const ENCRYPTED_EXTENSIONS = 8
const CLIENT_KEY_EXCHANGE = 16

/** Secrets of TLS 1.3 in the order in which a direction uses them. */
const CLIENT_STAGES = ['CLIENT_EARLY_TRAFFIC_SECRET', 'CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_TRAFFIC_SECRET_0']
const SERVER_STAGES = ['', 'SERVER_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_TRAFFIC_SECRET_0']
const EARLY = 0
const TRAFFIC = 2

/** One direction. */
interface Side {
  /** Up to TLS 1.2: a ChangeCipherSpec was seen. */
  sealed: boolean
  /** Number of the key in use, -1 for none; with none, why. */
  key: number
  why: number
  /** Number of the next record under the key. */
  number: number
  chain: Uint8Array | null
  /** Records may be missing before the next one. */
  torn: boolean
  /** How often its number was looked for in vain. */
  searches: number
  /** Secrets.generation when keys were last looked for. */
  lookedAt: number
  /** TLS 1.3: which of the stages the key belongs to, and the secret that made it. */
  stage: number
  secret: Uint8Array
  /** TLS 1.3: keys already made of the secrets of each stage. */
  readonly made: Map<number, readonly MadeKey[]>
  /** The handshake message under way: its bytes so far are the first `filled` ones; and how many are to come. */
  message: Uint8Array
  filled: number
  owed: number
}

/** A key of a stage: its number, and the secret that made it. */
interface MadeKey {
  readonly number: number
  readonly secret: Uint8Array
}

const EMPTY = new Uint8Array(0)
const freshSide = (): Side => ({
  sealed: false,
  key: -1,
  why: NO_HANDSHAKE,
  number: 0,
  chain: null,
  torn: false,
  searches: 0,
  lookedAt: -1,
  stage: -1,
  secret: EMPTY,
  made: new Map(),
  message: EMPTY,
  filled: 0,
  owed: 0,
})

function forgetMessage(side: Side): void {
  side.message = EMPTY
  side.filled = 0
  side.owed = 0
}

/** More bytes of the message under way. Room is doubled, so that many small records cost no more than few large ones. */
function append(side: Side, bytes: Uint8Array): void {
  const length = side.filled + bytes.length
  if (length > side.message.length) {
    const wider = new Uint8Array(Math.max(256, 2 ** Math.ceil(Math.log2(length))))
    wider.set(side.message.subarray(0, side.filled))
    side.message = wider
  }
  side.message.set(bytes, side.filled)
  side.filled = length
}

export class TlsConnection implements Unsealing {
  inside = ''
  private readonly sides = [freshSide(), freshSide()]
  /** Direction of the client; -1 while it is not known. */
  private client = -1
  private handshake: Handshake | null = null
  private session = -1
  private clientHello: ClientHello | null = null
  private serverHello: ServerHello | null = null
  private keyExchange: Uint8Array | null = null
  private ticket = EMPTY
  /** The handshake's messages so far, where they are needed. */
  private transcript: Uint8Array[] = []
  private transcriptLength = 0
  private readonly unsealer: TlsUnsealer
  private readonly conversation: number

  constructor(unsealer: TlsUnsealer, conversation: number) {
    this.unsealer = unsealer
    this.conversation = conversation
  }

  take(direction: number, bytes: Uint8Array, torn: boolean): Unsealed {
    const side = this.sides[direction]!
    if (torn) {
      side.torn = true
      forgetMessage(side)
    }
    const type = bytes[0] ?? 0
    const is13 = this.handshake?.version === TLS13
    const early = type === TYPE_APPLICATION_DATA && this.serverHello === null && this.clientHello?.earlyData === true
    const isSealed = is13 || early ? type === TYPE_APPLICATION_DATA : side.sealed || type === TYPE_APPLICATION_DATA
    if (!isSealed) return this.takePlain(direction, side, type, bytes)
    if (bytes.length < HEADER || bytes.length < HEADER + readU16(bytes, 3)) {
      side.number++
      side.torn = true
      return this.result(direction, CUT, type, null, side, -1, null)
    }
    return is13 || early ? this.take13(direction, side, bytes) : this.takeOlder(direction, side, bytes)
  }

  miss(direction: number): void {
    const side = this.sides[direction]!
    side.number++
    forgetMessage(side)
    side.torn = true
  }

  private result(
    direction: number,
    state: number,
    kind: number,
    bytes: Uint8Array | null,
    { key }: Side,
    number: number,
    chain: Uint8Array | null,
  ): Unsealed {
    this.unsealer.count(this.handshake, state)
    const owed = this.sides[direction]!.owed
    if (state === OPENED && kind === TYPE_HANDSHAKE && bytes !== null) this.read(direction, bytes)
    return {
      state,
      kind,
      bytes: state === OPENED ? bytes : null,
      owed,
      inStream: state === OPENED && kind === TYPE_APPLICATION_DATA,
      ends: state === OPENED && kind === TYPE_ALERT && bytes !== null && bytes[1] === 0,
      key,
      number: Math.max(number, 0),
      chain,
      session: this.session,
      fromClient: this.client === direction,
    }
  }

  private takePlain(direction: number, side: Side, type: number, bytes: Uint8Array): Unsealed {
    if (type === TYPE_HANDSHAKE) this.read(direction, bytes.subarray(HEADER))
    else if (type === TYPE_CHANGE_CIPHER_SPEC && this.handshake?.version !== TLS13) this.changeCipher(direction, side)
    else if ((type & 0x80) !== 0) this.readSsl2(direction, bytes)
    return this.result(direction, PLAIN, type, null, side, -1, null)
  }

  // ── TLS 1.3 ──

  private take13(direction: number, side: Side, bytes: Uint8Array): Unsealed {
    const type = bytes[0]!
    const stages = direction === this.client ? CLIENT_STAGES : SERVER_STAGES
    let tried = side.key
    if (side.key >= 0) {
      const opened = this.attempt(side, side.key, side.number, bytes)
      if (opened !== null) return this.result(direction, OPENED, opened.type, opened.bytes, side, side.number - 1, null)
    }
    for (let stage = side.stage + 1; stage <= TRAFFIC; stage++) {
      for (const key of this.stageKeys(side, stages[stage]!, stage)) {
        tried = key.number
        const opened = this.attempt(side, key.number, 0, bytes)
        if (opened === null) continue
        side.stage = stage
        side.secret = key.secret
        return this.result(direction, OPENED, opened.type, opened.bytes, side, side.number - 1, null)
      }
    }
    const updated = side.stage === TRAFFIC ? this.updated(side, bytes) : null
    if (updated !== null) return this.result(direction, OPENED, updated.type, updated.bytes, side, side.number - 1, null)
    side.number++
    const hasKey = this.secretOf(stages[TRAFFIC]!) !== undefined
    const state = this.handshake?.suite === undefined ? UNKNOWN_CIPHER : !hasKey ? NO_KEY : side.torn ? TORN : WRONG_KEY
    return this.result(direction, state, type, null, state === WRONG_KEY ? { ...side, key: tried } : side, -1, null)
  }

  /** Tries a key, at the number where it should fit and, behind a gap, at those that follow. */
  private attempt(side: Side, key: number, number: number, bytes: Uint8Array): OpenedRecord | null {
    const held = this.unsealer.keys[key]!
    const more = side.torn && side.searches < MAX_SEARCHES ? MAX_MISSING : 0
    for (let i = number; i <= number + more; i++) {
      const opened = openRecord(held.key, i, bytes, 0, bytes.length, side.chain)
      if (opened === null) continue
      side.key = key
      side.number = i + 1
      side.torn = false
      side.searches = 0
      return opened
    }
    if (more > 0) side.searches++
    return null
  }

  private secretOf(label: string) {
    const random = this.handshake?.clientRandom
    if (label === '' || random === undefined) return undefined
    const { secrets } = this.unsealer
    const found = secrets.find(label, random)
    return found !== undefined || !secrets.refresh() ? found : secrets.find(label, random)
  }

  /** The keys that a stage may have: one; of early data, which comes before the suite is chosen, one for each suite that fits. */
  private stageKeys({ made }: Side, label: string, stage: number): readonly MadeKey[] {
    const known = made.get(stage)
    if (known !== undefined) return known
    const found = this.secretOf(label)
    if (found === undefined || this.handshake === null) return []
    const { secret, from } = found
    this.handshake.from = from
    const offered = (this.clientHello?.suites ?? []).map((suite) => cipherSuite(cipherSuiteNames[suite] ?? ''))
    const unchosen = stage === EARLY && this.serverHello === null
    const suites = unchosen ? offered.filter((one) => one?.exchange === '').slice(0, MAX_EARLY_SUITES) : [this.handshake.suite]
    const keys: MadeKey[] = []
    for (const suite of suites)
      if (suite !== undefined) keys.push({ number: this.unsealer.hold({ key: trafficKey(suite, secret), label, from }), secret })
    made.set(stage, keys)
    return keys
  }

  /** Keys are changed on the way (RFC 8446 4.6.3): the next secret is made of the one before. */
  private updated(side: Side, bytes: Uint8Array): OpenedRecord | null {
    const { key, label, from } = this.unsealer.keys[side.key]!
    const secret = nextTrafficSecret(key.suite, side.secret)
    const next = { key: trafficKey(key.suite, secret), label: label.replace(/_(\d+)$/, (_all, n) => `_${Number(n) + 1}`), from }
    const opened = openRecord(next.key, 0, bytes, 0, bytes.length, null)
    if (opened === null) return null
    side.key = this.unsealer.hold(next)
    side.secret = secret
    side.number = 1
    side.torn = false
    return opened
  }

  // ── SSL 3.0 to TLS 1.2 ──

  private takeOlder(direction: number, side: Side, bytes: Uint8Array): Unsealed {
    const type = bytes[0]!
    if (side.key < 0 && side.sealed && side.why === NO_KEY && this.hasNews(side)) this.findKeys(direction, side)
    if (side.key < 0) {
      side.number++
      return this.result(direction, side.sealed ? side.why : NO_HANDSHAKE, type, null, side, -1, null)
    }
    const { key } = this.unsealer.keys[side.key]!
    const { chain } = side
    const opened = this.attempt(side, side.key, side.number, bytes)
    if (isChained(key)) side.chain = nextChain(key, bytes, 0, bytes.length, chain)
    if (opened !== null) {
      const result = this.result(direction, OPENED, type, opened.bytes, side, side.number - 1, chain)
      // Of a handshake inside the connection: sealed with the keys that it ends.
      if (type === TYPE_CHANGE_CIPHER_SPEC) this.changeCipher(direction, side)
      return result
    }
    side.number++
    return this.result(direction, side.torn ? TORN : WRONG_KEY, type, null, side, -1, null)
  }

  /** Are there other secrets than when keys were last looked for? Looking may mean an RSA operation. */
  private hasNews(side: Side): boolean {
    const { secrets } = this.unsealer
    secrets.refresh()
    return secrets.generation !== side.lookedAt
  }

  private changeCipher(direction: number, side: Side): void {
    side.sealed = true
    side.number = 0
    side.chain = null
    side.torn = false
    side.key = -1
    forgetMessage(side)
    this.findKeys(direction, side)
  }

  private findKeys(direction: number, side: Side): void {
    const { handshake, serverHello: hello, client } = this
    side.why = NO_HANDSHAKE
    if (handshake === null || hello === null || client < 0) return
    const { suite, version } = handshake
    side.why = UNKNOWN_CIPHER
    if (suite === undefined || !opensVersion(version) || hello.compressed) return
    const randoms = { client: handshake.clientRandom, server: hello.random }
    const facts: HandshakeFacts = {
      version,
      suite,
      randoms,
      extended: hello.extendedMasterSecret,
      sessionId: hello.sessionId,
      ticket: this.clientHello?.ticket ?? EMPTY,
      keyExchange: this.keyExchange,
      transcript: this.transcript,
    }
    const master = findMaster(this.unsealer, facts)
    side.why = NO_KEY
    side.lookedAt = this.unsealer.secrets.generation
    if (master === undefined) return
    const { secret, from, label } = master
    handshake.from = from
    this.unsealer.noteResumable('id', hello.sessionId, { secret, from })
    this.unsealer.noteResumable('ticket', this.ticket, { secret, from })
    const made = recordKeys(version, suite, secret, randoms)[direction === client ? 'client' : 'server']
    const encryptThenMac = hello.encryptThenMac && suite.mode === 'cbc'
    side.key = this.unsealer.hold({ key: { ...made, suite, version, encryptThenMac }, label, from })
  }

  // ── handshake messages ──

  /** More of a direction's handshake messages, sealed or not. */
  private read(direction: number, content: Uint8Array): void {
    const side = this.sides[direction]!
    let bytes = content
    if (side.filled > 0) {
      append(side, content)
      side.owed -= Math.min(side.owed, content.length)
      if (side.owed > 0) return
      bytes = side.message.subarray(0, side.filled)
    }
    forgetMessage(side)
    while (bytes.length >= MESSAGE_HEADER) {
      const length = MESSAGE_HEADER + readU24(bytes, 1)
      if (length > MAX_MESSAGE) return
      if (length > bytes.length) break
      this.message(direction, bytes[0]!, bytes.subarray(MESSAGE_HEADER, length), bytes.subarray(0, length))
      bytes = bytes.subarray(length)
    }
    if (bytes.length === 0) return
    append(side, bytes)
    side.owed = bytes.length < MESSAGE_HEADER ? 0 : MESSAGE_HEADER + readU24(bytes, 1) - bytes.length
  }

  private message(direction: number, type: number, body: Uint8Array, whole: Uint8Array): void {
    switch (type) {
      case CLIENT_HELLO:
        this.begin(direction, readClientHello(body))
        break
      case SERVER_HELLO:
        this.choose(direction, readServerHello(body))
        break
      case ENCRYPTED_EXTENSIONS:
        this.inside = readAgreedProtocol(body)
        break
      case CLIENT_KEY_EXCHANGE:
        this.keyExchange = body.slice()
        break
      case NEW_SESSION_TICKET:
        // Lifetime, length, ticket (RFC 5077 3.3). The master secret is found at the ChangeCipherSpec, which comes next.
        if (this.handshake?.version !== TLS13 && body.length > 6) this.ticket = body.slice(6, 6 + readU16(body, 4))
        break
      default:
    }
    this.remember(type, whole)
  }

  /** For the extended master secret, which is made of all messages up to the ClientKeyExchange (RFC 7627 3). */
  private remember(type: number, whole: Uint8Array): void {
    const isRequest = type === 0
    if (isRequest || !this.unsealer.secrets.needsHandshake || this.transcriptLength + whole.length > MAX_MESSAGE) return
    const last = this.transcript.at(-1)
    if (last !== undefined && last[0] === CLIENT_KEY_EXCHANGE) return
    this.transcript.push(whole.slice())
    this.transcriptLength += whole.length
  }

  private begin(direction: number, hello: ClientHello | null): void {
    if (hello === null) return
    this.client = direction
    this.clientHello = hello
    // The second ClientHello, behind a HelloRetryRequest, belongs to the same handshake.
    const again = this.handshake?.version === TLS13
    this.serverHello = null
    this.keyExchange = null
    this.ticket = EMPTY
    this.transcript = []
    this.transcriptLength = 0
    if (again) return
    const { handshake, number } = this.unsealer.begin(this.conversation, hello.random)
    this.handshake = handshake
    this.session = number
  }

  private choose(direction: number, hello: ServerHello | null): void {
    // A server answers a ClientHello; without one the randoms are not known.
    if (hello === null || this.handshake === null || direction === this.client) return
    this.serverHello = hello
    this.handshake.version = hello.version
    this.handshake.cipher = cipherSuiteNames[hello.suite] ?? `suite 0x${hello.suite.toString(16).padStart(4, '0')}`
    this.handshake.suite = cipherSuite(this.handshake.cipher)
    if (hello.alpn !== '') this.inside = hello.alpn
  }

  /** The ClientHello of SSL 2.0 (RFC 5246 E.2): its challenge, with zeros before it, is the random. */
  private readSsl2(direction: number, bytes: Uint8Array): void {
    if (bytes.length < 11) return
    const [specs, id, challenge] = [readU16(bytes, 5), readU16(bytes, 7), readU16(bytes, 9)]
    const random = new Uint8Array(32)
    const from = bytes.subarray(11 + specs + id, 11 + specs + id + Math.min(challenge, 32))
    random.set(from, 32 - from.length)
    this.begin(direction, { random, sessionId: EMPTY, suites: [], ticket: EMPTY, earlyData: false })
    this.remember(CLIENT_HELLO, bytes.subarray(2))
  }
}
