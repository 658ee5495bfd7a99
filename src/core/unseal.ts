// What opens sealed bytes, as dissectors and streams see it: secrets that the user or the capture gave, and protocols that use them
// message by message (TLS). Without secrets none of this exists, and nothing is spent on it.

/** A secret, and where it came from in words: "keys.txt", "the capture", "server.pem". */
export interface FoundSecret {
  readonly secret: Uint8Array
  readonly from: string
}

/** All secrets of a capture. They may grow while packets come. */
export interface Secrets {
  /** The secret of a key log by its label and client random (of the label RSA: the first 8 bytes of the encrypted premaster secret). */
  find(label: string, id: Uint8Array): FoundSecret | undefined
  /** The premaster secret of an RSA key exchange, when one of the private keys opens it. */
  premaster(sealed: Uint8Array): FoundSecret | undefined
  /** Pre-shared keys. */
  readonly shared: readonly FoundSecret[]
  /** Are there private or shared keys, for which a handshake's messages must be remembered? */
  readonly needsHandshake: boolean
  /** Another number whenever there are other secrets. */
  readonly generation: number
  /** Looks whether key logs have grown; true when there are new secrets. Cheap to call often. */
  refresh(): boolean
}

// ── what became of a sealed message ──

/** Not sealed. */
export const PLAIN = 0
export const OPENED = 1
/** The capture lacks the handshake that agreed on the keys. */
export const NO_HANDSHAKE = 2
/** No secret was given for this handshake. */
export const NO_KEY = 3
/** There is a key; the message does not open with it. */
export const WRONG_KEY = 4
/** Messages before it are missing, so that its number is not known. */
export const TORN = 5
/** The capture kept only a part of the message. */
export const CUT = 6
/** A cipher, or a compression, that nothing here can undo. */
export const UNKNOWN_CIPHER = 7
/** It was opened, and what opens it again took more memory than allowed. */
export const FORGOTTEN = 8

export interface Unsealed {
  /** One of the numbers above. */
  readonly state: number
  /** What the content is, in the protocol's own numbers. */
  readonly kind: number
  /** The content, when it was opened. */
  readonly bytes: Uint8Array | null
  /** The content belongs to the stream inside: it is framed there. */
  readonly inStream: boolean
  /** Bytes that a message before still owes at the start of this content (a handshake message over several records). */
  readonly owed: number
  /** The stream inside ends here. */
  readonly ends: boolean
  /** Which key of Unsealer opened it (or was tried), which number the message has under it, and what else opening it again takes. */
  readonly key: number
  readonly number: number
  readonly chain: Uint8Array | null
  /** Number of the handshake that it belongs to (Unsealer.sessions); -1 when none was seen. */
  readonly session: number
  /** Sent by who opened the connection, as far as the protocol knows. */
  readonly fromClient: boolean
}

/** One connection of a sealed protocol, in capture order. */
export interface Unsealing {
  /** The next message of a direction (0 or 1). `torn`: messages before it are missing. Never throws. */
  take(direction: number, bytes: Uint8Array, torn: boolean): Unsealed
  /** A message whose length is known is missing. */
  miss(direction: number): void
  /** What the two agreed to speak inside ("h2"), '' when they did not say. */
  readonly inside: string
}

/** What one handshake came to, for reports. */
export interface SealedSession {
  /** Number of the conversation. */
  readonly conversation: number
  readonly clientRandom: Uint8Array
  readonly cipher: string
  /** Where the secrets came from; '' when there were none. */
  readonly from: string
  /** Sealed messages opened, and not. */
  readonly opened: number
  readonly shut: number
  /** State of the first message that stayed shut; PLAIN when none did. */
  readonly why: number
}

/** A sealed protocol at work in one capture. */
export interface Unsealer {
  connect(conversation: number): Unsealing
  /** Opens again what was opened before. */
  reopen(key: number, number: number, chain: Uint8Array | null, bytes: Uint8Array): Uint8Array | null
  /** Who sealed the message and with what, and what opened it or why it stays shut, in sentences. */
  describe(state: number, key: number, session: number, fromClient: boolean, plainLength: number): string
  readonly sessions: readonly SealedSession[]
}

/** Records of sealed protocols (TLS), numbered in the order in which they were complete, and the messages found inside them. */
export interface Opened {
  /** Number of the first record of a message; those of one message follow each other. -1 for messages of other protocols. */
  firstOf(message: number): number
  /** The number behind its last record. */
  endOf(message: number): number
  /** Bytes that a message before still owes at the start of the record's content. */
  owed(record: number): number
  state(record: number): number
  kind(record: number): number
  /** The content; null when it stays shut. Kept for a while. */
  plain(record: number): Uint8Array | null
  describe(record: number): string
  /** Id of the protocol spoken inside, as far as known when the record was complete; -1 otherwise. */
  insideOf(record: number): number
  /** Does the record's content belong to the stream inside? */
  inStream(record: number): boolean
  /** The packet in which a message that began in this record is complete; 0 when none or not yet known. */
  reassembledIn(record: number): number
  packet(record: number): number
  /**
   * Which transport layer of the packet ended the connection and with it a message inside, for what stands in place of a record there; -1 for
   * records.
   */
  closedBy(record: number): number
}
