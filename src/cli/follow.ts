// `wiretail follow`: one stream from its first byte to its last, in tshark's layouts or as JSON.

import { FOLLOW_KINDS, type Followable, type FollowKind, findStream, isNested, nodeText, type Side } from '../engine/follow.ts'
import { runQuery } from '../engine/printing.ts'
import { parseOptions, UsageError } from './args.ts'
import type { Io } from './commands.ts'
import { printJson } from './follow/json.ts'
import { LAYOUTS, type Layout, layoutSink } from './follow/layouts.ts'
import { Output } from './output.ts'
import { READING_HELP, READING_OPTIONS, runReading, tell } from './reading.ts'

export const help = `wiretail follow ${FOLLOW_KINDS.join('|')} -r FILE --stream N [options]

One conversation, in the order in which its bytes were delivered: each byte once, whatever order the segments came in. What the other end
said stands behind a tab. Bytes that the capture does not have are told in brackets.

      --stream N              its number: tcp.stream or udp.stream, from 0
      --substream N           http2: the stream inside it, from 1
      --as FORMAT             ascii (unless given), hex, raw, or json: packets, times and, for HTTP, headers and bodies
${READING_HELP}

Examples:
  wiretail follow tcp -r capture.pcapng --stream 0
  wiretail follow tcp -r capture.pcapng --stream 3 --as raw | grep -v '^[^0-9a-f\\t]' | cut -f2 | xxd -r -p
`

const FORMATS = [...LAYOUTS, 'json'] as const

const OPTIONS = {
  ...READING_OPTIONS,
  stream: { type: 'string' },
  substream: { type: 'string' },
  as: { type: 'string', default: 'ascii' },
} as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  const [kind = '', ...rest] = args
  if (kind === '--help' || kind === '-h') {
    io.out(help)
    return Promise.resolve(0)
  }
  if (!isKind(kind)) {
    const what = kind === '' ? 'follow needs to be told what.' : `"${kind}" cannot be followed.`
    tell(io, `${what} Choose ${FOLLOW_KINDS.join(', ')}: wiretail follow tcp -r FILE --stream 0`)
    return Promise.resolve(1)
  }
  return runReading(
    {
      name: `follow ${kind}`,
      help,
      parse: () => parseOptions(rest, OPTIONS, 'follow'),
      async work({ capture }, values) {
        const layout = parseLayout(values.as)
        const { stream, substream } = parseStream(kind, values.stream, values.substream)
        if (isNested(kind) && substream === null && layout !== 'json')
          throw new UsageError(`Streams of ${kind} lie inside those of TCP. Say which one too: --stream ${stream} --substream 1`)
        await runQuery(capture, { fields: [], onPacket: () => undefined })
        const found = findStream(capture, kind, stream, substream ?? 0)
        if (!found.ok) throw new UsageError(missing(kind, stream, found.count))
        const out = new Output(1)
        if (layout === 'json') printJson(capture, kind, { stream, substream }, found.stream, out)
        else if (!printAs(layout, kind, found.stream, out)) tell(io, nothing(kind, stream))
        out.flush()
        return 0
      },
    },
    io,
  )
}

/** Prints the stream in a layout of tshark's. Returns whether there was anything. */
function printAs(layout: Layout, kind: FollowKind, followed: Followable, out: Output): boolean {
  let begun = false
  const head = (first: Side): void => {
    begun = true
    printHead(kind, layout, followed, first, out)
  }
  followed.read(layoutSink(layout, out, head))
  const something = begun
  if (!begun) head(0)
  out.text(`${LINE}\n`)
  return something
}

const LINE = '='.repeat(67)

function printHead(kind: string, layout: Layout, { filter, nodes }: Followable, first: Side, out: Output): void {
  const other = first === 0 ? 1 : 0
  out.text(
    `\n${LINE}\nFollow: ${kind},${layout}\nFilter: ${filter}\nNode 0: ${nodeText(nodes[first])}\nNode 1: ${nodeText(nodes[other])}\n`,
  )
}

function isKind(word: string): word is FollowKind {
  return (FOLLOW_KINDS as readonly string[]).includes(word)
}

function parseLayout(text: string): Layout | 'json' {
  const layout = FORMATS.find((one) => one === text)
  if (layout === undefined) throw new UsageError(`"${text}" is no way to print a stream. Choose ${FORMATS.join(', ')}: --as raw`)
  return layout
}

/** --stream N --substream M, or --stream N,M as tshark writes it. */
function parseStream(kind: FollowKind, text: string | undefined, inner: string | undefined): { stream: number; substream: number | null } {
  if (text === undefined) throw new UsageError('Which stream is not said. Give its number, from 0: --stream 0')
  const [outer = '', joined] = isNested(kind) ? text.split(',', 2) : [text]
  const within = inner ?? joined
  for (const number of [outer, within ?? '0'])
    if (!/^\d{1,9}$/.test(number)) throw new UsageError(`"${number}" is no stream number. Give a whole number from 0: --stream 0`)
  if (within !== undefined && !isNested(kind)) throw new UsageError(`Streams of ${kind} hold no others. Leave out --substream.`)
  return { stream: Number(outer), substream: within === undefined ? null : Number(within) }
}

function nothing(kind: FollowKind, stream: number): string {
  if (kind === 'tls')
    return `Nothing of stream ${stream} was decrypted. Give the keys: --keylog FILE. Whether they fit: wiretail stats tls -r FILE`
  return `Stream ${stream} holds nothing of ${kind}. Which streams do: wiretail stats conversations -r FILE --json`
}

function missing(kind: string, number: number, count: number): string {
  const streams = kind === 'udp' ? 'UDP' : 'TCP'
  if (count === 0) return `The capture has no ${streams} stream. What it does hold: wiretail stats hierarchy -r FILE`
  return `There is no stream ${number}: the capture has ${count} ${streams} stream${count === 1 ? '' : 's'}. Give a number from 0 to ${count - 1}: --stream ${count - 1}`
}
