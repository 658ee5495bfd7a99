// The master secret of a handshake up to TLS 1.2, from whatever was given: a key log, an earlier session, the server's RSA key, a shared key.

import { readU16 } from '../../bytes/read.ts'
import type { FoundSecret } from '../../core/unseal.ts'
import { MASTER_LENGTH, masterSecret, pskPremaster, type Randoms, SSL3 } from '../../crypto/tls/prf.ts'
import type { CipherSuite } from '../../crypto/tls/suite.ts'
import type { TlsUnsealer } from './open.ts'

export interface HandshakeFacts {
  readonly version: number
  readonly suite: CipherSuite
  readonly randoms: Randoms
  /** The master secret depends on the whole handshake (RFC 7627). */
  readonly extended: boolean
  readonly sessionId: Uint8Array
  /** The ticket that the client offered. */
  readonly ticket: Uint8Array
  /** The body of the ClientKeyExchange; null when the session is resumed. */
  readonly keyExchange: Uint8Array | null
  readonly transcript: readonly Uint8Array[]
}

/** A master secret, and how the secret is called that it came from. */
export interface FoundMaster extends FoundSecret {
  readonly label: string
}

/** Bytes of the encrypted premaster secret by which key logs name it. */
const RSA_NAME = 8

export function findMaster(unsealer: TlsUnsealer, facts: HandshakeFacts): FoundMaster | undefined {
  const found = lookUp(unsealer, facts)
  return found !== undefined || !unsealer.secrets.refresh() ? found : lookUp(unsealer, facts)
}

function lookUp(unsealer: TlsUnsealer, facts: HandshakeFacts): FoundMaster | undefined {
  const { secrets } = unsealer
  const logged = secrets.find('CLIENT_RANDOM', facts.randoms.client)
  if (logged?.secret.length === MASTER_LENGTH) return { ...logged, label: 'CLIENT_RANDOM' }
  if (facts.keyExchange === null) {
    const resumed = unsealer.resumed('id', facts.sessionId) ?? unsealer.resumed('ticket', facts.ticket)
    return resumed === undefined ? undefined : { ...resumed, label: 'the master secret of the session that is resumed,' }
  }
  const { exchange } = facts.suite
  if (exchange === 'RSA') return fromRsa(unsealer, facts, facts.keyExchange)
  // Only plain PSK: the others mix in what Diffie-Hellman or RSA gave.
  const psk = secrets.shared[0]
  if (exchange === 'PSK' && psk !== undefined) return { secret: masterOf(facts, pskPremaster(psk.secret)), from: psk.from, label: 'PSK' }
  return undefined
}

function fromRsa({ secrets }: TlsUnsealer, facts: HandshakeFacts, body: Uint8Array): FoundMaster | undefined {
  // SSL 3.0 has no length here (RFC 6101 5.6.7.1).
  const sealed = facts.version === SSL3 || body.length < 2 ? body : body.subarray(2, 2 + readU16(body, 0))
  const logged = secrets.find('RSA', sealed.subarray(0, RSA_NAME))
  if (logged !== undefined) return { secret: masterOf(facts, logged.secret), from: logged.from, label: 'RSA' }
  const opened = secrets.premaster(sealed)
  return opened === undefined ? undefined : { secret: masterOf(facts, opened.secret), from: opened.from, label: 'the RSA key' }
}

function masterOf({ version, suite, randoms, extended, transcript }: HandshakeFacts, premaster: Uint8Array): Uint8Array {
  return masterSecret(version, suite.hash, premaster, randoms, extended ? transcript : null)
}
