// The static table of HPACK: RFC 7541, Appendix A. Entry 1 comes first.

const NAMES_ONLY_FIRST = 15

const pairs: [string, string][] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
]

const names =
  'accept-charset accept-encoding accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control ' +
  'content-disposition content-encoding content-language content-length content-location content-range content-type cookie date etag expect ' +
  'expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards ' +
  'proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie strict-transport-security transfer-encoding ' +
  'user-agent vary via www-authenticate'

names.split(' ').forEach((name, i) => {
  pairs.push([name, NAMES_ONLY_FIRST + i === 16 ? 'gzip, deflate' : ''])
})

export const hpackStaticTable: readonly (readonly [name: string, value: string])[] = pairs
