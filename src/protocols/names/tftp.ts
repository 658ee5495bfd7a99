// Names of numbers in TFTP: RFC 1350, RFC 2347.

import type { Names } from '../../core/field.ts'

/** Kinds of messages. */
export const tftpOpcodes: Names = {
  1: 'Read Request',
  2: 'Write Request',
  3: 'Data Packet',
  4: 'Acknowledgement',
  5: 'Error Code',
  6: 'Option Acknowledgement',
  255: 'Information (MSDP)',
}

/** Reasons of errors. */
export const tftpErrors: Names = {
  0: 'Not defined',
  1: 'File not found',
  2: 'Access violation',
  3: 'Disk full or allocation exceeded',
  4: 'Illegal TFTP Operation',
  5: 'Unknown transfer ID',
  6: 'File already exists',
  7: 'No such user',
  8: 'Option negotiation failed',
}
