import type { DemoServer, ServerOptions } from './server.ts'

/** What a reader of an answer may need. */
export interface DemoKeys {
  /** A Fernet key as text. */
  readonly fernetKey?: string
}

/** One way in which the demo sends its secret. */
export interface DemoKind {
  /** The word after `wiretail serve`. */
  readonly name: string
  /** How the secret travels, for help texts and the server's first line. */
  readonly about: string
  /** Starts a server that answers GET / with the secret as this kind sends it. */
  serve(secret: string, options: ServerOptions): Promise<DemoServer>
  /** The secret from the body of an answer of this kind. Throws a DemoError when it cannot be read. */
  read(body: Uint8Array, keys?: DemoKeys): string
}
