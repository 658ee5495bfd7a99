import { encryptFernet, type FernetKey, openFernet, parseFernetKey } from '../crypto/fernet.ts'
import type { DemoKind } from './kind.ts'
import { DemoError } from './problem.ts'
import { serveAnswer } from './server.ts'

/** The secret in a Fernet token, a new one for each answer: sealed with a key that both ends had before. */
export const fernet: DemoKind = {
  name: 'fernet',
  about: 'HTTP, the secret in a Fernet token: both ends share $SECRET_KEY',
  serve: async (secret, options) => {
    const key = requireFernetKey(options.fernetKey, 'serve fernet')
    const message = new TextEncoder().encode(secret)
    // A Flask view that returns Fernet's bytes, as the tutorial's does, declares them to be text/html; this one says what they are.
    const seal = (): Uint8Array => new TextEncoder().encode(encryptFernet(message, key))
    return serveAnswer({ type: 'text/plain; charset=utf-8', body: seal }, options)
  },
  read: (body, keys = {}) => {
    const opened = openFernet(new TextDecoder().decode(body).trim(), requireFernetKey(keys.fernetKey, 'get URL'))
    if (opened.ok) return new TextDecoder().decode(opened.message)
    throw new DemoError(explainRefusal(opened.refusal, opened.reason))
  },
}

/** The key from its text. Throws a DemoError when there is none, or when it is malformed. `command` is for the remedy. */
export function requireFernetKey(text: string | undefined, command: string): FernetKey {
  if (!text)
    throw new DemoError(
      `A Fernet key is needed, the same at both ends. Make one: export SECRET_KEY=$(wiretail fernet key); then: wiretail ${command}`,
    )
  const key = parseFernetKey(text)
  if (!key)
    throw new DemoError(
      'The key is malformed (Python: ValueError: Fernet key must be 32 url-safe base64-encoded bytes.). Make one: export SECRET_KEY=$(wiretail fernet key)',
    )
  return key
}

/** Why a token does not open, in our words and in those of Python's cryptography, with what to do. */
export function explainRefusal(refusal: string, reason: string): string {
  const python = 'Python: cryptography.fernet.InvalidToken'
  switch (refusal) {
    case 'format':
      return `InvalidToken: this is no Fernet token, ${reason} (${python}). Copy the whole token, from gAAAAA to its end.`
    case 'signature':
      return `InvalidToken: the signature does not match (${python}: Signature did not match digest.). The key is another one, or the token was changed: set SECRET_KEY to the key it was made with.`
    case 'expired':
    case 'future':
      return `InvalidToken: ${reason} (${python}). Check the clocks, ask for a new token, or leave out --ttl.`
    default:
      return `InvalidToken: ${reason} (${python}). The maker of the token made a mistake: ask for a new one.`
  }
}
