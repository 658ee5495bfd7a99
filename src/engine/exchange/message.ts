// A request or a response as a whole, whatever version of HTTP carried it.

import type { Capture } from '../capture.ts'

export type Header = readonly [name: string, value: string]

export interface HttpMessage {
  /** Every packet that carried a part of it, in order. */
  readonly packets: readonly number[]
  /** "HTTP/1.1", "HTTP/2". */
  readonly version: string
  /** In order, as they were sent; names of HTTP/2 that begin with a colon left out. */
  readonly headers: readonly Header[]
  /** Bytes of the head, and of the body as it was sent (packed, in chunks). */
  readonly headBytes: number
  readonly bodyBytes: number
  /** Bytes of the body with its codings undone; -1 where they could not be. */
  readonly decodedBytes: number
  /** The body with its codings undone, where bodies were asked for and there is one. */
  readonly body: Uint8Array | null
}

export interface HttpRequest extends HttpMessage {
  readonly method: string
  /** As sent: a path, mostly. */
  readonly target: string
  /** The host it was meant for, by the Host header or :authority; '' when it does not say. */
  readonly host: string
}

export interface HttpResponse extends HttpMessage {
  readonly status: number
  readonly statusText: string
}

/** The value of the first header of this name (lower case), '' without one. */
export function headerOf(message: HttpMessage | null, name: string): string {
  return message?.headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? ''
}

/** "text/html" of "text/html; charset=utf-8". */
export function mediaType(message: HttpMessage | null): string {
  return headerOf(message, 'content-type').split(';')[0]!.trim().toLowerCase()
}

/** The packets that a framed message lies in, in order. */
export function packetsOf({ memory }: Capture, message: number): number[] {
  const { messages, assemblies } = memory
  const assembly = messages.assembly(message)
  if (assembly < 0) return [messages.packet(message)]
  const packets: number[] = []
  for (let piece = 0, last = assemblies.pieces(assembly); piece < last; piece++) {
    const packet = assemblies.piecePacket(assembly, piece)
    if (packet !== packets[packets.length - 1]) packets.push(packet)
  }
  return packets
}
