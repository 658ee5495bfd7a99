// `wiretail print`: packets of a file or a live capture in one of the formats of print/formats.ts, or written to a file.

import { openSync } from 'node:fs'
import { safeLines, safeText } from '../bytes/text.ts'
import { type Capture, openForReading, runQuery, tellKeys } from '../engine/printing.ts'
import {
  captureFilterOf,
  explainFailure,
  parseCount,
  parseFilter,
  parseOptions,
  parseSettings,
  SOURCE_OPTIONS,
  UsageError,
} from './args.ts'
import type { Io } from './commands.ts'
import { Output } from './output.ts'
import { chooseFormat, FORMAT_OPTIONS } from './print/formats.ts'
import type { LiveChoice } from './print/live.ts'
import { PacketFile } from './print/write.ts'
import { parseTap, type Tap } from './stats/tap.ts'

export const help = `wiretail print -r FILE [options] [DISPLAY FILTER]
wiretail print -i INTERFACE [options] [CAPTURE FILTER]

Prints packets, one after the other, with tshark's option letters.

Packets:
  -r, --read FILE             a capture file of any known format and compression; - is standard input
  -i, --interface NAME        capture live; Ctrl-C ends it
  -p, --port N                live: only TCP port N (repeatable)
  -f, --capture-filter EXPR   live: only what the capture filter selects
      --engine NAME           live: capture with this engine (wiretail doctor lists them)
  -Y, --display-filter EXPR   print only packets that match
  -c, --count N               stop after reading N packets, those the display filter drops counted

Output:
  -T FORMAT                   text (default), tabs, fields, json, jsonl, ek, pdml or psml
  -e FIELD                    a field to print (repeatable), for fields, json, jsonl and ek; _ws.col.Info is a column
  -E KEY=VALUE                for fields: header=y|n  separator=/t|/s|CHARACTER  occurrence=f|l|a
                              aggregator=,|/s|CHARACTER  quote=d|s|n
  -V                          the whole layer tree
  -O LAYER,LAYER              the tree with only these layers opened
  -j, -J "LAYER LAYER"        json, jsonl, ek, pdml: only these layers; -J: with all that is inside them
  -x                          the bytes
  -P                          the summary line too, with -V, -x or -w
  -t FORMAT                   time: r since the first packet, a of day, ad with date, d since the one before,
                              dd since the one printed before, e since 1970, u UTC
  -w, --write FILE            write the packets instead, as pcapng; - is standard output
  -F, --format pcap|pcapng    with -w: the format to write
      --embed-keys            with -w, as pcapng: put the key logs given into the file, so that whoever has it can open its TLS
      --tshark-json           json: repeat a key as tshark does, instead of a list (--no-duplicate-keys is the way of writing here)
  -l                          flush after each packet
  -q                          print no packets
  -z TAP                      afterwards, what tshark's -z counts: io,phs  conv,tcp  follow,tcp,raw,0 … (repeatable)
  -n, -N LETTERS              accepted; names of machines are never looked up
  -2, -R EXPR                 a read filter, as tshark's second pass has it: what it drops is not printed
      --keylog FILE           open TLS with the secrets of this key log (NSS format, repeatable); $SSLKEYLOGFILE unless given
      --rsa-key FILE          open TLS up to 1.2 with the server's RSA key, where the key exchange is RSA (repeatable)
      --psk HEX               open TLS up to 1.2 with this pre-shared key
  -o tls.keylog_file:FILE     the same in tshark's words; tls.keys_list, uat:rsa_keys and tls.psk too; other preferences of tshark's
                              are taken where they ask for what is done here anyway
      --fernet-key KEY        open Fernet tokens with this key; $SECRET_KEY unless given
      --follow                go on as the file grows, until Ctrl-C
      --strict                end at the first bug in a dissector, with exit code 70

Examples:
  wiretail print -r capture.pcapng -Y 'http.request' -T fields -e frame.number -e http.request.uri
  wiretail print -i lo -p 5683 -V
`

const OPTIONS = {
  ...SOURCE_OPTIONS,
  ...FORMAT_OPTIONS,
  resolve: { type: 'string', short: 'N' },
  'two-pass': { type: 'boolean', short: '2' },
  'read-filter': { type: 'string', short: 'R' },
  color: { type: 'boolean' },
  format: { type: 'string', short: 'F' },
  'embed-keys': { type: 'boolean', default: false },
  flush: { type: 'boolean', short: 'l', default: false },
  quiet: { type: 'boolean', short: 'q', default: false },
  tap: { type: 'string', short: 'z', multiple: true, default: [] as string[] },
} as const

/** Who gives keys is told what they opened. */
const KEY_OPTIONS = ['keylog', 'rsa-key', 'psk', 'option'] as const

type Options = ReturnType<typeof parseOptions<typeof OPTIONS>>['values']

/** Runs the command. Resolves to the exit code. */
export async function run(args: string[], io: Io): Promise<number> {
  try {
    const { values, positionals } = parseOptions(args, OPTIONS, 'print')
    if (values.help) {
      io.out(help)
      return 0
    }
    const taps = values.tap.map(parseTap)
    if (taps.length > 0 && (values.read === undefined || values.read === '-'))
      throw new UsageError('-z reads the capture once more, so it needs a file. Name one: -r FILE')
    const code = values.quiet && taps.length > 0 ? 0 : await print(values, positionals.join(' '), io)
    return await runTaps(taps, values, code, io)
  } catch (error) {
    const told = explainFailure(error)
    if (told === undefined) throw error
    io.err(`wiretail: ${safeLines(told.message).join('\n')}\n`)
    return told.exitCode
  }
}

/** Runs what -z asked for, on the same file with the same keys. */
async function runTaps(taps: readonly Tap[], values: Options, before: number, io: Io): Promise<number> {
  let code = before
  for (const { command, args } of taps) {
    const { run: runCommand } = await command()
    const keys = (['keylog', 'rsa-key', 'psk', 'fernet-key'] as const).flatMap((name) =>
      (values[name] ?? []).map((value) => `--${name}=${value}`),
    )
    const filter = values['display-filter'] === undefined || args.includes('-Y') ? [] : ['-Y', values['display-filter']]
    const ended = await runCommand([...args, '-r', values.read!, ...keys, ...filter], io)
    code ||= ended
  }
  return code
}

async function print(values: Options, words: string, io: Io): Promise<number> {
  const { read, interface: device } = values
  const live = device !== undefined
  if (live && read !== undefined) throw new UsageError('Packets come from a file or from an interface, not from both. Leave out -r or -i.')
  const shown = joinFilters(values['display-filter'], live ? undefined : words, 'display filter: -Y or the words at the end')
  const filterText = withReadFilter(values['read-filter'], shown)
  const captureFilter = captureFilterOf(
    values.port ?? [],
    joinFilters(values['capture-filter'], live ? words : undefined, 'capture filter: -f or the words at the end'),
  )
  if (!live && read === undefined)
    throw new UsageError(
      words === ''
        ? 'Nothing to print. Name a capture file, -r FILE, or an interface, -i lo.'
        : `Nothing to read "${words}" from. Name a capture file, -r FILE, or an interface, -i lo; the filter comes last.`,
    )
  if (!live && captureFilter !== '')
    throw new UsageError('A capture filter is for live captures. For a file, filter with -Y: for example -Y "tcp.port == 5683"')
  const count = values.count === undefined ? undefined : parseCount(values.count, '-c')
  const make = values.quiet ? null : chooseFormat(values, io)
  const target = values.write
  const writing = target === undefined ? null : parseFileFormat(values.format)
  if (writing === null && values.format !== undefined) throw new UsageError('--format says how -w writes. Name the file: -w FILE')
  if (values['embed-keys'] && writing !== 'pcapng')
    throw new UsageError('--embed-keys puts keys into a pcapng file. Name one: -w FILE.pcapng')
  if (target === '-' && make !== null && printsBesides(values))
    throw new UsageError('Packets and text cannot both go to standard output. Write the packets to a file: -w FILE')
  const filter = filterText === '' ? null : parseFilter(filterText)
  if (target !== undefined && target !== '-' && target === read)
    throw new UsageError(`${target} would be overwritten while it is read. Write to another file.`)

  const strict = values.strict ?? false
  const settings = parseSettings(values)
  // Opened while the rights are still there that the capture is about to give up.
  const destination = live && target !== undefined && target !== '-' ? openTarget(target) : target
  const started = live ? await startLive({ device, filter: captureFilter, engine: values.engine, strict, settings }, io) : null
  const capture = started?.capture ?? (await openForReading(read ?? '-', { strict, settings, follow: values.follow ?? false }))
  const stop = new AbortController()
  const interrupt = (): void => {
    void started?.stop()
    stop.abort()
  }
  if (live || read === '-' || values.follow === true) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt)

  const out = new Output(1)
  const printer = make === null || (writing !== null && !printsBesides(values)) ? null : make(capture, out)
  const file = writing === null ? null : new PacketFile(capture, destination ?? '-', writing, values['embed-keys'])
  const flushing = values.flush
  let ended = 0
  printer?.begin()
  try {
    await runQuery(
      capture,
      {
        filter,
        ...(printer === null ? { fields: [] } : printer.fields === undefined ? {} : { fields: printer.fields }),
        ...(count === undefined ? {} : { count }),
        alone: true,
        onPacket(packet, dissect, bytes, start) {
          file?.write(packet, bytes, start)
          printer?.packet(packet, dissect, bytes, start)
          if (flushing) {
            out.flush()
            file?.flush()
          }
        },
        onWaiting() {
          out.flush()
          file?.flush()
        },
      },
      stop.signal,
    )
    printer?.end()
    out.flush()
    file?.close()
    if (KEY_OPTIONS.some((name) => values[name] !== undefined))
      for (const line of tellKeys(capture)) io.err(`wiretail: ${safeText(line)}\n`)
  } finally {
    capture.close()
    if (started !== null) ended = await started.close()
  }
  return report(capture, io) || ended
}

/** -R: both filters have to select a packet. */
function withReadFilter(read: string | undefined, shown: string): string {
  if (read === undefined || read === '') return shown
  parseFilter(read)
  if (shown !== '') parseFilter(shown)
  return shown === '' ? read : `(${read}) && (${shown})`
}

function openTarget(path: string): number {
  try {
    return openSync(path, 'w')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new UsageError(`${path} cannot be written (${code}). Choose a folder of your own that exists.`)
  }
}

/** Tells why reading ended early. */
function report(capture: Capture, io: Io): number {
  const { damage } = capture.reader
  if (damage === null) return 0
  io.err(`wiretail: ${damage.message}\n`)
  return 2
}

async function startLive(choice: LiveChoice, io: Io) {
  const { startPrinting } = await import('./print/live.ts')
  return startPrinting(choice, (line) => io.err(`${safeText(line.trimEnd(), Number.POSITIVE_INFINITY)}\n`))
}

function joinFilters(option: string | undefined, words: string | undefined, both: string): string {
  if (option !== undefined && words !== undefined && words !== '') throw new UsageError(`There are two filters. Give one ${both}.`)
  return option ?? words ?? ''
}

function printsBesides(values: Options): boolean {
  return values.summary || values.tree || values.hex || values.only.length > 0 || values.type !== 'text'
}

function parseFileFormat(text = 'pcapng'): 'pcap' | 'pcapng' {
  if (text !== 'pcap' && text !== 'pcapng') throw new UsageError(`"${text}" cannot be written. Give pcap or pcapng: --format pcapng`)
  return text
}
