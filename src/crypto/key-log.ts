// Key logs in the NSS format, as browsers, curl, Node and OpenSSL write them (SSLKEYLOGFILE; draft-ietf-tls-keylogfile):
//
//     LABEL <client random in hex> <secret in hex>
//
// TLS 1.2 and before: CLIENT_RANDOM and the master secret of 48 bytes, or RSA, where the first 8 bytes of the encrypted premaster secret
// take the client random's place. TLS 1.3: one line for each traffic secret. QUIC writes the same lines, or the same with QUIC_ before them.

export const LABELS = [
  'CLIENT_RANDOM',
  'RSA',
  'CLIENT_EARLY_TRAFFIC_SECRET',
  'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  'CLIENT_TRAFFIC_SECRET_0',
  'SERVER_TRAFFIC_SECRET_0',
  'EARLY_EXPORTER_SECRET',
  'EXPORTER_SECRET',
  'ECH_SECRET',
  'ECH_CONFIG',
] as const
export type KeyLogLabel = (typeof LABELS)[number]

/** Lines of one log that are ever kept: about 1 GB of browsing. What comes later takes no memory and opens nothing. */
export const MAX_SECRETS = 1 << 20

const KNOWN: ReadonlySet<string> = new Set(LABELS)
const LINE = /^(?:QUIC_)?([A-Z0-9_]+) ([0-9a-fA-F]+) ([0-9a-fA-F]+)$/
/** A secret of a key log: no suite's hash is longer than 64 bytes; RSA premaster secrets have 48. */
const MAX_SECRET_DIGITS = 2 * 128

/** Secrets by label and client random. Grows as more of a log is read; every line says which log it came from. */
export class KeyLog {
  /** Lines that held a secret. */
  count = 0
  /** Lines that are neither secrets, nor comments, nor empty. */
  unreadable = 0
  /** Labels seen. */
  readonly labels = new Set<string>()
  private readonly secrets = new Map<string, { readonly secret: Uint8Array; readonly from: number }>()

  /**
   * Takes in text of a log; `from` is the caller's number of the log. Whole lines only: returns the characters taken, so that a log still being
   * written can be read on from there.
   */
  add(text: string, from = 0): number {
    let at = 0
    for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      this.line(text.slice(at, end), from)
      at = end + 1
    }
    return at
  }

  /** Takes in one line. */
  line(line: string, from = 0): void {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return
    const [, label = '', id = '', secret = ''] = LINE.exec(trimmed) ?? []
    if (!KNOWN.has(label) || secret.length > MAX_SECRET_DIGITS || secret.length % 2 !== 0 || this.secrets.size >= MAX_SECRETS) {
      this.unreadable++
      return
    }
    this.count++
    this.labels.add(label)
    this.secrets.set(`${label} ${id.toLowerCase()}`, { secret: Buffer.from(secret, 'hex'), from })
  }

  /** The secret of a label for a client random (of RSA: for the first 8 bytes of the encrypted premaster secret). */
  find(label: KeyLogLabel, id: Uint8Array): Uint8Array | undefined {
    return this.secrets.get(keyOf(label, id))?.secret
  }

  /** The number of the log that the secret came from, -1 when there is none. */
  sourceOf(label: KeyLogLabel, id: Uint8Array): number {
    return this.secrets.get(keyOf(label, id))?.from ?? -1
  }

  /** Secrets so far; `lines` counts in them. */
  get size(): number {
    return this.secrets.size
  }

  /** The secrets from number `start` on as lines of a log, but for those of the log `without`. */
  lines(start: number, without: number): string[] {
    return [...this.secrets]
      .slice(start)
      .filter(([, { from }]) => from !== without)
      .map(([name, { secret }]) => `${name} ${Buffer.from(secret).toString('hex')}`)
  }

  /** Does any line speak of this client random? */
  knows(random: Uint8Array): boolean {
    return LABELS.some((label) => this.secrets.has(keyOf(label, random)))
  }
}

const keyOf = (label: KeyLogLabel, id: Uint8Array): string => `${label} ${Buffer.from(id).toString('hex')}`
