// `wiretail check`: assertions on a capture, for continuous integration: each is told, and one that fails ends the run with 1.

import { safeLines, safeText } from '../bytes/text.ts'
import { type CompiledFilter, openForReading, runQuery } from '../engine/printing.ts'
import { explainFailure, parseFilter, parseOptions, parseSettings, SOURCE_OPTIONS, UsageError } from './args.ts'
import type { Io } from './commands.ts'
import { escapeXml } from './print/escape.ts'

export const help = `wiretail check FILE --expect EXPECTATION [--expect EXPECTATION ...] [options]

Holds a capture against what is expected of it. Ends with 0 when all of it is so, and with 1 when something is not.

An EXPECTATION is one of
  FILTER                      at least one packet matches this display filter
  no FILTER                   no packet matches it
  count(FILTER) >= 3          so many packets match it; also ==  !=  <  <=  >

      --expect EXPECTATION    repeatable
      --json                  the report as JSON
      --junit                 the report as JUnit XML, which build servers show
      --keylog FILE           open TLS with the secrets of this key log (repeatable); $SSLKEYLOGFILE unless given

Examples:
  wiretail check capture.pcapng --expect 'no http contains "password"' --expect 'tls.handshake.type == 1'
  wiretail check capture.pcapng --expect 'count(tcp.analysis.retransmission) < 10' --junit > report.xml
`

const { read, keylog, 'rsa-key': rsaKey, psk, option, 'fernet-key': fernetKey, help: helpOption } = SOURCE_OPTIONS
const OPTIONS = {
  read,
  keylog,
  'rsa-key': rsaKey,
  psk,
  option,
  'fernet-key': fernetKey,
  help: helpOption,
  expect: { type: 'string', multiple: true, default: [] as string[] },
  json: { type: 'boolean', default: false },
  junit: { type: 'boolean', default: false },
} as const

/** Packet numbers that a report names. */
const MOST_NAMED = 5

interface Expectation {
  readonly text: string
  readonly filter: CompiledFilter
  /** Is this number of packets as expected? */
  holds(count: number): boolean
  /** "no packet", "at least one packet", ">= 3 packets". */
  readonly wanted: string
}

interface Outcome {
  readonly expectation: string
  readonly ok: boolean
  readonly wanted: string
  readonly count: number
  /** The first packets that match. */
  readonly packets: readonly number[]
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/** Runs the command. Resolves to the exit code. */
export async function run(args: string[], io: Io): Promise<number> {
  try {
    const { values, positionals } = parseOptions(args, OPTIONS, 'check')
    if (values.help) {
      io.out(help)
      return 0
    }
    const files = values.read === undefined ? positionals : [values.read, ...positionals]
    const [file] = files
    if (file === undefined || files.length > 1)
      throw new UsageError('check reads one capture. Name it: wiretail check capture.pcapng --expect …')
    if (file === '-') throw new UsageError('check reads the capture once for each expectation, so it needs a file. Save it first.')
    if (values.expect.length === 0) throw new UsageError(`Nothing is expected. Say what: --expect 'no tcp.flags.reset == 1'`)
    if (values.json && values.junit) throw new UsageError('--json and --junit exclude each other. Give one of them.')
    const expectations = values.expect.map(parseExpectation)
    const settings = parseSettings(values)
    const outcomes: Outcome[] = []
    for (const expectation of expectations) outcomes.push(await judge(file, expectation, settings))
    const failed = outcomes.filter(({ ok }) => !ok).length
    if (values.json) io.out(`${JSON.stringify({ file, ok: failed === 0, expectations: outcomes }, null, 2)}\n`)
    else if (values.junit) io.out(asJunit(file, outcomes))
    else io.out(asText(outcomes))
    return failed === 0 ? 0 : 1
  } catch (error) {
    const told = explainFailure(error)
    if (told === undefined) throw error
    io.err(`wiretail: ${safeLines(told.message).join('\n')}\n`)
    return told.exitCode
  }
}

function parseExpectation(text: string): Expectation {
  const counted = /^\s*count\s*\((.*)\)\s*(==|!=|<=|>=|<|>)\s*(\d+)\s*$/s.exec(text)
  if (counted !== null) {
    const [, filter = '', operator = '', number = ''] = counted
    const compare = COMPARE[operator]!
    return { text, filter: parseFilter(filter), holds: (count) => compare(count, Number(number)), wanted: `${operator} ${number}` }
  }
  const none = /^\s*no\s+(.*)$/s.exec(text)
  if (none !== null) return { text, filter: parseFilter(none[1]!), holds: (count) => count === 0, wanted: '== 0' }
  return { text, filter: parseFilter(text), holds: (count) => count > 0, wanted: '>= 1' }
}

async function judge(
  file: string,
  { text, filter, holds, wanted }: Expectation,
  settings: ReturnType<typeof parseSettings>,
): Promise<Outcome> {
  const capture = await openForReading(file, { settings })
  const packets: number[] = []
  let count = 0
  try {
    await runQuery(capture, {
      filter,
      fields: [],
      onPacket(packet) {
        count++
        if (packets.length < MOST_NAMED) packets.push(packet)
        return undefined
      },
    })
    // What was not read cannot be vouched for.
    if (capture.reader.damage !== null) throw new UsageError(capture.reader.damage.message, 2)
  } finally {
    capture.close()
  }
  return { expectation: text, ok: holds(count), wanted, count, packets }
}

function asText(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(
    (outcome) => `${outcome.ok ? 'ok    ' : 'FAILED'}  ${safeText(outcome.expectation)}\n        ${told(outcome)}\n`,
  )
  const failed = outcomes.filter(({ ok }) => !ok).length
  return `${lines.join('')}${outcomes.length - failed} of ${outcomes.length} as expected\n`
}

/** "3 packets match, expected == 0: 4, 9, 12" */
function told({ count, wanted, packets }: Outcome): string {
  const which = packets.length === 0 ? '' : `: ${packets.join(', ')}${count > packets.length ? ' …' : ''}`
  return `${count === 1 ? '1 packet matches' : `${count} packets match`}, expected ${wanted}${which}`
}

/** The form that build servers read: testsuite and testcase elements (Apache Ant's JUnit schema). */
function asJunit(file: string, outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ ok }) => !ok).length
  const cases = outcomes.map((outcome) => {
    const open = `  <testcase classname="${escapeXml(file)}" name="${escapeXml(outcome.expectation)}"`
    return outcome.ok ? `${open}/>\n` : `${open}>\n    <failure message="${escapeXml(told(outcome))}"/>\n  </testcase>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="wiretail check" tests="${outcomes.length}" failures="${failed}">\n${cases.join('')}</testsuite>\n`
}
