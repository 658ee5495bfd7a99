// TCP: one real handshake, byte ranges, every truncation, malformed headers and options, and the messages of a stream.

import { describe, expect, it } from 'vitest'
import { Capture, checkTruncations, concat, type Dissected, dissect, hex, ranges } from './harness.ts'
import { PAYLOAD, Talk } from './talk.ts'

const ETHERNET = '020000000002 020000000001 0800'
const two = (value: number): string => value.toString(16).padStart(4, '0')

/** An Ethernet frame with a TCP header given as hexadecimal text; `more` bytes follow by the IP header's word. */
function frame(tcp: string, missing = 0): Uint8Array {
  const bytes = hex(tcp)
  return concat(hex(`${ETHERNET} 4500 ${two(20 + bytes.length + missing)} 0001 4000 40 06 0000 0a000001 0a000002`), bytes)
}

// A SYN as Linux sends it: MSS, SACK permitted, timestamps, NOP, window scale.
const SYN = frame('9c40 1633 000003e8 00000000 a002 ffd7 fe30 0000  0204ffd7 0402 080a 000739570000002a 01 03030a')

describe('a SYN', () => {
  const d = dissect(SYN)

  it('reads as Wireshark words it', () => {
    expect(d.protocol).toBe('TCP')
    expect(d.info).toBe('40000 → 5683 [SYN] Seq=0 Win=65495 Len=0 MSS=65495 SACK_PERM TSval=473431 TSecr=42 WS=1024')
    expect(d.row('tcp').text).toBe('Transmission Control Protocol, Src Port: 40000, Dst Port: 5683, Seq: 0, Len: 0')
    expect(d.row('tcp.flags').text).toBe('Flags: 0x002 (SYN)')
    expect(d.row('tcp.flags.syn').text).toBe('.... .... ..1. = Syn: Set')
    expect(d.row('tcp.hdr_len').text).toBe('1010 .... = Header Length: 40 bytes (10)')
    expect(d.row('tcp.options').text).toBe(
      'Options: (20 bytes), Maximum segment size, SACK permitted, Timestamps, No-Operation (NOP), Window scale',
    )
    expect(d.row('tcp.options.wscale').text).toBe('TCP Option - Window scale: 10 (multiply by 1024)')
  })

  it('has every field where it lies', () => {
    expect(d.row('tcp').length).toBe(40)
    const all = ranges(d, 'tcp.')
    for (const expected of [
      ...['tcp.srcport@34+2', 'tcp.dstport@36+2', 'tcp.seq_raw@38+4', 'tcp.ack_raw@42+4', 'tcp.hdr_len@46+1', 'tcp.flags@46+2'],
      ...['tcp.flags.res@46+1', 'tcp.flags.syn@47+1', 'tcp.window_size_value@48+2', 'tcp.checksum@50+2', 'tcp.urgent_pointer@52+2'],
      ...['tcp.options@54+20', 'tcp.options.mss@54+4', 'tcp.options.mss_val@56+2', 'tcp.options.sack_perm@58+2'],
      ...['tcp.options.timestamp@60+10', 'tcp.options.timestamp.tsval@62+4', 'tcp.options.timestamp.tsecr@66+4', 'tcp.options.nop@70+1'],
      ...['tcp.options.wscale@71+3', 'tcp.options.wscale.shift@73+1'],
    ])
      expect(all).toContain(expected)
  })

  it('stands every truncation', () => {
    checkTruncations(SYN)
  })
})

describe('malformed segments', () => {
  it('says that the header is shorter than its fixed part', () => {
    const d = dissect(frame('9c40 1633 000003e8 00000000 4002 ffff 0000 0000'))
    expect(d.row('_ws.malformed').text).toContain('Header Length is below the 20 bytes of the fixed part')
  })

  it('says that the header goes beyond the packet', () => {
    const d = dissect(frame('9c40 1633 000003e8 00000000 f002 ffff 0000 0000'))
    expect(d.row('_ws.malformed').text).toContain('goes beyond the packet')
  })

  it('keeps what comes before an option of impossible length', () => {
    const d = dissect(frame('9c40 1633 000003e8 00000000 7002 ffff 0000 0000  0204 05b4 08ff 0000'))
    expect(d.row('tcp.options.mss_val').value).toBe(1460)
    expect(d.row('tcp.option.len.invalid').text).toBe('[Timestamps (option length = 255 bytes says option goes past end of options)]')
  })

  it('remarks on options that do not belong or make no sense', () => {
    const options = (flags: string, text: string) => dissect(frame(`9c40 1633 000003e8 00000064 ${flags} ffff 0000 0000 ${text}`))
    const odd = (d: Dissected): string[] =>
      d.rows
        .filter(
          ({ text }) => text.startsWith('[Expert Info (Note/P') || text.startsWith('[Expert Info (W') || text.startsWith('[Expert Info (E'),
        )
        .map(({ text, start, length }) => `${text} @${start - 34}+${length}`)
    expect(odd(options('7010', '01010101 0303 0f 00'))).toEqual([
      '[Expert Info (Warning/Protocol): 4 NOP in a row - a router may have removed some options] @20+0',
      '[Expert Info (Warning/Protocol): Window scale shift exceeds 14] @26+0',
    ])
    expect(odd(options('6010', '020405b4'))).toEqual([
      '[Expert Info (Warning/Protocol): The non-SYN packet does contain a MSS option] @20+0',
    ])
    const padded = options('6012', '00 00 01 00')
    expect(odd(padded)).toEqual([
      '[Expert Info (Error/Protocol): Non-zero header padding] @22+0',
      '[Expert Info (Note/Protocol): The SYN packet does not contain a MSS option] @20+0',
    ])
    expect(padded.all('tcp.options.eol')).toHaveLength(2)
  })

  it('remarks on numbers that no flag says to read', () => {
    const d = dissect(frame('9c40 1633 000003e8 00000064 5008 ffff 0000 0007'))
    expect(d.has('tcp.ack.nonzero')).toBe(true)
    expect(d.has('tcp.urgent_pointer.non_zero')).toBe(true)
    const right = dissect(frame('9c40 1633 000003e8 00000064 5038 ffff 0000 0007'))
    expect(right.has('tcp.ack.nonzero') || right.has('tcp.urgent_pointer.non_zero')).toBe(false)
  })

  it('tells a report of bytes that came twice from one of bytes beyond a gap (RFC 2883)', () => {
    const sack = (edges: string, count: number) =>
      dissect(
        frame(`9c40 1633 000003e8 00000064 ${count === 1 ? '8' : 'a'}010 ffff 0000 0000 0101 05${count === 1 ? '0a' : '12'} ${edges}`),
      )
    expect(sack('00000050 00000064', 1).row('tcp.options.sack.dsack_re').start).toBe(34 + 28)
    expect(sack('00000070 00000080', 1).has('tcp.options.sack.dsack')).toBe(false)
    expect(sack('00000070 00000080 00000068 00000090', 2).has('tcp.options.sack.dsack')).toBe(true)
    expect(sack('00000070 00000080 00000090 000000a0', 2).has('tcp.options.sack.dsack')).toBe(false)
  })

  it('takes the bytes of a RST for its reason, not for the stream', () => {
    const d = dissect(frame('9c40 1633 000003e8 00000064 5014 ffff 0000 0000 476f20617761792e'))
    expect(d.row('tcp.reset_cause').show).toBe('Go away.')
    expect(d.has('tcp.payload')).toBe(false)
  })

  it('knows a header cut by the capture from one that was too short', () => {
    const whole = frame('9c40 1633 000003e8 00000000 5002 ffff 0000 0000')
    const cut = dissect(whole.slice(0, 46), { length: whole.length })
    expect(cut.has('_ws.short')).toBe(true)
    expect(cut.has('_ws.malformed')).toBe(false)
  })
})

describe('a connection', () => {
  const talk = new Talk().open().client('GET / HT').client('TP/1.1\r\nHost: a\r\n\r\n').server('HTTP/1.1 204 No Content\r\n\r\n')
  const capture = new Capture(talk.packets)

  it('numbers bytes from the start of each direction', () => {
    const d = capture.dissect(5)
    expect(d.row('tcp.seq').value).toBe(9)
    expect(d.row('tcp.ack').value).toBe(1)
    expect(d.row('tcp.nxtseq').value).toBe(9 + 19)
    expect(d.row('tcp.stream').value).toBe(0)
  })

  it('shows a message on the packet that completes it, with the segments that hold it', () => {
    const first = capture.dissect(4)
    expect(first.layers).toEqual(['eth', 'ip', 'tcp'])
    expect(first.row('tcp.reassembled_in').value).toBe(5)
    expect(first.info).toContain('[TCP segment of a reassembled PDU]')
    const second = capture.dissect(5)
    expect(second.layers).toEqual(['eth', 'ip', 'tcp', 'http'])
    expect(second.row('tcp.segments').text).toBe('[2 Reassembled TCP Segments (27 bytes): #4(8), #5(19)]')
    const method = second.row('http.request.method')
    expect([method.source, method.start, method.length]).toEqual([1, 0, 3])
  })

  it('shows a message inside one segment where it lies in the frame', () => {
    const d = capture.dissect(6)
    const code = d.row('http.response.code')
    expect([code.source, code.start]).toEqual([0, PAYLOAD + 9])
  })

  it('starts a new stream when the ports are used again', () => {
    const again = new Talk().open()
    const later = again.packets.map((packet) => {
      const bytes = packet.bytes.slice()
      bytes[41] = bytes[41]! ^ 0x55
      return { ...packet, bytes }
    })
    const both = new Capture([...again.packets, later[0]!])
    expect(both.dissect(3).row('tcp.stream').value).toBe(0)
    expect(both.dissect(4).row('tcp.stream').value).toBe(1)
  })

  it('says how many bytes the capture lacks before a segment', () => {
    const torn = new Talk().open().client('abcdef').server('x').client('ghijkl').server('y')
    // The first data segment is taken away; the server's acknowledgment says that it had arrived.
    const packets = torn.packets.filter((_, i) => i !== 3)
    const d = new Capture([...packets.slice(0, 4), ...packets.slice(4)]).dissect(5)
    expect(d.row('wiretail.tcp.gap').value).toBe(6)
  })
})
