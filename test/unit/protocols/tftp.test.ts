// TFTP: requests with options, pieces of files, errors.

import { describe, expect, it } from 'vitest'
import { datagram, dissectDatagram, expectFilter } from './datagram.ts'
import { checkTruncations, concat, hex, ranges } from './harness.ts'
import { latin } from './talk.ts'

const TFTP = { to: 69 }
const message = (opcode: string, text: string) => concat(hex(opcode), latin(text))
const READ = message('0001', 'boot.img\0octet\0blksize\x001428\0')

describe('tftp', () => {
  it('shows a request with its options', () => {
    const d = dissectDatagram(READ, TFTP)
    expect(d.info).toBe('Read Request, File: boot.img, Transfer type: octet, blksize=1428')
    expect(d.row('tftp.source_file').show).toBe('boot.img')
    expect(d.tree).toContain('Option: blksize = 1428')
  })

  it('has every field where it lies', () => {
    expect(ranges(dissectDatagram(READ, TFTP), 'tftp')).toEqual([
      'tftp@28+30',
      'tftp.opcode@28+2',
      'tftp.source_file@30+9',
      'tftp.type@39+6',
      'tftp.option.name@45+8',
      'tftp.option.value@53+5',
    ])
  })

  it('shows the other kinds', () => {
    expect(dissectDatagram(message('0002', 'a\0netascii\0'), TFTP).row('tftp.destination_file').show).toBe('a')
    const data = dissectDatagram('0003 0001 61626364', TFTP)
    expect(data.info).toBe('Data Packet, Block: 1 (last)')
    expect(data.layers.at(-1)).toBe('data')
    expect(dissectDatagram(`0003 0002 ${'61'.repeat(512)}`, TFTP).info).toBe('Data Packet, Block: 2')
    expect(dissectDatagram('0004 0002', TFTP).info).toBe('Acknowledgement, Block: 2')
    expect(dissectDatagram(message('00050001', 'gone\0'), TFTP).info).toBe('Error Code, Code: File not found, Message: gone')
    expect(dissectDatagram(message('0006', 'tsize\x007\0'), TFTP).info).toBe('Option Acknowledgement, tsize=7')
  })

  it('refuses texts without an end, and kinds that do not exist', () => {
    expect(dissectDatagram(message('0001', 'boot.img'), TFTP).row('_ws.malformed').text).toContain('Source File does not end')
    expect(dissectDatagram(message('0006', 'tsize\x007'), TFTP).row('_ws.malformed').text).toContain('Option value does not end')
    expect(dissectDatagram('4c4c 00', TFTP).row('_ws.malformed').text).toContain('is 19532')
  })

  it('can be cut anywhere', () => {
    checkTruncations(datagram(READ, TFTP).bytes, { linkType: 101 })
    checkTruncations(datagram(message('00050001', 'gone\0'), TFTP).bytes, { linkType: 101 })
  })

  it('can be filtered by its fields', () => {
    expectFilter('tftp.opcode == 1 and tftp.source_file == "boot.img"', datagram(READ, TFTP), datagram('0004 0002', TFTP))
  })
})
