// -o NAME:VALUE, in the words of tshark and Wireshark: where keys are, and the preferences that scripts set for what is done here anyway.

import { UsageError } from './usage-error.ts'

export interface Preference {
  /** `checksum`: verify those of the protocol named by `value`; `same`: nothing changes. */
  readonly kind: 'keylog' | 'rsa-key' | 'psk' | 'checksum' | 'same'
  readonly value: string
}

/** Preferences with one possible value here: what is done, and the remedy for who wants it otherwise. */
const FIXED: Readonly<Record<string, readonly [value: 'TRUE' | 'FALSE', instead: string]>> = {
  'tcp.relative_sequence_numbers': ['TRUE', 'The numbers as sent are in tcp.seq_raw and tcp.ack_raw.'],
  'tcp.analyze_sequence_numbers': ['TRUE', 'What was analysed are fields of their own; leave out tcp.analysis.'],
  'tcp.calculate_timestamps': ['TRUE', 'Leave out tcp.time_relative and tcp.time_delta.'],
  'tcp.desegment_tcp_streams': ['TRUE', 'Segments one by one are in tcp.payload.'],
  'tcp.reassemble_out_of_order': ['TRUE', 'Segments one by one are in tcp.payload.'],
  'tcp.track_bytes_in_flight': ['TRUE', 'Leave out tcp.analysis.bytes_in_flight.'],
  'tcp.try_heuristic_first': ['TRUE', 'Content goes before ports here.'],
  'ip.defragment': ['TRUE', 'Fragments one by one are in ip.fragment.'],
  'ipv6.defragment': ['TRUE', 'Fragments one by one are in ipv6.fragment.'],
  'http.desegment_headers': ['TRUE', 'Segments one by one are in tcp.payload.'],
  'http.desegment_body': ['TRUE', 'Segments one by one are in tcp.payload.'],
  'http.dechunk_body': ['TRUE', 'Chunks as sent are in tcp.payload.'],
  'http.decompress_body': ['TRUE', 'The body as sent is in tcp.payload.'],
  'tls.desegment_ssl_records': ['TRUE', 'Segments one by one are in tcp.payload.'],
  'tls.desegment_ssl_application_data': ['TRUE', 'Records one by one are in tls.app_data.'],
  'frame.generate_md5_hash': ['FALSE', 'There is no such sum.'],
  'nameres.network_name': ['FALSE', 'Names of machines are never looked up.'],
  'nameres.dns_pkt_addr_resolution': ['FALSE', 'Names of machines are never looked up.'],
  'nameres.use_external_name_resolver': ['FALSE', 'Names of machines are never looked up.'],
  'nameres.mac_name': ['FALSE', 'Makers of network cards are not looked up.'],
  'nameres.transport_name': ['FALSE', 'Ports are shown as numbers.'],
}

/** Preferences of Wireshark's windows, and files that tshark writes for its own developers: nothing that is printed hangs on them. */
const WITHOUT_EFFECT = /^(gui|protocols|console|capture|stats|statistics)\.|^tls\.debug_file$|^ssl\.debug_file$/

/** Reads what -o says. Throws UsageError. */
export function readPreference(text: string): Preference {
  const [, name = '', given = ''] = /^(uat:\w+|[\w.]+):(.*)$/s.exec(text) ?? []
  // Wireshark called TLS SSL until 3.0, and scripts still do.
  const preference = name.replace(/^ssl\./, 'tls.')
  const value = given.trim()
  if (value !== '' && preference === 'tls.keylog_file') return { kind: 'keylog', value }
  if (value !== '' && preference === 'tls.psk') return { kind: 'psk', value }
  // ADDRESS,PORT,PROTOCOL,FILE[,PASSWORD]: an RSA key opens what was sealed for it, whatever the address.
  const file =
    preference === 'tls.keys_list' ? value.split(',')[3] : name === 'uat:rsa_keys' ? value.split(',')[0]?.replace(/^"|"$/g, '') : ''
  if (file !== undefined && file !== '') return { kind: 'rsa-key', value: file }
  const checked = /^(tcp|udp|ip)\.check_checksum$/.exec(name)
  if (checked !== null && /^(TRUE|FALSE)$/i.test(value))
    return /TRUE/i.test(value) ? { kind: 'checksum', value: checked[1]! } : { kind: 'same', value }
  if (WITHOUT_EFFECT.test(name)) return { kind: 'same', value }
  const fixed = Object.hasOwn(FIXED, preference) ? FIXED[preference] : undefined
  if (fixed === undefined)
    throw new UsageError(
      `-o does not know "${text}". Give tls.keylog_file:FILE, tls.keys_list:ADDRESS,PORT,PROTOCOL,FILE, uat:rsa_keys:"FILE","" or tls.psk:HEX`,
    )
  if (value.toUpperCase() !== fixed[0]) throw new UsageError(`${name} is always ${fixed[0]} here. ${fixed[1]}`)
  return { kind: 'same', value }
}
