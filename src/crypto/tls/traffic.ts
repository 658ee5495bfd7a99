// Keys of TLS 1.3's records from a traffic secret of a key log: RFC 8446 7.2 and 7.3.

import { hashLength, hkdfExpandLabel } from '../hkdf.ts'
import { type RecordKey, TLS13 } from './record.ts'
import type { CipherSuite } from './suite.ts'

const IV_LENGTH = 12
const NOTHING = new Uint8Array(0)

export function trafficKey(suite: CipherSuite, secret: Uint8Array): RecordKey {
  return {
    suite,
    version: TLS13,
    key: hkdfExpandLabel(suite.hash, secret, 'key', suite.keyLength),
    iv: hkdfExpandLabel(suite.hash, secret, 'iv', IV_LENGTH),
    macKey: NOTHING,
    encryptThenMac: false,
  }
}

/** The secret behind a key update. */
export function nextTrafficSecret(suite: CipherSuite, secret: Uint8Array): Uint8Array {
  return hkdfExpandLabel(suite.hash, secret, 'traffic upd', hashLength(suite.hash))
}
