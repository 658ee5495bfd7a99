// libpcap's own compiler, where that library is installed: for the words of the language that are not compiled here.

import { LINKTYPE_RAW } from '../types.ts'
import type { Instruction } from './program.ts'

export type Foreign =
  | { readonly ok: true; readonly program: readonly Instruction[] }
  /** `message` is libpcap's. */
  | { readonly ok: false; readonly message: string }

export interface Libpcap {
  /** `optimize` as libpcap's own programs do, unless told otherwise. */
  compile(filter: string, linkType: number, snapLength: number, optimize?: boolean): Foreign
}

let loaded: Promise<Libpcap | null> | undefined

/** null when the library is not installed. */
export function loadLibpcap(): Promise<Libpcap | null> {
  loaded ??= open()
  return loaded
}

/** Names that the library has: Debian's and Red Hat's, Alpine's, macOS's. */
const FILES = ['libpcap.so.0.8', 'libpcap.so.1', 'libpcap.so', '/usr/lib/libpcap.A.dylib']

/** libpcap's own numbers (DLT_) differ from those in files (LINKTYPE_) for raw IP. */
const DLT_RAW = 12

const PCAP_NETMASK_UNKNOWN = 0xffff_ffff

async function open(): Promise<Libpcap | null> {
  const koffi = await import('koffi').then(
    (module) => module.default,
    () => null,
  )
  if (!koffi) return null
  for (const file of FILES) {
    try {
      return bind(koffi, koffi.load(file))
    } catch {
      // The next name.
    }
  }
  return null
}

type Koffi = typeof import('koffi')['default']

function bind(koffi: Koffi, library: ReturnType<Koffi['load']>): Libpcap {
  const programType = koffi.struct({ length: 'uint', instructions: 'void *' })
  const programPointer = koffi.pointer(programType)
  const openDead = library.func('pcap_open_dead', 'void *', ['int', 'int'])
  const compile = library.func('pcap_compile', 'int', ['void *', koffi.out(programPointer), 'str', 'int', 'uint32'])
  const describe = library.func('pcap_geterr', 'str', ['void *'])
  const free = library.func('pcap_freecode', 'void', [programPointer])
  const close = library.func('pcap_close', 'void', ['void *'])
  return {
    compile(filter, linkType, snapLength, optimize = true) {
      const handle: unknown = openDead(linkType === LINKTYPE_RAW ? DLT_RAW : linkType, snapLength)
      if (!handle) return { ok: false, message: `libpcap does not know link type ${linkType}` }
      try {
        const program: { length: number; instructions: unknown } = { length: 0, instructions: null }
        const failed = compile(handle, program, filter, Number(optimize), PCAP_NETMASK_UNKNOWN) as number
        if (failed !== 0) return { ok: false, message: String(describe(handle)) }
        const instructions = readProgram(Uint8Array.from(koffi.decode(program.instructions, 'uint8', program.length * 8)))
        free(program)
        return { ok: true, program: instructions }
      } finally {
        close(handle)
      }
    },
  }
}

/** struct bpf_insn: u16 code, u8 jt, u8 jf, u32 k, in the machine's byte order. */
function readProgram(bytes: Uint8Array): Instruction[] {
  const codes = new Uint16Array(bytes.buffer)
  const words = new Uint32Array(bytes.buffer)
  const program: Instruction[] = []
  for (let i = 0; i < words.length / 2; i++) {
    program.push({
      code: codes[i * 4] as number,
      jt: bytes[i * 8 + 2] as number,
      jf: bytes[i * 8 + 3] as number,
      k: words[i * 2 + 1] as number,
    })
  }
  return program
}
