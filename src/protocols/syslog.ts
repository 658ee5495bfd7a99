// Syslog: RFC 5424; the older form, which has no rules to speak of: RFC 3164. Over UDP: RFC 5426.
//
//   "<" priority ">" version timestamp host application process message-id …   RFC 5424
//   "<" priority ">" month day clock host tag: text                            RFC 3164
//
// The priority is facility × 8 + level.

import { decodeText } from '../bytes/decode.ts'
import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, type Field, type Get, text, u8 } from '../core/protocol.ts'
import { syslogFacilities, syslogLevels } from './names/syslog.ts'

const shortName = (name: string | undefined, number: number): string => name?.split(' ')[0] ?? String(number)
const bits = (value: number, shift: number, from: number, to: number): string => {
  const all = ((value << shift) & 0xff).toString(2).padStart(8, '0')
  const kept = all.replace(/./g, (bit, i: number) => (i >= from && i < to ? bit : '.'))
  return `${kept.slice(0, 4)} ${kept.slice(4)}`
}

const F = {
  facility: u8('syslog.facility', 'Facility', {
    names: syslogFacilities,
    about: 'Says which part of the system has written the message.',
    display: (_get, value) => `${bits(value, 3, 0, 5)} = Facility: ${syslogFacilities[value] ?? 'Unknown'} (${value})`,
  }),
  level: u8('syslog.level', 'Level', {
    names: syslogLevels,
    about: 'Says how urgent the message is: the lower, the worse.',
    display: (_get, value) => `${bits(value, 0, 5, 8)} = Level: ${syslogLevels[value] ?? 'Unknown'} (${value})`,
  }),
  message: text('syslog.msg', 'Message', { about: 'What was written, readable by everybody on the way.' }),
  version: text('syslog.version', 'Syslog version', { about: 'The version of the form of messages, which is 1.' }),
  oldTime: text('syslog.timestamp_rfc3164', 'Syslog timestamp (RFC3164)', {
    about: 'When the message was written, without a year or a zone.',
  }),
  host: text('syslog.hostname', 'Syslog hostname', { about: 'The machine on which the message was written.' }),
  application: text('syslog.appname', 'Syslog app name', { about: 'The program that has written the message.' }),
  process: text('syslog.procid', 'Syslog process id', { about: 'The process that has written the message.' }),
  messageId: text('syslog.msgid', 'Syslog message id', { about: 'The kind of message, or in the old form its text.' }),
}

const OLD = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d$/
const OLD_TIME = 15
const SPACE = 0x20

export const syslog = defineProtocol({
  name: 'syslog',
  title: 'Syslog message',
  column: 'Syslog',
  spec: 'RFC 5424',
  about: 'Carries what programs write into their logs to a machine that keeps them.',
  fields: F,
  accepts: { 'udp.port': [514] },
  scanStops: true,
  heading: (get) => `Syslog message: ${summarize(get)}`,
  summary: summarize,

  dissect(p) {
    if (!p.recording) return
    const start = recordPriority(p)
    if (p.available() <= start) return
    p.nest(p.add(F.message, start, p.available() - start))
    if (start > 0) recordParts(p, start)
    p.close()
  },
})

/** Returns where the message starts: 0 when there is no priority. */
function recordPriority(p: Dissection): number {
  let value = 0
  for (let at = 1; at <= 4 && p.has(at + 1) && p.u8(0) === 0x3c; at++) {
    const byte = p.u8(at)
    if (byte === 0x3e && at > 1) {
      p.generate(F.facility, value >> 3, 0, at + 1)
      p.generate(F.level, value & 7, 0, at + 1)
      return at + 1
    }
    if (byte < 0x30 || byte > 0x39) return 0
    value = value * 10 + byte - 0x30
  }
  return 0
}

function recordParts(p: Dissection, start: number): void {
  const end = p.available()
  if (p.has(start + 2) && p.u8(start) === 0x31 && p.u8(start + 1) === SPACE) {
    let at = recordWord(p, F.version, start)
    // The time is not shown as such: it has a zone and any number of decimals.
    at = skipWord(p, at)
    for (const field of [F.host, F.application, F.process, F.messageId]) if (at < end) at = recordWord(p, field, at)
    return
  }
  if (!p.has(start + OLD_TIME) || !OLD.test(decodeText(p.bytes, p.base + start, OLD_TIME))) return
  p.add(F.oldTime, start, OLD_TIME)
  const host = start + OLD_TIME + 1
  if (host >= end) return
  const tag = recordWord(p, F.host, host)
  if (tag >= end) return
  let at = tag
  while (at < end && p.u8(at) !== 0x3a && p.u8(at) !== 0x5b && p.u8(at) !== SPACE) at++
  if (at > tag) p.add(F.process, tag, at - tag)
  if (at < end) p.add(F.messageId, at, end - at)
}

/** Records what stands before the next space, and returns where the next word starts. */
function recordWord(p: Dissection, field: Field, at: number): number {
  const next = skipWord(p, at)
  const length = next - 1 - at
  p.add(field, at, next > p.available() ? p.available() - at : length)
  return next
}

function skipWord(p: Dissection, at: number): number {
  let end = at
  while (end < p.available() && p.u8(end) !== SPACE) end++
  return end + 1
}

function summarize(get: Get): string {
  if (!get.has(F.facility)) return get.text(F.message)
  const facility = shortName(syslogFacilities[get.number(F.facility)], get.number(F.facility))
  return `${facility}.${shortName(syslogLevels[get.number(F.level)], get.number(F.level))}: ${get.text(F.message)}`
}
