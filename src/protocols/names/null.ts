// Address families in loopback headers. IPv6 has another number on every system: 24 NetBSD and OpenBSD, 28 FreeBSD, 30 macOS, 10 Linux,
// 23 Windows.

import type { Names } from '../../core/field.ts'

export const addressFamilies: Names = {
  2: 'IP',
  7: 'OSI',
  10: 'IPv6',
  16: 'Appletalk',
  23: 'IPv6',
  24: 'IPv6',
  28: 'IPv6',
  30: 'IPv6',
}
