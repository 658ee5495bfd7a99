// What the user tells protocols, checked: front ends give texts from options and the environment, and get settings for a capture.

import { readFileSync, statSync } from 'node:fs'
import type { Settings } from '../core/dissect.ts'
import { KeyLog } from '../crypto/key-log.ts'
import { readRsaKey } from '../crypto/rsa.ts'
import { readFernetKeys } from './exposure/keys.ts'
import { EXPECTED_KEY_LOG, KEY_LOGS, RSA_KEYS, SHARED_KEYS } from './secret-ring.ts'

export interface SettingTexts {
  /** Fernet keys: 32 bytes of base64url each. */
  readonly fernetKeys?: readonly string[]
  /** Files with secrets of TLS and QUIC in NSS format. */
  readonly keyLogs?: readonly string[]
  /** The key log that the environment names: programs may make it later, so it need not be there yet. */
  readonly expectedKeyLog?: string | undefined
  /** Files with RSA private keys in PEM. */
  readonly rsaKeys?: readonly string[]
  /** RSA private keys themselves, in PEM: where no file is to be read. */
  readonly rsaKeyTexts?: readonly string[]
  /** Pre-shared keys as hexadecimal digits. */
  readonly sharedKeys?: readonly string[]
  /** Protocols whose checksums are to be verified: "tcp", "udp", "ip". */
  readonly checksums?: readonly string[]
}

type Read = { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly message: string }

/**
 * Settings for CaptureOptions and SessionOptions, or one line that says what is wrong with a text and how to mend it.
 *
 *     const read = readSettings({ fernetKeys: values['fernet-key'] ?? (SECRET_KEY ? [SECRET_KEY] : []) })
 */
export function readSettings(texts: SettingTexts): Read {
  const fernetKeys = (texts.fernetKeys ?? []).map((key) => key.trim())
  const read = readFernetKeys(fernetKeys)
  if (!read.ok) return read
  const { keyLogs = [], expectedKeyLog, rsaKeys = [], rsaKeyTexts = [], sharedKeys = [] } = texts
  const wrong =
    keyLogs.map(checkKeyLog).find(isText) ?? rsaKeys.map(checkRsaKey).find(isText) ?? sharedKeys.map(checkSharedKey).find(isText)
  if (wrong !== undefined) return { ok: false, message: wrong }
  const settings = new Map([['fernet.key', fernetKeys]])
  const expected = keyLogs.length > 0 || expectedKeyLog === undefined || expectedKeyLog === '' ? [] : [expectedKeyLog]
  for (const [name, values] of [
    [KEY_LOGS, keyLogs],
    [EXPECTED_KEY_LOG, expected],
    [RSA_KEYS, [...rsaKeys, ...rsaKeyTexts]],
    [SHARED_KEYS, sharedKeys.map((key) => key.replace(/^0x/i, ''))],
  ] as const)
    if (values.length > 0) settings.set(name, [...values])
  for (const protocol of texts.checksums ?? []) settings.set(`${protocol}.check_checksum`, ['TRUE'])
  return { ok: true, settings }
}

const isText = (text: string | undefined): text is string => text !== undefined

/** Why a file cannot be read, in words. */
function troubleOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return code === 'ENOENT' ? 'is not there' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`
}

/** A key log larger than this is not read through before it is used. */
const MAX_CHECKED = 16 * 1024 * 1024

function checkKeyLog(path: string): string | undefined {
  let text: string
  try {
    if (statSync(path).size > MAX_CHECKED) return undefined
    text = readFileSync(path, 'latin1')
  } catch (error) {
    return `The key log ${path} ${troubleOf(error)}. Name the file that SSLKEYLOGFILE made: --keylog FILE`
  }
  // An empty one may be filled while packets come.
  if (text.trim() === '') return undefined
  const log = new KeyLog()
  log.add(`${text}\n`)
  // A heading alone: the programs that will write into it have yet to speak.
  return log.count > 0 || log.unreadable === 0
    ? undefined
    : `${path} holds no TLS secrets. A key log has lines such as "CLIENT_RANDOM 5f2a… 9c1e…": --keylog FILE`
}

function checkRsaKey(path: string): string | undefined {
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch (error) {
    return `The private key ${path} ${troubleOf(error)}. Name the server's RSA key in PEM: --rsa-key FILE`
  }
  const read = readRsaKey(text)
  if (read.ok) return undefined
  switch (read.why) {
    case 'locked':
      return `${path} is locked with a passphrase. Write a copy without one: openssl rsa -in ${path} -out unlocked.pem`
    case 'other':
      return `${path} is no RSA key, and only RSA keys open recorded traffic. Use a key log: --keylog FILE`
    default:
      return `${path} holds no private key in PEM. It begins with "-----BEGIN PRIVATE KEY-----": --rsa-key FILE`
  }
}

function checkSharedKey(digits: string): string | undefined {
  return /^(0x)?([0-9a-f]{2}){1,256}$/i.test(digits)
    ? undefined
    : 'This is no pre-shared key. Give its bytes as hexadecimal digits, two a byte: --psk 6a756e6b'
}
