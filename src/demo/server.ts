// The demo's HTTP server: one secret at /, every answer in one piece and the connection closed after it, so that a fetch is
// ten packets: SYN, SYN-ACK, ACK, request, ACK, response, ACK, FIN, FIN, ACK.

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { safeText } from '../bytes/text.ts'
import { DemoError, errorCode } from './problem.ts'
import { formatEndpoint, formatUrl } from './settings.ts'
import { serverContext, type TlsServerOptions } from './tls.ts'
import { explainTlsRefusal } from './tls-failures.ts'

/** What stands in the answer to GET /. */
export interface Answer {
  readonly type: string
  /** The same bytes each time, or made anew for each request. */
  readonly body: Uint8Array | (() => Uint8Array)
}

export interface ServerOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Called with one line for each request, safe for a terminal. */
  log?(line: string): void
  /** The key of the kind fernet, as text. */
  readonly fernetKey?: string
  /** Certificate, key and versions of the kind https; without it the server speaks plain HTTP. */
  readonly tls?: TlsServerOptions
}

export interface DemoServer {
  readonly url: string
  readonly host: string
  readonly port: number
  /** Requests answered so far, refused ones included. */
  requests(): number
  /** Stops listening and ends open connections. Calling it twice is harmless. */
  close(): Promise<void>
}

/** Starts the server. Throws a DemoError that names the cause when it cannot listen. */
export async function serveAnswer(answer: Answer, options: ServerOptions): Promise<DemoServer> {
  let requests = 0
  const log = (socket: Socket, what: string, status: number, length: number): void => {
    requests++
    const peer = formatEndpoint(socket.remoteAddress ?? '?', socket.remotePort ?? 0)
    options.log?.(safeText(`${peer}  ${what}  ${status}  ${length} ${length === 1 ? 'byte' : 'bytes'}`))
  }
  const listener: RequestListener = (request, response) => {
    const { status, length } = respond(request, response, answer)
    log(request.socket, `${request.method} ${request.url}${describeTls(request.socket)}`, status, length)
  }
  const server = options.tls ? createTlsServer(serverContext(options.tls), listener) : createServer(listener)
  server.on('secureConnection', waitForClient)
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    const told = explainTlsRefusal(error, String(socket.authorizationError ?? ''))
    const peer = socket.remoteAddress === undefined ? 'a client' : formatEndpoint(socket.remoteAddress, socket.remotePort ?? 0)
    if (told !== undefined) options.log?.(safeText(`${peer}  (${told})`))
    socket.destroy()
  })
  server.on('clientError', (error: Error & { rawPacket?: Uint8Array }, stream) => {
    const socket = stream as Socket
    if (!socket.writable || errorCode(error) === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const { what, status } = explainRefusal(error)
    log(socket, what, status, 0)
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  })
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  return {
    url: formatUrl(options.tls ? 'https' : 'http', options.host, port),
    host: options.host,
    port,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What a request was that could not be read, in words for the log, and the status that says so. */
function explainRefusal(error: Error & { rawPacket?: Uint8Array }): { what: string; status: number } {
  const code = errorCode(error)
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { what: '(no whole request in time)', status: 408 }
  if (code === 'HPE_HEADER_OVERFLOW') return { what: '(headers too large)', status: 431 }
  // 22 is the content type of a TLS handshake record (RFC 8446 5.1): https:// was typed where http:// is spoken.
  return { what: error.rawPacket?.[0] === 22 ? '(a TLS handshake: this port speaks plain HTTP)' : '(not HTTP)', status: 400 }
}

/** Milliseconds that the server waits for the client to close too. */
const PATIENCE = 300

/**
 * Lets the client answer the end of the connection with its own close_notify (RFC 8446 6.1). Node would close the socket for both
 * directions at once, and the kernel would then answer that message with a reset, as if something had gone wrong.
 */
function waitForClient(socket: TLSSocket): void {
  socket.destroySoon = () => {
    const timer = setTimeout(() => socket.destroy(), PATIENCE)
    socket.once('end', () => socket.destroy())
    socket.once('close', () => clearTimeout(timer))
    socket.end()
    socket.resume()
  }
}

/** ` over TLSv1.3, TLS_AES_256_GCM_SHA384`, and who the client is when it showed a certificate. */
function describeTls(socket: Socket | TLSSocket): string {
  if (!('encrypted' in socket)) return ''
  const peer = socket.getPeerCertificate()?.subject?.CN
  return `  ${socket.getProtocol()} ${socket.getCipher().standardName}${peer ? `  client ${peer}` : ''}`
}

const TEXT = 'text/plain; charset=utf-8'
const encoder = new TextEncoder()

/** RFC 9110: 405 names the methods allowed (15.5.6), HEAD is GET without the content (9.3.2). */
function respond(request: IncomingMessage, response: ServerResponse, answer: Answer): { status: number; length: number } {
  // A server takes the whole URL too, as clients send it to a proxy (RFC 9112 3.2.2).
  const path = request.url?.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0] || '/'
  const readable = request.method === 'GET' || request.method === 'HEAD'
  const known = path === '/'
  const status = !known ? 404 : readable ? 200 : 405
  const { type, body } =
    status === 200
      ? { type: answer.type, body: typeof answer.body === 'function' ? answer.body() : answer.body }
      : { type: TEXT, body: encoder.encode(known ? 'Only GET and HEAD work here.\n' : 'Nothing here. The secret is at /\n') }
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': body.length,
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
    Connection: 'close',
  })
  // One call for head and body: both leave in one segment.
  response.end(body)
  return { status, length: request.method === 'HEAD' ? 0 : body.length }
}

function listen(server: Server, options: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(new DemoError(explainListen(error, options)))
    server.once('error', refuse)
    server.listen(options.port, options.host, () => {
      server.off('error', refuse)
      resolve()
    })
  })
}

function explainListen(error: Error, { host, port }: ServerOptions): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken. Stop the program that listens there, or choose another port: --port ${port < 65_535 ? port + 1 : 5684}`
    case 'EACCES':
      return `Port ${port} is reserved for the administrator. Choose one from 1024 on: --port 5683`
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this machine. Choose one that is: --host 127.0.0.1`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host "${host}" is not known. Give an address of this machine: --host 127.0.0.1`
    default:
      return `Cannot listen on ${formatEndpoint(host, port)}: ${error.message}. Choose another address: --host 127.0.0.1`
  }
}
