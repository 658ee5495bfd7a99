// What GRE carries, by number: mostly Ethernet types, with some of its own. The words are those that Wireshark shows.

import type { Names } from '../../core/field.ts'

/** Aruba's controllers number the WLAN frames of their tunnels from 0x8200 in steps of 16 (one for each queue and kind of encryption). */
export const arubaTypes: readonly number[] = Array.from({ length: 32 }, (_, i) => 0x8200 + 16 * i)

export const greTypes: Names = {
  0: 'Possible GRE keepalive packet',
  34827: 'PPP',
  2048: 'IP',
  2054: 'ARP',
  254: 'OSI',
  34878: 'WCCP',
  8192: 'CDP (Cisco)',
  8193: 'NHRP',
  35006: 'ERSPAN',
  8939: 'ERSPAN III',
  25600: 'MIKROTIK EoIP',
  65198: 'AIROHIVE AP AP',
  33079: 'IPX',
  25944: 'Transparent Ethernet bridging',
  25945: 'Frame Relay',
  34525: 'IPv6',
  34887: 'MPLS label switched packet',
  35151: 'Network Service Header',
  34945: 'CDMA2000 A10 Unstructured byte stream',
  35026: 'CDMA2000 A10 3GPP2 Packet',
  35081: 'CiscoMetaData',
  47082: 'Huawei GRE bonding',
  36864: 'ARUBA WLAN',
  ...Object.fromEntries(arubaTypes.slice(0, 24).map((type) => [type, 'ARUBA WLAN'])),
}
