// Handshake messages that are seldom seen, and the form that SSL 3.0 gave to a common one.

import { SEVERITY_ERROR } from '../../core/note.ts'
import { decompress } from '../../crypto/decompress.ts'
import { F } from './fields.ts'
import { readCertificate } from './keys.ts'
import { Reader } from './reader.ts'
import { CODE_SSL3, VERSION } from './session.ts'

const MD5 = 16
const SHA1 = 20

/** Finished; SSL 3.0 has two hashes (RFC 6101 5.6.9). */
export function readFinished(r: Reader, session: number): void {
  if ((session & VERSION) === CODE_SSL3 && r.left() === MD5 + SHA1) {
    r.bytes(F.md5Hash, MD5)
    r.bytes(F.shaHash, SHA1)
  } else r.rest(F.verifyData)
}

/** CertificateURL (RFC 6066 5). */
export function readCertificateUrl(r: Reader): void {
  r.number(F.urlType)
  const list = r.block(F.urlsLength)
  while (list.left() > 0) {
    const length = Math.max(0, list.peek(2))
    list.open(F.url, 'URL and Hash', 2 + length + 1 + SHA1)
    list.block(F.urlLength).rest(F.urlText)
    list.bytes(F.urlPadding, 1)
    list.bytes(F.urlHash, SHA1)
    r.p.close()
  }
}

/** NextProtocol, which ALPN has made superfluous. */
export function readNextProtocol(r: Reader): void {
  r.block(F.selectedProtocolLength).rest(F.selectedProtocol)
  r.block(F.selectedPaddingLength).rest(F.selectedPadding)
}

const CODINGS = { 1: 'deflate', 2: 'br' } as const
/** No chain is longer: a claim beyond this is not believed. */
const MAX_CERTIFICATES = 1 << 20

/** CompressedCertificate (RFC 8879 4): a Certificate message without its header. */
export function readCompressedCertificate(r: Reader, session: number): void {
  const { p } = r
  const method = r.number(F.compressionMethod)
  const length = r.number(F.uncompressedLength)
  const packed = r.block(F.compressedLength)
  const { at } = packed
  const size = packed.left()
  if (size === 0) return
  packed.rest(F.compressed)
  const coding = CODINGS[method as keyof typeof CODINGS]
  if (coding === undefined) return
  const limit = Math.min(length, MAX_CERTIFICATES)
  const bytes = limit > 0 ? decompress(coding, p.bytes.subarray(p.base + at, p.base + at + size), limit) : null
  if (bytes === null || bytes.length !== length) {
    p.note(SEVERITY_ERROR, `The certificates do not unpack to the ${length} bytes that are announced`, at, size, F.compressionFailed)
    return
  }
  const source = p.addSource('Uncompressed certificate(s)', bytes)
  if (source < 0) return
  p.enter(source)
  readCertificate(new Reader(p, 0, bytes.length), session)
  p.leave()
}
