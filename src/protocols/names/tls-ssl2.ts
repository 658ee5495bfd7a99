// SSL 2.0: cipher kinds of three bytes and message types. An SSLv2 hello may also name TLS suites (with a zero byte before).

import type { Names } from '../../core/field.ts'
import { cipherSuiteNames } from './tls-cipher-suites.ts'

export const cipherKindNames: Names = {
  ...cipherSuiteNames,
  65664: 'SSL2_RC4_128_WITH_MD5',
  131200: 'SSL2_RC4_128_EXPORT40_WITH_MD5',
  196736: 'SSL2_RC2_128_CBC_WITH_MD5',
  262272: 'SSL2_RC2_128_CBC_EXPORT40_WITH_MD5',
  327808: 'SSL2_IDEA_128_CBC_WITH_MD5',
  393280: 'SSL2_DES_64_CBC_WITH_MD5',
  458944: 'SSL2_DES_192_EDE3_CBC_WITH_MD5',
  524416: 'SSL2_RC4_64_WITH_MD5',
}

export const ssl2MessageNames: Names = {
  0: 'Error',
  1: 'Client Hello',
  2: 'Client Master Key',
  3: 'Client Finished',
  4: 'Server Hello',
  5: 'Server Verify',
  6: 'Server Finished',
  7: 'Request Certificate',
  8: 'Client Certificate',
}
