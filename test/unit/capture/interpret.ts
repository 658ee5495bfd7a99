// Runs classic BPF programs as the kernel does. Only for tests: at run time the kernel itself does it.

import { type Instruction, MEMORY_WORDS } from '../../../src/capture/bpf/program.ts'

/** What the kernel knows beside a packet's bytes. */
export interface Beside {
  readonly packetType?: number
  readonly vlan?: number
}

const AD_OFF = 0xffff_f000

/** Bytes of the packet to keep; 0 rejects it. */
export function interpret(program: readonly Instruction[], packet: Uint8Array, length = packet.length, beside: Beside = {}): number {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
  const memory = new Uint32Array(MEMORY_WORDS)
  let a = 0
  let x = 0
  const load = (at: number, size: number): number | null => {
    if (at >= AD_OFF) return loadBeside(at - AD_OFF, beside)
    if (at + size > packet.length) return null
    return size === 4 ? view.getUint32(at) : size === 2 ? view.getUint16(at) : view.getUint8(at)
  }
  for (let at = 0; ; at++) {
    const instruction = program[at]
    if (!instruction) throw new Error(`control left the program at ${at}`)
    const { code, jt, jf, k } = instruction
    const operand = (code & 8) !== 0 ? x : k
    switch (code & 7) {
      case 0: {
        const size = [4, 2, 1][(code >> 3) & 3] as number
        const mode = code & 0xe0
        if (mode === 0x80) a = length
        else if (mode === 0x00) a = k
        else if (mode === 0x60) a = memory[k] as number
        else {
          const value = load(mode === 0x40 ? (x + k) % 2 ** 32 : k, size)
          if (value === null) return 0
          a = value
        }
        break
      }
      case 1: {
        const mode = code & 0xe0
        if (mode === 0x00) x = k
        else if (mode === 0x60) x = memory[k] as number
        else if (mode === 0x80) x = length
        else {
          const value = load(k, 1)
          if (value === null) return 0
          x = (value & 15) * 4
        }
        break
      }
      case 2:
        memory[k] = a
        break
      case 3:
        memory[k] = x
        break
      case 4: {
        const value = calculate(code & 0xf0, a, operand)
        if (value === null) return 0
        a = value
        break
      }
      case 5: {
        const jump = code & 0xf0
        if (jump === 0) at += k
        else
          at += (jump === 0x10 ? a === operand : jump === 0x20 ? a > operand : jump === 0x30 ? a >= operand : (a & operand) !== 0) ? jt : jf
        break
      }
      case 6:
        return (code & 0x18) === 0x10 ? a : k
      case 7:
        if ((code & 0x80) === 0) x = a
        else a = x
        break
    }
  }
}

function loadBeside(what: number, beside: Beside): number {
  if (what === 4) return beside.packetType ?? 0
  if (what === 44) return beside.vlan ?? 0
  if (what === 48) return beside.vlan === undefined ? 0 : 1
  throw new Error(`unknown ancillary load ${what}`)
}

function calculate(operation: number, a: number, b: number): number | null {
  switch (operation) {
    case 0x00:
      return (a + b) >>> 0
    case 0x10:
      return (a - b) >>> 0
    case 0x20:
      return Math.imul(a, b) >>> 0
    case 0x30:
      return b === 0 ? null : Math.floor(a / b)
    case 0x40:
      return (a | b) >>> 0
    case 0x50:
      return (a & b) >>> 0
    case 0x60:
      return b > 31 ? 0 : (a << b) >>> 0
    case 0x70:
      return b > 31 ? 0 : a >>> b
    case 0x80:
      return -a >>> 0
    case 0x90:
      return b === 0 ? null : a % b
    case 0xa0:
      return (a ^ b) >>> 0
    default:
      throw new Error(`unknown operation ${operation}`)
  }
}
