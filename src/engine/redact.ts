// Takes secrets out of packets, and leaves everything else as it is: lengths, places, right checksums.
//
// Secrets are found where people would read them: in the streams that TCP delivered, whatever the segments; in each frame; and in what is
// unpacked from messages (compressed bodies, masked frames, header tables of HTTP/2). In streams they are noted by sequence number, so that
// segments that were sent again lose them too. A message that holds a secret only in packed form is blanked whole. A second walk finds the
// same values in other places, in other packets and in other writings.

import type { Capture } from './capture.ts'
import { readDeliveredStepwise } from './delivered.ts'
import { Readahead } from './readahead.ts'
import { blank, type Layout, LayoutReader } from './redact-layout.ts'
import { merged, type Secret, SecretScan } from './redact-scan.ts'
import { StreamScan } from './redact-streams.ts'
import { finishSliced, STEP } from './steps.ts'

/** Sources that are the stream itself, which is searched as such. */
const PLAIN = /^(?:Frame$|Reassembled (?:TCP|IPv))/
/** Sources that only keys open, and codings that the scan knows: sealed bytes may stay, when the keys do not go along. */
const KEPT_SHUT = /^(?:Opened|Decoded|Decrypted)/
/** Sequence numbers count modulo this. */
const ROUND = 2 ** 32

export class Redactor {
  /** Packets that were changed so far. */
  changed = 0
  private readonly capture: Capture
  private readonly scan: SecretScan
  private readonly layouts: LayoutReader
  /** By flow: what to blank, in sequence numbers counted from `anchors`. */
  private readonly runs = new Map<number, Secret[]>()
  private readonly anchors = new Map<number, number>()
  /** Packets whose whole payload goes: messages in packed form. */
  private readonly whole = new Set<number>()

  /** `texts` are secrets whatever they look like. The capture was indexed to its end. */
  constructor(capture: Capture, texts: readonly string[]) {
    this.capture = capture
    this.scan = new SecretScan(texts)
    this.layouts = new LayoutReader(capture)
  }

  /** Looks through the capture. To be done before `apply`. */
  async search(): Promise<void> {
    // Twice: what is learnt from later packets may stand in earlier ones.
    for (let round = 0; round < 2; round++) {
      await finishSliced(this.searchFrames())
      const streams = new StreamScan(this.capture, this.layouts, this.scan, (flow, sequence, length) => this.note(flow, sequence, length))
      await finishSliced(readDeliveredStepwise(this.capture, streams))
      streams.finish()
    }
    await finishSliced(this.markWhole())
    for (const [flow, runs] of this.runs) this.runs.set(flow, merged(runs))
  }

  private note(flow: number, sequence: number, length: number): void {
    const anchor = this.anchors.get(flow) ?? sequence
    this.anchors.set(flow, anchor)
    // Before the anchor: numbers below 0, as far as half the round.
    const from = ((sequence - anchor + ROUND * 1.5) % ROUND) - ROUND / 2
    const runs = this.runs.get(flow)
    if (runs === undefined) this.runs.set(flow, [{ start: from, end: from + length }])
    else runs.push({ start: from, end: from + length })
  }

  private *searchFrames(): Generator<void, void> {
    const { capture, scan } = this
    const { index, memory } = capture
    const readahead = new Readahead(capture)
    const d = capture.dissection()
    for (let packet = 1; packet <= index.count; packet++) {
      if (packet % STEP === 0) yield
      const start = readahead.start(packet)
      const text = latin1(readahead.bytes, start, start + index.captured(packet))
      for (const { start: from, end } of scan.find(text)) scan.remember(text.slice(from, end))
      if (memory.messages.firstOf(packet) < 0 && memory.assemblies.count === 0) continue
      capture.record(d, packet, readahead.bytes, start)
      if (d.sources.length < 2) continue
      const texts = d.sources.map((bytes) => latin1(bytes, 0, bytes.length))
      const plain = texts.filter((_, source) => PLAIN.test(d.sourceNames[source]!))
      let packed = false
      for (let source = 1; source < texts.length; source++) {
        if (PLAIN.test(d.sourceNames[source]!)) continue
        const values = scan.find(texts[source]!).map(({ start: from, end }) => texts[source]!.slice(from, end))
        for (const value of values) scan.remember(value)
        packed ||= !KEPT_SHUT.test(d.sourceNames[source]!) && values.some((value) => !plain.some((one) => one.includes(value)))
      }
      if (packed && !d.sourceNames.some((name) => KEPT_SHUT.test(name))) this.takeWhole(packet)
    }
  }

  /** All packets that the messages of a packet lie in. */
  private takeWhole(packet: number): void {
    const { messages, assemblies } = this.capture.memory
    this.whole.add(packet)
    for (let i = messages.firstOf(packet); i >= 0 && messages.packet(i) === packet; i++) {
      const assembly = messages.assembly(i)
      if (assembly < 0) continue
      for (let piece = 0; piece < assemblies.pieces(assembly); piece++) this.whole.add(assemblies.piecePacket(assembly, piece))
    }
  }

  /** Marks the segments of packets that go whole by their sequence numbers: they may have been sent twice. */
  private *markWhole(): Generator<void, void> {
    const readahead = new Readahead(this.capture)
    let seen = 0
    for (const packet of this.whole) {
      if (++seen % STEP === 0) yield
      const start = readahead.start(packet)
      const { segments } = this.layouts.of(packet, readahead.bytes, start)
      for (const { flow, sequence, start: from, end } of segments) if (flow >= 0) this.note(flow, sequence, end - from)
    }
  }

  /** Blanks the secrets of a packet in `frame`, its own bytes. */
  apply(packet: number, frame: Uint8Array): void {
    const layout = this.layouts.of(packet, frame, 0)
    const runs: Secret[] = [...layout.unseen, ...this.scan.find(latin1(frame, 0, frame.length)), ...this.inStreams(layout)]
    if (this.whole.has(packet) && layout.segments.length === 0) runs.push({ start: layout.payload.start + UDP_HEADER, end: frame.length })
    const wanted = merged(runs.filter(({ start, end }) => end > start))
    if (wanted.length === 0) return
    this.changed++
    blank(frame, wanted, layout)
  }

  /** A text without its secrets: comments. */
  applyText(text: string): string {
    const bytes = Buffer.from(text, 'utf8')
    for (const { start, end } of this.scan.find(bytes.toString('latin1'))) bytes.fill('X', start, end)
    return bytes.toString('utf8')
  }

  private inStreams({ segments }: Layout): Secret[] {
    return segments.flatMap(({ flow, sequence, start, end }) => {
      const runs = this.runs.get(flow)
      const anchor = this.anchors.get(flow)
      if (runs === undefined || anchor === undefined) return []
      const from = ((sequence - anchor + ROUND * 1.5) % ROUND) - ROUND / 2
      const shift = start - from
      return between(runs, from, from + end - start).map((run) => ({
        start: Math.max(start, run.start + shift),
        end: Math.min(end, run.end + shift),
      }))
    })
  }
}

const UDP_HEADER = 8

/** The runs that have a part in [from, to); sorted ones. */
function between(runs: readonly Secret[], from: number, to: number): readonly Secret[] {
  let low = 0
  let high = runs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (runs[middle]!.end <= from) low = middle + 1
    else high = middle
  }
  let last = low
  while (last < runs.length && runs[last]!.start < to) last++
  return runs.slice(low, last)
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.max(0, to - from)).toString('latin1')
}
