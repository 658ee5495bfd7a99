// The parsed form of a capture filter (pcap-filter(7)), in the order of the text.

/** A run of characters of the filter, in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type Direction = 'either' | 'src' | 'dst' | 'both'

/** Protocols that a primitive may name. `any` when it names none. */
export type ProtocolName =
  | 'any'
  | 'ether'
  | 'ip'
  | 'ip6'
  | 'arp'
  | 'rarp'
  | 'tcp'
  | 'udp'
  | 'sctp'
  | 'icmp'
  | 'icmp6'
  | 'igmp'
  | 'pim'
  | 'ah'
  | 'esp'
  | 'vrrp'

export type Address =
  | { readonly kind: 'ip'; readonly address: number; readonly mask: number }
  | { readonly kind: 'ip6'; readonly address: readonly number[]; readonly mask: readonly number[] }
  | { readonly kind: 'ether'; readonly bytes: Uint8Array }
  /** A host name, to be resolved before compiling. */
  | { readonly kind: 'name'; readonly name: string }

export type Operator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>'
export type Relation = '=' | '!=' | '>' | '>=' | '<' | '<='

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'length' }
  | { readonly kind: 'negated'; readonly of: Expression }
  | { readonly kind: 'operation'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  /** `protocol[index : size]` */
  | { readonly kind: 'load'; readonly protocol: ProtocolName; readonly index: Expression; readonly size: 1 | 2 | 4 }

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'protocol'; readonly protocol: Exclude<ProtocolName, 'any'> }
  | {
      readonly kind: 'address'
      readonly protocol: ProtocolName
      readonly direction: Direction
      readonly address: Address
      readonly span: Span
    }
  | {
      readonly kind: 'ports'
      readonly protocol: ProtocolName
      readonly direction: Direction
      readonly first: number
      readonly last: number
    }
  /** `ip proto N`, `ip6 proto N`, `ether proto N`, `proto N`. */
  | { readonly kind: 'number'; readonly protocol: 'any' | 'ip' | 'ip6' | 'ether'; readonly value: number }
  | { readonly kind: 'cast'; readonly protocol: 'ether' | 'ip' | 'ip6'; readonly to: 'broadcast' | 'multicast' }
  | { readonly kind: 'compare'; readonly relation: Relation; readonly left: Expression; readonly right: Expression }
  /** A VLAN tag stands here; everything later in the text looks behind it. */
  | { readonly kind: 'vlan'; readonly id: number | null }

/** Why a filter was not parsed. `foreign`: it may be right, but goes beyond what is compiled here, and libpcap has to decide. */
export interface SyntaxProblem extends Span {
  readonly message: string
  readonly foreign: boolean
}
