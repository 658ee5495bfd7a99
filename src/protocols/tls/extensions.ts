// Hello extensions, one reader each: what stands behind type and length. What is not listed is shown as bytes.

import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { extensionNames } from '../names/tls-extensions.ts'
import { isGrease } from '../names/tls-grease.ts'
import { groupNames } from '../names/tls-groups.ts'
import { X } from './extension-fields.ts'
import type { Reader } from './reader.ts'
import { readSchemes } from './signatures.ts'

/** The message in which an extension stands: some look different in each. */
export type Place = 'client' | 'server' | 'retry' | 'certificate' | 'ticket' | 'encrypted' | 'request'

/** What a fingerprint needs from a hello; filled only when somebody wants it. */
export interface Seen {
  types: number[]
  groups: number[]
  formats: number[]
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
  const ids = r.block(X.responderIdsLength)
  ids.rest(X.data)
  const extensions = r.block(X.requestExtensionsLength)
  extensions.rest(X.data)
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

function strings(listLength: Field, listField: Field, label: string, stringLength: Field, string: Field): Read {
  return (r) => {
    if (!r.has(2)) return
    const list = r.block(listLength)
    list.open(listField, label, list.left())
    while (list.left() > 0) {
      const length = list.number(stringLength)
      if (length > 0) list.bytes(string, length)
    }
    r.p.close()
  }
}

function nextProtocols(r: Reader): void {
  while (r.left() > 0) {
    const length = r.number(X.nextProtocolLength)
    if (length > 0) r.bytes(X.nextProtocol, length)
  }
}

function supportedVersions(r: Reader, place: Place): void {
  if (place !== 'client') {
    r.number(X.supportedVersion)
    return
  }
  const list = r.block(X.versionsLength)
  while (list.left() > 0) list.number(X.supportedVersion)
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

function renegotiation(r: Reader): void {
  r.open(X.part, 'Renegotiation Info extension', r.left())
  const info = r.block(X.renegotiationLength)
  info.rest(X.renegotiation)
  r.p.close()
}

function encryptedServerName(r: Reader, place: Place): void {
  if (place !== 'client') return
  r.number(X.esniSuite)
  shareEntry(r)
  r.block(X.esniDigestLength).rest(X.esniDigest)
  r.block(X.esniLength).rest(X.esni)
}

const READERS: Readonly<Record<number, Read>> = {
  0: serverName,
  1: (r) => r.number(X.fragmentLength),
  5: (r, place) => {
    if (place === 'client') statusRequest(r)
  },
  10: supportedGroups,
  11: pointFormats,
  12: (r) => r.block(X.srpLength).rest(X.srpUser),
  13: readSchemes,
  15: (r) => r.number(X.heartbeatMode),
  16: strings(X.alpnLength, X.alpnList, 'ALPN Protocol', X.alpnStringLength, X.alpn),
  17: (r, place) => {
    if (place === 'client') statusRequestV2(r)
  },
  19: certificateTypes,
  20: certificateTypes,
  21: (r) => r.rest(X.padding),
  27: (r) => {
    const list = r.block(X.compressionsLength)
    while (list.left() > 0) list.number(X.compression)
  },
  28: (r) => r.number(X.sizeLimit),
  34: readSchemes,
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
  50: readSchemes,
  51: keyShare,
  54: (r) => r.block(X.connectionIdLength).rest(X.connectionId),
  13172: nextProtocols,
  17513: strings(X.settingsLength, X.settingsList, 'Supported ALPN List', X.settingsStringLength, X.settingsString),
  65281: renegotiation,
  65486: encryptedServerName,
}

/** Records a list of extensions with its length; nothing when the message ends before it. */
export function readExtensions(r: Reader, place: Place, seen: Seen | null): void {
  if (r.left() === 0) return
  const list = r.block(X.listLength)
  while (list.left() > 0) readExtension(r.p, list, place, seen)
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
  if (read !== undefined) read(body, place, seen)
  // Tickets and what is not known show their bytes even when there are none.
  if (body.left() > 0 || type === 35 || !(type in extensionNames) || isGrease(type)) body.p.add(X.data, body.at, body.left())
  p.close()
}
