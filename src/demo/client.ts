// The demo's client: fetches one URL once, bounded in time and size, and says in one line what went wrong.

import { type IncomingMessage, request } from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP, Socket } from 'node:net'
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import { readPem } from '../crypto/pem.ts'
import { type Certificate, readCertificate } from '../crypto/x509.ts'
import type { DemoKeys, DemoKind } from './kind.ts'
import { DemoError, errorCode } from './problem.ts'
import { formatEndpoint } from './settings.ts'
import { clientContext, type TlsClientOptions } from './tls.ts'
import { type Evidence, explainTlsFailure } from './tls-failures.ts'

/** Far more than any secret: a server that sends more is not the demo's. */
const BODY_LIMIT = 65_536

/** Milliseconds that the client waits for the server to close first. */
const PATIENCE = 300

export interface FetchOptions {
  /** Milliseconds until the client gives up, 5000 unless given. */
  readonly timeout?: number
  /** Whom to trust and what to show, for https. */
  readonly tls?: TlsClientOptions
  /** 4 or 6: take only such an address of the host. */
  readonly family?: number
}

/** How a TLS connection was made. */
export interface TlsOutcome {
  /** 'TLSv1.3' … */
  readonly version: string
  /** The registered name of the cipher suite. */
  readonly cipher: string
  /** True when the certificate was checked, and not just taken. */
  readonly verified: boolean
  /** DER of the server's certificate. */
  readonly certificate: Uint8Array
}

/** What came back. `body` is as untrusted as anything from the wire. */
export interface Fetched {
  readonly status: number
  readonly body: Uint8Array
  /** The client's own port, to find its packets by. */
  readonly clientPort: number
  readonly tls: TlsOutcome | undefined
}

/** Fetches the URL with GET. Throws a DemoError unless the server answered, whatever the status. */
export async function fetchOnce(address: string, options: FetchOptions = {}): Promise<Fetched> {
  const url = parseUrl(address)
  const timeout = options.timeout ?? 5000
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const sealed = url.protocol === 'https:'
  const port = Number(url.port) || (sealed ? 443 : 80)
  const where = formatEndpoint(host, port)
  const late = new DemoError(`No answer from ${where} within ${timeout / 1000} s. Check address and port, or wait longer: --timeout 30`)
  const socket = new Socket()
  let chain: readonly Certificate[] = []
  const connection = sealed
    ? sealConnection(socket, host, options.tls ?? {}, (seen) => {
        chain = seen
      })
    : socket
  const explain = (error: Error): string => {
    const { authorities } = options.tls ?? {}
    const anchors = authorities === undefined ? undefined : readPem(authorities).flatMap(({ bytes }) => certificatesIn(bytes))
    return explainFailure(error, url, where, { chain, anchors, host })
  }
  waitForServer(connection)
  let timer: NodeJS.Timeout | undefined
  const answered = new Promise<Fetched>((resolve, reject) => {
    timer = setTimeout(() => {
      reject(late)
      connection.destroy()
      socket.destroy()
    }, timeout)
    const send = sealed ? requestTls : request
    const call = send(url, {
      createConnection: () => {
        socket.connect({ host, port, ...(options.family === undefined ? {} : { family: options.family }) })
        return connection
      },
      headers: { 'User-Agent': 'wiretail', Accept: 'text/plain', Connection: 'close' },
    })
    call.on('error', (error) => {
      reject(error instanceof DemoError ? error : new DemoError(explain(error)))
      socket.destroy()
    })
    call.on('response', (response) => {
      const clientPort = socket.localPort ?? 0
      const tls = 'encrypted' in connection ? describeConnection(connection) : undefined
      // Resolved only when the connection is closed on this side too: a capture that stops then has the last packets.
      const closed = new Promise<void>((done) => connection.once('close', () => done()))
      const whole = readBody(response, where)
      whole.then((body) => closed.then(() => resolve({ status: response.statusCode ?? 0, body, clientPort, tls })), reject)
    })
    call.end()
  })
  return answered.finally(() => clearTimeout(timer))
}

function sealConnection(socket: Socket, host: string, options: TlsClientOptions, seen: (chain: Certificate[]) => void): TLSSocket {
  let sealed: TLSSocket
  try {
    // An address may not stand in the extension for the server's name (RFC 6066 3).
    sealed = connect({ socket, host, ...(isIP(host) ? {} : { servername: host }), ...clientContext(options) })
  } catch (error) {
    throw new DemoError(
      explainTlsFailure(error, host) ?? `TLS cannot be set up: ${(error as Error).message}. Check --ciphers, --ca and --cert.`,
    )
  }
  if (options.keylog) sealed.on('keylog', options.keylog)
  // Before Node judges: afterwards, the certificates that it refuses are out of reach.
  sealed.prependListener('secure', () => seen(peerChain(sealed)))
  return sealed
}

/** The certificates that the server sent, as far as Node links them. */
function peerChain(connection: TLSSocket): Certificate[] {
  const chain: Certificate[] = []
  const seen = new Set<DetailedPeerCertificate>()
  for (let peer: DetailedPeerCertificate | undefined = connection.getPeerCertificate(true); peer?.raw && !seen.has(peer); ) {
    seen.add(peer)
    chain.push(...certificatesIn(new Uint8Array(peer.raw)))
    peer = peer.issuerCertificate
  }
  return chain
}

function certificatesIn(der: Uint8Array): Certificate[] {
  const read = readCertificate(der)
  return read.ok ? [read.value] : []
}

function describeConnection(connection: TLSSocket): TlsOutcome {
  return {
    version: connection.getProtocol() ?? '?',
    cipher: connection.getCipher().standardName,
    verified: connection.authorized,
    certificate: new Uint8Array(connection.getPeerCertificate().raw ?? 0),
  }
}

/**
 * Lets the server begin to close, as the demo's server does. Without it, both ends would close at the same moment, and the order of the
 * last packets would differ from run to run.
 */
function waitForServer(socket: Socket): void {
  const finish = socket._final?.bind(socket)
  socket._final = (callback) => {
    const close = (): void => {
      clearTimeout(timer)
      if (finish) finish(callback)
      else callback()
    }
    const timer = setTimeout(close, socket.readableEnded ? 0 : PATIENCE)
    if (!socket.readableEnded) socket.once('end', close)
    socket.once('close', () => clearTimeout(timer))
  }
}

/** The secret that a demo server of this kind answers with. Throws a DemoError for any status but 200. */
export async function fetchSecret(address: string, kind: DemoKind, options: FetchOptions & DemoKeys = {}): Promise<string> {
  const { status, body } = await fetchOnce(address, options)
  requireFound(status, address)
  return kind.read(body, options)
}

/** Throws a DemoError for any status but 200. */
export function requireFound(status: number, address: string): void {
  if (status !== 200)
    throw new DemoError(`The server answered ${status}, not 200. The secret is at the path /: ${new URL('/', address).href}`)
}

function readBody(response: IncomingMessage, where: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = []
    let size = 0
    response.on('data', (part: Uint8Array) => {
      size += part.length
      parts.push(part)
      if (size > BODY_LIMIT)
        response.destroy(new DemoError(`${where} sends more than ${BODY_LIMIT} bytes. Is it the demo's server? wiretail serve plain`))
    })
    response.on('end', () => resolve(Buffer.concat(parts)))
    response.on('error', (error) => {
      const cut = `The answer from ${where} broke off after ${size} bytes. Try again, and look at the server's own messages.`
      reject(error instanceof DemoError ? error : new DemoError(cut))
    })
  })
}

function parseUrl(address: string): URL {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    throw new DemoError(`"${address}" is not a URL. Write it whole: wiretail get http://127.0.0.1:5683`)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    // "localhost:5683" reads as a scheme and a path.
    if (/^[\w.-]+:\d{1,5}(\/|$)/.test(address))
      throw new DemoError(`"${address}" is not a whole URL. Write: wiretail get http://${address}`)
    const scheme = url.protocol.slice(0, -1)
    throw new DemoError(
      `The demo's client speaks http and https, not ${scheme}. Write: wiretail get http://${url.host || '127.0.0.1:5683'}`,
    )
  }
  return url
}

function explainFailure(error: Error, url: URL, where: string, evidence: Evidence): string {
  const code = errorCode(error)
  const kind = url.protocol === 'https:' ? 'https' : 'plain'
  const told = kind === 'https' ? explainTlsFailure(error, where, evidence) : undefined
  if (told !== undefined) return told
  switch (code) {
    case 'ECONNREFUSED':
      return `Nothing listens on ${where}. Start the server first: wiretail serve ${kind}${url.port === '5683' ? '' : ` --port ${url.port || (kind === 'https' ? 443 : 80)}`}`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host "${url.hostname}" is not known. Check its spelling, or give an address: wiretail get http://127.0.0.1:5683`
    case 'ECONNRESET':
    case 'EPIPE':
      return `${where} closed the connection without an answer. If it is an https:// port, write https:; else look at the server's own messages.`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return `${where} cannot be reached from here. Check the address, or use this machine's own: wiretail get http://127.0.0.1:5683`
    case 'ETIMEDOUT':
      return `${where} does not answer. Check address and port.`
    default:
      if (code.startsWith('HPE_')) return explainForeignAnswer(error, where)
      return `Cannot fetch from ${where}: ${error.message}. Check address and port.`
  }
}

/** The first byte tells TLS (RFC 8446 5.1: 21 is an alert, 22 a handshake) from anything else that is not HTTP. */
function explainForeignAnswer(error: Error & { rawPacket?: Uint8Array }, where: string): string {
  const first = error.rawPacket?.[0]
  return first === 21 || first === 22
    ? `${where} answered in TLS, not in plain HTTP. Write https: wiretail get https://${where}`
    : `${where} answered, but not in HTTP. Check the port, or start the demo's server: wiretail serve plain`
}
