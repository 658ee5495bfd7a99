// One exchange to read: the request, its headers and body, and the same of the response.

import { type SafeText, safeText } from '../../../bytes/text.ts'
import type { Exchange, HttpMessage } from '../../../engine/exchanges.ts'
import { say } from '../../line.ts'
import { grouped } from '../../measure.ts'
import { bytesPage, type Page, type Paragraph } from '../page.ts'

export function exchangePage(exchange: Exchange): Page {
  const { request, response, client, server, encrypted } = exchange
  const where = `${client.address}:${client.port} → ${server.address}:${server.port}`
  return [
    { text: safeText(exchange.url === '' ? where : exchange.url), role: 'title' },
    { text: safeText(`${where}, stream ${exchange.stream}${encrypted ? ', inside TLS' : ''}`), role: 'dim' },
    { text: safeText(timesOf(exchange)), role: 'dim' },
    blank,
    ...(request === null
      ? [heading(say`The request is not in the capture`)]
      : [
          heading(safeText(`Request · ${packetsText(request)}`)),
          { text: safeText(`${request.method} ${request.target} ${request.version}`), role: 'strong' } as const,
          ...messageParagraphs(request),
        ]),
    blank,
    ...(response === null
      ? [heading(say`No response came`)]
      : [
          heading(safeText(`Response · ${packetsText(response)}`)),
          {
            text: safeText(`${response.version} ${response.status} ${response.statusText}`),
            role: response.status >= 400 ? 'bad' : 'good',
          } as const,
          ...messageParagraphs(response),
        ]),
  ]
}

const blank: Paragraph = { text: say``, role: 'text' }
const heading = (text: SafeText): Paragraph => ({ text: say`── ${text} ──`, role: 'accent' })

function messageParagraphs(message: HttpMessage): Paragraph[] {
  const headers = message.headers.map(
    ([name, value]): Paragraph => ({ mark: safeText(`${name}: `, 60), text: safeText(value), role: 'text' }),
  )
  if (message.body === null || message.body.length === 0) return [...headers, blank, { text: safeText(missingBody(message)), role: 'dim' }]
  const unpacked = message.decodedBytes !== message.bodyBytes && message.decodedBytes >= 0
  const about = unpacked
    ? `${grouped(message.decodedBytes)} bytes, sent as ${grouped(message.bodyBytes)}`
    : `${grouped(message.body.length)} bytes`
  return [...headers, blank, { text: safeText(`Body: ${about}`), role: 'dim' }, ...bytesPage(message.body, 'web')]
}

function missingBody({ bodyBytes, decodedBytes }: HttpMessage): string {
  if (bodyBytes === 0) return 'No body.'
  return decodedBytes < 0
    ? `A body of ${bodyBytes} bytes that could not be unpacked.`
    : `A body of ${bodyBytes} bytes that is not in the capture.`
}

function packetsText({ packets }: HttpMessage): string {
  const [first] = packets
  const last = packets.at(-1)
  return packets.length <= 1 ? `packet ${first ?? '?'}` : `packets ${first} to ${last}`
}

function timesOf({ start, sent, firstByte, total }: Exchange): string {
  const parts = [start > 0 ? new Date(start * 1000).toISOString() : '']
  if (sent > 0) parts.push(`sent in ${duration(sent)}`)
  if (firstByte >= 0) parts.push(`first byte after ${duration(firstByte)}`)
  if (total >= 0) parts.push(`complete after ${duration(total)}`)
  return parts.filter((part) => part !== '').join(', ')
}

/** "5.1 ms", "2.03 s". */
export function duration(seconds: number): string {
  if (seconds < 0) return '-'
  if (seconds < 0.001) return `${(seconds * 1e6).toFixed(0)} µs`
  return seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`
}

/** "11", "2.1 k", "15.0 M": bytes in a few cells. */
export function sizeText(bytes: number): string {
  if (bytes < 0) return '?'
  if (bytes < 10_000) return String(bytes)
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} k` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} M` : `${(bytes / 1e9).toFixed(1)} G`
}
