// An authority for one lesson, and what it signs. Everything is made anew in memory and gone afterwards.

import { readPem } from '../../crypto/pem.ts'
import { type Certificate, type CertificateRequest, readCertificate, readRequest } from '../../crypto/x509.ts'
import { makeAuthority, makeKey, makeRequest, type Purpose, type Subject, signRequest, validFor } from '../pki.ts'
import type { Identity } from '../tls.ts'

export interface School {
  /** The authority's certificate, PEM. */
  readonly authority: string
  /** Signs for a new key. Dates may lie in the past. */
  identify(subject: Subject, hosts: readonly string[], purpose?: Purpose, from?: Date): Identity
}

const PLACE = { country: 'US', state: 'Maryland', locality: 'Baltimore' } as const

/** The tutorial's authority. */
export const AUTHORITY_SUBJECT: Subject = { ...PLACE, org: 'My CA Company', hostname: 'my-ca.com' }

/** The tutorial's authority and names, or another's. RSA, as there; a key takes some tenths of a second. */
export function openSchool(subject: Subject = AUTHORITY_SUBJECT): School {
  const key = makeKey('rsa')
  const authority = makeAuthority({ subject, key })
  const signer = certificateOf(authority)
  return {
    authority,
    identify(subject, hosts, purpose = 'server', from = new Date()) {
      const own = makeKey('rsa')
      const request = requestOf(makeRequest({ subject, key: own, hosts }))
      return { certificate: signRequest({ request, authority: signer, key, purpose, validity: validFor(30, from) }), key: own }
    },
  }
}

/** The tutorial's server. */
export const SERVER_SUBJECT: Subject = { ...PLACE, org: 'My Company', hostname: 'localhost' }
export const SERVER_HOSTS: readonly string[] = ['localhost', '127.0.0.1']

export function certificateOf(pem: string): Certificate {
  const read = readCertificate(readPem(pem)[0]!.bytes)
  if (!read.ok) throw new Error('a certificate that was just made cannot be read')
  return read.value
}

export function requestOf(pem: string): CertificateRequest {
  const read = readRequest(readPem(pem)[0]!.bytes)
  if (!read.ok) throw new Error('a request that was just made cannot be read')
  return read.value
}
