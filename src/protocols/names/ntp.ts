// Names of numbers in NTP: RFC 5905, RFC 7821, RFC 8915.

import type { Names } from '../../core/field.ts'

/** Warnings of leap seconds. */
export const ntpLeaps: Names = {
  0: 'no warning',
  1: 'last minute of the day has 61 seconds',
  2: 'last minute of the day has 59 seconds',
  3: 'unknown (clock unsynchronized)',
}

/** Versions of the protocol. */
export const ntpVersions: Names = {
  0: 'reserved',
  1: 'NTP Version 1',
  2: 'NTP Version 2',
  3: 'NTP Version 3',
  4: 'NTP Version 4',
  5: 'reserved',
  6: 'reserved',
  7: 'reserved',
}

/** Who speaks to whom. */
export const ntpModes: Names = {
  0: 'reserved',
  1: 'symmetric active',
  2: 'symmetric passive',
  3: 'client',
  4: 'server',
  5: 'broadcast',
  6: 'reserved for NTP control message',
  7: 'reserved for private use',
}

/** Types of extension fields. */
export const ntpExtensions: Names = {
  2: 'No-Operation Request',
  258: 'Association Message Request',
  260: 'Unique Identifier',
  514: 'Certificate Message Request',
  516: 'NTS Cookie',
  770: 'Cookie Message Request',
  772: 'NTS Cookie Placeholder',
  1026: 'Autokey Message Request',
  1028: 'NTS Authenticator and Encrypted Extension Fields',
  1282: 'Leapseconds Message Request',
  1538: 'Sign Message Request',
  1794: 'IFF Identity Message Request',
  2050: 'GQ Identity Message Request',
  2306: 'MV Identity Message Request',
  8197: 'Checksum Complement',
  32770: 'No-Operation Response',
  33026: 'Association Message Response',
  33282: 'Certificate Message Response',
  33538: 'Cookie Message Response',
  33794: 'Autokey Message Response',
  34050: 'Leapseconds Message Response',
  34306: 'Sign Message Response',
  34562: 'IFF Identity Message Response',
  34818: 'GQ Identity Message Response',
  35074: 'MV Identity Message Response',
  49154: 'No-Operation Error Response',
  49410: 'Association Message Error Response',
  49666: 'Certificate Message Error Response',
  49922: 'Cookie Message Error Response',
  50178: 'Autokey Message Error Response',
  50434: 'Leapseconds Message Error Response',
  50690: 'Sign Message Error Response',
  50946: 'IFF Identity Message Error Response',
  51202: 'GQ Identity Message Error Response',
  51458: 'MV Identity Message Error Response',
}

/** What control messages want. */
export const ntpControls: Names = {
  0: 'reserved',
  1: 'read status',
  2: 'read variables',
  3: 'write variables',
  4: 'read clock variables',
  5: 'write clock variables',
  6: 'set trap address/port',
  7: 'asynchronous message',
  8: 'runtime configuration',
  9: 'save config to file',
  10: 'retrieve MRU (mrulist)',
  11: 'retrieve ordered list',
  12: 'request a client nonce',
  31: 'unset trap address/port',
}
