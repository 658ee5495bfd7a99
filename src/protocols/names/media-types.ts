// Kinds of bodies by media type (RFC 9110 8.3.1), as numbers: what HTTP carries chooses its next layer by them. Which type goes to which
// dissector is Wireshark's assignment.

/** No media type is named: the body is data. */
export const MEDIA_NONE = 0
export const MEDIA_LINES = 1
export const MEDIA_JSON = 2
export const MEDIA_XML = 3
export const MEDIA_FORM = 4
export const MEDIA_MULTIPART = 5
export const MEDIA_PNG = 6
export const MEDIA_JPEG = 7
export const MEDIA_GIF = 8
/** A type without a dissector of its own. */
export const MEDIA_OTHER = 9

const kinds: ReadonlyMap<string, number> = new Map([
  ...['text/plain', 'text/richtext', 'text/rtf', 'text/css', 'text/html', 'text/x-html', 'text/javascript', 'text/markdown'].map(line),
  ...['application/javascript', 'application/x-javascript', 'application/x-ns-proxy-autoconfig', 'text/vnd.sun.j2me.app-descriptor'].map(
    line,
  ),
  ...['text/vnd.wap.wml', 'text/vnd.wap.si', 'text/vnd.wap.sl', 'text/vnd.wap.co', 'text/vnd.wap.emn', 'application/vnd.poc.refer-to'].map(
    line,
  ),
  ['application/json', MEDIA_JSON],
  ['application/json-rpc', MEDIA_JSON],
  ['application/jsonrequest', MEDIA_JSON],
  ['application/dds-web+json', MEDIA_JSON],
  ['application/x-www-form-urlencoded', MEDIA_FORM],
  ['text/xml', MEDIA_XML],
  ['application/xml', MEDIA_XML],
  ['application/xml-dtd', MEDIA_XML],
  ['text/vnd.wap.wml+xml', MEDIA_XML],
  ['image/svg+xml', MEDIA_XML],
  ['application/x-wms-logconnectstats', MEDIA_XML],
  ['application/x-wms-logplaystats', MEDIA_XML],
  ['application/x-wms-sendevent', MEDIA_XML],
  ['image/png', MEDIA_PNG],
  ['image/jpeg', MEDIA_JPEG],
  ['image/jpg', MEDIA_JPEG],
  ['image/gif', MEDIA_GIF],
])

function line(type: string): [string, number] {
  return [type, MEDIA_LINES]
}

/** The kind that a Content-Type header names. */
export function mediaKind(contentType: string): number {
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  if (type === '') return MEDIA_NONE
  const kind = kinds.get(type)
  if (kind !== undefined) return kind
  if (type.startsWith('multipart/')) return MEDIA_MULTIPART
  if (type.endsWith('+xml')) return MEDIA_XML
  if (type.endsWith('+json')) return MEDIA_JSON
  return MEDIA_OTHER
}
