// TLS as QUIC carries it: handshake messages without records, in the order in which CRYPTO frames brought them (RFC 9001 4).

import { readU24 } from '../../bytes/read.ts'
import type { Dissection } from '../../core/dissect.ts'
import { type HandshakeRun, makeHandshakeRuns } from '../../core/handshake-runs.ts'
import type { Get } from '../../core/protocol.ts'
import { handshakeTypeNames } from '../names/tls-messages.ts'
import { F } from './fields.ts'
import { recordMessage } from './handshake.ts'
import { Q } from './quic-parameter-fields.ts'
import { CODE_TLS13 } from './session.ts'

const HEADER = 4
const PREFIX = 'Handshake Protocol: '

const recordGroup = (p: Dissection, words: string, at: number, length: number): void => {
  if (p.wants(F.handshake)) p.generateText(F.handshake, `${PREFIX}${words}`, at, length)
}

const nameOf = (type: number): string => handshakeTypeNames[type] ?? `Unknown type (${type})`

/** Records the end of a message that began in earlier frames, and the message; or one more part of it. */
function recordOwed(p: Dissection, run: HandshakeRun): void {
  const { owed, whole, parts, type } = run
  if (whole === null) {
    recordGroup(p, `${nameOf(type)} (fragment)`, 0, owed)
    return
  }
  const source = p.addSource('Reassembled TLS Handshake', whole)
  if (source < 0) return
  recordGroup(p, `${nameOf(type)} (last fragment)`, 0, owed)
  p.enter(source)
  const list = parts.map((part) => `#${part.packet}(${part.bytes.length})`).join(', ')
  const words = `${parts.length} Reassembled Handshake Fragments (${whole.length} bytes): ${list}`
  p.nest(p.wants(F.fragments) ? p.generateText(F.fragments, words, 0, whole.length) : -1)
  let at = 0
  for (const part of parts) {
    p.generate(Q.fragment, part.packet, at, part.bytes.length)
    at += part.bytes.length
  }
  p.generate(F.fragmentCount, parts.length, 0, 0)
  p.close()
  recordMessage(p, 0, whole.length, CODE_TLS13)
  p.leave()
}

/** The layer's bytes are what one CRYPTO frame made readable; `p.message` is the number of the run. */
export function dissectHandshake(p: Dissection): void {
  const run = p.memory.shelf.keep(makeHandshakeRuns)[p.message]
  if (run === undefined || !p.recording) return
  if (run.owed > 0) recordOwed(p, run)
  const end = p.available()
  for (let at = run.owed; at < end; ) {
    const there = end - at
    const length = there < HEADER ? there : Math.min(there, HEADER + readU24(p.bytes, p.base + at + 1))
    if (there < HEADER || HEADER + readU24(p.bytes, p.base + at + 1) > there) recordGroup(p, `${nameOf(p.u8(at))} (fragment)`, at, there)
    else recordMessage(p, at, length, CODE_TLS13)
    at += length
  }
}

/** "TLSv1.3 Record Layer: Handshake Protocol: Client Hello": QUIC always speaks TLS 1.3. */
export function headHandshake(get: Get): string {
  const names = get.texts(F.handshake).map((words) => words.slice(PREFIX.length))
  const shown = names.filter((name, i) => !(name.endsWith(' (last fragment)') && i + 1 < names.length))
  return `TLSv1.3 Record Layer: ${PREFIX}${shown.length > 1 ? 'Multiple Handshake Messages' : (shown[0] ?? '')}`
}
