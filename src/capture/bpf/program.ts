// Classic BPF programs (McCanne and Jacobson, "The BSD Packet Filter", 1993): conditions, and their translation into instructions.
//
// A condition is a tree of tests joined by and, or, not. Each test runs a few statements that leave a number in A (and perhaps one in
// X), then compares it. Statements run in the order of the text and only as far as the result needs them, as in libpcap's programs:
// that matters, since a load beyond the end of a packet rejects the packet.

export interface Instruction {
  readonly code: number
  readonly jt: number
  readonly jf: number
  readonly k: number
}

/** One instruction that does not jump: code and operand. */
export interface Statement {
  readonly code: number
  readonly k: number
}

export type Comparison = 'equal' | 'greater' | 'atLeast' | 'anyBit'

export type Condition =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  /** Compares A with `value`, or with X when it is absent. */
  | { readonly kind: 'test'; readonly statements: readonly Statement[]; readonly comparison: Comparison; readonly value?: number }

export const ALWAYS: Condition = { kind: 'constant', value: true }
export const NEVER: Condition = { kind: 'constant', value: false }

export function and(...of: readonly Condition[]): Condition {
  return of.length === 1 ? (of[0] as Condition) : { kind: 'and', of }
}

export function or(...of: readonly Condition[]): Condition {
  return of.length === 1 ? (of[0] as Condition) : { kind: 'or', of }
}

export function not(of: Condition): Condition {
  return { kind: 'not', of }
}

// <linux/bpf_common.h>
export const BPF = {
  LD_W_ABS: 0x20,
  LD_H_ABS: 0x28,
  LD_B_ABS: 0x30,
  LD_W_IND: 0x40,
  LD_H_IND: 0x48,
  LD_B_IND: 0x50,
  LD_LEN: 0x80,
  LD_IMM: 0x00,
  LD_MEM: 0x60,
  LDX_IMM: 0x01,
  LDX_MEM: 0x61,
  /** X = 4 * (byte at k & 15): the length of an IPv4 header. */
  LDX_MSH: 0xb1,
  ST: 0x02,
  ALU_K: 0x04,
  ALU_X: 0x0c,
  ALU_NEG: 0x84,
  JA: 0x05,
  JEQ_K: 0x15,
  JGT_K: 0x25,
  JGE_K: 0x35,
  JSET_K: 0x45,
  /** Added to a jump's code: compare with X. */
  SOURCE_X: 0x08,
  RET_K: 0x06,
  TAX: 0x07,
  TXA: 0x87,
} as const

/** Operation bits of ALU_K and ALU_X. */
export const ALU = {
  '+': 0x00,
  '-': 0x10,
  '*': 0x20,
  '/': 0x30,
  '|': 0x40,
  '&': 0x50,
  '<<': 0x60,
  '>>': 0x70,
  '%': 0x90,
  '^': 0xa0,
} as const

/** Most instructions that the kernel takes (BPF_MAXINSNS). */
export const LONGEST_PROGRAM = 4096

/** Scratch memory words (BPF_MEMWORDS). */
export const MEMORY_WORDS = 16

const JUMPS: Readonly<Record<Comparison, number>> = { equal: BPF.JEQ_K, greater: BPF.JGT_K, atLeast: BPF.JGE_K, anyBit: BPF.JSET_K }

/** A conditional jump reaches 255 instructions; two are kept for the long jumps that both its ways may need. */
const REACH = 253

/** The program that keeps `snapLength` bytes of the packets that meet the condition, and none of the others. May be too long for a kernel. */
export function assemble(condition: Condition, snapLength: number): Instruction[] {
  return new Assembler(snapLength).assemble(condition)
}

/**
 * Writes the program from its end to its beginning, so that every jump knows where it goes. Places are counted from the end.
 */
class Assembler {
  private readonly reversed: Instruction[]

  constructor(snapLength: number) {
    this.reversed = [plain(BPF.RET_K, 0), plain(BPF.RET_K, snapLength)]
  }

  assemble(condition: Condition): Instruction[] {
    const REJECT = 0
    const ACCEPT = 1
    const entry = this.place(condition, ACCEPT, REJECT)
    if (entry !== this.reversed.length - 1) this.longJump(entry)
    return this.reversed.reverse()
  }

  /** Places a condition in front of what is there. Returns its first instruction's place. */
  private place(condition: Condition, whenTrue: number, whenFalse: number): number {
    switch (condition.kind) {
      case 'constant':
        return condition.value ? whenTrue : whenFalse
      case 'not':
        return this.place(condition.of, whenFalse, whenTrue)
      case 'and':
        return condition.of.reduceRight((next, part) => this.place(part, next, whenFalse), whenTrue)
      case 'or':
        return condition.of.reduceRight((next, part) => this.place(part, whenTrue, next), whenFalse)
      case 'test':
        return this.placeTest(condition, whenTrue, whenFalse)
    }
  }

  private placeTest(test: Extract<Condition, { kind: 'test' }>, whenTrue: number, whenFalse: number): number {
    const yes = this.reach(whenTrue)
    const no = this.reach(whenFalse)
    const here = this.reversed.length
    const code = JUMPS[test.comparison] + (test.value === undefined ? BPF.SOURCE_X : 0)
    this.reversed.push({ code, jt: here - yes - 1, jf: here - no - 1, k: (test.value ?? 0) >>> 0 })
    for (const { code, k } of test.statements.toReversed()) this.reversed.push(plain(code, k))
    return this.reversed.length - 1
  }

  /** A place that a conditional jump standing here can reach and from which control goes to `target`. */
  private reach(target: number): number {
    return this.reversed.length - target > REACH ? this.longJump(target) : target
  }

  private longJump(target: number): number {
    this.reversed.push(plain(BPF.JA, this.reversed.length - target - 1))
    return this.reversed.length - 1
  }
}

function plain(code: number, k: number): Instruction {
  return { code, jt: 0, jf: 0, k: k >>> 0 }
}
