// The interfaces of this machine. /proc and the kernel's own calls are asked, not /sys: inside a network namespace of our own /sys
// still shows the outer one.

import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { type Libc, loadLibc, readInterface } from './libc.ts'
import type { InterfaceInfo } from './types.ts'

/** Loopback first, then in the system's order. */
export async function listInterfaces(): Promise<InterfaceInfo[]> {
  const calls = await loadLibc().catch(() => null)
  const counts = readCounts()
  const addressed = networkInterfaces()
  const names = new Set([...counts.keys(), ...Object.keys(addressed)])
  const found = Array.from(names, (name) => describe(name, calls, addressed[name] ?? [], counts.get(name) ?? null))
  return found.sort((a, b) => Number(b.loopback) - Number(a.loopback))
}

/** The names alone; cheap. */
export function listInterfaceNames(): string[] {
  const names = new Set([...readCounts().keys(), ...Object.keys(networkInterfaces())])
  return [...names].sort((a, b) => Number(b.startsWith('lo')) - Number(a.startsWith('lo')))
}

type NodeAddress = NonNullable<ReturnType<typeof networkInterfaces>[string]>[number]

function describe(name: string, calls: Libc | null, addressed: readonly NodeAddress[], packets: number | null): InterfaceInfo {
  const state = calls ? readInterface(calls, name) : null
  const addresses = addressed.map(({ address }) => address)
  return {
    name,
    // Without the kernel's word: Node lists addresses only of interfaces that are up.
    up: state?.up ?? addresses.length > 0,
    loopback: state?.loopback ?? addressed.some(({ internal }) => internal),
    addresses,
    packets,
  }
}

/** Packets received and sent, by interface; empty where there is no /proc. */
function readCounts(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of readDevices().split('\n')) {
    // name: bytes packets errs drop fifo frame compressed multicast, then the same for what was sent
    const [, name, numbers] = /^\s*([^\s:]+):\s*(.*)$/.exec(line) ?? []
    if (name === undefined || numbers === undefined) continue
    const columns = numbers.trim().split(/\s+/).map(Number)
    counts.set(name, (columns[1] ?? 0) + (columns[9] ?? 0))
  }
  return counts
}

function readDevices(): string {
  try {
    return readFileSync('/proc/self/net/dev', 'utf8')
  } catch {
    return ''
  }
}
