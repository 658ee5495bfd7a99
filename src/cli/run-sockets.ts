// Whose sockets are whose, as Linux tells under /proc: looked at again and again while a program runs, because sockets come and go.
//
// A socket that lives between two looks is seen by nobody. So a connection that began while the program ran counts as its own unless the end
// that opened it was seen in the hands of another program.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Ownership } from '../engine/run-capture.ts'

/** Milliseconds between two looks. */
const PATIENCE = 10
/** Sockets remembered at the most. */
const MAX_SOCKETS = 200_000

const TABLES = [
  ['tcp', '/proc/net/tcp'],
  ['tcp', '/proc/net/tcp6'],
  ['udp', '/proc/net/udp'],
  ['udp', '/proc/net/udp6'],
] as const

export class SocketWatch {
  /** By protocol and ports of its own end and the other: is it the program's? */
  private readonly owners = new Map<string, boolean>()
  private readonly root: number
  private readonly timer: NodeJS.Timeout

  /** `root` is the program's process; its children count as it. */
  constructor(root: number) {
    this.root = root
    this.timer = setInterval(() => this.look(), PATIENCE)
    this.look()
  }

  close(): void {
    clearInterval(this.timer)
  }

  readonly owns: Ownership = (protocol, from, to, fresh) => {
    const opener = this.owners.get(`${protocol} ${from} ${to}`) ?? this.owners.get(`${protocol} ${from} 0`)
    const other = this.owners.get(`${protocol} ${to} ${from}`) ?? this.owners.get(`${protocol} ${to} 0`)
    if (opener === true || other === true) return true
    return fresh && opener !== false
  }

  private look(): void {
    const fresh = listSockets().filter(({ key }) => !this.owners.has(key))
    if (fresh.length === 0 || this.owners.size > MAX_SOCKETS) return
    const own = socketsOf(family(this.root))
    // One that was closed meanwhile was anybody's; one that is still there and not among the program's is somebody else's.
    const still = new Set(listSockets().map(({ inode }) => inode))
    for (const { key, inode } of fresh) if (own.has(inode) || still.has(inode)) this.owners.set(key, own.has(inode))
  }
}

const listSockets = (): Socket[] => TABLES.flatMap(([protocol, path]) => readSockets(protocol, path))

interface Socket {
  readonly key: string
  readonly inode: string
}

/** Sockets that some process holds: those that nobody has accepted yet, or that only wait for their end, have no number. */
function readSockets(protocol: string, path: string): Socket[] {
  const sockets: Socket[] = []
  for (const line of read(path).split('\n').slice(1)) {
    const [, local = '', remote = '', , , , , , , inode = '0'] = line.trim().split(/\s+/)
    if (inode === '0') continue
    sockets.push({ key: `${protocol} ${portOf(local)} ${portOf(remote)}`, inode })
  }
  return sockets
}

const portOf = (address: string): number => Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16)

/** The process and everything that it started. */
function family(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of list('/proc')) {
    if (!/^\d+$/.test(name)) continue
    // The name in parentheses may hold anything.
    const after = read(`/proc/${name}/stat`)
    const parent = Number(after.slice(after.lastIndexOf(')') + 2).split(' ')[1])
    parents.set(Number(name), parent)
  }
  const inside = (process: number): boolean => {
    for (let at = process, steps = 0; at > 1 && steps < 64; at = parents.get(at) ?? 0, steps++) if (at === root) return true
    return false
  }
  return [...parents.keys()].filter(inside)
}

function socketsOf(processes: readonly number[]): Set<string> {
  const inodes = new Set<string>()
  for (const process of processes)
    for (const name of list(`/proc/${process}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(link(`/proc/${process}/fd/${name}`))?.[1]
      if (inode !== undefined) inodes.add(inode)
    }
  return inodes
}

// Processes end while they are looked at.
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
