// What a cipher suite of TLS is made of, from its name in IANA's registry: TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256. The names say all that
// opening records needs, so there is no second table of suites.

export type Mode = 'aead' | 'cbc' | 'stream' | 'null'

/** Hashes as node:crypto names them. */
export type MacHash = 'md5' | 'sha1' | 'sha256' | 'sha384'

export interface CipherSuite {
  readonly name: string
  readonly mode: Mode
  /** The cipher as node:crypto names it; "rc4" is our own (rc4.ts), '' for none. */
  readonly cipher: string
  readonly keyLength: number
  /** Bytes of the block of a CBC cipher; 0 for others. */
  readonly blockLength: number
  /** Bytes of an AEAD's tag; 0 for others. */
  readonly tagLength: number
  /** The MAC of what is no AEAD. */
  readonly mac: MacHash | null
  /** The hash of the key schedule: SHA-256 unless the name ends in SHA384. Before TLS 1.2 it was always MD5 and SHA-1. */
  readonly hash: 'sha256' | 'sha384'
  /** How the key is agreed on: "RSA", "ECDHE_RSA", "DHE_PSK"; '' for TLS 1.3, which names only the cipher. */
  readonly exchange: string
}

const CIPHERS: Readonly<Record<string, readonly [Mode, string, number, number, number]>> = {
  NULL: ['null', '', 0, 0, 0],
  RC4_128: ['stream', 'rc4', 16, 0, 0],
  '3DES_EDE_CBC': ['cbc', 'des-ede3-cbc', 24, 8, 0],
  CHACHA20_POLY1305: ['aead', 'chacha20-poly1305', 32, 0, 16],
}

/** AES_128_GCM, ARIA_256_CBC, AES_128_CCM_8 …: cipher, bits, mode, and whether the tag is short. */
const BLOCK_CIPHER = /^(AES|CAMELLIA|ARIA)_(128|256)_(CBC|GCM|CCM)(_8)?$/

function cipherOf(name: string): readonly [Mode, string, number, number, number] | undefined {
  const known = CIPHERS[name]
  if (known !== undefined) return known
  const [, family, bits, mode, short] = BLOCK_CIPHER.exec(name) ?? []
  if (family === undefined || bits === undefined || mode === undefined) return undefined
  const cipher = `${family}-${bits}-${mode}`.toLowerCase()
  return mode === 'CBC' ? ['cbc', cipher, Number(bits) / 8, 16, 0] : ['aead', cipher, Number(bits) / 8, 0, short === undefined ? 16 : 8]
}

const MACS: Readonly<Record<string, MacHash>> = { MD5: 'md5', SHA: 'sha1', SHA256: 'sha256', SHA384: 'sha384' }

/** The parts of a suite; undefined for one that nothing here can open (DES, IDEA, export ciphers, names that are none). */
export function cipherSuite(name: string): CipherSuite | undefined {
  const [, exchange = '', rest = ''] = /^TLS_(?:(\w+)_WITH_)?(\w+)$/.exec(name) ?? []
  if (exchange.includes('EXPORT')) return undefined
  const [, before = '', last = ''] = /^(\w+)_(MD5|SHA|SHA256|SHA384)$/.exec(rest) ?? []
  // The suites with CCM name no hash: it is SHA-256 (RFC 6655 3); those of TLS 1.3 do.
  const parts = cipherOf(before === '' ? rest : before)
  if (parts === undefined) return undefined
  const [mode, cipher, keyLength, blockLength, tagLength] = parts
  const hash = last === 'SHA384' ? 'sha384' : 'sha256'
  return { name, mode, cipher, keyLength, blockLength, tagLength, mac: mode === 'aead' ? null : (MACS[last] ?? null), hash, exchange }
}
