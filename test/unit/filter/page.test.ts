// The tables of the language's documentation, on the packets that it describes and on the real protocols.

import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registry } from '../../../src/engine/index.ts'
import { checkFilter } from '../../../src/filter/index.ts'
import { eightPackets, Selection, writePcap } from './captures.ts'

let path = ''
let selection: Selection
beforeAll(async () => {
  path = writePcap(eightPackets)
  selection = await Selection.open(path)
})
afterAll(() => {
  selection.close()
  rmSync(dirname(path), { recursive: true })
})

describe('several values', () => {
  test.each([
    ['tcp.port == 80', [2, 3, 8]],
    ['tcp.port === 80', []],
    ['tcp.port != 80', [5, 7]],
    ['tcp.port !== 80', [2, 3, 5, 7, 8]],
    ['tcp.port ~= 80', [2, 3, 5, 7, 8]],
    ['tcp.port any_ne 80', [2, 3, 5, 7, 8]],
    ['!(tcp.port == 80)', [1, 4, 5, 6, 7]],
    ['tcp.port not in {80}', [1, 4, 5, 6, 7]],
    ['tcp.port >= 1000', [2, 3, 5, 7, 8]],
    ['all tcp.port >= 1000', [5]],
    ['all tcp.port in {40000, 80}', [2, 3, 8]],
    ['icmp and ip.src == 10.0.0.1', [6]],
    ['ip.src == ip.dst', [6]],
    ['ip.addr#2 == 10.9.9.9', [5]],
    ['count(ip.addr) > 2', [5, 6]],
    ['tls.alert_message.desc == "Unknown CA"', [7]],
    ['tcp.payload[0,1-2] == "GET"', [3]],
    ['ip.proto == "TCP"', [2, 3, 5, 8]],
    ['tcp.flags.syn', [2, 3, 5, 7, 8]],
    ['tcp.flags.syn == 1', [2, 5]],
    ['tcp contains "fluffy"', [3]],
  ])('%s', (filter, packets) => {
    expect(selection.select(filter)).toEqual(packets)
  })
})

describe('errors that repair', () => {
  test.each([
    ['tcp.port = 80', 'tcp.port == 80'],
    ['port 80', 'tcp.port == 80'],
    ['tcp port 80', 'tcp.port == 80'],
    ['udp port 53', 'udp.port == 53'],
    ['host 10.0.0.1', 'ip.addr == 10.0.0.1'],
    ['src host 10.0.0.1 and tcp dst port 80', 'ip.src == 10.0.0.1 and tcp.dstport == 80'],
    ['net 10.0.0.0/8', 'ip.addr == 10.0.0.0/8'],
    ['tcp portrange 80-90', 'tcp.port in {80..90}'],
    ['host ::1', 'ipv6.addr == ::1'],
    ['tcp.port == 80 || 443', 'tcp.port in {80, 443}'],
    ['TCP', 'tcp'],
    ['Tcp.port == 80', 'tcp.port == 80'],
    ['tcp.prot == 80', 'tcp.port == 80'],
    ['ip.addr == 10.0.0.1:80', 'ip.addr == 10.0.0.1 and tcp.port == 80'],
    ['ip.addr == 10.*', 'ip.addr == 10.0.0.0/8'],
    ['ip.addr == 10.0.0', 'ip.addr == 10.0.0.0/24'],
    ['10.0.0', 'ip.addr == 10.0.0.0/24'],
    ['10.0.0.1', 'ip.addr == 10.0.0.1'],
    ['443', 'tcp.port == 443'],
    ['00:11:22:33:44:55', 'eth.addr == 00:11:22:33:44:55'],
    ['tcp.port in {80 443}', 'tcp.port in {80, 443}'],
    ['GET', 'http.request.method == "GET"'],
    ['"GET"', 'http.request.method == "GET"'],
    ['fluffy', 'frame contains "fluffy"'],
    ['frame contains fluffy', 'frame contains "fluffy"'],
    ['http.response.code matches "^2"', 'http.response.code >= 200 and http.response.code < 300'],
    ['ip.src == localhost', 'ip.src == 127.0.0.1'],
    ['ip.proto == tcp', 'ip.proto == "tcp"'],
    ['http.method == "GET"', 'http.request.method == "GET"'],
    ['ip.addr contains "10.0"', 'ip.addr == 10.0.0.0/16'],
  ])('%s → %s', (typed, fix) => {
    const checked = checkFilter(typed, registry)
    expect(checked.ok).toBe(false)
    expect(checked.ok ? '' : checked.fix).toBe(fix)
  })

  test('a name that only Wireshark knows', () => {
    const checked = checkFilter('smb.cmd', registry)
    expect(checked.ok ? '' : checked.message).toContain("Wireshark's")
  })
})
