// What a certificate says, as one sentence: "From A to B I am X according to Y".

import { type Certificate, extensionOf, hostNamesOf } from '../../crypto/x509.ts'
import { attributeOf, formatName, type Name, sameName } from '../../crypto/x509-names.ts'
import { utcText } from './der.ts'

const MAX_HOSTS = 4

function callName(name: Name): string {
  const common = attributeOf(name, 'CN')
  const organization = attributeOf(name, 'O')
  if (common === undefined) return organization ?? (formatName(name) || 'nobody by name')
  return organization === undefined || organization === common ? common : `${common} (${organization})`
}

const day = (milliseconds: number): string => utcText(milliseconds).replace(' (UTC)', ' UTC')

/** `From 2026-11-23 19:30:05 UTC to 2026-12-23 19:30:05 UTC I am my-site.com (My Company), an authority, according to My CA`. */
export function certificateSentence(certificate: Certificate): string {
  const { subject, issuer, notBefore, notAfter } = certificate
  const name = callName(subject)
  const hosts = hostNamesOf(certificate).filter((host) => host !== name && host !== attributeOf(subject, 'CN'))
  const more = hosts.length > MAX_HOSTS ? ` and ${hosts.length - MAX_HOSTS} more` : ''
  const also = hosts.length === 0 ? '' : `, also called ${hosts.slice(0, MAX_HOSTS).join(', ')}${more},`
  const authority = extensionOf(certificate, 'basicConstraints')?.ca === true ? ', an authority,' : ''
  const vouching = sameName(subject, issuer) ? 'myself' : callName(issuer)
  return `From ${day(notBefore)} to ${day(notAfter)} I am ${name}${also}${authority} according to ${vouching}`.replaceAll(',,', ',')
}
