// Hello extensions, one reader each: what stands behind type and length. What is not listed is shown as bytes.

import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { SEVERITY_WARN } from '../../core/note.ts'
import { extensionNames } from '../names/tls-extensions.ts'
import { groupNames } from '../names/tls-groups.ts'
import { readCertificateStatus, readIssuerNames } from './authorities.ts'
import { X } from './extension-fields.ts'
import { F } from './fields.ts'
import { readTransportParameters } from './quic-parameters.ts'
import type { Reader } from './reader.ts'
import { readScheme, readSchemes } from './signatures.ts'
import { readTimestamps } from './timestamps.ts'

/** The message in which an extension stands: some look different in each. */
export type Place = 'client' | 'server' | 'retry' | 'certificate' | 'ticket' | 'encrypted' | 'request'

/** What a fingerprint needs from a hello; filled only when somebody wants it. */
export interface Seen {
  types: number[]
  groups: number[]
  formats: number[]
  schemes: number[]
  versions: number[]
  /** The first application protocol offered, as bytes; empty without one. */
  protocol: Uint8Array
}

type Read = (r: Reader, place: Place, seen: Seen | null) => void

const plural = (count: number, word: string): string => (count === 1 ? `1 ${word}` : `${count} ${word}s`)

function serverName(r: Reader): void {
  if (!r.has(1)) return
  r.open(X.part, 'Server Name Indication extension', r.left())
  const list = r.block(X.serverNameListLength)
  while (list.left() > 0) {
    list.number(X.serverNameType)
    const length = list.number(X.serverNameLength)
    if (length > 0) list.bytes(X.serverName, length)
  }
  r.p.close()
}

function statusRequest(r: Reader): void {
  if (!r.has(1)) return
  r.number(X.statusType)
  statusBody(r)
}

function statusBody(r: Reader): void {
  r.block(X.responderIdsLength).rest(X.undecoded)
  r.block(X.requestExtensionsLength).rest(X.undecoded)
}

function statusRequestV2(r: Reader): void {
  if (!r.has(1)) return
  const list = r.block(X.statusListLength)
  while (list.left() > 0) {
    list.number(X.statusType)
    statusBody(list.block(X.statusLength))
  }
}

function supportedGroups(r: Reader, _place: Place, seen: Seen | null): void {
  const list = r.block(X.groupsLength)
  list.open(X.groups, `Supported Groups (${plural(list.left() >> 1, 'group')})`, list.left())
  while (list.left() > 0) {
    const group = list.number(X.group)
    if (group >= 0) seen?.groups.push(group)
  }
  r.p.close()
}

function pointFormats(r: Reader, _place: Place, seen: Seen | null): void {
  const list = r.block(X.pointFormatsLength)
  list.open(X.pointFormats, `Elliptic curves point formats (${list.left()})`, list.left())
  while (list.left() > 0) {
    const format = list.number(X.pointFormat)
    if (format >= 0) seen?.formats.push(format)
  }
  r.p.close()
}

function strings(listLength: Field, listField: Field, label: string, stringLength: Field, string: Field): (r: Reader) => void {
  return (r) => {
    const list = r.block(listLength)
    list.open(listField, label, list.left())
    while (list.left() > 0) {
      const length = list.number(stringLength)
      if (length > 0) list.bytes(string, length)
    }
    r.p.close()
  }
}

const protocols = strings(X.alpnLength, X.alpnList, 'ALPN Protocol', X.alpnStringLength, X.alpn)

function applicationProtocols(r: Reader, _place: Place, seen: Seen | null): void {
  if (seen !== null && r.has(3)) {
    const length = Math.min(r.p.u8(r.at + 2), r.left() - 3)
    const at = r.p.base + r.at + 3
    seen.protocol = r.p.bytes.slice(at, at + length)
  }
  protocols(r)
}

function applicationSettings(r: Reader, place: Place): void {
  if (place === 'client') readSettingsList(r)
  else r.rest(X.settings)
}

const readSettingsList = strings(X.settingsLength, X.settingsList, 'Supported ALPN List', X.settingsStringLength, X.settingsString)

function nextProtocols(r: Reader): void {
  if (r.left() === 0) return
  r.open(X.part, 'Next Protocol Negotiation', r.left())
  while (r.left() > 0) {
    const length = r.number(X.nextProtocolLength)
    if (length > 0) r.bytes(X.nextProtocol, length)
  }
  r.p.close()
}

function supportedVersions(r: Reader, place: Place, seen: Seen | null): void {
  if (place !== 'client') {
    r.number(X.supportedVersion)
    return
  }
  const list = r.block(X.versionsLength)
  while (list.left() > 0) {
    const version = list.number(X.supportedVersion)
    if (version >= 0) seen?.versions.push(version)
  }
}

function signatureSchemes(r: Reader, _place: Place, seen: Seen | null): void {
  if (seen !== null) for (let at = r.at + 2; at + 2 <= r.end; at += 2) seen.schemes.push(r.p.u16(at))
  readSchemes(r)
}

function shareEntry(r: Reader): void {
  const length = r.has(4) ? r.p.u16(r.at + 2) : 0
  const name = groupNames[Math.max(0, r.peek(2))] ?? `Unknown (${r.peek(2)})`
  r.open(X.share, `Key Share Entry: Group: ${name}, Key Exchange length: ${length}`, 4 + length)
  r.number(X.shareGroup)
  const key = r.number(X.shareLength)
  if (key > 0) r.bytes(X.shareKey, key)
  r.p.close()
}

function keyShare(r: Reader, place: Place): void {
  if (r.left() === 0) return
  r.open(X.part, 'Key Share extension', r.left())
  if (place === 'client') {
    const list = r.block(X.clientSharesLength)
    while (list.left() > 0) shareEntry(list)
  } else if (place === 'retry' || r.left() === 2) r.number(X.selectedGroup)
  else shareEntry(r)
  r.p.close()
}

function preSharedKey(r: Reader, place: Place): void {
  r.open(X.part, 'Pre-Shared Key extension', r.left())
  if (place === 'client') {
    const identities = r.block(X.identitiesLength)
    while (identities.left() > 0) {
      const length = Math.max(0, identities.peek(2))
      identities.open(X.identity, `PSK Identity (length: ${length})`, length + 6)
      identities.number(X.identityLength)
      if (identities.bytes(X.identityValue, length)) identities.number(X.ticketAge)
      r.p.close()
    }
    const binders = r.block(X.bindersLength)
    binders.rest(X.binders)
  } else r.number(X.selectedIdentity)
  r.p.close()
}

function certificateTypes(r: Reader, place: Place): void {
  if (place !== 'client') {
    r.number(X.certificateType)
    return
  }
  const list = r.block(X.certificateTypesLength)
  list.open(X.certificateTypes, `Certificate Type List (${list.left()})`, list.left())
  while (list.left() > 0) list.number(X.certificateType)
  r.p.close()
}

/** RFC 9345: a key that the holder of the certificate lends out, or the algorithms with which it may be signed. */
function delegatedCredential(r: Reader, place: Place): void {
  if (place === 'client' || place === 'request') {
    readSchemes(r)
    return
  }
  r.number(X.credentialTime)
  readScheme(r)
  r.block(X.credentialKeyLength).rest(X.credentialKey)
  readScheme(r)
  r.block(X.credentialSignatureLength).rest(X.credentialSignature)
}

function oidFilters(r: Reader): void {
  const list = r.block(X.oidFiltersLength)
  while (list.left() > 0) {
    list.block(X.oidLength).rest(X.oidFilter)
    list.block(X.oidValuesLength).rest(X.oidValues)
  }
}

function tokenBinding(r: Reader): void {
  r.number(X.tokenVersion)
  const list = r.block(X.tokenKeysLength)
  while (list.left() > 0) list.number(X.tokenKey)
}

function secureVoice(r: Reader): void {
  const list = r.block(X.profilesLength)
  while (list.left() > 0) list.number(X.profile)
  r.block(X.profileKeyLength).rest(X.profileKey)
}

/** RFC 9849 5. The server answers with keys for the next time, or in a retry with eight bytes. */
function encryptedHello(r: Reader, place: Place): void {
  if (place !== 'client') {
    r.rest(X.echConfigs)
    return
  }
  if (r.number(X.echType) !== 0) return
  r.number(X.echKdf)
  r.number(X.echAead)
  r.number(X.echConfig)
  r.block(X.echKeyLength).rest(X.echKey)
  r.block(X.echPayloadLength).rest(X.echPayload)
}

function renegotiation(r: Reader): void {
  r.open(X.part, 'Renegotiation Info extension', r.left())
  const info = r.block(X.renegotiationLength)
  info.rest(X.renegotiation)
  r.p.close()
}

function encryptedServerName(r: Reader, place: Place): void {
  if (place !== 'client') {
    r.rest(X.esniNonce)
    return
  }
  r.number(X.esniSuite)
  shareEntry(r)
  r.block(X.esniDigestLength).rest(X.esniDigest)
  r.block(X.esniLength).rest(X.esni)
}

/** Wireshark 4.0 shows these as bytes; the parts stand under them. */
function within(read: Read): Read {
  return (r, place, seen) => {
    r.p.open(X.data, r.at, r.left())
    if (r.left() > 0) read(r, place, seen)
    r.p.close()
  }
}

/** Type and length of an extension. */
const HEADER = 4

/** Extensions that consist of saying them. */
const nothing: Read = () => {}

const READERS: Readonly<Record<number, Read>> = {
  0: serverName,
  1: (r) => r.number(X.fragmentLength),
  5: (r, place) => {
    if (place === 'client') statusRequest(r)
    else if (place === 'certificate') readCertificateStatus(r)
  },
  9: certificateTypes,
  10: supportedGroups,
  11: pointFormats,
  12: (r) => r.block(X.srpLength).rest(X.srpUser),
  13: signatureSchemes,
  14: (r) => {
    if (r.left() > 0) secureVoice(r)
  },
  15: (r) => r.number(X.heartbeatMode),
  16: applicationProtocols,
  17: (r, place) => {
    if (place === 'client') statusRequestV2(r)
  },
  18: (r) => {
    if (r.left() > 0) readTimestamps(r)
  },
  19: certificateTypes,
  20: certificateTypes,
  21: (r) => {
    r.p.add(X.padding, r.at, r.left())
    r.at = r.end
  },
  22: nothing,
  23: nothing,
  24: within(tokenBinding),
  27: (r, place) => {
    if (place !== 'client' && place !== 'request') return
    const list = r.block(X.compressionsLength)
    while (list.left() > 0) list.number(X.compression)
  },
  28: (r) => r.number(X.sizeLimit),
  34: delegatedCredential,
  35: (r) => {
    // Without bytes it asks for a ticket.
    r.p.add(X.sealedTicket, r.at, r.left())
    r.at = r.end
  },
  40: keyShare,
  41: preSharedKey,
  42: (r, place) => {
    if (place === 'ticket') r.number(X.maxEarlyData)
  },
  43: supportedVersions,
  44: (r) => r.block(X.cookieLength).rest(X.cookie),
  45: (r) => {
    const list = r.block(X.pskModesLength)
    while (list.left() > 0) list.number(X.pskMode)
  },
  46: nothing,
  47: readIssuerNames,
  48: oidFilters,
  49: nothing,
  50: readSchemes,
  51: keyShare,
  53: (r) => r.block(X.connectionIdLength).rest(X.connectionId),
  54: (r) => r.block(X.connectionIdLength).rest(X.connectionId),
  57: readTransportParameters,
  65445: readTransportParameters,
  13172: nextProtocols,
  17513: applicationSettings,
  17613: within(applicationSettings),
  65037: within(encryptedHello),
  65281: renegotiation,
  65486: encryptedServerName,
}

/** Records a list of extensions with its length; nothing when the message ends before it. */
export function readExtensions(r: Reader, place: Place, seen: Seen | null): void {
  if (r.left() === 0) return
  const list = r.block(X.listLength)
  while (list.left() >= HEADER) readExtension(r.p, list, place, seen)
  noteLeft(list)
}

/** Bytes that no item accounts for. */
function noteLeft(r: Reader): void {
  const left = r.left()
  if (left > 0) r.p.note(SEVERITY_WARN, `${left === 1 ? '1 byte is' : `${left} bytes are`} left over`, r.at, left, F.trailing)
}

function readExtension(p: Dissection, list: Reader, place: Place, seen: Seen | null): void {
  const type = list.peek(2)
  const length = list.has(4) ? p.u16(list.at + 2) : 0
  const name = extensionNames[type] ?? `Unknown type ${type}`
  list.open(X.extension, p.wants(X.extension) ? `Extension: ${name} (len=${length})` : '', 4 + length)
  if (list.number(X.type) < 0) {
    p.close()
    return
  }
  seen?.types.push(type)
  const body = list.block(X.length)
  const read = READERS[type]
  if (read === undefined) p.add(X.data, body.at, body.left())
  else {
    read(body, place, seen)
    noteLeft(body)
  }
  p.close()
}
