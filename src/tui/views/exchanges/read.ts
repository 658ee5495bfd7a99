// Reading the exchanges of the open capture, in slices, and on while a live capture grows.

import type { Capture } from '../../../engine/capture.ts'
import { type Exchange, ExchangeCollector } from '../../../engine/exchanges.ts'
import { STEP } from '../../../engine/steps.ts'
import type { Session } from '../../../engine/types.ts'
import type { Shell } from '../../shell.ts'
import { changeSlice } from '../part.ts'
import { TABLE_START } from '../table.ts'
import { beginWork, Cancelled, endWork, nextNews, runSliced } from '../work.ts'
import type { ExchangeRow } from './state.ts'

/** Exchanges kept; nobody scrolls through more. */
const MAX_EXCHANGES = 200_000

export async function readAll(shell: Shell, session: Session, capture: Capture): Promise<void> {
  const signal = beginWork(shell, 'exchanges')
  const rows: ExchangeRow[] = []
  changeSlice(shell, 'exchanges', (slice) => ({ ...slice, session, rows: [], done: 0, table: TABLE_START, open: null }))
  const show = (done: number): void => {
    if (signal.aborted) return
    changeSlice(shell, 'exchanges', (slice) => ({ ...slice, rows: slice.rows.length === rows.length ? slice.rows : [...rows], done }))
    shell.store.refresh()
  }
  const collector = new ExchangeCollector(capture, {
    onExchange(exchange) {
      if (rows.length < MAX_EXCHANGES) rows.push({ number: rows.length + 1, exchange })
    },
  })
  try {
    let reached = 0
    for (;;) {
      reached = await runSliced(collect(capture, collector, reached), signal, show)
      const { state } = session.status()
      if (state !== 'opening' && state !== 'live' && state !== 'paused' && reached >= capture.index.count) break
      show(1)
      await nextNews(session, signal)
    }
    collector.finish()
    show(1)
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    show(1)
  }
  endWork(shell, 'exchanges', signal)
}

/** Shows the collector all packets after `from` that are there now. */
function* collect(capture: Capture, collector: ExchangeCollector, from: number): Generator<number, number> {
  const d = capture.dissection()
  const last = capture.index.count
  for (let packet = from + 1; packet <= last; packet++) {
    if (packet % STEP === 0) yield packet / last
    if (!collector.concerns(packet)) continue
    capture.record(d, packet)
    collector.take(packet, d)
  }
  return last
}

/** The exchange once more, with its bodies. */
export function readBodies(capture: Capture, exchange: Exchange): Exchange {
  let found = exchange
  const same = (one: Exchange): boolean =>
    one.stream === exchange.stream &&
    one.substream === exchange.substream &&
    one.request?.packets[0] === exchange.request?.packets[0] &&
    one.request?.target === exchange.request?.target
  const collector = new ExchangeCollector(capture, {
    bodies: true,
    onExchange(one) {
      if (same(one) && (found === exchange || one.response !== null)) found = one
    },
  })
  const d = capture.dissection()
  const packets = [exchange.request?.packets.at(-1), ...exchange.interim, exchange.response?.packets.at(-1)]
  for (const packet of new Set(packets)) {
    if (packet === undefined) continue
    capture.record(d, packet)
    collector.take(packet, d)
  }
  collector.finish()
  return found
}
