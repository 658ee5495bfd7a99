// Codes of PPP over Ethernet: RFC 2516 5, RFC 5578, in the words that Wireshark shows.

import type { Names } from '../../core/field.ts'

export const pppoeCodes: Names = {
  0: 'Session Data',
  7: 'Active Discovery Offer (PADO)',
  9: 'Active Discovery Initiation (PADI)',
  10: 'Active Discovery Session-Grant (PADG)',
  11: 'Active Discovery Session-Credit Resp.(PADC)',
  12: 'Active Discovery Quality (PADQ)',
  25: 'Active Discovery Request (PADR)',
  101: 'Active Discovery Session-confirmation (PADS)',
  167: 'Active Discovery Terminate (PADT)',
  211: 'Active Discovery Message (PADM)',
  212: 'Active Discovery Network (PADN)',
}
