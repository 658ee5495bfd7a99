// The accepted differences from tshark: known-differences.tsv beside this file, "path glob TAB field TAB packets TAB reason" a line.

import { readFileSync } from 'node:fs'

export interface Known {
  readonly line: string
  readonly path: RegExp
  readonly field: string
  /** Packet numbers; null for all of the file. */
  readonly packets: ReadonlySet<number> | null
  /** Set when a difference was found that it accepts. */
  used: boolean
}

/** Throws when a line does not have its four parts. */
export function readKnown(text = readFileSync(new URL('known-differences.tsv', import.meta.url), 'utf8')): Known[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [glob, field, packets, reason] = line.split('\t')
      if (glob === undefined || field === undefined || packets === undefined || (reason ?? '').length < 20)
        throw new Error(`known-differences.tsv: a path, a field, packets and a reason are wanted: ${line}`)
      const escaped = glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')
      return {
        line,
        path: new RegExp(`^${escaped}$`),
        field,
        packets: packets === '*' ? null : new Set(packets.split(',').map(Number)),
        used: false,
      }
    })
}

/** The entry that accepts a difference here, if one does. */
export function acceptedBy(known: readonly Known[], path: string, field: string, packet: number): Known | undefined {
  return known.find(
    (entry) => (entry.field === field || entry.field === '*') && entry.path.test(path) && (entry.packets?.has(packet) ?? true),
  )
}
