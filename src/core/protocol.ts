// What a protocol is: a table of fields and a small pure function over bytes. See ../protocols/README.md, "Add a protocol".

import type { Dissection } from './dissect.ts'
import { Field, type Get } from './field.ts'
import type { Memory, Shelf } from './memory.ts'
import type { Secrets, Unsealer } from './unseal.ts'

export * from './field.ts'

export type Fields = Readonly<Record<string, Field>>

/** What a framing step says of the bytes it was shown. */
export const MORE = 0
export const NOT_MINE = -1
export const YES = 1
export const NO = -1

/** What one direction of a connection remembers between two framing steps; `peer` is the other direction's. */
export interface FramingState {
  /** Where inside a message the next byte lies; the protocol numbers its phases itself, 0 is "between messages". */
  phase: number
  /** Set by `frame` when the bytes that it consumed end a message. */
  done: boolean
  /** Set by `frame` when the message lasts until this direction closes. */
  untilClose: boolean
  /** Messages completed so far in this direction, interim ones not counted. */
  messages: number
  /** Set by `frame` for a message that announces another one (HTTP 1xx): it does not take its partner's turn. */
  interim: boolean
  /** Set by `frame`: a number kept with each message (of a coalesced run: the first's) for `dissect`, as Messages.aux. 32 bits. */
  aux: number
  /** Free for the protocol. */
  a: number
  b: number
  /** Free for the protocol: a short queue (HTTP: methods that wait for an answer). Bounded by the protocol. */
  readonly queue: number[]
  /** Free for the protocol: what does not fit into numbers (HTTP/2: header tables). Bounded by the protocol. */
  own: object | null
  /** What the two sides agreed to speak from here on (HTTP's Upgrade): asked when `frame` says NOT_MINE, and handed on to the next state. */
  upgrade: Upgrade | null
  /** The state of the other direction. */
  peer: FramingState | null
  /** What protocols keep for the whole capture. */
  readonly shelf: Shelf
}

/** An agreement to go on in another protocol: its name in HTTP's Upgrade header, in lower case, and the terms that the server agreed to. */
export interface Upgrade {
  readonly token: string
  readonly terms: string
}

/** How messages of a protocol lie in a byte stream. Sans-I/O: shown bytes, says how many belong to the current message. */
export interface Framing {
  /** Only connections with one of these ports are asked, for protocols whose bytes do not tell them apart. Default: all. */
  readonly ports?: readonly number[]
  /** Names under which the two sides of a sealed connection agree to speak it (ALPN): it is then taken for granted inside. */
  readonly agreedAs?: readonly string[]
  /** Ports of sealed connections in which it is expected. */
  readonly sealedPorts?: readonly number[]
  /** The names by which HTTP's Upgrade header knows the protocol. */
  readonly upgrades?: readonly string[]
  /**
   * Do these bytes, the first of a direction or the first after a gap, open a message? YES, NO or MORE (too few to tell). `known`: the
   * connection is known to speak this protocol.
   */
  recognize(bytes: Uint8Array, start: number, end: number, known?: boolean): number
  /**
   * Takes one step. Returns the bytes that it accounts for (which may lie beyond `end`: they are skipped as they arrive), MORE when
   * it must see more than end - start bytes (they are kept, within bounds), or NOT_MINE.
   */
  frame(state: FramingState, bytes: Uint8Array, start: number, end: number): number
  /**
   * A message was completed: its index in Memory.messages. Returns the index of the message that it answers (the two are paired), or -1.
   * Not asked of protocols that coalesce.
   */
  completed?(state: FramingState, index: number): number
  /** Complete messages that follow each other inside one segment form one layer (TLS records). */
  readonly coalesce?: boolean
  /** The n-th message of one direction answers the n-th of the other (HTTP): Messages.opposite works. */
  readonly paired?: boolean
}

/** What content adds to the columns of the layer that carries it. */
export interface Content {
  /** Written behind that layer's Info, with what separates the two. */
  readonly info?: (get: Get) => string
  /** Written behind that layer's name in the Protocol column: "/XML". */
  readonly column?: (get: Get) => string
}

export interface ProtocolDefinition {
  /** Filter name: `tcp`. */
  readonly name: string
  /** Title of the layer in the tree: "Transmission Control Protocol". */
  readonly title: string
  /** What stands in the Protocol column. Default: the name in capitals. */
  readonly column?: string
  readonly spec: string
  /** One plain sentence: what the protocol is for. */
  readonly about: string
  readonly fields: Fields
  /** The values of other protocols' fields behind which this one is found. */
  readonly accepts?: Readonly<Record<string, readonly number[]>>
  readonly framing?: Framing
  /** Opens the protocol's messages where secrets allow; what is inside is framed as a stream of its own. */
  readonly unseal?: (secrets: Secrets) => Unsealer
  /**
   * The scan for the index does not look inside: children (if any) are found when a packet is dissected in full.
   * Set it on protocols that carry no addresses, ports or streams further in.
   */
  readonly scanStops?: boolean
  /** Are these bytes of this protocol? For one whose number (a port) others use too: where it says no, the bytes are data. */
  readonly admits?: (bytes: Uint8Array, start: number, end: number) => boolean
  /**
   * Does a datagram with these bytes open a conversation of this protocol, whatever its ports? From then on the conversation is the protocol's.
   * Asked of every datagram of conversations that are not known: a few comparisons.
   */
  readonly opensWith?: (bytes: Uint8Array, start: number, end: number) => boolean
  /** `opensWith` counts only where no protocol is registered for the ports: others have messages that look alike. */
  readonly yieldsToPorts?: boolean
  /**
   * Where does something of this protocol begin in these bytes? Its offset, or -1. For what travels inside text, whoever carries it (a token
   * in a body or a header): carriers say `p.look`, and name nobody. Asked while packets are dissected, never during the scan.
   */
  readonly findIn?: (bytes: Uint8Array, start: number, end: number) => number
  /** Content that others carry (the body of a message): the scan for the index never meets it, a dissection does. */
  readonly content?: Content
  /** What stands in the Protocol column, where it depends on the packet. Default: `column`. */
  readonly columnOf?: (get: Get) => string
  /**
   * No message with this Messages.aux can hold the field (HTTP: what stands in requests only is in no response). Saves putting messages
   * together for filters and -e that name such fields only.
   */
  readonly lacks?: (field: Field, aux: number) => boolean
  /** Every message with this Messages.aux holds the field: filters that only ask for it need not look. */
  readonly holds?: (field: Field, aux: number) => boolean
  /** The layer's line in the tree. Default: the title. */
  readonly heading?: (get: Get) => string
  /** What stands before the Info column's text, whichever layer that comes from: "[TCP Retransmission] ". */
  readonly prefix?: (get: Get) => string
  /** The Info column. The innermost layer with a summary wins; consecutive layers of one protocol are joined by ", ". */
  readonly summary?: (get: Get) => string
  /** Of consecutive layers only the last one's summary counts. */
  readonly lastSummary?: boolean
  dissect(p: Dissection): void
  /** A child layer ended early: records what lies between its end (`at`, from the start of this layer) and p.end: padding, trailer. */
  trailer?(p: Dissection, at: number): void
  /** Root protocol only: fills in what can be said when all layers are known. The rows are complete; it only sets texts and values. */
  finish?(p: Dissection): void
  /** Once per packet, in capture order, before `dissect`; may write memory. */
  track?(p: Dissection, memory: Memory): void
}

export interface Protocol extends ProtocolDefinition {
  /** Dense number, given by the registry. */
  id: number
  /** The field of type `protocol` that stands for the layer itself. */
  readonly self: Field
  /** Fields with a fixed place, in the order of declaration. */
  readonly header: readonly Field[]
  readonly columnName: string
}

/**
 * Declares a protocol. Throws when the table contradicts itself (a bug, found by the first test that loads the file).
 *
 *     export const udp = defineProtocol({ name: 'udp', title: 'User Datagram Protocol', spec: 'RFC 768', … })
 */
export function defineProtocol(definition: ProtocolDefinition): Protocol {
  const self = new Field(definition.name, definition.title, 'protocol', 0, { about: definition.about })
  const declared = Object.values(definition.fields)
  const seen = new Map<string, Field>()
  for (const field of declared) {
    if (field.parent !== '') {
      const parent = seen.get(field.parent)
      if (parent === undefined) throw new Error(`${field.name}: its parent ${field.parent} is not declared before it`)
      field.level = parent.level + 1
    }
    if (!seen.has(field.name)) seen.set(field.name, field)
  }
  // Written out, key by key: all protocols have one shape, which the engine's loop over layers depends on for its speed.
  const protocol = {
    name: definition.name,
    title: definition.title,
    column: definition.column,
    spec: definition.spec,
    about: definition.about,
    fields: definition.fields,
    accepts: definition.accepts,
    framing: definition.framing,
    unseal: definition.unseal,
    scanStops: definition.scanStops,
    findIn: definition.findIn,
    content: definition.content,
    admits: definition.admits,
    opensWith: definition.opensWith,
    yieldsToPorts: definition.yieldsToPorts,
    lacks: definition.lacks,
    holds: definition.holds,
    columnOf: definition.columnOf,
    heading: definition.heading,
    prefix: definition.prefix,
    summary: definition.summary,
    lastSummary: definition.lastSummary,
    dissect: definition.dissect,
    trailer: definition.trailer,
    finish: definition.finish,
    track: definition.track,
    id: -1,
    self,
    header: declared.filter((field) => field.at >= 0),
    columnName: definition.column ?? definition.name.toUpperCase(),
  }
  return protocol as Protocol
}
