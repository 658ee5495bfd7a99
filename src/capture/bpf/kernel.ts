// From the text of a capture filter to a program for the kernel.

import { lookup } from 'node:dns/promises'
import { parseIpv4, parseIpv6 } from '../../bytes/address.ts'
import { LiveError } from '../errors.ts'
import { explainFilter } from './check.ts'
import { CompileProblem, type CompileTarget, compile } from './compile.ts'
import { loadLibpcap } from './libpcap.ts'
import { parse } from './parse.ts'
import { assemble, type Instruction, LONGEST_PROGRAM } from './program.ts'
import type { Address, Filter } from './syntax.ts'

export interface KernelTarget extends Omit<CompileTarget, 'live'> {
  readonly snapLength: number
}

/** @throws LiveError, code filter */
export async function compileForKernel(text: string, target: KernelTarget): Promise<readonly Instruction[]> {
  const parsed = parse(text)
  if (!parsed.ok) {
    if (!parsed.foreign) throw new LiveError('filter', explainFilter(text, parsed).message)
    return compileForeign(text, target)
  }
  const filter = parsed.filter === null ? null : await resolveNames(parsed.filter, text)
  const { linkType, skipOutgoing } = target
  try {
    const program = assemble(compile(filter, { linkType, skipOutgoing, live: true }), target.snapLength)
    return checkLength(program, text)
  } catch (problem) {
    if (!(problem instanceof CompileProblem)) throw problem
    throw new LiveError('filter', `Capture filter not understood: ${text}: ${problem.message}.`, [], problem)
  }
}

async function compileForeign(text: string, target: KernelTarget): Promise<readonly Instruction[]> {
  const libpcap = await loadLibpcap()
  if (!libpcap) throw needsLibpcap(text)
  const compiled = libpcap.compile(text, target.linkType, target.snapLength)
  if (!compiled.ok) throw new LiveError('filter', `Capture filter not understood: ${text}: ${compiled.message}.`)
  return checkLength(target.skipOutgoing ? skipOutgoing(compiled.program) : compiled.program, text)
}

/** @throws LiveError */
function checkLength(program: readonly Instruction[], text: string): readonly Instruction[] {
  if (program.length <= LONGEST_PROGRAM) return program
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  const what = `Capture filter too long: ${shown}: it needs ${program.length} instructions, and the kernel takes ${LONGEST_PROGRAM}.`
  throw new LiveError('filter', what, ['Capture more, and pick packets with a display filter (-Y).'])
}

/** Put before a whole program: the jumps of the rest are relative and stay as they are. */
function skipOutgoing(program: readonly Instruction[]): Instruction[] {
  const refuse = assemble(compile(null, { linkType: 1, live: true, skipOutgoing: true }), 0)
  // ld packet type; jeq outgoing, to a ret 0 of its own; then the rest.
  const [load, jump] = refuse as [Instruction, Instruction]
  return [load, { ...jump, jt: 0, jf: 1 }, { code: 6, jt: 0, jf: 0, k: 0 }, ...program]
}

export function needsLibpcap(text: string): LiveError {
  const what = `The capture filter "${text}" uses words that only libpcap compiles, and libpcap is not installed.`
  return new LiveError('filter', what, ['Install the package libpcap0.8 (Debian, Ubuntu) or libpcap (Fedora, Arch, Alpine).'])
}

/** Puts addresses in the place of host names. @throws LiveError for an unknown name */
async function resolveNames(filter: Filter, text: string): Promise<Filter> {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, parts: await Promise.all(filter.parts.map((part) => resolveNames(part, text))) }
    case 'not':
      return { kind: 'not', of: await resolveNames(filter.of, text) }
    case 'address': {
      const { address, protocol } = filter
      if (address.kind !== 'name') return filter
      const usable = (await resolve(address.name, text)).filter(({ kind }) => suits(protocol, kind))
      if (usable.length === 0) throw unknownHost(address.name, text)
      return { kind: 'or', parts: usable.map((one) => ({ ...filter, address: one })) }
    }
    default:
      return filter
  }
}

function suits(protocol: string, kind: Address['kind']): boolean {
  return protocol === 'any' || (protocol === 'ip6') === (kind === 'ip6')
}

async function resolve(name: string, text: string): Promise<Address[]> {
  try {
    const found = await lookup(name, { all: true })
    return found.flatMap(({ address }) => toAddress(address) ?? [])
  } catch {
    throw unknownHost(name, text)
  }
}

function toAddress(text: string): Address | null {
  const ip = parseIpv4(text)
  if (ip) return { kind: 'ip', address: new DataView(ip.buffer).getUint32(0), mask: 0xffff_ffff }
  const ip6 = parseIpv6(text)
  if (!ip6) return null
  const view = new DataView(ip6.buffer)
  return { kind: 'ip6', address: [0, 4, 8, 12].map((at) => view.getUint32(at)), mask: [1, 2, 3, 4].map(() => 0xffff_ffff) }
}

function unknownHost(name: string, text: string): LiveError {
  return new LiveError('filter', `Capture filter: no address is known for the host "${name}": ${text}.`, ['Write its address instead.'])
}
