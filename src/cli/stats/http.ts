// `wiretail stats http`: requests with their responses, line by line, and what they come to.

import { safeText } from '../../bytes/text.ts'
import { displayWidth } from '../../bytes/width.ts'
import { type Exchange, type HttpMessage, mediaType, readExchanges } from '../../engine/exchanges.ts'
import { nodeText, readHttpStats } from '../../engine/statistics.ts'
import { parseOptions } from '../args.ts'
import type { Io } from '../commands.ts'
import { Output } from '../output.ts'
import { READING_HELP, READING_OPTIONS, runReading } from '../reading.ts'
import { treeJson, treeText } from './tree.ts'

export const help = `wiretail stats http -r FILE [options]

Requests with their responses: what was asked, of whom, what came back, how large and how fast. In text: packets of request and response, time to the
first byte and in total, bytes of the body as sent.

      --tree                  only counts by method and status, as tshark -z http,tree
${READING_HELP}
      --json                  for scripts

Examples:
  wiretail stats http -r capture.pcapng
  wiretail stats http -r capture.pcapng --json | jq '.exchanges[] | select(.status >= 400) | .url'
`

const OPTIONS = { ...READING_OPTIONS, json: { type: 'boolean' }, tree: { type: 'boolean' } } as const

/** Hosts counted one by one; the others are counted together. */
const MAX_HOSTS = 10_000

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'stats http',
      help,
      parse: () => parseOptions(args, OPTIONS, 'stats http'),
      async work({ capture, filter }, values) {
        const json = values.json === true
        if (values.tree === true) {
          const tree = await readHttpStats(capture, filter)
          io.out(json ? `${JSON.stringify({ http: treeJson(tree) })}\n` : treeText(tree))
          return 0
        }
        const out = new Output(1)
        const summary = new Summary()
        let count = 0
        out.text(json ? '{"exchanges":[' : HEADING)
        await readExchanges(capture, {
          filter,
          onExchange(exchange) {
            summary.add(exchange)
            out.text(json ? `${count === 0 ? '' : ','}\n${JSON.stringify(jsonOf(exchange))}` : lineOf(exchange))
            count++
          },
        })
        out.text(json ? `\n],"summary":${JSON.stringify(summary)}}\n` : summary.text())
        out.flush()
        return 0
      },
    },
    io,
  )
}

const HEADING = `${'Request'.padStart(8)} ${'Response'.padStart(9)} ${'First byte'.padStart(11)} ${'Total'.padStart(11)} ${'Bytes'.padStart(9)} Status Request and address\n`

function lineOf({ request, response, url, firstByte, total }: Exchange): string {
  const asked = request?.packets[0]
  const answered = response?.packets[response.packets.length - 1]
  const cells = [
    String(asked ?? '-').padStart(8),
    String(answered ?? '-').padStart(9),
    timeText(firstByte).padStart(11),
    timeText(total).padStart(11),
    String(response?.bodyBytes ?? '-').padStart(9),
    String(response?.status ?? '-').padStart(6),
  ]
  const type = mediaType(response)
  return `${cells.join(' ')} ${safeText(`${request?.method ?? '?'} ${url === '' ? '(request not in the capture)' : url}${type === '' ? '' : `  ${type}`}`, 300)}\n`
}

const timeText = (seconds: number): string => (seconds < 0 ? '-' : `${(seconds * 1000).toFixed(3)} ms`)

function jsonOf(exchange: Exchange) {
  const { stream, substream, client, server, encrypted, url, request, response, interim, start, firstByte, total } = exchange
  return {
    stream,
    substream,
    client: nodeText(client),
    server: nodeText(server),
    encrypted,
    version: request?.version ?? response?.version ?? null,
    method: request?.method ?? null,
    url: request === null ? null : url,
    host: request?.host ?? null,
    status: response?.status ?? null,
    statusText: response?.statusText ?? null,
    requestType: mediaType(request) || null,
    responseType: mediaType(response) || null,
    bytes: { request: sizesOf(request), response: sizesOf(response) },
    packets: { request: request?.packets ?? [], interim, response: response?.packets ?? [] },
    start,
    firstByte: firstByte < 0 ? null : firstByte,
    total: total < 0 ? null : total,
  }
}

/** Head and body as sent, and the body with its codings undone. */
function sizesOf(message: HttpMessage | null) {
  return message === null
    ? null
    : { head: message.headBytes, body: message.bodyBytes, decoded: message.decodedBytes < 0 ? null : message.decodedBytes }
}

/** Counts by status, method and host. */
class Summary {
  private exchanges = 0
  private unanswered = 0
  private readonly statuses = new Map<string, number>()
  private readonly methods = new Map<string, number>()
  private readonly hosts = new Map<string, { requests: number; bytes: number }>()

  add({ request, response }: Exchange): void {
    this.exchanges++
    if (response === null) this.unanswered++
    else count(this.statuses, `${response.status} ${response.statusText}`.trim())
    if (request === null) return
    count(this.methods, request.method)
    const name = this.hosts.has(request.host) || this.hosts.size < MAX_HOSTS ? request.host : 'others'
    const host = this.hosts.get(name) ?? { requests: 0, bytes: 0 }
    host.requests++
    host.bytes += response?.bodyBytes ?? 0
    this.hosts.set(name, host)
  }

  toJSON() {
    return {
      exchanges: this.exchanges,
      unanswered: this.unanswered,
      statuses: Object.fromEntries(this.statuses),
      methods: Object.fromEntries(this.methods),
      hosts: Object.fromEntries(this.hosts),
    }
  }

  text(): string {
    const lines = ['', `${this.exchanges} exchange${this.exchanges === 1 ? '' : 's'}, ${this.unanswered} without a response`]
    const table = (title: string, rows: readonly (readonly [string, string])[]): void => {
      if (rows.length === 0) return
      const width = Math.max(...rows.map(([name]) => displayWidth(name)))
      lines.push('', title, ...rows.map(([name, value]) => `  ${name}${' '.repeat(width - displayWidth(name))}  ${value}`))
    }
    const counts = (map: ReadonlyMap<string, number>) =>
      [...map].sort((a, b) => b[1] - a[1]).map(([name, n]) => [safeText(name, 60), String(n)] as const)
    table('Status', counts(this.statuses))
    table('Method', counts(this.methods))
    table(
      'Host',
      [...this.hosts]
        .sort((a, b) => b[1].requests - a[1].requests)
        .map(
          ([name, { requests, bytes }]) => [safeText(name === '' ? '(none)' : name, 60), `${requests} requests, ${bytes} bytes`] as const,
        ),
    )
    return `${lines.join('\n')}\n`
  }
}

/** Different words counted one by one; methods and statuses come from the wire. */
const MAX_WORDS = 1000

function count(map: Map<string, number>, word: string): void {
  const key = map.has(word) || map.size < MAX_WORDS ? word : 'others'
  map.set(key, (map.get(key) ?? 0) + 1)
}
