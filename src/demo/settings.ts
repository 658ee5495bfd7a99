// What the demo uses unless told otherwise: port, secret and URL of the tutorial that the lessons follow.

/** CoAP's registered port: nothing else listens there, and wiretail shows that a port number is not a protocol. */
export const DEMO_PORT = 5683
export const DEMO_HOST = '127.0.0.1'
export const DEMO_SECRET = 'fluffy tail'

/** `http://127.0.0.1:5683`, or `http://[::1]:5683` for an IPv6 address. */
export function formatUrl(scheme: 'http' | 'https', host: string, port: number): string {
  return `${scheme}://${formatEndpoint(host, port)}`
}

/** `127.0.0.1:5683`, or `[::1]:5683` for an IPv6 address. */
export function formatEndpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
