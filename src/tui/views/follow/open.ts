// Following a stream: reading it in slices, up to a bound.

import { safeText } from '../../../bytes/text.ts'
import type { Capture } from '../../../engine/capture.ts'
import { readConversationStepwise } from '../../../engine/delivered.ts'
import { findConversation } from '../../../engine/flows.ts'
import { type FollowKind, findStream, nodeText } from '../../../engine/follow.ts'
import { say } from '../../line.ts'
import { type Shell, tell } from '../../shell.ts'
import { PAGE_START } from '../page.ts'
import { changeSlice } from '../part.ts'
import { beginWork, Cancelled, endWork, runSliced } from '../work.ts'
import { followPage } from './page.ts'
import type { Chunk } from './state.ts'

/** Bytes of a stream that are kept to be shown. */
const MAX_BYTES = 2 * 1024 * 1024

/** Shows a stream over the view at hand; q comes back to it. */
export function followStream(shell: Shell, kind: FollowKind, stream: number): void {
  const capture = shell.store.session()?.capture
  if (capture === undefined) return
  const found = findStream(capture, kind, stream)
  if (!found.ok) {
    tell(shell.store, say`There is no stream ${stream} of ${safeText(kind.toUpperCase())} here.`)
    return
  }
  const [first, second] = found.stream.nodes
  const ends = [safeText(nodeText(first)), safeText(nodeText(second))] as const
  changeSlice(shell, 'follow', ({ form, sides }) => ({
    ...{ kind, stream, ends, form, sides, chunks: [], done: 0, cut: false, page: [], at: PAGE_START, box: null },
  }))
  // Another layer of the stream that is on the screen already stays where it is.
  if (shell.store.state().view !== 'follow') shell.store.dispatch({ type: 'show', view: 'follow', over: true })
  void readStream(shell, capture, kind, stream)
}

async function readStream(shell: Shell, capture: Capture, kind: FollowKind, stream: number): Promise<void> {
  const signal = beginWork(shell, 'follow')
  const chunks: Chunk[] = []
  let kept = 0
  let cut = false
  const take = (side: 0 | 1, packet: number, bytes: Uint8Array): void => {
    const part = bytes.slice(0, Math.max(0, MAX_BYTES - kept))
    cut ||= part.length < bytes.length
    kept += part.length
    if (part.length > 0) chunks.push({ side, packet, bytes: part, missing: 0 })
  }
  const miss = (side: 0 | 1, packet: number, missing: number): void => {
    if (kept < MAX_BYTES) chunks.push({ side, packet, bytes: new Uint8Array(0), missing })
  }
  const show = (done: number): void => {
    if (signal.aborted) return
    changeSlice(shell, 'follow', (slice) => {
      const next = { ...slice, done, cut }
      // The page is laid out anew only when something came.
      return slice.chunks.length === chunks.length ? next : { ...next, chunks: [...chunks], page: followPage({ ...next, chunks }) }
    })
    shell.store.refresh()
  }
  try {
    if (kind === 'tcp')
      await runSliced(
        readSegments(capture, stream, take, miss, () => cut),
        signal,
        show,
      )
    else {
      const found = findStream(capture, kind, stream)
      if (found.ok) found.stream.read({ begin: () => {}, chunk: take, gap: miss })
    }
    show(1)
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
  }
  endWork(shell, 'follow', signal)
}

function* readSegments(
  capture: Capture,
  stream: number,
  take: (side: 0 | 1, packet: number, bytes: Uint8Array) => void,
  miss: (side: 0 | 1, packet: number, length: number) => void,
  full: () => boolean,
): Generator<number, void> {
  const { conversation } = findConversation(capture, 'tcp', stream)
  const walk = readConversationStepwise(capture, conversation, {
    bytes: (flow, packet, _place, bytes, from, to) => take(flow as 0 | 1, packet, bytes.subarray(from, to)),
    gap: (flow, packet, length) => miss(flow as 0 | 1, packet, length),
  })
  for (const packet of walk) {
    yield packet / capture.index.count
    if (full()) return
  }
}

/** What a stream of TCP can be shown as, outermost first: as delivered, with TLS opened, with bodies of HTTP unpacked. */
const LAYERS: readonly FollowKind[] = ['tcp', 'tls', 'http']

/** The next layer in which the stream says something. */
export function followDeeper(shell: Shell): void {
  const { kind, stream } = shell.store.state().slices.follow
  const capture = shell.store.session()?.capture
  const at = LAYERS.indexOf(kind)
  if (capture === undefined || at < 0) {
    tell(shell.store, say`Only streams of TCP have layers to look into.`)
    return
  }
  for (let step = 1; step < LAYERS.length; step++) {
    const next = LAYERS[(at + step) % LAYERS.length] ?? 'tcp'
    if (next !== 'tcp' && !saysSomething(capture, next, stream)) continue
    followStream(shell, next, stream)
    return
  }
  tell(shell.store, say`Nothing in this stream is sealed or packed that could be opened. For TLS: start wiretail with --keylog FILE.`)
}

function saysSomething(capture: Capture, kind: FollowKind, stream: number): boolean {
  let any = false
  const found = findStream(capture, kind, stream)
  if (found.ok) found.stream.read({ begin: () => {}, chunk: (_side, _packet, bytes) => (any ||= bytes.length > 0), gap: () => {} })
  return any
}
