// libpcap's compiler and interpreter, the referees. Loaded through koffi where the library is installed.

import koffi from 'koffi'
import { loadLibpcap } from '../../../src/capture/bpf/libpcap.ts'
import type { Instruction } from '../../../src/capture/bpf/program.ts'

export interface Referee {
  /** The program, or libpcap's complaint. */
  compile(filter: string, linkType?: number, optimize?: boolean): readonly Instruction[] | string
  /** libpcap's interpreter, on any program. */
  run(program: Uint8Array, packet: Uint8Array): number
}

export async function loadReferee(): Promise<Referee | null> {
  const libpcap = await loadLibpcap()
  if (!libpcap) return null
  const library = koffi.load('libpcap.so.0.8')
  const filter = library.func('bpf_filter', 'uint', ['void *', 'void *', 'uint', 'uint'])
  return {
    compile(text, linkType = 1, optimize = true) {
      const compiled = libpcap.compile(text, linkType, 262144, optimize)
      return compiled.ok ? compiled.program : compiled.message
    },
    run: (program, packet) => filter(program, packet, packet.length, packet.length) as number,
  }
}

export function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8)
  const halves = new Uint16Array(bytes.buffer)
  const words = new Uint32Array(bytes.buffer)
  program.forEach(({ code, jt, jf, k }, i) => {
    halves[i * 4] = code
    bytes[i * 8 + 2] = jt
    bytes[i * 8 + 3] = jf
    words[i * 2 + 1] = k
  })
  return bytes
}
