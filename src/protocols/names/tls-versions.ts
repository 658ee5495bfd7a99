// Versions of SSL and TLS, as they stand in records and hellos.

import type { Names } from '../../core/field.ts'
import { greaseNames } from './tls-grease.ts'

export const versionNames: Names = {
  ...greaseNames,
  2: 'SSL 2.0',
  256: 'DTLS 1.0 (OpenSSL pre 0.9.8f)',
  257: 'GMTLS',
  768: 'SSL 3.0',
  769: 'TLS 1.0',
  770: 'TLS 1.1',
  771: 'TLS 1.2',
  772: 'TLS 1.3',
  32526: 'TLS 1.3 (draft 14)',
  32527: 'TLS 1.3 (draft 15)',
  32528: 'TLS 1.3 (draft 16)',
  32529: 'TLS 1.3 (draft 17)',
  32530: 'TLS 1.3 (draft 18)',
  32531: 'TLS 1.3 (draft 19)',
  32532: 'TLS 1.3 (draft 20)',
  32533: 'TLS 1.3 (draft 21)',
  32534: 'TLS 1.3 (draft 22)',
  32535: 'TLS 1.3 (draft 23)',
  32536: 'TLS 1.3 (draft 24)',
  32537: 'TLS 1.3 (draft 25)',
  32538: 'TLS 1.3 (draft 26)',
  32539: 'TLS 1.3 (draft 27)',
  32540: 'TLS 1.3 (draft 28)',
  64279: 'TLS 1.3 (Facebook draft 23)',
  64282: 'TLS 1.3 (Facebook draft 26)',
  65277: 'DTLS 1.2',
  65279: 'DTLS 1.0',
}

/** What a version means for who reads along, in a sentence. */
export function explainVersion(version: number): string {
  switch (version) {
    case 0x0002:
      return 'SSL 2.0 is broken and has been forbidden since 2011 (RFC 6176).'
    case 0x0300:
      return 'SSL 3.0 is broken and has been forbidden since 2015 (RFC 7568).'
    case 0x0301:
      return 'TLS 1.0 is outdated (RFC 8996); first records say it anyway, so that old devices let them pass.'
    case 0x0302:
      return 'TLS 1.1 is outdated (RFC 8996).'
    case 0x0303:
      return 'TLS 1.2; TLS 1.3 also writes it here and names itself in the supported_versions extension.'
    case 0x0304:
      return 'TLS 1.3: everything after the hellos is encrypted.'
    default:
      return (version & 0xff00) === 0x7f00 ? 'A draft of TLS 1.3, from before 2018.' : ''
  }
}
