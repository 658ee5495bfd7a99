// Trivial File Transfer Protocol: RFC 1350; options: RFC 2347.
//
//   0       2
//   opcode  file name NUL mode NUL ( option NUL value NUL ) …   read and write requests
//           block, data                                         data
//           block                                               acknowledgement
//           code, message NUL                                   error
//           ( option NUL value NUL ) …                          acknowledged options
//
// Only requests go to port 69; the two programs agree on other ports for the rest.

import { decodeText } from '../bytes/decode.ts'
import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, type Field, type Get, group, text, u16 } from '../core/protocol.ts'
import { tftpErrors, tftpOpcodes } from './names/tftp.ts'

const READ = 1
const WRITE = 2
const DATA = 3
const ACKNOWLEDGE = 4
const ERROR = 5
const OPTIONS = 6
const BLOCK = 512

const F = {
  opcode: u16('tftp.opcode', 'Opcode', { at: 0, names: tftpOpcodes, about: 'Says what kind of message this is.' }),
  source: text('tftp.source_file', 'Source File', { about: 'The name of the file that the client wants to have.' }),
  destination: text('tftp.destination_file', 'Destination File', { about: 'The name under which the server is to keep the file.' }),
  type: text('tftp.type', 'Type', { about: 'Says how the file is sent: as it is (octet) or as text (netascii).' }),
  option: group('', 'Option', { about: 'Something that both sides agree on before the transfer: a name and a value.' }),
  optionName: text('tftp.option.name', 'Option name', { about: 'What is to be agreed on, such as the size of a block.' }),
  optionValue: text('tftp.option.value', 'Option value', { about: 'The value that is proposed or agreed to.' }),
  block: u16('tftp.block', 'Block', { about: 'Numbers the pieces of the file, from 1.' }),
  // Never shown: what the Info column says of a piece that is smaller than usual.
  size: u16('', 'Size', { hidden: true, generated: true, about: 'Counts the bytes of a piece of the file.' }),
  errorCode: u16('tftp.error.code', 'Error code', { names: tftpErrors, about: 'Says why the transfer ends without success.' }),
  errorMessage: text('tftp.error.message', 'Error message', { about: 'Gives the reason in words for people.' }),
}

export const tftp = defineProtocol({
  name: 'tftp',
  title: 'Trivial File Transfer Protocol',
  spec: 'RFC 1350',
  about: 'Copies files in the simplest way there is, often to start machines from the network.',
  fields: F,
  accepts: { 'udp.port': [69] },
  scanStops: true,
  summary: summarize,

  dissect(p) {
    if (!p.recording) return
    if (!p.has(2)) return p.short(2)
    p.header()
    const opcode = p.u16(0)
    switch (opcode) {
      case READ:
      case WRITE: {
        const type = recordText(p, opcode === READ ? F.source : F.destination, 2)
        const options = type < 0 ? -1 : recordText(p, F.type, type)
        if (options >= 0) recordOptions(p, options)
        return
      }
      case DATA:
        if (!p.has(4)) return p.short(4)
        p.add(F.block, 2)
        p.generate(F.size, p.available() - 4, 4)
        p.span(4)
        return p.data(4)
      case ACKNOWLEDGE:
        if (!p.has(4)) return p.short(4)
        p.add(F.block, 2)
        return
      case ERROR:
        if (!p.has(4)) return p.short(4)
        p.add(F.errorCode, 2)
        recordText(p, F.errorMessage, 4)
        return
      case OPTIONS:
        recordOptions(p, 2)
        return
    }
    p.malformed(F.opcode, `is ${opcode}, which is not in use`)
  },
})

/** Where the text that starts at `at` ends, its NUL included; -1 when it does not. */
function endOfText(p: Dissection, at: number): number {
  const end = p.bytes.indexOf(0, p.base + at)
  return end < 0 || end >= p.end ? -1 : end + 1 - p.base
}

function recordText(p: Dissection, field: Field, at: number): number {
  const end = endOfText(p, at)
  if (end < 0) {
    if (p.reported() > p.available()) p.short(p.reported())
    else p.malformed(field, 'does not end with a zero byte')
    return -1
  }
  if (p.wants(field)) p.generateText(field, decodeText(p.bytes, p.base + at, end - at - 1), at, end - at)
  return end
}

function recordOptions(p: Dissection, from: number): void {
  for (let at = from; at < p.available(); ) {
    const value = endOfText(p, at)
    const end = value < 0 ? -1 : endOfText(p, value)
    if (end < 0) {
      recordText(p, value < 0 ? F.optionName : F.optionValue, value < 0 ? at : value)
      return
    }
    const words = `${decodeText(p.bytes, p.base + at, value - at - 1)} = ${decodeText(p.bytes, p.base + value, end - value - 1)}`
    p.nest(p.generateText(F.option, `Option: ${words}`, at, end - at))
    recordText(p, F.optionName, at)
    recordText(p, F.optionValue, value)
    p.close()
    at = end
  }
}

function summarize(get: Get): string {
  const opcode = get.number(F.opcode)
  const name = tftpOpcodes[opcode] ?? `Unknown (0x${opcode.toString(16).padStart(4, '0')})`
  const values = get.texts(F.optionValue)
  const options = get
    .texts(F.optionName)
    .map((option, i) => `, ${option}=${values[i] ?? ''}`)
    .join('')
  if (opcode === READ || opcode === WRITE)
    return `${name}, File: ${get.text(opcode === READ ? F.source : F.destination)}, Transfer type: ${get.text(F.type)}${options}`
  if (opcode === DATA) return `${name}, Block: ${get.text(F.block)}${get.number(F.size) < BLOCK ? ' (last)' : ''}`
  if (opcode === ACKNOWLEDGE) return `${name}, Block: ${get.text(F.block)}`
  if (opcode === ERROR) return `${name}, Code: ${get.name(F.errorCode)}, Message: ${get.text(F.errorMessage)}`
  return name + options
}
