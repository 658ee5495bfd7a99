// Who agreed on which key, and who proved to be who: what a capture shows of it.

import { safeText } from '../../bytes/text.ts'
import { readCertificate } from '../../crypto/x509.ts'
import { attributeOf, formatName } from '../../crypto/x509-names.ts'
import type { ConversationFacts } from './facts.ts'
import type { TlsFacts } from './tls-facts.ts'

/** In words, short enough for a column. */
export interface Assurance {
  /** How the two sides came by a key. */
  readonly keyAgreement: string
  /** Who proved who they are. */
  readonly authenticated: string
  /** Stays sealed although a private key leaks later; null where nothing is sealed. */
  readonly forwardSecret: boolean | null
}

/** Common name of a certificate, or its whole subject, safe for a terminal; '' when it cannot be read. */
export function subjectOf(der: Uint8Array): string {
  const read = readCertificate(der)
  if (!read.ok) return ''
  return safeText(attributeOf(read.value.subject, 'CN') ?? formatName(read.value.subject), 120)
}

export function assuranceOf(facts: ConversationFacts, hasToken: boolean): Assurance {
  const tls = facts.tls
  if (tls !== null && tls.serverHello !== 0)
    return { keyAgreement: agreementOf(tls), authenticated: authenticationOf(tls), forwardSecret: isForwardSecret(tls) }
  if (hasToken)
    return {
      keyAgreement: 'none on the wire: the key was shared before',
      authenticated: 'whoever has the key; no name',
      forwardSecret: false,
    }
  const scheme = facts.http.exchanges.find(({ authorization }) => authorization !== '')?.authorization
  return {
    keyAgreement: 'none: nothing is encrypted',
    authenticated: scheme === undefined ? 'nobody' : `the client, by ${safeText(scheme, 40)} credentials that anybody can read and repeat`,
    forwardSecret: null,
  }
}

const isTls13 = (tls: TlsFacts): boolean => tls.version.startsWith('TLS 1.3')

function agreementOf(tls: TlsFacts): string {
  const group = tls.group === '' ? '' : ` (${tls.group})`
  if (isTls13(tls)) return tls.group === '' ? 'from a key of an earlier session' : `Diffie-Hellman${group}, new for this session`
  if (isResumed12(tls)) return 'from a key of an earlier session'
  if (/_ECDHE_/.test(tls.cipher)) return `Diffie-Hellman${group}, new for this session`
  if (/_DHE_|_DH_anon_/.test(tls.cipher)) return `Diffie-Hellman${tls.dhBits > 0 ? ` (${tls.dhBits} bits)` : ''}, new for this session`
  if (/_PSK_/.test(tls.cipher)) return 'the key was shared before'
  return "RSA: the client's secret, sealed with the server's public key"
}

/** TLS 1.2 and older: the server goes on with an earlier session when it changes to encryption without showing a certificate. */
export function isResumed12(tls: TlsFacts): boolean {
  if (isTls13(tls) || tls.serverHello === 0 || tls.certificatePacket !== 0 || /_anon_|_PSK_/.test(tls.cipher)) return false
  return tls.changeCipherSpec.server !== 0 && tls.clientKeyExchange === 0
}

function isForwardSecret(tls: TlsFacts): boolean {
  if (isTls13(tls)) return tls.group !== ''
  return !isResumed12(tls) && /_E?C?DHE_/.test(tls.cipher)
}

function authenticationOf(tls: TlsFacts): string {
  if (tls.resumed || isResumed12(tls)) return 'both by the key of an earlier session'
  const [leaf] = tls.certificates
  const server =
    leaf !== undefined
      ? `the server, as ${subjectOf(leaf) || 'its certificate says'}`
      : isTls13(tls)
        ? 'the server; its certificate is sealed'
        : /_anon_/.test(tls.cipher)
          ? 'nobody'
          : 'the server'
  const [client] = tls.clientCertificates
  if (client !== undefined && tls.clientVerify !== 0) return `${server}; the client, as ${subjectOf(client) || 'its certificate says'}`
  return server
}
