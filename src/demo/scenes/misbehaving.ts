// Packets that misbehave, written frame by frame: losing and delaying on purpose needs a network that loopback is not. The frames are those
// of two real ends as the relay rebuilds them, then some are left out, moved or repeated. Nothing of it was captured, and lesson 18 says so.

import { RebuiltConnection } from '../../capture/rebuilt.ts'

/** A frame and the seconds since the first one. */
export interface WrittenFrame {
  readonly frame: Uint8Array
  readonly time: number
}

const SERVER = { address: '127.0.0.1', port: 5683 }
const client = (port: number) => ({ address: '127.0.0.1', port })
const REQUEST = Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1:5683\r\n\r\n')

/** Four connections: a segment late and one repeated; a segment that the recording lacks; a refusal; a knock without an answer. */
export function misbehavingFrames(secret: string): WrittenFrame[] {
  const half = Math.ceil(secret.length / 2)
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(secret)}\r\nConnection: close\r\n\r\n`
  const parts = [head, secret.slice(0, half), secret.slice(half)].map((text) => Buffer.from(text))
  const talk = (port: number): Uint8Array[] => {
    const frames: Uint8Array[] = []
    const connection = new RebuiltConnection(client(port), SERVER, (frame) => frames.push(frame))
    connection.open()
    connection.data(true, REQUEST)
    for (const part of parts) connection.data(false, part)
    connection.finish(false)
    connection.finish(true)
    connection.acknowledge(false)
    return frames
  }
  // 0-2 handshake, 3 request, 4 its ACK, then each part with its ACK: 5 6, 7 8, 9 10, and the end: 11 12 13.
  const late = talk(40_001)
  const [first, second, third] = [late[5]!, late[7]!, late[9]!]
  // The last part overtakes the one before it, and the first is sent once more.
  const lateOrder = [...late.slice(0, 5), first, late[6]!, third, second, late[10]!, first, ...late.slice(11)]
  const gap = talk(40_002)
  // The recording lacks one part; the client has it, for it acknowledges what follows.
  const gapOrder = gap.filter((_, at) => at !== 7 && at !== 8)
  const refused: Uint8Array[] = []
  new RebuiltConnection(client(40_003), SERVER, (frame) => refused.push(frame)).refuse()
  const unanswered: Uint8Array[] = []
  new RebuiltConnection(client(40_004), { ...SERVER, address: '127.0.0.99' }, (frame) => unanswered.push(frame)).open()
  const knock = unanswered[0]!
  return [
    ...spread(lateOrder, 0),
    ...spread(gapOrder, 0.1),
    ...spread(refused, 0.2),
    // RFC 6298 2 and 5.5: after one second, then after twice as long each time.
    ...[0.3, 1.3, 3.3].map((time) => ({ frame: knock, time })),
  ]
}

/** A tenth of a millisecond apart. */
function spread(frames: readonly Uint8Array[], from: number): WrittenFrame[] {
  return frames.map((frame, at) => ({ frame, time: from + at / 10_000 }))
}
