import { readPem } from '../crypto/pem.ts'
import { readCertificate } from '../crypto/x509.ts'
import { isAboutKey } from '../crypto/x509-keys.ts'
import type { DemoKind } from './kind.ts'
import { plain } from './plain.ts'
import { DemoError } from './problem.ts'
import { serveAnswer } from './server.ts'

/** The secret over TLS: no key shared beforehand, and a certificate that says who the server is. */
export const https: DemoKind = {
  name: 'https',
  about: 'HTTP inside TLS: the secret is sealed, the server shows a certificate',
  serve: async (secret, options) => {
    if (!options.tls)
      throw new DemoError(
        'A server for https needs a certificate and its private key: --cert FILE --key FILE. Make them: wiretail pki --help',
      )
    // OpenSSL takes an RSA certificate with an ECDSA key without a word, and then no handshake works.
    const [first] = readPem(options.tls.identity.certificate)
    const read = first && readCertificate(first.bytes)
    if (read?.ok && !isAboutKey(read.value, options.tls.identity.key)) throw new DemoError(MISMATCH)
    try {
      return await serveAnswer({ type: 'text/plain; charset=utf-8', body: new TextEncoder().encode(secret) }, options)
    } catch (error) {
      if (error instanceof DemoError) throw error
      throw new DemoError(explainContext(error))
    }
  },
  read: plain.read,
}

const MISMATCH = 'The private key does not belong to the certificate. Give the pair that was made together: --cert FILE --key FILE'

/** What OpenSSL does not like about certificate, key, versions or ciphers, before anyone connects. */
export function explainContext(error: unknown): string {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  if (code === 'ERR_SSL_NO_CIPHER_MATCH')
    return 'OpenSSL knows none of these ciphers. Give its own names, with colons between them: --ciphers ECDHE-RSA-AES128-GCM-SHA256'
  if (code === 'ERR_SSL_KEY_VALUES_MISMATCH' || /key values mismatch/.test(message)) return MISMATCH
  if (code === 'ERR_SSL_EE_KEY_TOO_SMALL') return "The certificate's key is too short for today's rules. Make a new one: wiretail pki csr"
  if (code === 'ERR_TLS_INVALID_PROTOCOL_VERSION' || /version/i.test(message))
    return 'The lowest TLS version is above the highest. Turn them around: --tls-min 1.2 --tls-max 1.3'
  return `TLS cannot be set up with this certificate and key: ${message}. Make new ones: wiretail pki --help`
}
