// Names of numbers in NetBIOS name service: RFC 1002 4.2, and what Microsoft made of the sixteenth byte of names.

import type { Names } from '../../core/field.ts'

export const nbnsOpcodes: Names = {
  0: 'Name query',
  5: 'Registration',
  6: 'Release',
  7: 'Wait for acknowledgment',
  8: 'Refresh',
  9: 'Refresh (alternate opcode)',
  15: 'Multi-homed registration',
}

export const nbnsReplies: Names = {
  0: 'No error',
  1: 'Request was invalidly formatted',
  2: 'Server failure',
  3: 'Requested name does not exist',
  4: 'Request is not implemented',
  5: 'Request was refused',
  6: 'Name is owned by another node',
  7: 'Name is in conflict',
}

export const nbnsTypes: Names = { 32: 'NB', 33: 'NBSTAT' }

export const nbnsClasses: Names = { 1: 'IN', 2: 'CS', 3: 'CH', 4: 'HS', 254: 'NONE', 255: 'ANY' }

/** How a machine finds names: by asking all, a server, or both. */
export const nbnsNodes: Names = { 0: 'B-node', 1: 'P-node', 2: 'M-node', 3: 'H-node' }

/** What the last byte of a name says: which service has it. */
export const nbnsServices: Names = {
  0: 'Workstation/Redirector',
  1: 'Browser',
  2: 'Workstation/Redirector',
  3: 'Messenger service/Main name',
  5: 'Forwarded name',
  6: 'RAS Server service',
  27: 'Domain Master Browser',
  28: 'Domain Controllers',
  29: 'Local Master Browser',
  30: 'Browser Election Service',
  31: 'Net DDE Service',
  32: 'Server service',
  33: 'RAS client service',
  34: 'Exchange Interchange (MSMail Connector)',
  35: 'Exchange Store',
  36: 'Exchange Directory',
  43: 'Lotus Notes Server service',
  48: 'Modem sharing server service',
  49: 'Modem sharing client service',
  67: 'SMS Clients Remote Control',
  68: 'SMS Administrators Remote Control Tool',
  69: 'SMS Clients Remote Chat',
  70: 'SMS Clients Remote Transfer',
  76: 'DEC Pathworks TCP/IP Service on Windows NT',
  82: 'DEC Pathworks TCP/IP Service on Windows NT',
  106: 'Microsoft Exchange IMC',
  135: 'Microsoft Exchange MTA',
  190: 'Network Monitor Agent',
  191: 'Network Monitor Analyzer',
}
