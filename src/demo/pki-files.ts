// Keys, requests and certificates as files: read with a reason and a remedy for everything that can be wrong, written so that nothing is
// lost and no private key can be read by others.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type PemBlock, readPem } from '../crypto/pem.ts'
import { type Certificate, type CertificateRequest, readCertificate, readRequest } from '../crypto/x509.ts'
import { isAboutKey } from '../crypto/x509-keys.ts'
import { DemoError, errorCode } from './problem.ts'
import type { Identity } from './tls.ts'

/** The tutorial's names. */
export const PKI_FILES = {
  authorityKey: 'ca-private-key.pem',
  authority: 'ca-public-key.pem',
  key: 'server-private-key.pem',
  request: 'server-csr.pem',
  certificate: 'server-public-key.pem',
} as const

/** A private key is encrypted, and no passphrase was given. */
export class PassphraseNeeded extends DemoError {
  readonly path: string

  constructor(path: string) {
    super(
      `The private key in ${path} is encrypted, and there is no terminal to ask for its passphrase. Give it: PASSPHRASE=… in the environment, or --passphrase TEXT`,
    )
    this.path = path
  }
}

/** Larger than any chain of certificates. */
const MAX_SIZE = 1 << 20

/** The text of a file. Throws a DemoError; `remedy` says how such a file is made. */
function readText(path: string, what: string, remedy: string): string {
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch (error) {
    throw new DemoError(explainFile(error, path, what, remedy))
  }
  if (text.length > MAX_SIZE) throw new DemoError(`${path} is too large for ${what}. Check the name of the file.`)
  return text
}

function explainFile(error: unknown, path: string, what: string, remedy: string): string {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `There is no ${path}, where ${what} should be. Check the name, or make it: ${remedy}`
    case 'EISDIR':
      return `${path} is a directory, not a file with ${what}. Name the file in it.`
    case 'EACCES':
    case 'EPERM':
      return `${path} may not be read. Take the rights to it, or name another file with ${what}.`
    default:
      return `${path} cannot be read: ${(error as Error).message}. Check the file.`
  }
}

/** `a certificate request`, `an encrypted private key`. */
function describeBlock(block: PemBlock | undefined): string {
  const words = block?.label.toLowerCase() ?? 'something else'
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`
}

/** Every PEM block of a file, of any kind, or the one that a DER file holds. Throws a DemoError when there is none. */
export function readBlocks(path: string): PemBlock[] {
  const text = readText(path, 'a certificate, request or key', 'wiretail pki --help')
  const blocks = readPem(text)
  if (blocks.length > 0) return blocks
  const bytes = Uint8Array.from(Buffer.from(text, 'latin1'))
  const label = readCertificate(bytes).ok ? 'CERTIFICATE' : readRequest(bytes).ok ? 'CERTIFICATE REQUEST' : undefined
  if (label === undefined)
    throw new DemoError(
      `${path} holds no certificate, request or key in PEM, the form with -----BEGIN. Name such a file, for example ${PKI_FILES.certificate}`,
    )
  return [{ label, bytes, encrypted: false, text: '' }]
}

/** The certificates of a file, the first one's holder first, and its text. Throws a DemoError. */
export function readCertificates(path: string, remedy = 'wiretail pki --help'): { certificates: Certificate[]; text: string } {
  const text = readText(path, 'a certificate', remedy)
  const blocks = readBlocks(path)
  const own = blocks.filter(({ label }) => label === 'CERTIFICATE' || label === 'X509 CERTIFICATE' || label === 'TRUSTED CERTIFICATE')
  if (own.length === 0)
    throw new DemoError(
      `${path} holds ${describeBlock(blocks[0])}, not a certificate. Name a file with a certificate, for example ${PKI_FILES.certificate}`,
    )
  const certificates = own.map(({ bytes }) => {
    const read = readCertificate(bytes)
    const fault = read.ok ? read.value.faults[0] : read.fault
    if (read.ok && fault === undefined) return read.value
    throw new DemoError(`The certificate in ${path} is damaged at byte ${fault?.at}: ${fault?.message}. Make it anew: ${remedy}`)
  })
  return { certificates, text }
}

/** The request in a file. Throws a DemoError. */
export function readRequestFile(path: string): CertificateRequest {
  readText(path, 'a request', 'wiretail pki csr')
  const blocks = readBlocks(path)
  const block = blocks.find(({ label }) => label === 'CERTIFICATE REQUEST' || label === 'NEW CERTIFICATE REQUEST')
  if (!block) throw new DemoError(`${path} holds ${describeBlock(blocks[0])}, not a request. Make one: wiretail pki csr`)
  const read = readRequest(block.bytes)
  if (read.ok) return read.value
  throw new DemoError(
    `The request in ${path} is damaged at byte ${read.fault.at}: ${read.fault.message}. Make it anew: wiretail pki csr --force`,
  )
}

/** The private key in a file. Throws PassphraseNeeded when it is encrypted and none is given, else a DemoError. */
export function readKey(path: string, passphrase?: string, remedy = 'wiretail pki csr'): KeyObject {
  const text = readText(path, 'a private key', remedy)
  const blocks = readPem(text)
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'))
  if (!block)
    throw new DemoError(
      blocks[0]
        ? `${path} holds ${describeBlock(blocks[0])}, not a private key. Name the file with the key, for example ${PKI_FILES.key}`
        : `${path} holds no private key in PEM, the form with -----BEGIN PRIVATE KEY. Make one: ${remedy}`,
    )
  if (block.encrypted && passphrase === undefined) throw new PassphraseNeeded(path)
  try {
    return createPrivateKey({ key: block.text, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) })
  } catch {
    throw new DemoError(
      block.encrypted
        ? `The passphrase does not open the private key in ${path}. Give the one that it was made with; without it the key is lost: ${remedy} --force makes another.`
        : `The private key in ${path} is damaged. Make another: ${remedy} --force`,
    )
  }
}

/** A certificate with its private key, checked to belong together. Throws PassphraseNeeded or a DemoError. */
export function readIdentity(certificatePath: string, keyPath: string, passphrase?: string): Identity {
  const { certificates, text } = readCertificates(certificatePath, 'wiretail pki sign')
  const key = readKey(keyPath, passphrase)
  const [first] = certificates
  if (!first || !isAboutKey(first, key))
    throw new DemoError(
      `The certificate in ${certificatePath} does not match the private key in ${keyPath}: it is about another key. Name the pair that was made together, or sign a request of this key: wiretail pki csr --key ${keyPath}`,
    )
  return { certificate: toPem(text), key }
}

/** The certificates of a file as PEM, for whom to trust. Throws a DemoError. */
export function readAuthorities(path: string): string {
  return toPem(readCertificates(path, 'wiretail pki ca').text)
}

/** node:tls takes PEM; a file may be DER. */
function toPem(text: string): string {
  return text.includes('-----BEGIN') ? text : new X509Certificate(Buffer.from(text, 'latin1')).toString()
}

export interface NewFile {
  readonly path: string
  readonly text: string
  /** True for a private key: nobody else may read it. */
  readonly secret?: boolean
}

/**
 * Writes all of the files or, when one of them exists and `force` is false, none. Folders are made. An old file is removed first, so that
 * a new private key never takes over the rights of the old one.
 */
export function writeNew(files: readonly NewFile[], force: boolean): void {
  const written: string[] = []
  try {
    for (const { path, text, secret } of files) {
      mkdirSync(dirname(path), { recursive: true })
      if (force) rmSync(path, { force: true })
      writeFileSync(path, text, { flag: 'wx', mode: secret ? 0o600 : 0o644 })
      written.push(path)
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true })
    const path = files[written.length]?.path ?? ''
    const { syscall } = error as NodeJS.ErrnoException
    if (syscall === 'mkdir' && /^(EEXIST|ENOTDIR)$/.test(errorCode(error)))
      throw new DemoError(`${dirname(path)} is a file, not a folder. Choose another place: --dir FOLDER`)
    throw new DemoError(
      errorCode(error) === 'EEXIST'
        ? `${path} exists, and is not overwritten. Choose another place with --dir or --name, or replace it: --force`
        : `${path} cannot be written: ${errorCode(error)}. Choose another place: --dir FOLDER`,
    )
  }
}
