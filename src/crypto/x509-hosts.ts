// Is a certificate for this host? RFC 9525, as OpenSSL, curl and Node apply it.

import { parseIpv4, parseIpv6 } from '../bytes/address.ts'
import { type Certificate, extensionOf } from './x509.ts'
import { attributeOf } from './x509-names.ts'

/** True when one of the alternative names fits; the common name counts only where there are none for hosts. */
export function matchesHost(certificate: Certificate, host: string): boolean {
  const found = extensionOf(certificate, 'subjectAltName')?.names ?? []
  const address = parseIpv4(host) ?? parseIpv6(host)
  if (address) {
    const wanted = address.join('.')
    return found.some(({ kind, value }) => kind === 'IP' && (parseIpv4(value) ?? parseIpv6(value))?.join('.') === wanted)
  }
  const names = found.filter(({ kind }) => kind === 'DNS').map(({ value }) => value)
  const candidates = found.some(({ kind }) => kind === 'DNS') ? names : [attributeOf(certificate.subject, 'CN') ?? '']
  return candidates.some((name) => matchesName(name, host))
}

/** A wildcard stands for the whole leftmost label, and for no more (RFC 9525 6.3). */
function matchesName(pattern: string, host: string): boolean {
  const wanted = host.toLowerCase().replace(/\.$/, '')
  const name = pattern.toLowerCase().replace(/\.$/, '')
  if (!name.startsWith('*.')) return name !== '' && name === wanted
  const dot = wanted.indexOf('.')
  return dot > 0 && name.indexOf('.', 2) > 0 && wanted.slice(dot) === name.slice(1)
}
