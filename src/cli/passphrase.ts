// Passphrases of private keys: from an option, from the environment, or asked for on the terminal without showing what is typed.

import { DemoError } from '../demo/index.ts'
import type { Io } from './commands.ts'

/** What the options and the environment say. */
export interface PassphraseChoice {
  /** From --passphrase. */
  readonly given: string | undefined
  /** Names of environment variables, the first that is set counts. */
  readonly variables: readonly string[]
}

/** The passphrase that was given, undefined for none. */
export function givenPassphrase({ given, variables }: PassphraseChoice): string | undefined {
  return given ?? variables.map((name) => process.env[name]).find((value) => value !== undefined && value !== '')
}

/** Calls `open` with the passphrase that was given; when it needs one and none was, asks. `open` throws an error with a `path` for that. */
export async function withPassphrase<T>(choice: PassphraseChoice, io: Io, open: (passphrase?: string) => T): Promise<T> {
  const given = givenPassphrase(choice)
  try {
    return open(given)
  } catch (error) {
    if (!(error instanceof DemoError) || !('path' in error) || !process.stdin.isTTY) throw error
    return open(await ask(`Passphrase of ${String(error.path)}: `, io))
  }
}

/** A passphrase for a new key, typed twice; undefined for a key without protection. Throws a DemoError without a terminal. */
export async function choosePassphrase(choice: PassphraseChoice, unprotected: boolean, path: string, io: Io): Promise<string | undefined> {
  if (unprotected) return undefined
  const given = givenPassphrase(choice)
  if (given !== undefined) return requireLong(given)
  if (!process.stdin.isTTY)
    throw new DemoError(
      `The new private key in ${path} needs a passphrase, and there is no terminal to ask for one. Set ${choice.variables[0]}, give --passphrase TEXT, or leave the key unprotected: --no-passphrase`,
    )
  const first = requireLong(await ask(`New passphrase of ${path}: `, io))
  if ((await ask('Once more: ', io)) !== first) throw new DemoError('The two passphrases differ. Nothing was written; start again.')
  return first
}

/** OpenSSL itself asks for four characters at least. */
function requireLong(passphrase: string): string {
  if (passphrase.length < 4) throw new DemoError('The passphrase is too short. Take four characters at least, or none: --no-passphrase')
  return passphrase
}

/** Longer than any passphrase that somebody types. */
const MAX_TYPED = 1024

/** Reads a line from the terminal; what is typed does not appear. Throws a DemoError after Ctrl-C or Ctrl-D. */
function ask(prompt: string, io: Io): Promise<string> {
  const { stdin } = process
  io.err(prompt)
  return new Promise((resolve, reject) => {
    let typed = ''
    const finish = (result: string | DemoError): void => {
      stdin.off('data', read)
      stdin.setRawMode(false)
      stdin.pause()
      io.err('\n')
      if (typeof result === 'string') resolve(result)
      else reject(result)
    }
    const take = (character: string): string | DemoError | undefined => {
      if (character === '\r' || character === '\n') return typed
      if (character === '\u0003' || character === '\u0004')
        return new DemoError('No passphrase was given. Nothing was done; start again when you have it.')
      if (character === '\u007f' || character === '\b') typed = typed.slice(0, -1)
      else if (character === '\u0015') typed = ''
      else if (character >= ' ' && typed.length < MAX_TYPED) typed += character
      return undefined
    }
    const read = (chunk: Buffer | string): void => {
      for (const character of chunk.toString()) {
        const result = take(character)
        if (result === undefined) continue
        finish(result)
        break
      }
    }
    stdin.setRawMode(true)
    stdin.setEncoding('utf8')
    stdin.on('data', read)
    stdin.resume()
  })
}
