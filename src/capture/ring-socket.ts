// A packet socket with its memory-mapped receive ring (TPACKET_V3; kernel documentation networking/packet_mmap.rst).
//
//   ring = blocks of 1 MiB        block = 48-byte head, then packets      packet = struct tpacket3_hdr, sockaddr_ll, …, the frame
//     8 status u32 (bit 0: ours)    0 next u32     12 captured u32   24 frame u16    48 sockaddr_ll
//    12 packets u32                 4 seconds u32  16 length u32     32 VLAN TCI u32
//    16 first packet u32            8 nanos u32    20 status u32     36 VLAN TPID u16
//
// A ring is never unmapped: a view of it that is still reachable would then crash the process. So a socket that is no longer wanted is
// parked (bound, but refusing every packet) and used again. Binding and filtering need no privilege, only socket() does: a parked
// socket can therefore start another capture after the privileges were dropped.

import type { Instruction } from './bpf/program.ts'
import { LiveError } from './errors.ts'
import {
  AF_PACKET,
  EACCES,
  EAFNOSUPPORT,
  ENOMEM,
  EPERM,
  type Libc,
  SO_ERROR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_RAW,
  SOL_SOCKET,
} from './libc.ts'

const SOL_PACKET = 263
const PACKET_ADD_MEMBERSHIP = 1
const PACKET_DROP_MEMBERSHIP = 2
const PACKET_RX_RING = 5
const PACKET_STATISTICS = 6
const PACKET_VERSION = 10
const PACKET_MR_PROMISC = 1
const TPACKET_V3 = 2
const ETH_P_ALL = 3

const BLOCK_SIZE = 1 << 20
/** 64 MiB; halved until the kernel has that much memory to give. */
const MOST_BLOCKS = 64
const FEWEST_BLOCKS = 4
/** Only has to divide the block; packets in a version 3 ring take what they need, and those on lo reach 65 550 bytes. */
const FRAME_SIZE = 131_072
/** After this many milliseconds the kernel hands over a block that is not full. With the 8 ms of our timer: 20 ms at most. */
export const RETIRE_TIMEOUT = 10

const STATUS_USER = 1
const STATUS_VLAN_VALID = 1 << 4
const STATUS_VLAN_TPID_VALID = 1 << 6
const TPID_8021Q = 0x8100

/** Takes what the ring holds; see PacketSink for the numbers. `bytes` is the ring itself or a scratch buffer: valid during the call. */
export type TakePacket = (bytes: Uint8Array, start: number, captured: number, length: number, seconds: number, nanos: number) => void

/** BPF_RET | BPF_K with 0: refuses every packet. */
const REFUSE_ALL = [{ code: 6, jt: 0, jf: 0, k: 0 }] as const

export class RingSocket {
  private readonly calls: Libc
  private readonly fd: number
  private readonly bytes: Uint8Array
  private readonly words: Uint32Array
  private readonly halves: Uint16Array
  private readonly blocks: number
  /** Block that the kernel fills next, or is filling. */
  private block = 0
  private dropped = 0
  private promiscuous = 0
  /** A frame whose VLAN tag was put back. */
  private scratch = new Uint8Array(0)

  constructor(calls: Libc, fd: number, memory: ArrayBuffer) {
    this.calls = calls
    this.fd = fd
    this.bytes = new Uint8Array(memory)
    this.words = new Uint32Array(memory)
    this.halves = new Uint16Array(memory)
    this.blocks = memory.byteLength / BLOCK_SIZE
  }

  /**
   * Starts to take packets of one interface. Everything from before is discarded, so no packet is seen that the filter did not accept.
   * @throws LiveError when the kernel refuses the program or the interface
   */
  aim(index: number, program: readonly Instruction[], promiscuous: boolean): void {
    this.refuse()
    this.bind(index)
    if (promiscuous) this.listenToAll(index)
    this.drain(() => {}, Number.POSITIVE_INFINITY)
    this.pendingError()
    this.dropped = 0
    this.readStatistics()
    this.attach(program)
  }

  /** Takes no further packets; what is in the ring stays to be drained. */
  refuse(): void {
    this.attach(REFUSE_ALL)
  }

  /** Gives up promiscuous mode and waits for its next use. */
  park(): void {
    this.refuse()
    if (this.promiscuous !== 0) this.membership(PACKET_DROP_MEMBERSHIP, this.promiscuous)
    this.promiscuous = 0
  }

  /** Hands over what has arrived, block by block, until `deadline` (performance.now()). Returns the number of packets. */
  drain(take: TakePacket, deadline: number): number {
    const words = this.words
    let taken = 0
    do {
      const head = (this.block * BLOCK_SIZE) >> 2
      // Atomics keep the processor from reading packets before the status that says they are complete.
      if ((Atomics.load(words, head + 2) & STATUS_USER) === 0) break
      const packets = words[head + 3] as number
      this.takeBlock(this.block * BLOCK_SIZE, packets, take)
      taken += packets
      Atomics.store(words, head + 2, 0)
      this.block = (this.block + 1) % this.blocks
    } while (performance.now() < deadline)
    return taken
  }

  /** True when drain() would find packets at once. */
  get waiting(): boolean {
    return (Atomics.load(this.words, ((this.block * BLOCK_SIZE) >> 2) + 2) & STATUS_USER) !== 0
  }

  /** Packets lost for want of room since aim(). */
  countDropped(): number {
    this.readStatistics()
    return this.dropped
  }

  /** The socket's pending error as an errno, which reading clears; ENETDOWN when the interface went down or away. */
  pendingError(): number {
    const value = new Uint32Array(1)
    const failed = this.calls.getsockopt(this.fd, SOL_SOCKET, SO_ERROR, new Uint8Array(value.buffer), Uint32Array.of(4))
    return failed < 0 ? 0 : (value[0] as number)
  }

  private takeBlock(block: number, packets: number, take: TakePacket): void {
    const words = this.words
    let at = block + (words[(block >> 2) + 4] as number)
    for (let left = packets; left > 0; left--) {
      const word = at >> 2
      const start = at + (this.halves[(at + 24) >> 1] as number)
      const captured = words[word + 3] as number
      const length = words[word + 4] as number
      const status = words[word + 5] as number
      if ((status & STATUS_VLAN_VALID) === 0) {
        take(this.bytes, start, captured, length, words[word + 1] as number, words[word + 2] as number)
      } else {
        const protocol = (status & STATUS_VLAN_TPID_VALID) === 0 ? TPID_8021Q : (this.halves[(at + 36) >> 1] as number)
        this.restoreTag(start, captured, protocol, words[word + 8] as number)
        take(this.scratch, 0, captured + 4, length + 4, words[word + 1] as number, words[word + 2] as number)
      }
      at += words[word] as number
    }
  }

  /** The kernel takes the outermost VLAN tag out of the frame; puts it back behind the two addresses. */
  private restoreTag(start: number, captured: number, protocol: number, tag: number): void {
    if (this.scratch.length < captured + 4) this.scratch = new Uint8Array(Math.max(2048, captured + 4))
    const scratch = this.scratch
    const addresses = Math.min(12, captured)
    scratch.set(this.bytes.subarray(start, start + addresses))
    scratch[addresses] = protocol >> 8
    scratch[addresses + 1] = protocol & 0xff
    scratch[addresses + 2] = (tag >> 8) & 0xff
    scratch[addresses + 3] = tag & 0xff
    scratch.set(this.bytes.subarray(start + addresses, start + captured), addresses + 4)
  }

  private bind(index: number): void {
    const address = new Uint8Array(20)
    const view = new DataView(address.buffer)
    new Uint16Array(address.buffer)[0] = AF_PACKET
    view.setUint16(2, ETH_P_ALL)
    new Int32Array(address.buffer)[1] = index
    if (this.calls.bind(this.fd, address, address.length) < 0) throw this.failure('The kernel does not let the ring listen there')
  }

  private attach(program: readonly Instruction[]): void {
    const instructions = new Uint8Array(program.length * 8)
    const halves = new Uint16Array(instructions.buffer)
    const words = new Uint32Array(instructions.buffer)
    program.forEach(({ code, jt, jf, k }, i) => {
      halves[i * 4] = code
      instructions[i * 8 + 2] = jt
      instructions[i * 8 + 3] = jf
      words[i * 2 + 1] = k
    })
    if (this.calls.attachFilter(this.fd, instructions) < 0) throw this.failure('The kernel refused the compiled capture filter')
  }

  /** As tcpdump and Wireshark do; a refusal costs only the traffic of others. */
  private listenToAll(index: number): void {
    if (this.membership(PACKET_ADD_MEMBERSHIP, index) === 0) this.promiscuous = index
  }

  private membership(option: number, index: number): number {
    const request = new Uint8Array(16)
    new Int32Array(request.buffer)[0] = index
    new Uint16Array(request.buffer)[2] = PACKET_MR_PROMISC
    return this.calls.setsockopt(this.fd, SOL_PACKET, option, request, request.length)
  }

  /** struct tpacket_stats_v3: packets, drops, freezes. Reading resets the kernel's counts, so they are added up here. */
  private readStatistics(): void {
    const counts = new Uint32Array(3)
    const failed = this.calls.getsockopt(this.fd, SOL_PACKET, PACKET_STATISTICS, new Uint8Array(counts.buffer), Uint32Array.of(12))
    if (failed === 0) this.dropped += counts[1] as number
  }

  private failure(what: string): LiveError {
    return new LiveError('engine', `${what} (error ${this.calls.errno()}).`, ['Try --engine dumpcap or --engine tcpdump.'])
  }
}

const parked: RingSocket[] = []

/** A ring to capture with: a parked one, or a new one. @throws LiveError, code permission without the right to open packet sockets */
export function openRing(calls: Libc): RingSocket {
  return parked.pop() ?? createRing(calls)
}

/** Keeps a ring for later. */
export function parkRing(ring: RingSocket): void {
  ring.park()
  parked.push(ring)
}

function createRing(calls: Libc): RingSocket {
  const fd = calls.socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
  if (fd < 0) throw refusal(calls.errno())
  const version = Int32Array.of(TPACKET_V3)
  const failed = calls.setsockopt(fd, SOL_PACKET, PACKET_VERSION, new Uint8Array(version.buffer), 4) < 0
  const memory = failed ? null : mapRing(calls, fd)
  if (memory) return new RingSocket(calls, fd, memory)
  const errno = calls.errno()
  calls.close(fd)
  if (errno === ENOMEM)
    throw new LiveError('engine', 'The kernel has no memory for the capture ring.', ['Close other programs, or try --engine tcpdump.'])
  throw new LiveError('engine', `The kernel offers no capture ring (error ${errno}).`, ['Try --engine dumpcap or --engine tcpdump.'])
}

function mapRing(calls: Libc, fd: number): ArrayBuffer | null {
  for (let blocks = MOST_BLOCKS; blocks >= FEWEST_BLOCKS; blocks /= 2) {
    const frames = (BLOCK_SIZE / FRAME_SIZE) * blocks
    const request = Uint32Array.of(BLOCK_SIZE, blocks, FRAME_SIZE, frames, RETIRE_TIMEOUT, 0, 0)
    if (calls.setsockopt(fd, SOL_PACKET, PACKET_RX_RING, new Uint8Array(request.buffer), request.byteLength) === 0) {
      return calls.map(fd, BLOCK_SIZE * blocks)
    }
    if (calls.errno() !== ENOMEM) return null
  }
  return null
}

function refusal(errno: number): LiveError {
  if (errno === EPERM || errno === EACCES) return new LiveError('permission', 'Opening a packet socket needs root or CAP_NET_RAW.')
  const why = errno === EAFNOSUPPORT ? 'this kernel has no packet sockets' : `error ${errno}`
  return new LiveError('engine', `Packet sockets cannot be opened here (${why}).`, ['Try --engine dumpcap or --engine tcpdump.'])
}
