// What the demo's server and client say of TLS: certificates, versions and ciphers in, node:tls's options out.

import type { KeyObject } from 'node:crypto'
import type { SecureContextOptions, SecureVersion, TlsOptions } from 'node:tls'

export type TlsVersion = '1.0' | '1.1' | '1.2' | '1.3'
export const TLS_VERSIONS: readonly TlsVersion[] = ['1.0', '1.1', '1.2', '1.3']

/** How both ends come to a shared secret: encrypted to the server's RSA key, or by Diffie-Hellman with numbers or an elliptic curve. */
export type KeyExchange = 'rsa' | 'dhe' | 'ecdhe'
export const KEY_EXCHANGES: readonly KeyExchange[] = ['rsa', 'dhe', 'ecdhe']

/** A certificate and the private key that belongs to it. */
export interface Identity {
  /** PEM; the certificates of intermediate authorities follow the holder's own. */
  readonly certificate: string
  readonly key: KeyObject
}

interface TlsChoices {
  readonly minVersion?: TlsVersion
  readonly maxVersion?: TlsVersion
  /** OpenSSL's names, with colons between them; those of TLS 1.3 start with TLS_. */
  readonly ciphers?: string
}

export interface TlsServerOptions extends TlsChoices {
  readonly identity: Identity
  /** RSA and DHE exist up to TLS 1.2 only, so they bring its highest version down to that. */
  readonly keyExchange?: KeyExchange
  /** PEM of the authorities of clients: with it, a client must show a certificate. */
  readonly clientAuthorities?: string
}

export interface TlsClientOptions extends TlsChoices {
  /** PEM of the authorities to trust, instead of those that Node comes with. */
  readonly authorities?: string
  /** True: take any certificate, and so any server. */
  readonly insecure?: boolean
  /** What the client shows when the server asks. */
  readonly identity?: Identity
  /** Called with each line of the connection's key log. */
  keylog?(line: Buffer): void
}

const SUITES: Readonly<Record<KeyExchange, string>> = {
  rsa: 'AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA',
  dhe: 'DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA',
  ecdhe:
    'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA',
}
const SUITES_13 = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256'

/** Options for https.createServer. */
export function serverContext(options: TlsServerOptions): TlsOptions {
  const { identity, keyExchange, clientAuthorities } = options
  const maxVersion = options.maxVersion ?? (keyExchange && keyExchange !== 'ecdhe' ? '1.2' : undefined)
  const ciphers = options.ciphers ?? (keyExchange && `${SUITES_13}:${SUITES[keyExchange]}`)
  return {
    cert: identity.certificate,
    key: keyText(identity.key),
    ...context({ ...options, ...(maxVersion ? { maxVersion } : {}), ...(ciphers ? { ciphers } : {}) }),
    // The server chooses, so that what was asked for on the command line is what happens.
    honorCipherOrder: true,
    ...(keyExchange === 'dhe' ? { dhparam: 'auto' as const } : {}),
    ...(clientAuthorities === undefined ? {} : { ca: clientAuthorities, requestCert: true, rejectUnauthorized: true }),
  }
}

/** Options for tls.connect, apart from where to. */
export function clientContext(options: TlsClientOptions): SecureContextOptions & { rejectUnauthorized: boolean } {
  const { authorities, identity } = options
  return {
    ...context(options),
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(identity ? { cert: identity.certificate, key: keyText(identity.key) } : {}),
    rejectUnauthorized: options.insecure !== true,
  }
}

function context({ minVersion, maxVersion, ciphers }: TlsChoices): SecureContextOptions {
  const old = [minVersion, maxVersion].some((version) => version === '1.0' || version === '1.1')
  // OpenSSL 3 allows TLS 1.0 and 1.1 at its lowest security level only, because they need SHA-1.
  const list = old ? `${ciphers ?? 'DEFAULT'}:@SECLEVEL=0` : ciphers
  return {
    ...(minVersion ? { minVersion: wordOf(minVersion) } : maxVersion && maxVersion < '1.2' ? { minVersion: wordOf(maxVersion) } : {}),
    ...(maxVersion ? { maxVersion: wordOf(maxVersion) } : {}),
    ...(list === undefined ? {} : { ciphers: list }),
  }
}

const wordOf = (version: TlsVersion): SecureVersion => (version === '1.0' ? 'TLSv1' : `TLSv${version}`)

/** node:tls takes text, not a key object. */
function keyText(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }))
}
