// Certificates for tests: an authority, a server and a client, made once, and everything that can be wrong with them.

import { readPem } from '../../../src/crypto/pem.ts'
import { type Certificate, type CertificateRequest, readCertificate, readRequest } from '../../../src/crypto/x509.ts'
import { makeAuthority, makeKey, makeRequest, selfSign, signRequest, validFor } from '../../../src/demo/pki.ts'

const DAY = 86_400_000
export const SUBJECT = { country: 'US', state: 'Maryland', locality: 'Baltimore', org: 'My Company', hostname: 'my-site.com' }
export const CA_SUBJECT = { ...SUBJECT, org: 'My CA Company', hostname: 'my-ca.com' }
export const PAST = validFor(30, new Date(Date.now() - 60 * DAY))
export const FUTURE = validFor(30, new Date(Date.now() + 10 * DAY))

export function certificateOf(pem: string): Certificate {
  const read = readCertificate(readPem(pem)[0]?.bytes ?? new Uint8Array(0))
  if (!read.ok) throw new Error(read.fault.message)
  return read.value
}

export function requestOf(pem: string): CertificateRequest {
  const read = readRequest(readPem(pem)[0]?.bytes ?? new Uint8Array(0))
  if (!read.ok) throw new Error(read.fault.message)
  return read.value
}

export const caKey = makeKey('rsa')
export const key = makeKey('rsa')
export const clientKey = makeKey('ecdsa')

export const ca = makeAuthority({ subject: CA_SUBJECT, key: caKey })
export const printedCa = makeAuthority({ subject: CA_SUBJECT, key: caKey, asPrinted: true })
export const expiredCa = makeAuthority({ subject: CA_SUBJECT, key: caKey, validity: PAST })
export const namesakeCa = makeAuthority({ subject: CA_SUBJECT, key: makeKey('ecdsa') })

export function requestFor(hosts: readonly string[] = ['localhost', '127.0.0.1']): CertificateRequest {
  return requestOf(makeRequest({ subject: SUBJECT, key, hosts }))
}

/** A server's certificate, right unless told otherwise. */
export function serverCertificate(options: Partial<Parameters<typeof signRequest>[0]> = {}, authority = ca): string {
  return signRequest({ request: requestFor(), authority: certificateOf(authority), key: caKey, ...options })
}

export const selfSigned = selfSign({ request: requestFor(), key })
const clientRequest = requestOf(makeRequest({ subject: { hostname: 'squirrel' }, key: clientKey, hosts: [] }))
export const clientCertificate = signRequest({ request: clientRequest, authority: certificateOf(ca), key: caKey, purpose: 'client' })
export const selfSignedClient = selfSign({ request: clientRequest, key: clientKey, purpose: 'client' })
