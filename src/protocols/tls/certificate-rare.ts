// Certificate extensions that are seldom seen: pictures, periods of keys, lent identities, and what single issuers add.

import { type DerElement, isElement, TAG } from '../../crypto/der.ts'
import { timeOf } from '../../crypto/der-values.ts'
import { recordAlgorithm } from './certificate-algorithm.ts'
import { C } from './certificate-fields.ts'
import { absoluteText, type Der, openElement, openList, recordInteger, recordOid, utcText } from './der.ts'

/** Pictures for the issuer and the holder (RFC 3709 4.1); those that are only referred to are passed over. */
export function recordLogotypes(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.sequence)) return
  openElement(d, inner, C.logotypes)
  for (const part of inner.children) {
    const field = part.class !== 'context' ? undefined : part.tag === 1 ? C.issuerLogo : part.tag === 2 ? C.subjectLogo : undefined
    const info = part.children[0]
    if (field === undefined || info?.class !== 'context') continue
    d.p.nest(d.p.generate(field, info.tag, info.content - d.base, info.length))
    if (info.tag === 0) recordLogotype(d, info)
    d.p.close()
  }
  d.p.close()
}

function recordLogotype(d: Der, info: DerElement): void {
  const { p, base } = d
  p.open(C.directLogo, info.content - base, info.length)
  const images = info.children[0]
  if (isElement(images, TAG.sequence)) {
    openList(d, images, C.images)
    for (const image of images.children) {
      openElement(d, image, C.image)
      const details = image.children[0]
      if (isElement(details, TAG.sequence)) recordImage(d, details)
      p.close()
    }
    p.close()
  }
  p.close()
}

function recordImage(d: Der, details: DerElement): void {
  const { p, base } = d
  const [type, hashes, places] = details.children
  openElement(d, details, C.imageDetails)
  if (type !== undefined) p.add(C.mediaType, type.content - base, type.length)
  if (isElement(hashes, TAG.sequence)) {
    openList(d, hashes, C.imageHashes)
    for (const hash of hashes.children) {
      const [algorithm, value] = hash.children
      openElement(d, hash, C.imageHash)
      if (isElement(algorithm, TAG.sequence)) recordAlgorithm(d, algorithm, C.imageHashKind, 'hashAlg')
      if (isElement(value, TAG.octetString)) p.add(C.imageHashValue, value.content - base, value.length)
      p.close()
    }
    p.close()
  }
  if (isElement(places, TAG.sequence)) {
    openList(d, places, C.imageUris)
    for (const place of places.children) p.add(C.imageUri, place.content - base, place.length)
    p.close()
  }
  p.close()
}

/** From when until when the private key may sign; IMPLICIT tags hide that these are times. */
export function recordKeyPeriod(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.sequence)) return
  openElement(d, inner, C.keyPeriod)
  for (const part of inner.children) {
    const field = part.tag === 0 ? C.keyFrom : C.keyUntil
    const time = timeOf(d.bytes, { ...part, class: 'universal', tag: TAG.generalizedTime })
    if (time !== undefined && d.p.wants(field)) d.p.generateText(field, absoluteText(time), part.content - d.base, part.length)
  }
  d.p.close()
}

const ENTRUST = [C.entrustUpdate, C.entrustNew, C.entrustPkix, C.entrustEnterprise, C.entrustWeb, C.entrustSet]

export function recordEntrust(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.sequence)) return
  const { p, base } = d
  const [version, flags] = inner.children
  openElement(d, inner, C.entrust)
  if (version !== undefined) p.add(C.entrustVersion, version.content - base, version.length)
  if (isElement(flags, TAG.bitString) && flags.length > 1) {
    p.add(C.padding, flags.content - base, 1)
    p.nest(p.add(C.entrustFlags, flags.content + 1 - base, flags.length - 1))
    for (const use of ENTRUST) p.add(use, flags.content + 1 - base)
    p.close()
  }
  p.close()
}

/** A lent identity (RFC 3820 3.8). */
export function recordProxy(d: Der, inner: DerElement): void {
  if (!isElement(inner, TAG.sequence)) return
  const { p, base } = d
  openElement(d, inner, C.proxy)
  for (const part of inner.children) {
    if (!isElement(part, TAG.sequence)) {
      recordInteger(d, part, C.proxyLength)
      continue
    }
    const [language, rights] = part.children
    openElement(d, part, C.proxyPolicy)
    recordOid(d, language, C.proxyLanguage)
    if (isElement(rights, TAG.octetString)) p.add(C.proxyRights, rights.content - base, rights.length)
    p.close()
  }
  p.close()
}

/** A UTCTime that stands alone. */
export function recordMoment(d: Der, inner: DerElement): void {
  const time = timeOf(d.bytes, inner)
  if (time !== undefined) d.p.generateText(C.moment, utcText(time), inner.content - d.base, inner.length)
}
