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
/** A type without a dissector of its own. */
export const MEDIA_OTHER = 7

const kinds: ReadonlyMap<string, number> = new Map([
  ['application/octet-stream', MEDIA_NONE],
  ...['text/plain', 'text/richtext', 'text/css', 'text/html', 'text/javascript', 'application/x-javascript'].map(line),
  ...['application/x-ns-proxy-autoconfig', 'text/vnd.sun.j2me.app-descriptor', 'application/vnd.poc.refer-to'].map(line),
  ['application/json', MEDIA_JSON],
  ['application/json-rpc', MEDIA_JSON],
  ['application/jsonrequest', MEDIA_JSON],
  ['application/dds-web+json', MEDIA_JSON],
  ['application/x-www-form-urlencoded', MEDIA_FORM],
  ['application/x-ndjson', MEDIA_JSON],
  ['text/xml', MEDIA_XML],
  ...['text/vnd.wap.wml', 'text/vnd.wap.si', 'text/vnd.wap.sl', 'text/vnd.wap.co', 'text/vnd.wap.emn'].map(xml),
  ['application/xml', MEDIA_XML],
  ['application/xml-dtd', MEDIA_XML],
  ['text/vnd.wap.wml+xml', MEDIA_XML],
  ['image/svg+xml', MEDIA_XML],
  ['application/x-wms-logconnectstats', MEDIA_XML],
  ['application/x-wms-logplaystats', MEDIA_XML],
  ['application/x-wms-sendevent', MEDIA_XML],
  ['image/png', MEDIA_PNG],
])

function line(type: string): [string, number] {
  return [type, MEDIA_LINES]
}

function xml(type: string): [string, number] {
  return [type, MEDIA_XML]
}

/** The kind that a Content-Type header names. */
export function mediaKind(contentType: string): number {
  const type = mediaName(contentType)
  if (type === '') return MEDIA_NONE
  const kind = kinds.get(type)
  if (kind !== undefined) return kind
  if (type.startsWith('multipart/')) return MEDIA_MULTIPART
  if (type.endsWith('+xml')) return MEDIA_XML
  if (type.endsWith('+json')) return MEDIA_JSON
  return MEDIA_OTHER
}

/** Is there a dissector for the type that a Content-Type header names? */
export function isKnownKind(contentType: string): boolean {
  return contentType !== '' && mediaKind(contentType) !== MEDIA_OTHER
}

/** The media type itself, without parameters, in lower case. */
export function mediaName(contentType: string): string {
  return contentType.split(';')[0]!.trim().toLowerCase()
}

const XML = [0x3c, 0x3f, 0x78, 0x6d, 0x6c]

/** Pages are often XML as well: the declaration at their beginning says so, and Wireshark then takes them for it. */
export function isXmlPage(kind: number, bytes: Uint8Array, at: number, end: number): boolean {
  return kind === MEDIA_LINES && end - at >= XML.length && XML.every((byte, i) => (bytes[at + i]! | (i > 1 ? 0x20 : 0)) === byte)
}

/** How files of these kinds begin; what begins in another way is no such file, whatever the header says. */
const SIGNATURES: ReadonlyMap<number, readonly number[]> = new Map([[MEDIA_PNG, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]]])

/** The kind of the content bytes[at … end) that a Content-Type header announces. */
export function contentKind(contentType: string, bytes: Uint8Array, at: number, end: number): number {
  const kind = mediaKind(contentType)
  const signature = SIGNATURES.get(kind)
  if (signature === undefined) return kind
  return end - at >= signature.length && signature.every((byte, i) => bytes[at + i] === byte) ? kind : MEDIA_OTHER
}
