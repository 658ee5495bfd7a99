// The secrets of a capture: key logs, read on while they grow; private keys; shared keys; what the capture file itself brings.

import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import type { Settings } from '../core/dissect.ts'
import type { FoundSecret, Secrets } from '../core/unseal.ts'
import { KeyLog, type KeyLogLabel } from '../crypto/key-log.ts'
import { openPremaster, type RsaKey, readRsaKey } from '../crypto/rsa.ts'

/** Names of settings (Settings): paths of key logs, paths of private keys or the keys themselves in PEM, and shared keys as hexadecimal digits. */
export const KEY_LOGS = 'tls.keylog'
/** The key log that the environment names: of use or not, nobody asked for it here. */
export const EXPECTED_KEY_LOG = 'tls.keylog.expected'
export const RSA_KEYS = 'tls.rsa'
export const SHARED_KEYS = 'tls.psk'

export const KEY_SETTINGS = [KEY_LOGS, EXPECTED_KEY_LOG, RSA_KEYS, SHARED_KEYS]

/** Type of a pcapng secrets block with a TLS key log: "TLSK". */
export const TLS_KEY_LOG = 0x544c534b
/** How often key logs are looked at, in milliseconds. */
const PATIENCE = 50
const CHUNK = 1 << 20
const CAPTURE = 'the capture file'

/** A line with a secret of one of the usual lengths: one that is cut in the middle of being written would be taken for another secret. */
const WHOLE_LINE = /^\S+ [0-9a-fA-F]{16,64} (?:[0-9a-fA-F]{64}|[0-9a-fA-F]{96})\s*$/

/** A key log on disk, read as far as it goes. */
interface LogFile {
  readonly path: string
  /** Open from the start: a live capture gives up the rights that opening it may take. -1: not there yet. */
  file: number
  position: number
  /** The line under way. */
  rest: string
}

export class SecretRing implements Secrets {
  readonly shared: readonly FoundSecret[]
  readonly log = new KeyLog()
  /** By number of KeyLog.sourceOf: what each log is called. */
  readonly names: string[] = [CAPTURE]
  private readonly files: LogFile[]
  /** Key logs that the user named. */
  private readonly asked: number
  private readonly rsa: { readonly key: RsaKey; readonly from: string }[] = []
  private lookedAt = Number.NEGATIVE_INFINITY

  constructor(settings: Settings | undefined) {
    const logs = [KEY_LOGS, EXPECTED_KEY_LOG].flatMap((name) => settings?.get(name) ?? [])
    this.asked = settings?.get(KEY_LOGS)?.length ?? 0
    this.files = logs.map((path) => ({ path, file: -1, position: 0, rest: '' }))
    this.names.push(...this.files.map(({ path }) => basename(path)))
    for (const given of settings?.get(RSA_KEYS) ?? []) {
      const isKey = given.startsWith('-----BEGIN')
      const read = readRsaKey(isKey ? given : readFileSync(given, 'latin1'))
      if (read.ok) this.rsa.push({ key: read.key, from: isKey ? 'the private key of the server' : basename(given) })
    }
    this.shared = (settings?.get(SHARED_KEYS) ?? []).map((digits) => ({ secret: Buffer.from(digits, 'hex'), from: 'the key given' }))
    this.refresh()
  }

  /** What the user gave, by name. */
  get given(): readonly string[] {
    return [...this.names.slice(1, 1 + this.asked), ...this.rsa.map(({ from }) => from), ...this.shared.map(({ from }) => from)]
  }

  get generation(): number {
    return this.log.count
  }

  get needsHandshake(): boolean {
    return this.rsa.length > 0 || this.shared.length > 0 || this.log.labels.has('RSA')
  }

  find(label: string, id: Uint8Array): FoundSecret | undefined {
    const secret = this.log.find(label as KeyLogLabel, id)
    return secret === undefined ? undefined : { secret, from: this.names[this.log.sourceOf(label as KeyLogLabel, id)] ?? CAPTURE }
  }

  premaster(sealed: Uint8Array): FoundSecret | undefined {
    for (const { key, from } of this.rsa) {
      const secret = openPremaster(key, sealed)
      if (secret !== null) return { secret, from }
    }
    return undefined
  }

  /**
   * The secrets of key logs from number `start` on, for a block of a capture file (type TLS_KEY_LOG), and how many there are now. Those that the
   * capture brought are not among them.
   */
  textFrom(start: number): { readonly bytes: Uint8Array; readonly size: number } {
    this.refresh()
    const lines = this.log.size === start ? [] : this.log.lines(start, 0)
    return { bytes: Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1'), size: this.log.size }
  }

  /** Secrets that the capture file brings. */
  addBlock(type: number, bytes: Uint8Array): void {
    if (type !== TLS_KEY_LOG) return
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    this.log.add(`${text}\n`)
  }

  refresh(): boolean {
    const now = performance.now()
    if (now - this.lookedAt < PATIENCE) return false
    this.lookedAt = now
    const before = this.log.count
    this.files.forEach((file, i) => {
      this.readOn(file, i + 1)
    })
    return this.log.count > before
  }

  private readOn(log: LogFile, number: number): void {
    try {
      if (log.file < 0) log.file = openSync(log.path, 'r')
      const { size } = fstatSync(log.file)
      // Written anew.
      if (size < log.position) {
        log.position = 0
        log.rest = ''
      }
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(0, size - log.position)))
      while (log.position < size) {
        const got = readSync(log.file, chunk, 0, chunk.length, log.position)
        if (got === 0) return
        log.position += got
        const text = log.rest + chunk.toString('latin1', 0, got)
        log.rest = text.slice(this.log.add(text, number)).slice(0, CHUNK)
      }
      // A log that is complete need not end in a line end.
      if (log.rest !== '' && WHOLE_LINE.test(log.rest)) this.log.add(`${log.rest}\n`, number)
    } catch {
      // Not there (yet), or a folder: options are checked before (settings.ts); the environment may name a log that is made later.
    }
  }

  close(): void {
    for (const log of this.files) {
      if (log.file >= 0) closeSync(log.file)
      log.file = -1
    }
  }
}
