// The demo's client: fetches one URL once, bounded in time and size, and says in one line what went wrong.

import { type IncomingMessage, request } from 'node:http'
import { Socket } from 'node:net'
import type { DemoKind } from './kind.ts'
import { DemoError, errorCode } from './problem.ts'
import { formatEndpoint } from './settings.ts'

/** Far more than any secret: a server that sends more is not the demo's. */
const BODY_LIMIT = 65_536

/** Milliseconds that the client waits for the server to close first. */
const PATIENCE = 300

export interface FetchOptions {
  /** Milliseconds until the client gives up, 5000 unless given. */
  readonly timeout?: number
}

/** What came back. `body` is as untrusted as anything from the wire. */
export interface Fetched {
  readonly status: number
  readonly body: Uint8Array
  /** The client's own port, to find its packets by. */
  readonly clientPort: number
}

/** Fetches the URL with GET. Throws a DemoError unless the server answered, whatever the status. */
export async function fetchOnce(address: string, options: FetchOptions = {}): Promise<Fetched> {
  const url = parseUrl(address)
  const timeout = options.timeout ?? 5000
  const where = formatEndpoint(url.hostname.replace(/^\[|\]$/g, ''), Number(url.port) || 80)
  const late = new DemoError(`No answer from ${where} within ${timeout / 1000} s. Check address and port, or wait longer: --timeout 30`)
  const socket = new PatientSocket()
  let timer: NodeJS.Timeout | undefined
  const answered = new Promise<Fetched>((resolve, reject) => {
    timer = setTimeout(() => {
      reject(late)
      socket.destroy()
    }, timeout)
    const call = request(url, {
      createConnection: ({ host, port }) => socket.connect({ host: host ?? '', port: Number(port) }),
      headers: { 'User-Agent': 'wiretail', Accept: 'text/plain', Connection: 'close' },
    })
    call.on('error', (error) => reject(error instanceof DemoError ? error : new DemoError(explainFailure(error, url, where))))
    call.on('response', (response) => {
      const clientPort = socket.localPort ?? 0
      // Resolved only when the connection is closed on this side too: a capture that stops then has the last packets.
      const closed = new Promise<void>((done) => socket.once('close', () => done()))
      const whole = readBody(response, where)
      whole.then((body) => closed.then(() => resolve({ status: response.statusCode ?? 0, body, clientPort })), reject)
    })
    call.end()
  })
  return answered.finally(() => clearTimeout(timer))
}

/**
 * A connection whose closing the server begins, as the demo's server does. Without it, both ends would close at the same moment, and
 * the order of the last three packets would differ from run to run.
 */
class PatientSocket extends Socket {
  override _final(callback: (error?: Error | null) => void): void {
    const close = (): void => {
      clearTimeout(timer)
      super._final(callback)
    }
    const timer = setTimeout(close, this.readableEnded ? 0 : PATIENCE)
    if (!this.readableEnded) this.once('end', close)
    this.once('close', () => clearTimeout(timer))
  }
}

/** The secret that a demo server of this kind answers with. Throws a DemoError for any status but 200. */
export async function fetchSecret(address: string, kind: DemoKind, options: FetchOptions = {}): Promise<string> {
  const { status, body } = await fetchOnce(address, options)
  if (status !== 200)
    throw new DemoError(`The server answered ${status}, not 200. The secret is at the path /: ${new URL('/', address).href}`)
  return kind.read(body)
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
  if (url.protocol !== 'http:') {
    const scheme = url.protocol.slice(0, -1)
    throw new DemoError(`The demo's client speaks http, not ${scheme}. Write: wiretail get http://${url.host || '127.0.0.1:5683'}`)
  }
  return url
}

function explainFailure(error: Error, url: URL, where: string): string {
  const code = errorCode(error)
  switch (code) {
    case 'ECONNREFUSED':
      return `Nothing listens on ${where}. Start the server first: wiretail serve plain${url.port === '5683' ? '' : ` --port ${url.port || 80}`}`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host "${url.hostname}" is not known. Check its spelling, or give an address: wiretail get http://127.0.0.1:5683`
    case 'ECONNRESET':
    case 'EPIPE':
      return `${where} closed the connection without an answer. Look at the server's own messages.`
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
    ? `${where} answered in TLS, not in plain HTTP. It is an https:// port; the plain server is: wiretail serve plain`
    : `${where} answered, but not in HTTP. Check the port, or start the demo's server: wiretail serve plain`
}
