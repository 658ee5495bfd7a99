// What a live capture looks like from outside, whichever engine runs it. Engines differ in rights, delay and what they know of lost
// packets; nobody above this folder needs to ask which one it is, only what LiveCapture says.

/** ring, dumpcap, tcpdump: capture on an interface. namespace: the ring inside a network namespace of our own. relay: rebuilt frames. */
export type EngineName = 'ring' | 'dumpcap' | 'tcpdump' | 'namespace' | 'relay'

/** Engines in the order in which they are tried; `namespace` and `relay` carry only the demo's own traffic. */
export const ENGINE_NAMES: readonly EngineName[] = ['ring', 'dumpcap', 'tcpdump', 'namespace', 'relay']

/** kernel: stamped on arrival by the kernel. rebuilt: written by the relay when the bytes passed through it. */
export type TimeSource = 'kernel' | 'rebuilt'

export interface CaptureOptions {
  readonly interface: string
  /** Capture filter in pcap-filter syntax; empty for everything. */
  readonly filter: string
  /** Bytes kept of each packet; default 262144, which is all of any packet. */
  readonly snapLength?: number
  /** Only this engine, no other. Without it the first usable one wins. */
  readonly engine?: EngineName
  /** Path of the pcapng file that the packets are written to as they arrive. */
  readonly spool: string
  /** Called after packets were written and flushed, so that a reader of the spool steps on at once. */
  onPackets?(): void
}

/** Why a capture ended. stopped: asked for. interface: it went down or away. space: the disk is full. engine: the engine failed. */
export type EndReason = 'stopped' | 'interface' | 'space' | 'engine'

export interface CaptureEnd {
  readonly reason: EndReason
  /** One line for the user, safe for a terminal; absent when the capture was stopped on request. */
  readonly message?: string
}

export interface CaptureCounts {
  /** Packets written to the spool. */
  readonly captured: number
  /** Packets that matched and were lost; null while (or if) the engine cannot know. */
  readonly dropped: number | null
}

/** A capture that runs, until `ended` resolves. */
export interface LiveCapture {
  readonly engine: EngineName
  readonly interface: string
  readonly filter: string
  /** pcapng file that holds every packet so far. */
  readonly spool: string
  readonly timeSource: TimeSource
  /** LINKTYPE_ number of the packets: 1 Ethernet, 101 RAW. */
  readonly linkType: number
  /** Cheap; read it for each paint. */
  statistics(): CaptureCounts
  /** Resolves, never rejects, once nothing more will be written to the spool. */
  readonly ended: Promise<CaptureEnd>
  /** Takes the packets that have arrived so far, then ends. Calling it again is harmless. */
  stop(): Promise<void>
}

/** An interface to capture on. */
export interface InterfaceInfo {
  readonly name: string
  readonly up: boolean
  readonly loopback: boolean
  /** IPv4 and IPv6 addresses as text, without prefix length. */
  readonly addresses: readonly string[]
  /** Packets received and sent since the interface was made, for sparklines; null where the system does not tell. */
  readonly packets: number | null
}

/** What `wiretail doctor` and the start screen say of one engine. Texts are safe for a terminal. */
export interface EngineProbe {
  readonly engine: EngineName
  readonly usable: boolean
  /** What it gives, or why it cannot be used. */
  readonly detail: string
  /** The command or step that would make it usable; empty when it is, or when nothing would. */
  readonly remedy: string
}

/** A capture filter as typed. `message` and the span (UTF-16 units) stand for a mistake; `fix` is the whole repaired text. */
export type CaptureFilterCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly message: string; readonly start: number; readonly end: number; readonly fix?: string }

/** Most bytes that are ever kept of a packet; capture formats allow no more. */
export const SNAP_LENGTH = 262_144

export const LINKTYPE_ETHERNET = 1
export const LINKTYPE_RAW = 101
