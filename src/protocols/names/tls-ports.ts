// What is spoken inside TLS on a port, where the handshake does not say: IANA "Service Name and Transport Protocol Port Number Registry", and
// ports on which a conversation turns to TLS (STARTTLS).

import type { Names } from '../../core/field.ts'

export const insideNames: Names = {
  21: 'File Transfer Protocol (FTP)',
  25: 'Simple Mail Transfer Protocol',
  110: 'Post Office Protocol',
  143: 'Internet Message Access Protocol',
  389: 'Lightweight Directory Access Protocol',
  443: 'Hypertext Transfer Protocol',
  465: 'Simple Mail Transfer Protocol',
  587: 'Simple Mail Transfer Protocol',
  636: 'Lightweight Directory Access Protocol',
  853: 'Domain Name System',
  993: 'Internet Message Access Protocol',
  995: 'Post Office Protocol',
  3306: 'MySQL Protocol',
  5061: 'Session Initiation Protocol',
  5432: 'PostgreSQL',
  5671: 'Advanced Message Queuing Protocol',
  5684: 'Constrained Application Protocol',
  8883: 'MQ Telemetry Transport Protocol',
  27017: 'Mongo Wire Protocol',
}

export const HTTP2_NAME = 'HyperText Transfer Protocol 2'
