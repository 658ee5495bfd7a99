// Why a TLS connection did not come about, in one line: for the client's user and for the server's log.

import type { Certificate } from '../crypto/x509.ts'
import { CAUSES, type Cause, hostMismatch, judgeChain, objectionsOf, titleOf } from '../crypto/x509-judge.ts'
import { errorCode } from './problem.ts'

/** OpenSSL's own words for what happened: 'tlsv1 alert protocol version'; '' when the error is not OpenSSL's. */
function reasonOf(error: unknown): string {
  const { reason, message = '' } = error as { reason?: unknown; message?: string }
  if (typeof reason === 'string' && !reason.startsWith('Host')) return reason
  return /SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? ''
}

/** What the client knew when it refused. */
export interface Evidence {
  /** The server's certificate and whatever came with it; empty when none arrived. */
  readonly chain: readonly Certificate[]
  /** The authorities that it was told to trust; undefined when those that Node comes with were asked. */
  readonly anchors: readonly Certificate[] | undefined
  readonly host: string
}

/** The failure for the client's user; undefined when it has nothing to do with TLS. `where` is the server's address and port. */
export function explainTlsFailure(error: unknown, where: string, evidence?: Evidence): string | undefined {
  const code = errorCode(error)
  const cause = causeOf(code)
  if (cause !== undefined) return explainRefusal(cause, code, (error as Error).message, evidence)
  const reason = reasonOf(error)
  const alert = ALERTS.find(([pattern]) => pattern.test(reason))
  if (alert) return `${where}: ${alert[1]}${reason === '' ? '' : ` (OpenSSL: ${reason})`}`
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return `${where} closed the connection during the TLS handshake, without a word. It may not take your certificate (--cert, --key), or not speak TLS: look at the server's own messages.`
  if (reason !== '') return `${where}: the TLS handshake failed (OpenSSL: ${reason}). Look at the server's own messages.`
  return undefined
}

const ALERTS: readonly (readonly [RegExp, string])[] = [
  [
    /alert protocol version|unsupported protocol|no protocols available/,
    'client and server have no TLS version in common. Allow more on one side: --tls-min 1.2 --tls-max 1.3',
  ],
  [
    /alert certificate required|peer did not return a certificate/,
    'the server asks who you are, and you showed no certificate. Show one: --cert client-public-key.pem --key client-private-key.pem',
  ],
  [
    /alert handshake failure|no shared cipher/,
    'the server found nothing to agree on: no cipher in common, or it wants a certificate from you. Try --ciphers with one of its own, or --cert and --key',
  ],
  [
    /alert unknown ca/,
    'the server does not know the authority of your certificate. Show one that its authority signed: --cert FILE --key FILE',
  ],
  [/alert certificate expired/, 'your certificate has expired, says the server. Have it signed again: wiretail pki sign --for client'],
  [
    /alert (bad|unsupported) certificate|alert certificate unknown/,
    'the server does not take your certificate. Have one made for clients: wiretail pki sign --for client',
  ],
  [/wrong version number|packet length too long|http request/, 'the server does not speak TLS on this port. Write http: instead of https:'],
  [/no cipher match/, 'OpenSSL knows none of these ciphers. Give its own names: --ciphers ECDHE-RSA-AES128-GCM-SHA256'],
  [
    /key values mismatch/,
    'your private key does not belong to your certificate. Give the pair that was made together: --cert FILE --key FILE',
  ],
]

/** Node's code for a certificate that it refuses, as one of our causes. */
function causeOf(code: string): Cause | undefined {
  if (code === 'INVALID_CA') return 'notCa'
  if (code === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY') return 'unknownCa'
  if (code === 'INVALID_PURPOSE') return 'purpose'
  return (Object.keys(CAUSES) as Cause[]).find((cause) => CAUSES[cause].node !== '' && CAUSES[cause].node === code)
}

/**
 * `WHAT. Python says: …; Node says: …. HOW`. The evidence tells more than Node's code: an authority that does not say that it is one is to
 * Node just an unsuitable purpose.
 */
function explainRefusal(told: Cause, code: string, message: string, evidence: Evidence | undefined): string {
  const found = evidence && evidence.chain.length > 0 ? judgeChain({ ...evidence, anchors: evidence.anchors ?? [] }) : undefined
  const objection = found && objectionsOf(found, 'Node').find(({ cause }) => CAUSES[cause].node === CAUSES[told].node)
  const cause = objection?.cause ?? told
  const words = cause === 'wrongHost' ? hostMismatch(evidence?.host ?? '') : CAUSES[cause].openssl
  const python = `SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${words}`
  const node = `${code}: ${message.split('\n', 1)[0]?.replace(/[:. ]+$/, '')}`
  const what = objection
    ? `The certificate of ${titleOf(objection.certificate)} is refused. ${objection.text}`
    : 'The certificate is refused.'
  return `${what} Python says: ${python}; Node says: ${node}. ${objection?.repair ?? "Name the authority's certificate: --ca ca-public-key.pem"}`
}

/** The failure for the server's log. `unauthorized` is Node's code for a certificate of the client's that it refused. */
export function explainTlsRefusal(error: unknown, unauthorized?: string): string | undefined {
  const code = errorCode(error)
  if (unauthorized) return `the client's certificate is refused: ${unauthorized}`
  const known = SERVER_WORDS[code]
  if (known !== undefined) return known
  if (code === 'ECONNRESET') return 'the client closed during the handshake: it may not take the certificate'
  const reason = reasonOf(error)
  const alert = /alert (.+)$/.exec(reason)?.[1]
  if (alert !== undefined) return `the client refused, with the alert: ${alert}`
  return reason === '' ? undefined : `the TLS handshake failed: ${reason}`
}

const SERVER_WORDS: Readonly<Record<string, string>> = {
  ERR_SSL_HTTP_REQUEST: 'plain HTTP: this port speaks TLS, write https://',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'no TLS version in common with the client',
  ERR_SSL_NO_SHARED_CIPHER: 'no cipher in common with the client',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'the client showed no certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not TLS',
}
