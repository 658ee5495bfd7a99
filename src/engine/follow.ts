// One stream from its first byte to its last: what each side said, in order. Each protocol that can be followed is a file in follow/.

import type { Capture } from './capture.ts'
import { findConversation, type Node, nodeOf } from './flows.ts'
import { followDatagrams } from './follow/datagrams.ts'
import { followHttp1 } from './follow/http1.ts'
import { followHttp2 } from './follow/http2.ts'
import { followSegments } from './follow/segments.ts'
import type { FollowSink } from './follow/sink.ts'
import { followTls } from './follow/tls.ts'
import { followWebSocket } from './follow/websocket.ts'

export { type Node, nodeText } from './flows.ts'
export type { FollowSink, Side } from './follow/sink.ts'

interface Follower {
  /** Which number tells the streams apart. */
  readonly numbered: 'tcp' | 'udp'
  /** Streams lie inside streams (HTTP/2). */
  readonly nested?: boolean
  follow(capture: Capture, conversation: number, sink: FollowSink, substream: number): void
}

const FOLLOWERS = {
  tcp: { numbered: 'tcp', follow: followSegments },
  udp: { numbered: 'udp', follow: followDatagrams },
  http: { numbered: 'tcp', follow: followHttp1 },
  tls: { numbered: 'tcp', follow: followTls },
  http2: { numbered: 'tcp', nested: true, follow: followHttp2 },
  websocket: { numbered: 'tcp', follow: followWebSocket },
} as const satisfies Readonly<Record<string, Follower>>

export type FollowKind = keyof typeof FOLLOWERS
export const FOLLOW_KINDS = Object.keys(FOLLOWERS) as readonly FollowKind[]

export interface Followable {
  /** First sender and the other end. */
  readonly nodes: readonly [Node, Node]
  /** The display filter that selects the stream's packets. */
  readonly filter: string
  /** Says everything that the stream carried, in order. Can be called again. */
  read(sink: FollowSink): void
}

/** Do streams of this kind lie inside those of TCP, with a number of their own? */
export function isNested(kind: FollowKind): boolean {
  const follower: Follower = FOLLOWERS[kind]
  return follower.nested === true
}

/** Finds a stream of an indexed capture. Where there is none: how many there are. */
export function findStream(
  capture: Capture,
  kind: FollowKind,
  stream: number,
  substream = 0,
): { readonly ok: true; readonly stream: Followable } | { readonly ok: false; readonly count: number } {
  const follower: Follower = FOLLOWERS[kind]
  const { conversation, count } = findConversation(capture, follower.numbered, stream)
  if (conversation < 0) return { ok: false, count }
  return {
    ok: true,
    stream: {
      nodes: [nodeOf(capture, conversation, 0), nodeOf(capture, conversation, 1)],
      filter: `${follower.numbered}.stream eq ${stream}${follower.nested === true ? ` and ${kind}.streamid eq ${substream}` : ''}`,
      read: (sink) => follower.follow(capture, conversation, sink, substream),
    },
  }
}
