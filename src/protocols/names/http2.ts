// The numbers of HTTP/2: RFC 9113 (frames, settings, errors) with RFC 7838, 8336, 8441 and 9218. Names as Wireshark writes them.

export const frameNames: Readonly<Record<number, string>> = {
  0: 'DATA',
  1: 'HEADERS',
  2: 'PRIORITY',
  3: 'RST_STREAM',
  4: 'SETTINGS',
  5: 'PUSH_PROMISE',
  6: 'PING',
  7: 'GOAWAY',
  8: 'WINDOW_UPDATE',
  9: 'CONTINUATION',
  10: 'ALTSVC',
  11: 'BLOCKED',
  12: 'ORIGIN',
  16: 'PRIORITY_UPDATE',
}

export const settingNames: Readonly<Record<number, string>> = {
  1: 'Header table size',
  2: 'Enable PUSH',
  3: 'Max concurrent streams',
  4: 'Initial Windows size',
  5: 'Max frame size',
  6: 'Max header list size',
  8: 'Extended CONNECT',
}

export const errorNames: Readonly<Record<number, string>> = {
  0: 'NO_ERROR',
  1: 'PROTOCOL_ERROR',
  2: 'INTERNAL_ERROR',
  3: 'FLOW_CONTROL_ERROR',
  4: 'SETTINGS_TIMEOUT',
  5: 'STREAM_CLOSED',
  6: 'FRAME_SIZE_ERROR',
  7: 'REFUSED_STREAM',
  8: 'CANCEL',
  9: 'COMPRESSION_ERROR',
  10: 'CONNECT_ERROR',
  11: 'ENHANCE_YOUR_CALM',
  12: 'INADEQUATE_SECURITY',
  13: 'HTTP_1_1_REQUIRED',
}

const errorSentences: Readonly<Record<number, string>> = {
  0: 'Nothing went wrong: the sender is simply done.',
  1: 'The other side broke a rule of the protocol.',
  2: 'Something went wrong inside the sender of this frame.',
  3: 'The other side sent more than there was room for.',
  4: 'The other side did not confirm the settings in time.',
  5: 'A frame came for a stream that was closed already.',
  6: 'A frame had a length that its type does not allow.',
  7: 'The stream was refused before anything was done with it: the request can safely be made again.',
  8: 'Nobody needs the answer any more: somebody pressed stop, or left the page.',
  9: 'The headers could not be decompressed, so the connection cannot go on.',
  10: 'The connection that CONNECT had opened was reset or closed.',
  11: 'The other side sends so much that it looks like an attack.',
  12: 'The TLS below is too weak for HTTP/2.',
  13: 'The request must be made with HTTP/1.1 instead.',
}

export const explainError = (value: number): string => errorSentences[value] ?? ''
