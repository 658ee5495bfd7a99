// `wiretail follow`: one stream from its first byte to its last, in tshark's layouts or as JSON.

import { FOLLOW_KINDS, type Followable, type FollowKind, findStream, nodeText } from '../engine/follow.ts'
import { runQuery } from '../engine/printing.ts'
import { parseOptions, UsageError } from './args.ts'
import type { Io } from './commands.ts'
import { LAYOUTS, type Layout, layoutSink } from './follow/layouts.ts'
import { Output } from './output.ts'
import { READING_HELP, READING_OPTIONS, runReading, tell } from './reading.ts'

export const help = `wiretail follow ${FOLLOW_KINDS.join('|')} -r FILE --stream N [options]

One conversation, in the order in which its bytes were delivered: each byte once, whatever order the segments came in. What the other end
said stands behind a tab. Bytes that the capture does not have are told in brackets.

      --stream N              its number: tcp.stream or udp.stream, from 0
      --as FORMAT             ${LAYOUTS.join(', ')}; ascii unless given
${READING_HELP}

Examples:
  wiretail follow tcp -r capture.pcapng --stream 0
  wiretail follow tcp -r capture.pcapng --stream 3 --as raw | grep -v '^[^0-9a-f\\t]' | cut -f2 | xxd -r -p
`

const OPTIONS = {
  ...READING_OPTIONS,
  stream: { type: 'string' },
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
        const number = parseStream(values.stream)
        await runQuery(capture, { fields: [], onPacket: () => undefined })
        const found = findStream(capture, kind, number)
        if (!found.ok) throw new UsageError(missing(kind, number, found.count))
        const out = new Output(1)
        printHead(kind, layout, found.stream, out)
        found.stream.read(layoutSink(layout, out))
        out.text(`${LINE}\n`)
        out.flush()
        return 0
      },
    },
    io,
  )
}

const LINE = '='.repeat(67)

function printHead(kind: string, layout: Layout, { filter, nodes }: Followable, out: Output): void {
  const [first, other] = nodes.map(nodeText)
  out.text(`\n${LINE}\nFollow: ${kind},${layout}\nFilter: ${filter}\nNode 0: ${first}\nNode 1: ${other}\n`)
}

function isKind(word: string): word is FollowKind {
  return (FOLLOW_KINDS as readonly string[]).includes(word)
}

function parseLayout(text: string): Layout {
  const layout = LAYOUTS.find((one) => one === text)
  if (layout === undefined) throw new UsageError(`"${text}" is no way to print a stream. Choose ${LAYOUTS.join(', ')}: --as raw`)
  return layout
}

function parseStream(text: string | undefined): number {
  if (text === undefined) throw new UsageError('Which stream is not said. Give its number, from 0: --stream 0')
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`"${text}" is no stream number. Give a whole number from 0: --stream 0`)
  return Number(text)
}

function missing(kind: string, number: number, count: number): string {
  const streams = kind === 'udp' ? 'UDP' : 'TCP'
  if (count === 0) return `The capture has no ${streams} stream. What it does hold: wiretail stats hierarchy -r FILE`
  return `There is no stream ${number}: the capture has ${count} ${streams} stream${count === 1 ? '' : 's'}. Give a number from 0 to ${count - 1}: --stream ${count - 1}`
}
