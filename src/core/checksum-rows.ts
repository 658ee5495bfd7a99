// Checksums that are compared with the bytes of every packet: what the field, its verdict and the remark on a wrong one show.

import { rightChecksum } from '../bytes/checksum.ts'
import type { Dissection } from './dissect.ts'
import { type Get, group, type Names, u8, u16 } from './field.ts'
import { GROUP_CHECKSUM, SEVERITY_WARN } from './note.ts'

const BAD = 0
const GOOD = 1
const UNVERIFIED = 2

/** `prefix`: the protocol's filter name; `badName`: the name of the remark; `states`: names of the verdicts; `at`: the field's place, if it is fixed. */
export function checksumFields(prefix: string, badName: string, states: Names, about: string, at?: number, badLabel = 'Bad checksum') {
  const badChecksum = group(badName, badLabel, { about: 'Marks a packet whose bytes do not add up to its checksum.' })
  const checksumStatus = u8(`${prefix}.checksum.status`, 'Checksum Status', {
    generated: true,
    names: states,
    about: 'Tells whether the checksum fits the bytes of the message.',
    display: (_get, value) => `Checksum Status: ${states[value]}`,
  })
  const checksum = u16(`${prefix}.checksum`, 'Checksum', {
    ...(at === undefined ? {} : { at }),
    base: 'hex',
    about,
    display: (get: Get, _value, shown): string => {
      const status = get.number(checksumStatus)
      if (status !== BAD) return `Checksum: ${shown} [${status === GOOD ? 'correct' : 'unverified'}]`
      return `Checksum: ${shown} incorrect, ${get.text(badChecksum).replace(/^.*\[|\]$/g, '')}`
    },
  })
  return { checksum, badChecksum, checksumStatus }
}

/** Says whether the checksum at `at` is right. `over`: the checksum over the bytes that contain it, 0 for a right one; -1 when bytes are missing. */
export function recordVerdict(p: Dissection, F: ReturnType<typeof checksumFields>, at: number, over: number): void {
  if (over > 0) {
    const right = rightChecksum(p.u16(at), over).toString(16).padStart(4, '0')
    p.note(SEVERITY_WARN, `${F.badChecksum.label} [should be 0x${right}]`, at, 0, F.badChecksum, GROUP_CHECKSUM)
  }
  p.generate(F.checksumStatus, over < 0 ? UNVERIFIED : over === 0 ? GOOD : BAD, at, 0)
}
