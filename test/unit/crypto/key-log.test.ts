import { describe, expect, it } from 'vitest'
import { KeyLog } from '../../../src/crypto/key-log.ts'

const RANDOM = 'ab'.repeat(32)
const random = Buffer.from(RANDOM, 'hex')

describe('a key log', () => {
  it('gives secrets by label and client random, whatever the case of the digits', () => {
    const log = new KeyLog()
    log.add(`# made by curl\n\nCLIENT_RANDOM ${RANDOM.toUpperCase()} ${'0102'.repeat(24)}\r\nSERVER_TRAFFIC_SECRET_0 ${RANDOM} ff00\n`, 3)
    expect(log.count).toBe(2)
    expect(log.unreadable).toBe(0)
    expect(log.find('CLIENT_RANDOM', random)).toEqual(Buffer.from('0102'.repeat(24), 'hex'))
    expect(log.find('SERVER_TRAFFIC_SECRET_0', random)).toEqual(Buffer.from([255, 0]))
    expect(log.sourceOf('CLIENT_RANDOM', random)).toBe(3)
    expect(log.find('EXPORTER_SECRET', random)).toBeUndefined()
    expect(log.knows(random)).toBe(true)
    expect(log.knows(Buffer.alloc(32))).toBe(false)
  })

  it('takes whole lines and says how far it came, so that a growing log is read on', () => {
    const log = new KeyLog()
    const text = `CLIENT_TRAFFIC_SECRET_0 ${RANDOM} aa11\nSERVER_TRAFFIC_SECRET_0 ${RANDOM} bb`
    const taken = log.add(text)
    expect(log.count).toBe(1)
    log.add(`${text.slice(taken)}22\n`)
    expect(log.find('SERVER_TRAFFIC_SECRET_0', random)).toEqual(Buffer.from('bb22', 'hex'))
  })

  it("knows QUIC's old labels, and counts what it cannot read", () => {
    const log = new KeyLog()
    log.add(`QUIC_CLIENT_TRAFFIC_SECRET_0 ${RANDOM} cc\nno log at all\nCLIENT_RANDOM xyz 00\nCLIENT_RANDOM ${RANDOM} ${'00'.repeat(200)}\n`)
    expect(log.find('CLIENT_TRAFFIC_SECRET_0', random)).toEqual(Buffer.from([0xcc]))
    expect(log.unreadable).toBe(3)
  })

  it('gives its secrets back as lines, from where it was asked before, without those of another log', () => {
    const log = new KeyLog()
    log.add(`CLIENT_TRAFFIC_SECRET_0 ${RANDOM} aa\nQUIC_SERVER_TRAFFIC_SECRET_0 ${RANDOM} bb\n`, 1)
    log.add(`EXPORTER_SECRET ${RANDOM} cc\n`, 0)
    expect(log.lines(0, 0)).toEqual([`CLIENT_TRAFFIC_SECRET_0 ${RANDOM} aa`, `SERVER_TRAFFIC_SECRET_0 ${RANDOM} bb`])
    expect(log.lines(log.size - 1, 1)).toEqual([`EXPORTER_SECRET ${RANDOM} cc`])
  })
})
