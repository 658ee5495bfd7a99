// The dozen libc calls that the ring engine makes, through koffi, which is loaded on first use: nothing but a live capture pays for it.
// Numbers are Linux's, the same on every processor that koffi has a Linux build for (asm-generic).

import { LiveError } from './errors.ts'

export const AF_INET = 2
export const AF_PACKET = 17
export const SOCK_DGRAM = 2
export const SOCK_RAW = 3
export const SOCK_NONBLOCK = 0o4000
export const SOCK_CLOEXEC = 0o2000000
export const SOL_SOCKET = 1
export const SO_ERROR = 4
export const SO_ATTACH_FILTER = 26

export const ENOENT = 2
export const ENOMEM = 12
export const EPERM = 1
export const EACCES = 13
export const ENETDOWN = 100
export const EAFNOSUPPORT = 97

const F_SETFD = 2
const SIOCGIFFLAGS = 0x8913
const SIOCSIFFLAGS = 0x8914
const SIOCGIFHWADDR = 0x8927
const IFF_UP = 1
const IFF_LOOPBACK = 8
/** struct ifreq: a name of 16 bytes, then a union of at most 24. */
const IFREQ_SIZE = 40

export interface Libc {
  socket(domain: number, type: number, protocol: number): number
  close(fd: number): number
  bind(fd: number, address: Uint8Array, length: number): number
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, length: number): number
  getsockopt(fd: number, level: number, option: number, value: Uint8Array, length: Uint32Array): number
  /** Attaches a classic BPF program: eight bytes an instruction, in the machine's byte order. */
  attachFilter(fd: number, instructions: Uint8Array): number
  /** Maps `length` bytes of a socket, shared and writable; null on failure. The mapping is never undone. */
  map(fd: number, length: number): ArrayBuffer | null
  ioctl(fd: number, request: number, argument: Uint8Array): number
  if_nametoindex(name: string): number
  /** Replaces this process; standard input, output and error stay open. Returns only when that failed. */
  execve(file: string, args: readonly string[], environment: readonly string[]): number
  errno(): number
}

let libc: Libc | undefined

/** @throws LiveError when this system has no Linux or no koffi. */
export async function loadLibc(): Promise<Libc> {
  if (libc) return libc
  if (process.platform !== 'linux')
    throw new LiveError('engine', 'The ring engine works on Linux only.', ['Install Wireshark, whose dumpcap wiretail uses.'])
  try {
    libc = bindLibc((await import('koffi')).default as unknown as Koffi)
  } catch (cause) {
    throw new LiveError('engine', 'The package koffi could not be loaded.', ['Install wiretail again without --omit=optional.'], cause)
  }
  return libc
}

type NativeCall = (...args: unknown[]) => number
interface Koffi {
  load(path: string | null): { func(name: string, result: string, args: unknown[]): (...args: unknown[]) => unknown }
  view(pointer: unknown, length: number): ArrayBuffer
  struct(members: Record<string, string>): unknown
  pointer(type: unknown): unknown
  sizeof(type: unknown): number
  errno(): number
}

function bindLibc(koffi: Koffi): Libc {
  const library = koffi.load(null)
  const bindCall = (name: string, args: unknown[]) => library.func(name, 'int', args) as NativeCall
  const program = koffi.struct({ length: 'uint16', instructions: 'void *' })
  const attach = bindCall('setsockopt', ['int', 'int', 'int', koffi.pointer(program), 'uint'])
  const mmap = library.func('mmap', 'intptr', ['void *', 'size_t', 'int', 'int', 'int', 'long'])
  const ioctl = bindCall('ioctl', ['int', 'ulong', '...'])
  const fcntl = bindCall('fcntl', ['int', 'int', '...'])
  const execve = bindCall('execve', ['str', 'const char **', 'const char **'])
  return {
    socket: bindCall('socket', ['int', 'int', 'int']),
    close: bindCall('close', ['int']),
    bind: bindCall('bind', ['int', 'void *', 'uint']),
    setsockopt: bindCall('setsockopt', ['int', 'int', 'int', 'void *', 'uint']),
    getsockopt: bindCall('getsockopt', ['int', 'int', 'int', 'void *', 'void *']),
    attachFilter: (fd, instructions) =>
      attach(fd, SOL_SOCKET, SO_ATTACH_FILTER, { length: instructions.length / 8, instructions }, koffi.sizeof(program)),
    map: (fd, length) => {
      const PROT_READ_WRITE = 3
      const MAP_SHARED = 1
      const pointer = mmap(null, length, PROT_READ_WRITE, MAP_SHARED, fd, 0) as number | bigint
      return pointer === -1 || pointer === -1n ? null : koffi.view(pointer, length)
    },
    ioctl: (fd, request, argument) => ioctl(fd, request, 'void *', argument),
    if_nametoindex: bindCall('if_nametoindex', ['str']),
    execve: (file, args, environment) => {
      // Node marks every descriptor that it finds at its start as not to be inherited, these three included.
      for (const descriptor of [0, 1, 2]) fcntl(descriptor, F_SETFD, 'int', 0)
      return execve(file, [...args, null], [...environment, null])
    },
    errno: () => koffi.errno(),
  }
}

/** What the kernel says of an interface, or null when there is none of that name. `hardware` is an ARPHRD_ number. */
export interface InterfaceState {
  readonly index: number
  readonly up: boolean
  readonly loopback: boolean
  readonly hardware: number
}

export function readInterface(calls: Libc, name: string): InterfaceState | null {
  // The kernel would silently shorten a longer name and so find another interface.
  if (name.length === 0 || Buffer.byteLength(name) > 15) return null
  const index = calls.if_nametoindex(name)
  if (index === 0) return null
  const flags = requestInterface(calls, name, SIOCGIFFLAGS)
  const hardware = requestInterface(calls, name, SIOCGIFHWADDR)
  if (flags === null || hardware === null) return null
  return { index, up: (flags & IFF_UP) !== 0, loopback: (flags & IFF_LOOPBACK) !== 0, hardware }
}

/** Sets lo up, as a network namespace of one's own needs first. Returns 0 or an errno. */
export function raiseLoopback(calls: Libc): number {
  const flags = requestInterface(calls, 'lo', SIOCGIFFLAGS)
  if (flags === null) return ENOENT
  if ((flags & IFF_UP) !== 0) return 0
  return requestInterface(calls, 'lo', SIOCSIFFLAGS, flags | IFF_UP) === null ? calls.errno() : 0
}

/** Both answers that we read (flags, address family) are the 16 bits behind the name. */
function requestInterface(calls: Libc, name: string, request: number, value = 0): number | null {
  const fd = calls.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  if (fd < 0) return null
  const ifreq = new Uint8Array(IFREQ_SIZE)
  ifreq.set(Buffer.from(name))
  const half = new Uint16Array(ifreq.buffer, 16, 1)
  half[0] = value
  const result = calls.ioctl(fd, request, ifreq)
  calls.close(fd)
  return result < 0 ? null : (half[0] as number)
}
