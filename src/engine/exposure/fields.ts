// The fields that the facts are read from, by name: front-end code of this folder knows Wireshark's names and nothing of the protocol files.

import type { Field } from '../../core/field.ts'
import type { Registry } from '../../core/registry.ts'

export type FieldIds = ReturnType<typeof fieldIds>

/** Ids of the fields of each name. A name may have several fields (`tls.handshake.type`). */
export function fieldIds(registry: Registry) {
  const all: Field[] = []
  const named = (...names: string[]): ReadonlySet<number> => {
    const fields = names.flatMap((name) => registry.find(name) ?? [])
    all.push(...fields)
    return new Set(fields.map(({ id }) => id))
  }
  const protocol = (name: string): number => registry.protocol(name)?.id ?? -1
  const ids = {
    all,
    tls: protocol('tls'),
    http: protocol('http'),
    icmp: protocol('icmp'),
    icmpv6: protocol('icmpv6'),
    tcpFlags: named('tcp.flags'),
    tcpLength: named('tcp.len'),
    tcpSeq: named('tcp.seq'),
    udpLength: named('udp.length'),
    icmpType: named('icmp.type', 'icmpv6.type'),
    icmpCode: named('icmp.code', 'icmpv6.code'),
    recordType: named('tls.record.content_type', 'tls.record.opaque_type'),
    recordLength: named('tls.record.length'),
    messageType: named('tls.handshake.type'),
    messageVersion: named('tls.handshake.version'),
    random: named('tls.handshake.random'),
    sessionId: named('tls.handshake.session_id'),
    suite: named('tls.handshake.ciphersuite'),
    serverName: named('tls.handshake.extensions_server_name'),
    alpn: named('tls.handshake.extensions_alpn_str'),
    supportedVersion: named('tls.handshake.extensions.supported_version'),
    shareGroup: named('tls.handshake.extensions_key_share_group'),
    retryGroup: named('tls.handshake.extensions_key_share_selected_group'),
    namedCurve: named('tls.handshake.server_named_curve'),
    dhPrime: named('tls.handshake.p_len'),
    selectedIdentity: named('tls.handshake.extensions.psk.identity.selected'),
    extensionType: named('tls.handshake.extension.type'),
    extensionLength: named('tls.handshake.extension.len'),
    certificate: named('tls.handshake.certificate'),
    certificates: named('tls.handshake.certificates_length'),
    alertLevel: named('tls.alert_message.level'),
    alertDescription: named('tls.alert_message.desc'),
    method: named('http.request.method'),
    uri: named('http.request.uri'),
    host: named('http.host'),
    status: named('http.response.code'),
    authorization: named('http.authorization'),
    userAgent: named('http.user_agent'),
    server: named('http.server'),
    cookie: named('http.cookie', 'http.set_cookie'),
    requestIn: named('http.request_in'),
  }
  // Most rows of a packet are of no interest here; one look tells.
  const relevant = new Uint8Array(registry.fields.length)
  for (const { id } of all) relevant[id] = 1
  return { ...ids, relevant }
}
