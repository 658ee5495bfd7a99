// PEM (RFC 7468): base64 between two lines that say what it is.

export interface PemBlock {
  /** What stands after BEGIN: 'CERTIFICATE', 'CERTIFICATE REQUEST', 'ENCRYPTED PRIVATE KEY' … */
  readonly label: string
  readonly bytes: Uint8Array
  /** True when a passphrase is needed: PKCS #8 says so in the label, OpenSSL's own older form in a header. */
  readonly encrypted: boolean
  /** The block as it stands in the text. */
  readonly text: string
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,64})-----\r?\n([\s\S]*?)-----END \1-----/g

/** All blocks of a text, other lines between them ignored, as RFC 7468 2 asks. Bad base64 leaves a block out. */
export function readPem(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  for (const [whole, label = '', inner = ''] of text.matchAll(BLOCK)) {
    const headers = /^(?:[\w-]+: .*\r?\n)+/.exec(inner)?.[0] ?? ''
    const base64 = inner.slice(headers.length).replace(/\s+/g, '')
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) continue
    const encrypted = label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type: 4,ENCRYPTED/m.test(headers)
    blocks.push({ label, bytes: Uint8Array.from(Buffer.from(base64, 'base64')), encrypted, text: whole })
  }
  return blocks
}

/** Lines of 64 characters between the two that name it, with a line feed at the end. */
export function writePem(label: string, bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes).toString('base64')
  return `-----BEGIN ${label}-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`
}
