// Capture filters: syntax to conditions on the bytes of a frame. The tests, their order and their odd corners are those of libpcap's
// gencode.c, so that a filter picks the same packets here as in every other capture program:
//
// - port filters look at unfragmented datagrams (and first fragments) only, and, for IPv6, only right behind the fixed header;
// - `vlan` moves everything after it in the text by four bytes, whatever and, or, not stand between;
// - the kernel takes the outermost VLAN tag out of a frame and keeps it beside. A live filter that names `vlan` is therefore
//   compiled twice, for frames with the tag beside and for frames with all tags inside, and looks which of them it has.

import { ALU, ALWAYS, and, BPF, type Condition, MEMORY_WORDS, NEVER, not, or, type Statement } from './program.ts'
import type { Address, Direction, Expression, Filter, ProtocolName } from './syntax.ts'

export interface CompileTarget {
  /** LINKTYPE_ number: 1 Ethernet or 101 RAW (nothing in front of the IP header). */
  readonly linkType: number
  /** For a packet socket, where VLAN tags may be beside the frame. */
  readonly live: boolean
  /** Refuse packets on their way out: on lo they come back as packets on their way in. Only for a packet socket. */
  readonly skipOutgoing: boolean
}

/** A filter that cannot mean anything on this kind of interface, or asks for too much. */
export class CompileProblem extends Error {}

/** A host name stands where its addresses must. */
export class UnresolvedName extends CompileProblem {}

// <linux/filter.h>: loads from here answer questions about the packet instead. Only a packet socket has them.
const SKF_AD_OFF = 0xffff_f000
const SKF_AD_PKTTYPE = SKF_AD_OFF + 4
const SKF_AD_VLAN_TAG = SKF_AD_OFF + 44
const SKF_AD_VLAN_TAG_PRESENT = SKF_AD_OFF + 48
const PACKET_OUTGOING = 4

const ETHERTYPE = { ip: 0x0800, arp: 0x0806, rarp: 0x8035, ip6: 0x86dd } as const
const TPIDS = [0x8100, 0x88a8, 0x9100]
const PROTOCOL = { icmp: 1, igmp: 2, tcp: 6, udp: 17, esp: 50, ah: 51, icmp6: 58, pim: 103, vrrp: 112, sctp: 132 } as const
const IPPROTO_FRAGMENT = 44
const IP6_HEADER = 40

/** @throws CompileProblem */
export function compile(filter: Filter | null, target: CompileTarget): Condition {
  const named = filter === null ? ALWAYS : live(filter, target)
  return target.skipOutgoing ? and(not(test([load(SKF_AD_PKTTYPE, 4)], PACKET_OUTGOING)), named) : named
}

function live(filter: Filter, target: CompileTarget): Condition {
  const inside = new Compiler(target.linkType, false).compile(filter)
  if (!target.live || !namesVlan(filter)) return inside
  const beside = new Compiler(target.linkType, true).compile(filter)
  const isBeside = test([load(SKF_AD_VLAN_TAG_PRESENT, 1)], 1)
  return or(and(isBeside, beside), and(not(isBeside), inside))
}

function namesVlan(filter: Filter): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.parts.some(namesVlan)
  return filter.kind === 'not' ? namesVlan(filter.of) : filter.kind === 'vlan'
}

/** A load of 1, 2 or 4 bytes at a fixed place. */
function load(at: number, size: 1 | 2 | 4): Statement {
  return { code: size === 4 ? BPF.LD_W_ABS : size === 2 ? BPF.LD_H_ABS : BPF.LD_B_ABS, k: at }
}

/** A load at X plus a fixed number. */
function loadIndexed(at: number, size: 1 | 2 | 4): Statement {
  return { code: size === 4 ? BPF.LD_W_IND : size === 2 ? BPF.LD_H_IND : BPF.LD_B_IND, k: at }
}

function test(
  statements: readonly Statement[],
  value: number,
  comparison: 'equal' | 'greater' | 'atLeast' | 'anyBit' = 'equal',
): Condition {
  return { kind: 'test', statements, comparison, value }
}

class Compiler {
  private readonly linkType: number
  /** The next `vlan` is about the tag that the kernel keeps beside the frame. */
  private tagBeside: boolean
  /** Bytes of VLAN tags that stand before the type field. */
  private shift = 0

  constructor(linkType: number, tagBeside: boolean) {
    this.linkType = linkType
    this.tagBeside = tagBeside
  }

  compile(filter: Filter): Condition {
    switch (filter.kind) {
      case 'and':
      case 'or':
        return { kind: filter.kind, of: filter.parts.map((part) => this.compile(part)) }
      case 'not':
        return not(this.compile(filter.of))
      case 'protocol':
        return this.protocol(filter.protocol)
      case 'address':
        return this.address(filter.protocol, filter.direction, filter.address)
      case 'ports':
        return this.ports(filter.protocol, filter.direction, filter.first, filter.last)
      case 'number':
        return this.number(filter.protocol, filter.value)
      case 'cast':
        return this.cast(filter.protocol, filter.to)
      case 'compare':
        return this.compare(filter)
      case 'vlan':
        return this.vlan(filter.id)
    }
  }

  /** Where the network header starts. */
  private get network(): number {
    return this.linkType === 1 ? 14 + this.shift : 0
  }

  private etherType(value: number): Condition {
    if (this.linkType === 1) return test([load(12 + this.shift, 2)], value)
    // Nothing says the type but the version of the IP header itself.
    const version = value === ETHERTYPE.ip ? 0x40 : value === ETHERTYPE.ip6 ? 0x60 : null
    return version === null ? NEVER : test([load(0, 1), { code: BPF.ALU_K + ALU['&'], k: 0xf0 }], version)
  }

  private protocol(protocol: Exclude<ProtocolName, 'any'>): Condition {
    switch (protocol) {
      case 'ether':
        throw new CompileProblem('"ether" alone says nothing: write ether host, ether proto or ether[…]')
      case 'ip':
      case 'ip6':
      case 'arp':
      case 'rarp':
        return this.etherType(ETHERTYPE[protocol])
      case 'icmp':
      case 'igmp':
      case 'vrrp':
        return this.number('ip', PROTOCOL[protocol])
      case 'icmp6':
        return this.number('ip6', PROTOCOL.icmp6)
      default:
        return this.number('any', PROTOCOL[protocol])
    }
  }

  private number(protocol: 'any' | 'ip' | 'ip6' | 'ether', value: number): Condition {
    const at = this.network
    switch (protocol) {
      case 'ether':
        return this.etherType(value)
      case 'ip':
        return and(this.etherType(ETHERTYPE.ip), test([load(at + 9, 1)], value))
      case 'ip6': {
        const direct = test([load(at + 6, 1)], value)
        const fragment = and(test([load(at + 6, 1)], IPPROTO_FRAGMENT), test([load(at + IP6_HEADER, 1)], value))
        return and(this.etherType(ETHERTYPE.ip6), or(direct, fragment))
      }
      case 'any':
        return or(this.number('ip', value), this.number('ip6', value))
    }
  }

  private address(protocol: ProtocolName, direction: Direction, address: Address): Condition {
    switch (address.kind) {
      case 'name':
        throw new UnresolvedName(`the name ${address.name} was not resolved`)
      case 'ether':
        if (this.linkType !== 1) throw new CompileProblem('this interface has no Ethernet addresses')
        return directed(
          direction,
          () => this.station(6, address.bytes),
          () => this.station(0, address.bytes),
        )
      case 'ip6':
        return this.pair6(direction, address)
      case 'ip': {
        const within = (name: 'ip' | 'arp' | 'rarp', src: number, dst: number) =>
          directed(
            direction,
            () => and(this.etherType(ETHERTYPE[name]), this.masked(src, address.address, address.mask)),
            () => and(this.etherType(ETHERTYPE[name]), this.masked(dst, address.address, address.mask)),
          )
        if (protocol === 'ip') return within('ip', 12, 16)
        if (protocol === 'arp' || protocol === 'rarp') return within(protocol, 14, 24)
        return or(within('ip', 12, 16), within('arp', 14, 24), within('rarp', 14, 24))
      }
    }
  }

  private pair6(direction: Direction, address: Extract<Address, { kind: 'ip6' }>): Condition {
    const words = (from: number) => address.address.map((word, i) => this.masked(from + 4 * i, word, address.mask[i] as number))
    const whole = (from: number) => and(this.etherType(ETHERTYPE.ip6), ...words(from))
    return directed(
      direction,
      () => whole(8),
      () => whole(24),
    )
  }

  private masked(at: number, value: number, mask: number): Condition {
    const keep = mask === 0xffff_ffff ? [] : [{ code: BPF.ALU_K + ALU['&'], k: mask }]
    return test([load(this.network + at, 4), ...keep], value)
  }

  private station(at: number, bytes: Uint8Array): Condition {
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    return and(test([load(at + 2, 4)], view.getUint32(2)), test([load(at, 2)], view.getUint16(0)))
  }

  private ports(protocol: ProtocolName, direction: Direction, first: number, last: number): Condition {
    const carriers = protocol === 'any' ? [PROTOCOL.sctp, PROTOCOL.tcp, PROTOCOL.udp] : [PROTOCOL[protocol as 'tcp' | 'udp' | 'sctp']]
    const at = this.network
    const carried = (where: number) => or(...carriers.map((one) => test([load(where, 1)], one)))
    const in6 = (offset: number) => between([load(at + IP6_HEADER + offset, 2)], first, last)
    const headerLength: Statement = { code: BPF.LDX_MSH, k: at }
    const in4 = (offset: number) => between([headerLength, loadIndexed(at + offset, 2)], first, last)
    return or(
      and(
        this.etherType(ETHERTYPE.ip6),
        carried(at + 6),
        directed(
          direction,
          () => in6(0),
          () => in6(2),
        ),
      ),
      and(
        this.etherType(ETHERTYPE.ip),
        carried(at + 9),
        this.whole(),
        directed(
          direction,
          () => in4(0),
          () => in4(2),
        ),
      ),
    )
  }

  /** Not a later fragment. */
  private whole(): Condition {
    return not(test([load(this.network + 6, 2)], 0x1fff, 'anyBit'))
  }

  private cast(protocol: 'ether' | 'ip' | 'ip6', to: 'broadcast' | 'multicast'): Condition {
    const at = this.network
    if (protocol === 'ip') return and(this.etherType(ETHERTYPE.ip), test([load(at + 16, 1)], 224, 'atLeast'))
    if (protocol === 'ip6') return and(this.etherType(ETHERTYPE.ip6), test([load(at + 24, 1)], 255))
    if (this.linkType !== 1) throw new CompileProblem(`this interface has no Ethernet ${to}`)
    return to === 'multicast' ? test([load(0, 1)], 1, 'anyBit') : this.station(0, new Uint8Array(6).fill(0xff))
  }

  private vlan(id: number | null): Condition {
    if (this.linkType !== 1) throw new CompileProblem('this interface has no VLAN tags')
    if (this.tagBeside) {
      this.tagBeside = false
      return id === null ? ALWAYS : test([load(SKF_AD_VLAN_TAG, 2), { code: BPF.ALU_K + ALU['&'], k: 0x0fff }], id)
    }
    const tagged = or(...TPIDS.map((type) => this.etherType(type)))
    const numbered = id === null ? [] : [test([load(this.network, 2), { code: BPF.ALU_K + ALU['&'], k: 0x0fff }], id)]
    this.shift += 4
    return and(tagged, ...numbered)
  }

  private compare({ relation, left, right }: Extract<Filter, { kind: 'compare' }>): Condition {
    const conditions = [...this.needs(left), ...this.needs(right)]
    const statements = this.evaluate(right, 0)
    statements.push({ code: BPF.ST, k: 0 }, ...this.evaluate(left, 1), { code: BPF.LDX_MEM, k: 0 })
    const against = (comparison: 'equal' | 'greater' | 'atLeast'): Condition => ({ kind: 'test', statements, comparison })
    switch (relation) {
      case '=':
        return and(...conditions, against('equal'))
      case '!=':
        return and(...conditions, not(against('equal')))
      case '>':
        return and(...conditions, against('greater'))
      case '>=':
        return and(...conditions, against('atLeast'))
      case '<':
        return and(...conditions, not(against('atLeast')))
      case '<=':
        return and(...conditions, not(against('greater')))
    }
  }

  /** What a packet must be for the loads of an expression to make sense. */
  private needs(expression: Expression): Condition[] {
    switch (expression.kind) {
      case 'operation':
        // Only the left operand's: libpcap forgets those of the right one.
        return this.needs(expression.left)
      case 'negated':
        return this.needs(expression.of)
      case 'load': {
        const inner = this.needs(expression.index)
        const { protocol } = expression
        if (protocol === 'any' || protocol === 'ether') return inner
        if (protocol === 'ip' || protocol === 'ip6' || protocol === 'arp' || protocol === 'rarp') return [...inner, this.protocol(protocol)]
        if (protocol === 'icmp6') return [...inner, this.etherType(ETHERTYPE.ip6), test([load(this.network + 6, 1)], PROTOCOL.icmp6)]
        return [this.etherType(ETHERTYPE.ip), ...inner, this.protocol(protocol), this.whole()]
      }
      default:
        return []
    }
  }

  /** Statements that leave the value in A. Scratch words from `free` on may be used. */
  private evaluate(expression: Expression, free: number): Statement[] {
    if (free >= MEMORY_WORDS) throw new CompileProblem('the arithmetic is nested too deeply')
    switch (expression.kind) {
      case 'number':
        return [{ code: BPF.LD_IMM, k: expression.value }]
      case 'length':
        return [{ code: BPF.LD_LEN, k: 0 }]
      case 'negated':
        return [...this.evaluate(expression.of, free), { code: BPF.ALU_NEG, k: 0 }]
      case 'operation':
        return this.operate(expression, free)
      case 'load':
        return this.loadFrom(expression, free)
    }
  }

  private operate({ operator, left, right }: Extract<Expression, { kind: 'operation' }>, free: number): Statement[] {
    const constant = right.kind === 'number' ? right.value : null
    if (constant === 0 && (operator === '/' || operator === '%')) throw new CompileProblem('it divides by zero')
    const shifts = operator === '<<' || operator === '>>'
    if (constant !== null && shifts && constant > 31) throw new CompileProblem('it shifts by more than 31 bits')
    if (constant !== null) return [...this.evaluate(left, free), { code: BPF.ALU_K + ALU[operator], k: constant }]
    return [
      ...this.evaluate(right, free),
      { code: BPF.ST, k: free },
      ...this.evaluate(left, free + 1),
      { code: BPF.LDX_MEM, k: free },
      { code: BPF.ALU_X + ALU[operator], k: 0 },
    ]
  }

  private loadFrom({ protocol, index, size }: Extract<Expression, { kind: 'load' }>, free: number): Statement[] {
    const at = this.network
    switch (protocol) {
      case 'any':
      case 'ether':
        if (this.linkType !== 1) throw new CompileProblem('this interface has no Ethernet header')
        return [...this.evaluate(index, free), { code: BPF.TAX, k: 0 }, loadIndexed(0, size)]
      case 'ip':
      case 'ip6':
      case 'arp':
      case 'rarp':
        return [...this.evaluate(index, free), { code: BPF.TAX, k: 0 }, loadIndexed(at, size)]
      case 'icmp6':
        return [...this.evaluate(index, free), { code: BPF.TAX, k: 0 }, loadIndexed(at + IP6_HEADER, size)]
      default:
        // X = length of the IPv4 header, then X = X + index.
        return [
          ...this.evaluate(index, free),
          { code: BPF.LDX_MSH, k: at },
          { code: BPF.ALU_X + ALU['+'], k: 0 },
          { code: BPF.TAX, k: 0 },
          loadIndexed(at, size),
        ]
    }
  }
}

/** The first or the last value may be absent; equal ones make a single test. */
function between(statements: readonly Statement[], first: number, last: number): Condition {
  if (first === last) return test(statements, first)
  return and(test(statements, first, 'atLeast'), not(test(statements, last, 'greater')))
}

function directed(direction: Direction, source: () => Condition, destination: () => Condition): Condition {
  switch (direction) {
    case 'src':
      return source()
    case 'dst':
      return destination()
    case 'both':
      return and(source(), destination())
    case 'either':
      return or(source(), destination())
  }
}
