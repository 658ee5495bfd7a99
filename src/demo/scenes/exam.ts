// The traffic of an exam: ten conversations in an order, with messages, that a seed decides. Written frame by frame, so that the same seed
// gives the same packet numbers on every machine; the exam says so.

import { RebuiltConnection } from '../../capture/rebuilt.ts'
import { shiftText } from '../../crypto/shift.ts'
import { createWriter } from '../../files/index.ts'

/** What a seed decides, for the questions. */
export interface ExamFacts {
  /** Sent in clear. */
  readonly message: string
  /** Sent with every letter moved by the same number of places. */
  readonly moved: string
  readonly places: number
}

const WHO = ['squirrel', 'badger', 'otter', 'marten', 'hedgehog', 'lynx', 'beaver', 'dormouse']
const DOES = ['hides', 'counts', 'finds', 'loses', 'paints', 'sells', 'borrows', 'juggles']
const WHAT = ['hazelnuts', 'acorns', 'pine cones', 'walnuts', 'chestnuts', 'beech nuts', 'almonds', 'pecans']

/** Numbers from 0 on, below `below`, the same for the same seed (mulberry32 over an FNV-1a hash of the text). */
function dice(seed: string): (below: number) => number {
  let state = 0x811c9dc5
  for (const byte of new TextEncoder().encode(seed)) state = Math.imul(state ^ byte, 0x01000193)
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) % below
  }
}

export function examFacts(seed: string): ExamFacts {
  const roll = dice(`facts of ${seed}`)
  const pick = (list: readonly string[]): string => list[roll(list.length)]!
  const sentence = (): string => `the ${pick(WHO)} ${pick(DOES)} ${pick(WHAT)}`
  const message = sentence()
  let moved = sentence()
  while (moved === message) moved = sentence()
  return { message, moved, places: 1 + roll(25) }
}

type Take = (fromClient: boolean, text: string) => void

const request = (line: string, more = ''): string => `${line} HTTP/1.1\r\nHost: 127.0.0.1:5683\r\n${more}\r\n`
const answer = (status: string, body: string, length = body.length): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n${body}`

/** Frames of the exam, in order. */
export function examFrames(seed: string): Uint8Array[] {
  const { message, moved, places } = examFacts(seed)
  const roll = dice(`frames of ${seed}`)
  let port = 41_000
  const talk = (say: (take: Take) => void, rearrange = (frames: Uint8Array[]): Uint8Array[] => frames): Uint8Array[] => {
    const frames: Uint8Array[] = []
    const connection = new RebuiltConnection({ address: '127.0.0.1', port: ++port }, { address: '127.0.0.1', port: 5683 }, (one) =>
      frames.push(one),
    )
    connection.open()
    say((fromClient, text) => connection.data(fromClient, Buffer.from(text, 'latin1')))
    connection.finish(false)
    connection.finish(true)
    connection.acknowledge(false)
    return rearrange(frames)
  }
  const exchange = (asks: string, answers: string) => (take: Take) => {
    take(true, asks)
    take(false, answers)
  }
  const pieces = (take: Take): void => {
    take(true, request('GET /story'))
    for (const text of [answer('200 OK', '', 24), 'once upon ', 'a time, in the'.slice(0, 14)]) take(false, text)
  }
  const refuse = (): Uint8Array[] => {
    const frames: Uint8Array[] = []
    new RebuiltConnection({ address: '127.0.0.1', port: ++port }, { address: '127.0.0.1', port: 5683 }, (one) => frames.push(one)).refuse()
    return frames
  }
  const coap = '\x00\xe1\x71\x01\x2a\xb6secret'
  const nuts = '{"nuts":12}'
  // Frames of a talk: 3 of the handshake, the question and its ACK, then each piece and its ACK.
  const conversations: (() => Uint8Array[])[] = [
    () => talk(exchange(request('GET /news'), answer('200 OK', message))),
    () =>
      talk(
        exchange(request('GET /mail', `Authorization: Basic ${btoa(`otter:${WHAT[roll(WHAT.length)]}`)}\r\n`), answer('200 OK', 'no mail')),
      ),
    () => talk(exchange(request('GET /riddle'), answer('200 OK', shiftText(moved, places)))),
    () => talk(exchange(request('POST /nuts', `Content-Length: ${nuts.length}\r\n`) + nuts, answer('201 Created', ''))),
    () => talk(exchange(request('HEAD /news'), answer('200 OK', '', message.length))),
    () => talk(exchange(request('GET /nowhere'), answer('404 Not Found', 'nothing here'))),
    () => talk(pieces, (f) => [...f.slice(0, 9), f[5]!, ...f.slice(9)]),
    () => talk(pieces, (f) => [...f.slice(0, 7), f[9]!, f[7]!, f[8]!, ...f.slice(10)]),
    refuse,
    () => talk(exchange(coap, '\x00\xe1\x31\x45\x2a\xffno')),
  ]
  for (let at = conversations.length - 1; at > 0; at--) {
    const other = roll(at + 1)
    ;[conversations[at], conversations[other]] = [conversations[other]!, conversations[at]!]
  }
  return conversations.flatMap((one) => one())
}

/** Writes the exam's frames as a capture, a millisecond apart. Throws a CaptureError. */
export function writeExam(path: string, seed: string): void {
  const comment = 'Frames written by wiretail for an exam; nothing was captured.'
  const writer = createWriter(path, { format: 'pcapng', nanosecond: true, interfaces: [{ linkType: 1, comment }] })
  const start = Date.UTC(2026, 0, 1) / 1000
  examFrames(seed).forEach((frame, at) => {
    writer.packet(frame, 0, frame.length, frame.length, start + Math.floor(at / 1000), (at % 1000) * 1_000_000, 0)
  })
  writer.close()
}
