// `wiretail fernet`: keys and tokens of Fernet, as Python's cryptography makes and opens them.

import { parseArgs } from 'node:util'
import { safeText } from '../bytes/text.ts'
import {
  DemoError,
  encryptFernet,
  explainRefusal,
  generateFernetKey,
  openFernet,
  parseFernetKey,
  parseFernetToken,
  requireFernetKey,
} from '../demo/index.ts'
import { attempt } from './attempt.ts'
import type { Io } from './commands.ts'
import { joinKeys } from './keys.ts'

export const help = `wiretail fernet key
wiretail fernet encrypt|decrypt|inspect [TEXT] [--key KEY]

key makes a key, encrypt a token, decrypt gives its message back, inspect
takes it apart, with or without a key. Without TEXT, or with -, it is read
from standard input.

      --key KEY      else $SECRET_KEY
      --ttl SECONDS  decrypt: refuse a token that is older
      --json         inspect: the same as data

Examples:
  export SECRET_KEY=$(wiretail fernet key)
  wiretail fernet encrypt "fluffy tail" | wiretail fernet inspect
`

const OPTIONS = {
  key: { type: 'string' },
  ttl: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Longest text that is read from standard input. */
const MAX_INPUT = 16 << 20

/** Runs the command. Resolves to the exit code: 1 for a token or key that will not do, with a line that says why. */
export function run(args: string[], io: Io): Promise<number> {
  return attempt('fernet', io, async () => {
    const { values, positionals } = parseArgs({ args: joinKeys(args, ['--key']), allowPositionals: true, options: OPTIONS })
    if (values.help) {
      io.out(help)
      return 0
    }
    const [action = '', text, surplus] = positionals
    if (surplus !== undefined)
      throw new DemoError(`"${surplus}" is too much. A text of several words needs quotes: wiretail fernet encrypt "fluffy tail"`)
    if (values.ttl !== undefined && action !== 'decrypt') throw new DemoError('--ttl is for decrypt. Leave it out.')
    const { SECRET_KEY } = process.env
    const key = values.key ?? SECRET_KEY
    switch (action) {
      case 'key':
        if (text !== undefined) throw new DemoError(`"${text}" is too much: a key is made of chance alone. Write: wiretail fernet key`)
        io.out(`${generateFernetKey()}\n`)
        return 0
      case 'encrypt':
        io.out(`${encryptFernet(await input(text), requireFernetKey(key, 'fernet encrypt'))}\n`)
        return 0
      case 'decrypt': {
        const ttl = values.ttl === undefined ? undefined : parseSeconds(values.ttl)
        const opened = openFernet(await tokenOf(text), requireFernetKey(key, 'fernet decrypt'), ttl === undefined ? {} : { ttl })
        if (!opened.ok) throw new DemoError(explainRefusal(opened.refusal, opened.reason))
        io.out(`${printable(opened.message)}\n`)
        return 0
      }
      case 'inspect':
        io.out(inspect(await tokenOf(text), key, values.json))
        return 0
      default:
        throw new DemoError(
          `${action === '' ? 'Say what to do' : `There is no "fernet ${action}"`}: key, encrypt, decrypt or inspect. For example: wiretail fernet key`,
        )
    }
  })
}

function parseSeconds(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new DemoError(`"${text}" is no time. Give whole seconds: --ttl 60`)
  return Number(text)
}

/** The text given, else standard input without the line feed at its end. */
async function input(text: string | undefined): Promise<Uint8Array> {
  if (text !== undefined && text !== '-') return new TextEncoder().encode(text)
  const { stdin } = process
  if (stdin.isTTY)
    throw new DemoError('There is no text. Give it in quotes, or send it through a pipe: echo "fluffy tail" | wiretail fernet encrypt')
  const parts: Buffer[] = []
  let size = 0
  for await (const part of stdin) {
    parts.push(Buffer.from(part))
    size += parts.at(-1)?.length ?? 0
    if (size > MAX_INPUT)
      throw new DemoError(`The input is larger than ${MAX_INPUT >> 20} MB. Fernet keeps everything in memory: cut it into pieces.`)
  }
  const bytes = Buffer.concat(parts)
  return bytes.subarray(0, bytes.at(-1) === 10 ? bytes.length - (bytes.at(-2) === 13 ? 2 : 1) : bytes.length)
}

async function tokenOf(text: string | undefined): Promise<string> {
  return new TextDecoder().decode(await input(text)).trim()
}

/** The message as text that is safe to print, line by line. */
function printable(message: Uint8Array): string {
  return new TextDecoder()
    .decode(message)
    .split('\n')
    .map((line) => safeText(line, MAX_INPUT))
    .join('\n')
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function inspect(text: string, keyText: string | undefined, json: boolean): string {
  const parsed = parseFernetToken(text)
  if (!parsed.ok) throw new DemoError(explainRefusal('format', parsed.reason))
  const { token } = parsed
  const key = keyText ? parseFernetKey(keyText) : undefined
  if (keyText && key === undefined) requireFernetKey(keyText, 'fernet inspect')
  const opened = key ? openFernet(text, key) : undefined
  const made = token.time <= 8.64e12 ? new Date(token.time * 1000).toISOString().replace('.000Z', 'Z') : null
  const { min, max } = token.messageLength
  if (json) {
    const data = {
      version: '0x80',
      time: token.time,
      made,
      iv: hex(token.iv),
      ciphertext: hex(token.ciphertext),
      hmac: hex(token.hmac),
      messageLength: { min, max },
      valid: opened?.ok ?? null,
      message: opened?.ok ? new TextDecoder().decode(opened.message) : null,
    }
    return `${JSON.stringify(data, null, 2)}\n`
  }
  const line = (part: string, bytes: string, value: string): string => `${`  ${part.padEnd(12)}${bytes.padEnd(8)}${value}`.trimEnd()}\n`
  const end = token.bytes.length
  const rows = [
    line('part', 'bytes', ''),
    line('version', '0', '0x80, the only one'),
    line('time', '1-8', `${token.time}${made === null ? '' : `: ${made}, by its maker's clock, readable without a key`}`),
    line('IV', '9-24', `${hex(token.iv)}, random, so that equal messages look different`),
    line('ciphertext', `25-${end - 33}`, `${token.ciphertext.length} bytes, so the message has ${min} to ${max}`),
    line('HMAC', `${end - 32}-${end - 1}`, hex(token.hmac)),
  ]
  const verdict =
    opened === undefined
      ? 'Without the key, that is all. With it: --key KEY, or SECRET_KEY in the environment.'
      : opened.ok
        ? `The signature matches. The message is: ${safeText(new TextDecoder().decode(opened.message))}`
        : explainRefusal(opened.refusal, opened.reason)
  return `${rows.join('')}\n${verdict}\n`
}
