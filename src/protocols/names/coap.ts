// Constrained Application Protocol: types, codes (RFC 7252 12.1, RFC 8132, RFC 7959, RFC 8323 11), content formats, options (12.2).

export const coapTypeNames = { 0: 'Confirmable', 1: 'Non-Confirmable', 2: 'Acknowledgement', 3: 'Reset' }

export const coapTypeShort = ['CON', 'NON', 'ACK', 'RST']

export const coapCodeNames: Readonly<Record<number, string>> = {
  0: 'Empty Message',
  1: 'GET',
  2: 'POST',
  3: 'PUT',
  4: 'DELETE',
  5: 'FETCH',
  6: 'PATCH',
  7: 'iPATCH',
  65: '2.01 Created',
  66: '2.02 Deleted',
  67: '2.03 Valid',
  68: '2.04 Changed',
  69: '2.05 Content',
  95: '2.31 Continue',
  128: '4.00 Bad Request',
  129: '4.01 Unauthorized',
  130: '4.02 Bad Option',
  131: '4.03 Forbidden',
  132: '4.04 Not Found',
  133: '4.05 Method Not Allowed',
  134: '4.06 Not Acceptable',
  136: '4.08 Request Entity Incomplete',
  137: '4.09 Conflict',
  140: '4.12 Precondition Failed',
  141: '4.13 Request Entity Too Large',
  143: '4.15 Unsupported Content-Format',
  150: '4.22 Unprocessable Entity',
  157: '4.29 Too Many Requests',
  160: '5.00 Internal Server Error',
  161: '5.01 Not Implemented',
  162: '5.02 Bad Gateway',
  163: '5.03 Service Unavailable',
  164: '5.04 Gateway Timeout',
  165: '5.05 Proxying Not Supported',
  168: '5.08 Hop Limit Reached',
  225: '7.01 CSM',
  226: '7.02 Ping',
  227: '7.03 Pong',
  228: '7.04 Release',
  229: '7.05 Abort',
}

export const coapFormatNames: Readonly<Record<number, string>> = {
  0: 'text/plain; charset=utf-8',
  40: 'application/link-format',
  41: 'application/xml',
  42: 'application/octet-stream',
  47: 'application/exi',
  50: 'application/json',
  51: 'application/json-patch+json',
  52: 'application/merge-patch+json',
  60: 'application/cbor',
  110: 'application/senml+json',
  112: 'application/senml+cbor',
}

/** What the value of an option is. */
export type CoapOptionKind = 'text' | 'uint' | 'bytes' | 'format' | 'block' | 'empty'

/** Options by number: Wireshark's name, the kind of value, and its longest length. */
export const coapOptions: Readonly<Record<number, readonly [name: string, kind: CoapOptionKind, longest: number]>> = {
  1: ['If-Match', 'bytes', 8],
  3: ['Uri-Host', 'text', 255],
  4: ['Etag', 'bytes', 8],
  5: ['If-None-Match', 'empty', 0],
  6: ['Observe', 'uint', 3],
  7: ['Uri-Port', 'uint', 2],
  8: ['Location-Path', 'text', 255],
  9: ['OSCORE', 'bytes', 255],
  11: ['Uri-Path', 'text', 255],
  12: ['Content-Format', 'format', 2],
  14: ['Max-age', 'uint', 4],
  15: ['Uri-Query', 'text', 255],
  16: ['Hop-Limit', 'uint', 1],
  17: ['Accept', 'format', 2],
  20: ['Location-Query', 'text', 255],
  23: ['Block2', 'block', 3],
  27: ['Block1', 'block', 3],
  28: ['Size2', 'uint', 4],
  35: ['Proxy-Uri', 'text', 1034],
  39: ['Proxy-Scheme', 'text', 255],
  60: ['Size1', 'uint', 4],
}
