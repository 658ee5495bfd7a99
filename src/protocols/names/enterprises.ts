// Companies by their number at the IANA ("Private Enterprise Numbers"), as far as captures show them often.

import type { Names } from '../../core/field.ts'

const enterprises: Names = {
  9: 'ciscoSystems',
  11: 'Hewlett-Packard',
  311: 'Microsoft',
  3561: "Broadband Forum (previously 'DSL Forum')",
  4491: 'Cable Television Laboratories, Inc.',
  30065: 'Arista Networks, Inc.',
}

/** "Microsoft (311)". */
export const enterpriseText = (number: number): string =>
  enterprises[number] === undefined ? `<Unknown> (${number})` : `${enterprises[number]} (${number})`
