// The fields of WebSocket: RFC 6455, RFC 7692. Names are Wireshark's.

import { bytes, flag, frame, group, text, u8, u16, u32, u64 } from '../../core/protocol.ts'

export const opcodeNames: Readonly<Record<number, string>> = {
  0: 'Continuation',
  1: 'Text',
  2: 'Binary',
  8: 'Connection Close',
  9: 'Ping',
  10: 'Pong',
}

/** RFC 6455 7.4.1 and the registry that it opened. */
export const closeNames: Readonly<Record<number, string>> = {
  1000: 'Normal Closure',
  1001: 'Going Away',
  1002: 'Protocol error',
  1003: 'Unsupported Data',
  1004: '---Reserved----',
  1005: 'No Status Rcvd',
  1006: 'Abnormal Closure',
  1007: 'Invalid frame payload data',
  1008: 'Policy Violation',
  1009: 'Message Too Big',
  1010: 'Mandatory Ext.',
  1011: 'Internal Server',
  1015: 'TLS handshake',
}

export const F = {
  fin: flag('websocket.fin', 'Fin', { mask: 0x80, about: 'Says whether the message ends with this frame.' }),
  reserved: u8('websocket.rsv', 'Reserved', { mask: 0x70, base: 'hex', about: 'These bits are zero unless an extension was agreed on.' }),
  compressed: flag('websocket.pmc', 'Per-Message Compressed', {
    mask: 0x40,
    about: 'Says whether the message is compressed, as both sides agreed when they began.',
  }),
  opcode: u8('websocket.opcode', 'Opcode', { mask: 0x0f, names: opcodeNames, about: 'Says what the frame carries, or what it is for.' }),
  mask: flag('websocket.mask', 'Mask', {
    mask: 0x80,
    about: 'Says whether the payload is masked; what a client sends must be.',
    explain: (value) =>
      value === 0
        ? ''
        : 'Masking keeps proxies from mistaking the payload for a request. It hides nothing: the key stands beside it, and anyone can undo it.',
  }),
  length: u8('websocket.payload_length', 'Payload length', {
    mask: 0x7f,
    about: 'Counts the bytes of the payload; 126 and 127 say that the length follows.',
  }),
  length16: u16('websocket.payload_length_ext_16', 'Extended Payload length (16 bits)', {
    about: 'Counts the bytes of a payload that has more than 125.',
  }),
  length64: u64('websocket.payload_length_ext_64', 'Extended Payload length (64 bits)', {
    about: 'Counts the bytes of a payload that has more than 65535.',
  }),
  key: bytes('websocket.masking_key', 'Masking-Key', { about: 'The four bytes with which the payload was masked.' }),
  masked: group('websocket.masked_payload', 'Masked payload', {
    about: 'The payload as it travels, each byte combined with one of the key.',
  }),
  payload: group('websocket.payload', 'Payload', { about: 'The payload as it was meant, unmasked and unpacked.' }),
  text: text('websocket.payload.text', 'Text', { about: 'The text that the frame, or the message, brings.' }),
  unknown: bytes('websocket.payload.unknown', 'Unknown', { about: 'The payload of a frame whose opcode nobody has registered.' }),
  close: group('websocket.payload.close', 'Close', { about: 'The sender is going to close the connection.' }),
  closeStatus: u16('websocket.payload.close.status_code', 'Status code', {
    names: closeNames,
    about: 'Says with a number why the connection ends.',
  }),
  closeReason: text('websocket.payload.close.reason', 'Reason', { about: 'Says in words why the connection ends.' }),
  ping: bytes('websocket.payload.ping', 'Ping', { about: 'The other side must send these bytes back, to show that it is there.' }),
  pong: bytes('websocket.payload.pong', 'Pong', { about: 'The bytes of a ping come back to its sender.' }),
  fragments: group('websocket.fragments', 'Reassembled websocket Fragments', {
    about: 'The frames from which the message was put together.',
  }),
  fragment: frame('websocket.fragment', 'Websocket Fragment', { about: 'A packet that carries a piece of the message.' }),
  fragmentCount: u32('websocket.fragment.count', 'Fragment count', { about: 'Counts the frames from which the message was put together.' }),
  reassembledLength: u32('websocket.reassembled.length', 'Reassembled websocket Payload length', {
    about: 'Counts the bytes of the message that was put together.',
  }),
  decompressionFailed: group('websocket.decompression.failed.expert', 'Decompression failed', {
    about: 'The compressed message is damaged, or something that was sent before it is missing.',
  }),
}
