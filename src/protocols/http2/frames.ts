// The payload of each type of frame: RFC 9113 6, and the types that came later.

import type { Dissection } from '../../core/dissect.ts'
import type { Field } from '../../core/field.ts'
import { httpStatusNames } from '../names/http-status.ts'
import { settingNames } from '../names/http2.ts'
import { recordData } from './body.ts'
import { F } from './fields.ts'
import {
  ALTSVC,
  BLOCKED,
  CONTINUATION,
  DATA,
  END_STREAM,
  GOAWAY,
  HEADERS,
  ORIGIN,
  PADDED,
  PING,
  PRIORITIZED,
  PRIORITY,
  PRIORITY_UPDATE,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from './framing.ts'
import { factOf, logOf, recordHeaders } from './headers.ts'

const ACK = 0x01
const SETTING = 6

const FLAGS: Readonly<Record<number, readonly Field[]>> = {
  [DATA]: [F.unusedData, F.padded, F.endStream],
  [HEADERS]: [F.unusedHeaders, F.priority, F.padded, F.endHeaders, F.endStream],
  [SETTINGS]: [F.unusedSettings, F.ackSettings],
  [PUSH_PROMISE]: [F.unusedPushPromise, F.padded, F.endHeaders],
  [PING]: [F.unusedPing, F.ackPing],
  [CONTINUATION]: [F.unusedContinuation, F.endHeaders],
}
const NO_FLAGS = [F.unused]

export function recordFlags(p: Dissection): void {
  p.open(F.flags, 4)
  for (const field of FLAGS[p.u8(3)] ?? NO_FLAGS) p.add(field, 4)
  p.close()
}

/** Records the payload at `at` … `end`, as far as it is there. Returns what it adds to the line of the frame. */
export function recordPayload(p: Dissection, at: number, end: number): string {
  end = Math.min(end, p.available())
  const flags = p.u8(4)
  const length = end - at
  switch (p.u8(3)) {
    case DATA: {
      const body = recordPadding(p, at, end, flags)
      const part = recordData(p, body.at, body.end, (flags & END_STREAM) !== 0)
      if (body.end < end) p.add(F.dataPadding, body.end, end - body.end)
      return part ? ' (partial entity body)' : ''
    }
    case HEADERS: {
      const body = recordPadding(p, at, end, flags)
      let from = body.at
      if ((flags & PRIORITIZED) !== 0 && body.end - from >= 5) {
        recordPriority(p, from)
        from += 5
      }
      if (body.end > from) p.add(F.headers, from, body.end - from)
      recordHeaders(p, from, body.end)
      if (body.end < end) p.add(F.headersPadding, body.end, end - body.end)
      return describe(p)
    }
    case PRIORITY:
      if (length >= 5) recordPriority(p, at)
      return ''
    case RST_STREAM:
      if (length >= 4) p.add(F.error, at)
      return ''
    case SETTINGS:
      for (let i = at; i + SETTING <= end; i += SETTING) recordSetting(p, i)
      return ''
    case PUSH_PROMISE: {
      const body = recordPadding(p, at, end, flags)
      if (body.end - body.at < 4) return ''
      p.add(F.promiseReserved, body.at)
      p.add(F.promised, body.at)
      if (body.end > body.at + 4) p.add(F.promiseHeaders, body.at + 4, body.end - body.at - 4)
      recordHeaders(p, body.at + 4, body.end)
      if (body.end < end) p.add(F.promisePadding, body.end, end - body.end)
      return describe(p)
    }
    case PING:
      if (length > 0) p.add((flags & ACK) !== 0 ? F.pong : F.ping, at, length)
      return ''
    case GOAWAY:
      if (length < 8) return ''
      p.add(F.goawayReserved, at)
      p.add(F.lastStream, at)
      p.add(F.goawayError, at + 4)
      if (length > 8) p.add(F.debugData, at + 8, length - 8)
      p.look(at + 8, length - 8)
      return ''
    case WINDOW_UPDATE:
      if (length < 4) return ''
      p.add(F.windowReserved, at)
      p.add(F.increment, at)
      return ''
    case CONTINUATION:
      if (length > 0) p.add(F.continuation, at, length)
      recordHeaders(p, at, end)
      return describe(p)
    case ALTSVC:
      recordAlternative(p, at, end)
      return ''
    case ORIGIN:
      recordOrigins(p, at, end)
      return ''
    case PRIORITY_UPDATE:
      if (length < 4) return ''
      p.generate(F.prioritized, p.u32(at) & 0x7fffffff, at, 4)
      if (length > 4) p.add(F.priorityValue, at + 4, length - 4)
      return ''
    case BLOCKED:
      return ''
    default:
      if (length > 0) p.add(F.unknown, at, length)
      return ''
  }
}

/** Pad length, where there is one; returns where the payload proper lies. */
function recordPadding(p: Dissection, at: number, end: number, flags: number): { at: number; end: number } {
  const padded = (flags & PADDED) !== 0 && end > at
  const padding = padded ? p.u8(at) : 0
  if (padded) p.add(F.padding, at++)
  p.generate(F.padLength, padding, at, padded ? 1 : 0)
  return { at, end: Math.max(at, end - padding) }
}

function recordPriority(p: Dissection, at: number): void {
  p.add(F.exclusive, at)
  p.add(F.dependency, at)
  p.add(F.weight, at + 4)
  p.generate(F.realWeight, p.u8(at + 4) + 1, at + 4, 1)
}

const SETTINGS_BY_ID: Readonly<Record<number, Field>> = {
  1: F.settingTable,
  2: F.settingPush,
  3: F.settingStreams,
  4: F.settingWindow,
  5: F.settingFrame,
  6: F.settingHeaders,
  8: F.settingConnect,
}

function recordSetting(p: Dissection, at: number): void {
  const id = p.u16(at)
  const value = p.u32(at + 2)
  p.nest(p.generateText(F.settings, `Settings - ${settingNames[id] ?? 'Unknown'} : ${value}`, at, SETTING))
  p.add(F.settingId, at)
  p.add(SETTINGS_BY_ID[id] ?? F.settingUnknown, at + 2)
  p.close()
}

/** RFC 7838 4. */
function recordAlternative(p: Dissection, at: number, end: number): void {
  if (end - at < 2) return
  p.add(F.originLength, at)
  const behind = Math.min(end, at + 2 + p.u16(at))
  if (behind > at + 2) p.add(F.altsvcOrigin, at + 2, behind - at - 2)
  if (end > behind) p.add(F.fieldValue, behind, end - behind)
}

/** RFC 8336 2.1. */
function recordOrigins(p: Dissection, at: number, end: number): void {
  while (at + 2 <= end) {
    const behind = Math.min(end, at + 2 + p.u16(at))
    p.open(F.originEntry, at, behind - at)
    p.add(F.originEntryLength, at)
    if (behind > at + 2) p.add(F.originText, at + 2, behind - at - 2)
    p.close()
    at = behind
  }
}

/** ", GET /path" or ", 200 OK". */
function describe(p: Dissection): string {
  const fact = factOf(p)
  if (fact === 0 || !p.wants(F.stream)) return ''
  const log = logOf(p)
  const status = log.header(fact, ':status')
  if (status !== undefined) return `, ${status} ${httpStatusNames[Number(status)] ?? 'Unknown'}`
  const method = log.header(fact, ':method')
  return method === undefined ? '' : `, ${method} ${log.header(fact, ':path') ?? ''}`
}
