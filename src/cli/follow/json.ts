// A followed stream as JSON: chunks for TCP, UDP and TLS, whole messages for HTTP.

import { isUtf8 } from 'node:buffer'
import { type Exchange, type HttpMessage, readStreamExchanges } from '../../engine/exchanges.ts'
import { type Followable, type FollowKind, nodeText } from '../../engine/follow.ts'
import { type Capture, timeText } from '../../engine/printing.ts'
import type { Output } from '../output.ts'

/** Text where the bytes are UTF-8, base64 otherwise. */
function contentOf(bytes: Uint8Array): { text: string } | { base64: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return isUtf8(buffer) ? { text: buffer.toString('utf8') } : { base64: buffer.toString('base64') }
}

const timeOf = (capture: Capture, packet: number): number => Number(timeText(capture.index, packet, 'e', 9, 0))

/** Prints the stream as {"kind","stream","nodes":[…],"messages":[…]}; `from` is an index into the nodes. */
export function printJson(
  capture: Capture,
  kind: FollowKind,
  numbers: { readonly stream: number; readonly substream: number | null },
  followed: Followable,
  out: Output,
): void {
  let count = 0
  const put = (message: object): void => out.text(`${count++ === 0 ? '' : ','}\n${JSON.stringify(message)}`)
  const { stream, substream } = numbers
  const nodes = followed.nodes.map(nodeText)
  out.text(`${JSON.stringify({ kind, stream, ...(substream === null ? {} : { substream }), nodes }).slice(0, -1)},"messages":[`)
  if (kind === 'http' || kind === 'http2') {
    readStreamExchanges(capture, stream, (exchange) => {
      if ((kind === 'http2') !== exchange.substream > 0 || (substream !== null && exchange.substream !== substream)) return
      for (const message of messagesOf(capture, exchange, nodes)) put(message)
    })
  } else {
    followed.read({
      begin: () => undefined,
      chunk: (side, packet, bytes) => put({ from: side, packet, time: timeOf(capture, packet), length: bytes.length, ...contentOf(bytes) }),
      gap: (side, packet, length) => put({ from: side, packet, time: timeOf(capture, packet), missing: length }),
    })
  }
  out.text('\n]}\n')
}

function* messagesOf(capture: Capture, exchange: Exchange, nodes: readonly string[]): Generator<object> {
  const { request, response, substream } = exchange
  const common = (message: HttpMessage, sender: string) => ({
    from: nodes.indexOf(sender),
    ...(substream === 0 ? {} : { substream }),
    packets: message.packets,
    time: timeOf(capture, message.packets[0] ?? 0),
    end: timeOf(capture, message.packets[message.packets.length - 1] ?? 0),
  })
  const rest = (message: HttpMessage) => ({
    version: message.version,
    headers: message.headers.map(([name, value]) => ({ name, value })),
    sizes: { head: message.headBytes, body: message.bodyBytes, decoded: message.decodedBytes < 0 ? null : message.decodedBytes },
    body: message.body === null ? null : contentOf(message.body),
  })
  if (request !== null) {
    const { method, target } = request
    yield { kind: 'request', ...common(request, nodeText(exchange.client)), method, target, url: exchange.url, ...rest(request) }
  }
  if (response !== null) {
    const { status, statusText } = response
    yield { kind: 'response', ...common(response, nodeText(exchange.server)), status, statusText, ...rest(response) }
  }
}
