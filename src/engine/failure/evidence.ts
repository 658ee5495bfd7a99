// What is wrong with a certificate that can be read, judged at the time of the capture: nobody's clock today has a say in it.

import { hostNamesOf, readCertificate } from '../../crypto/x509.ts'
import { matchesHost } from '../../crypto/x509-hosts.ts'
import { attributeOf, formatName } from '../../crypto/x509-names.ts'
import { isSelfSigned } from '../../crypto/x509-verify.ts'

export type Fault = 'expired' | 'not_yet_valid' | 'wrong_host' | 'self_signed'

export interface Evidence {
  readonly fault: Fault
  /** A sentence with the certificate's own words. */
  readonly text: string
}

const day = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10)

/** Faults of the leaf of a chain. `now`: milliseconds since 1970 at which it was shown; `host`: the name asked for, '' when unknown. */
export function faultsOf(chain: readonly Uint8Array[], now: number, host: string): Evidence[] {
  const [der] = chain
  if (der === undefined) return []
  const read = readCertificate(der)
  if (!read.ok) return []
  const certificate = read.value
  const name = attributeOf(certificate.subject, 'CN') ?? formatName(certificate.subject)
  const faults: Evidence[] = []
  if (now > certificate.notAfter)
    faults.push({ fault: 'expired', text: `The certificate of ${name} had expired on ${day(certificate.notAfter)}.` })
  if (now > 0 && now < certificate.notBefore)
    faults.push({ fault: 'not_yet_valid', text: `The certificate of ${name} was not valid before ${day(certificate.notBefore)}.` })
  const names = hostNamesOf(certificate)
  if (host !== '' && !matchesHost(certificate, host))
    faults.push({ fault: 'wrong_host', text: `The client asked for ${host}, and the certificate is for ${names.join(', ') || name}.` })
  if (isSelfSigned(certificate)) faults.push({ fault: 'self_signed', text: `The certificate of ${name} is signed by itself alone.` })
  return faults
}

/** Who signed the leaf, '' when it cannot be read. */
export function issuerOf(chain: readonly Uint8Array[]): string {
  const [der] = chain
  const read = der === undefined ? undefined : readCertificate(der)
  if (read?.ok !== true) return ''
  return attributeOf(read.value.issuer, 'CN') ?? formatName(read.value.issuer)
}
