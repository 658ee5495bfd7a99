// What a cipher suite's name means, put together from its parts.

import { cipherSuiteNames } from './tls-cipher-suites.ts'
import { isGrease } from './tls-grease.ts'

const SIGNALS: Readonly<Record<number, string>> = {
  255: 'No suite: the client says that it knows safe renegotiation (RFC 5746).',
  22016: 'No suite: the client says that it tries again with a lower version (RFC 7507).',
}

function agreement(name: string): string {
  if (!name.includes('_WITH_')) return 'keys are agreed on apart from the suite (TLS 1.3)'
  if (name.includes('_anon_')) return 'nobody proves who they are'
  if (name.startsWith('TLS_ECDHE')) return 'fresh keys from elliptic curves'
  if (name.startsWith('TLS_DHE')) return 'fresh keys from Diffie-Hellman'
  if (name.startsWith('TLS_RSA_WITH')) return "the secret travels under the server's RSA key, which opens old recordings if it ever leaks"
  return name.includes('PSK') ? 'a key that both sides already have' : 'keys that stay the same'
}

function cipher(name: string): string {
  if (name.includes('_NULL_')) return 'no encryption at all'
  if (name.includes('EXPORT')) return 'a cipher weakened on purpose'
  if (name.includes('CHACHA20')) return 'ChaCha20-Poly1305'
  const bits = /AES_(\d+)/.exec(name)?.[1]
  if (bits !== undefined)
    return `AES-${bits}${name.includes('GCM') ? ' in GCM mode' : name.includes('CCM') ? ' in CCM mode' : ' in CBC mode'}`
  if (name.includes('3DES')) return '3DES, outdated'
  if (name.includes('RC4')) return 'RC4, broken'
  if (name.includes('DES')) return 'DES, broken'
  return /CAMELLIA|ARIA|SEED|IDEA|SM4/.exec(name)?.[0] ?? 'a rare cipher'
}

/** A cipher suite in words. */
export function explainSuite(suite: number): string {
  if (isGrease(suite)) return 'No suite: clients mix such values in, so that servers learn to pass over what they do not know (RFC 8701).'
  const signal = SIGNALS[suite]
  if (signal !== undefined) return signal
  const name = cipherSuiteNames[suite]
  if (name === undefined) return ''
  const words = `${cipher(name)}; ${agreement(name)}.`
  return words[0]!.toUpperCase() + words.slice(1)
}
