// How much passes over each interface, as the kernel counts it: no capture and no rights are needed.

import { readdirSync, readFileSync } from 'node:fs'

const NET = '/sys/class/net'

/** Bytes received and sent by each interface since it is up; empty where the system does not tell (not Linux). */
export function readTraffic(): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>()
  try {
    for (const name of readdirSync(NET)) {
      const count = (what: string): number => Number(readFileSync(`${NET}/${name}/statistics/${what}`, 'utf8')) || 0
      try {
        bytes.set(name, count('rx_bytes') + count('tx_bytes'))
      } catch {
        // An entry that is no interface, such as bonding_masters, has no counters.
      }
    }
  } catch {
    return bytes
  }
  return bytes
}
