// pcap files whose record headers are longer than 16 bytes although the magic number does not say by how much: Alexey Kuznetsov's
// patches of 1999 (24 or 28 bytes; Red Hat 6, SuSE 6) and Nokia's (20). As wiretap does, each candidate is tried on the first three
// records, faults are counted, and the first candidate with the fewest wins.

import type { ByteSource } from './source.ts'

const TRIED_RECORDS = 3

interface Candidate {
  readonly size: number
  /** Faults in what follows the common 16 bytes at `at`. */
  readonly faults: (view: DataView, at: number, little: boolean) => number
}

const PLAIN: Candidate = { size: 16, faults: () => 0 }
const PATCHED: Candidate = { size: 24, faults: patchFaults }
const PATCHED_SMP: Candidate = { size: 28, faults: patchFaults }
const NOKIA: Candidate = { size: 20, faults: nokiaFaults }

/** Returns the size of a record header, in bytes. A source that still fills is not waited for: plain, or the later patch. */
export function chooseRecordHeader(
  source: ByteSource,
  start: number,
  little: boolean,
  modified: boolean,
  snapLength: number,
  largest: number,
): number {
  const candidates = modified ? [PATCHED, PATCHED_SMP] : [PLAIN, PATCHED, NOKIA]
  let best = candidates[0] ?? PLAIN
  if (!source.complete) return best.size
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const faults = countFaults(source, start, little, candidate, snapLength, largest)
    if (faults === 0) return candidate.size
    if (faults < fewest) {
      fewest = faults
      best = candidate
    }
  }
  return best.size
}

function countFaults(
  source: ByteSource,
  start: number,
  little: boolean,
  candidate: Candidate,
  snapLength: number,
  largest: number,
): number {
  const bytes = new Uint8Array(candidate.size)
  const view = new DataView(bytes.buffer)
  let faults = 0
  let at = start
  for (let record = 0; record < TRIED_RECORDS; record++) {
    const got = source.readAt(at, bytes, 0, candidate.size)
    if (got === 0) break
    if (got < candidate.size) return faults + 1
    const captured = view.getUint32(8, little)
    const length = view.getUint32(12, little)
    if (view.getUint32(4, little) >= 1_000_000) faults++
    if (captured > largest) faults++
    if (captured > snapLength) faults++
    if (length > 128 * 1024 * 1024) faults++
    if (captured > length) faults++
    faults += candidate.faults(view, 16, little)
    if (captured > largest) break
    at += candidate.size + captured
    if (at > source.size) return faults + 1
  }
  return faults
}

function patchFaults(view: DataView, at: number, little: boolean): number {
  const protocol = view.getUint16(at + 4, little)
  const known = protocol >= 0x600 || protocol <= 0x17 || protocol === 0x60 || protocol === 0x200 || protocol === 0x400
  return (view.getUint32(at, little) > 10_000 ? 1 : 0) + (known ? 0 : 1) + (view.getUint8(at + 6) > 4 ? 1 : 0)
}

function nokiaFaults(view: DataView, at: number, little: boolean): number {
  const word = view.getUint32(at, little).toString(16).padStart(8, '0')
  return /^[9b]fbf[bd][69]0[12]$/.test(word) ? 0 : 1
}
