// Validity of a capture filter while it is typed.

import { checkSyntax } from './bpf/check.ts'
import { CompileProblem, compile, UnresolvedName } from './bpf/compile.ts'
import { needsLibpcap } from './bpf/kernel.ts'
import { loadLibpcap } from './bpf/libpcap.ts'
import { parse } from './bpf/parse.ts'
import { type CaptureFilterCheck, LINKTYPE_ETHERNET, SNAP_LENGTH } from './types.ts'

/** Cheap enough for each key: names are not resolved, and libpcap is not asked. */
export function checkCaptureFilter(text: string): CaptureFilterCheck {
  const { foreign: _, ...checked } = checkSyntax(text)
  if (!checked.ok) return checked
  const parsed = parse(text)
  if (!parsed.ok || parsed.filter === null) return checked
  try {
    compile(parsed.filter, { linkType: LINKTYPE_ETHERNET, live: true, skipOutgoing: false })
    return checked
  } catch (problem) {
    if (problem instanceof UnresolvedName) return checked
    if (!(problem instanceof CompileProblem)) throw problem
    const message = `Capture filter not understood: ${text.trim()}: ${problem.message}.`
    return { ok: false, message, start: 0, end: Math.max(1, text.length) }
  }
}

/** The last word, for filters beyond our own grammar: asks libpcap, where it is installed. */
export async function checkWithLibpcap(text: string): Promise<CaptureFilterCheck> {
  const { foreign, ...checked } = checkSyntax(text)
  if (!checked.ok || !foreign) return checkCaptureFilter(text)
  const span = { start: 0, end: Math.max(1, text.length) }
  const libpcap = await loadLibpcap()
  if (!libpcap) return { ok: false, message: needsLibpcap(text).message, ...span }
  const compiled = libpcap.compile(text, LINKTYPE_ETHERNET, SNAP_LENGTH)
  return compiled.ok ? { ok: true } : { ok: false, message: `Capture filter not understood: ${text.trim()}: ${compiled.message}.`, ...span }
}

/** Whether filters beyond our own grammar can be compiled here. */
export async function hasLibpcap(): Promise<boolean> {
  return (await loadLibpcap()) !== null
}
