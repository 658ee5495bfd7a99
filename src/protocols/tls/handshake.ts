// Handshake messages in the body of one or several records: RFC 8446 4, RFC 5246 7.4.

import type { Dissection } from '../../core/dissect.ts'
import { SEVERITY_ERROR } from '../../core/note.ts'
import { handshakeTypeNames } from '../names/tls-messages.ts'
import { readCertificateStatus } from './authorities.ts'
import { readExtensions } from './extensions.ts'
import { F } from './fields.ts'
import { isRetryRequest, readClientHello, readServerHello } from './hello.ts'
import {
  readCertificate,
  readCertificateRequest,
  readCertificateVerify,
  readClientKeyExchange,
  readServerKeyExchange,
  readSessionTicket,
} from './keys.ts'
import { readCertificateUrl, readCompressedCertificate, readFinished, readNextProtocol } from './rare.ts'
import { Reader } from './reader.ts'
import { advanceHandshake, CLIENT_HELLO, CODE_TLS13, SERVER_HELLO, VERSION } from './session.ts'

const HEADER = 4

/** Name of the message that begins at offset `at` of the layer, as Wireshark words it. */
export function messageName(p: Dissection, at: number, end: number): string {
  const type = p.u8(at)
  if (type === SERVER_HELLO && isRetryRequest(p.bytes, p.base + at + HEADER, p.base + end)) return 'Hello Retry Request'
  return handshakeTypeNames[type] ?? `Unknown type (${type})`
}

/** Records one handshake message of `length` bytes with its header, at offset `at` of the layer. Returns the session behind it. */
export function recordMessage(p: Dissection, at: number, length: number, session: number): number {
  const end = at + length
  const after = advanceHandshake(session & 0xff, p.bytes, p.base + at, p.base + end)
  const name = messageName(p, at, end)
  p.nest(p.wants(F.handshake) ? p.generateText(F.handshake, `Handshake Protocol: ${name}`, at, length) : -1)
  const type = p.number(F.handshakeType, at)
  p.number(F.handshakeLength, at + 1)
  const r = new Reader(p, at + HEADER, end)
  readBody(r, type, type === SERVER_HELLO ? after : session, name === 'Hello Retry Request')
  if (r.left() > 0 && !r.failed && type !== 20)
    p.note(SEVERITY_ERROR, `${r.left()} bytes are left over behind the message`, r.at, r.left(), F.trailing)
  p.close()
  return after
}

function readBody(r: Reader, type: number, session: number, retry: boolean): void {
  switch (type) {
    case CLIENT_HELLO:
      readClientHello(r, session)
      break
    case SERVER_HELLO:
    case 6:
      readServerHello(r, retry || type === 6, session)
      break
    case 4:
      readSessionTicket(r, session)
      break
    case 8:
      readExtensions(r, 'encrypted', null)
      break
    case 11:
      readCertificate(r, session)
      break
    case 12:
      readServerKeyExchange(r, session)
      break
    case 13:
      readCertificateRequest(r, session)
      break
    case 15:
      readCertificateVerify(r, session)
      break
    case 16:
      readClientKeyExchange(r, session)
      break
    case 20:
      readFinished(r, session)
      break
    case 21:
      readCertificateUrl(r)
      break
    case 22:
      readCertificateStatus(r)
      break
    case 24:
      if ((session & VERSION) === CODE_TLS13) r.number(F.keyUpdate)
      break
    case 25:
      readCompressedCertificate(r, session)
      break
    case 67:
      readNextProtocol(r)
      break
    default:
      r.rest(F.unreadBody)
  }
}
