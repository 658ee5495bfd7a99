// Opens TLS where secrets allow: follows handshakes for what the keys depend on, and keeps the keys of a capture so that its records can be
// opened again. One connection: open-connection.ts; the words on a record: open-words.ts.

import {
  type FoundSecret,
  NO_KEY,
  OPENED,
  PLAIN,
  type SealedSession,
  type Secrets,
  type Unsealer,
  type Unsealing,
} from '../../core/unseal.ts'
import { openRecord, type RecordKey } from '../../crypto/tls/record.ts'
import type { CipherSuite } from '../../crypto/tls/suite.ts'
import { TlsConnection } from './open-connection.ts'
import { describeRecord } from './open-words.ts'

/** Sessions that can be resumed; the oldest are forgotten first. */
const MAX_RESUMABLE = 1 << 16
/** Handshakes that are told of one by one. */
const MAX_SESSIONS = 1 << 18

/** A key, and what to say of it. */
export interface HeldKey {
  readonly key: RecordKey
  /** "CLIENT_RANDOM", "CLIENT_TRAFFIC_SECRET_0", "RSA": how the secret is called that made it. */
  readonly label: string
  /** Where that secret came from. */
  readonly from: string
}

/** One handshake, as far as it was seen. */
export interface Handshake extends SealedSession {
  conversation: number
  clientRandom: Uint8Array
  version: number
  cipher: string
  suite: CipherSuite | undefined
  from: string
  opened: number
  shut: number
  why: number
}

export class TlsUnsealer implements Unsealer {
  readonly keys: HeldKey[] = []
  readonly sessions: Handshake[] = []
  readonly secrets: Secrets
  /** Master secrets by session id and by ticket. */
  private readonly resumable = new Map<string, FoundSecret>()

  constructor(secrets: Secrets) {
    this.secrets = secrets
  }

  connect(conversation: number): Unsealing {
    return new TlsConnection(this, conversation)
  }

  /** A handshake begins. Returns it with its number. */
  begin(conversation: number, clientRandom: Uint8Array): { readonly handshake: Handshake; readonly number: number } {
    const handshake: Handshake = {
      conversation,
      clientRandom,
      version: 0,
      cipher: '',
      suite: undefined,
      from: '',
      opened: 0,
      shut: 0,
      why: PLAIN,
    }
    if (this.sessions.length >= MAX_SESSIONS) return { handshake, number: -1 }
    return { handshake, number: this.sessions.push(handshake) - 1 }
  }

  hold(key: HeldKey): number {
    return this.keys.push(key) - 1
  }

  noteResumable(kind: 'id' | 'ticket', name: Uint8Array, secret: FoundSecret): void {
    if (name.length === 0) return
    const key = nameOf(kind, name)
    this.resumable.delete(key)
    this.resumable.set(key, secret)
    if (this.resumable.size <= MAX_RESUMABLE) return
    const oldest = this.resumable.keys().next()
    if (oldest.done !== true) this.resumable.delete(oldest.value)
  }

  resumed(kind: 'id' | 'ticket', name: Uint8Array): FoundSecret | undefined {
    return name.length === 0 ? undefined : this.resumable.get(nameOf(kind, name))
  }

  reopen(key: number, number: number, chain: Uint8Array | null, bytes: Uint8Array): Uint8Array | null {
    const held = this.keys[key]
    return held === undefined ? null : (openRecord(held.key, number, bytes, 0, bytes.length, chain)?.bytes ?? null)
  }

  describe(state: number, key: number, session: number, fromClient: boolean, plainLength: number): string {
    return describeRecord(state, this.keys[key], this.sessions[session], fromClient, plainLength)
  }

  /** Counts what became of a record. */
  count(handshake: Handshake | null, state: number): void {
    if (handshake === null || state === PLAIN) return
    if (state === OPENED) handshake.opened++
    else {
      handshake.shut++
      if (handshake.why === PLAIN || handshake.why === NO_KEY) handshake.why = state
    }
  }
}

const nameOf = (kind: string, name: Uint8Array): string => `${kind} ${Buffer.from(name).toString('base64')}`
