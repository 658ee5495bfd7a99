// Syslog in its old and its new form.

import { describe, expect, it } from 'vitest'
import { datagram, dissectDatagram, expectFilter } from './datagram.ts'
import { checkTruncations, ranges } from './harness.ts'
import { latin } from './talk.ts'

const SYSLOG = { to: 514 }
const OLD = latin('<85>Oct 21 06:55:08 rtr01 sudo: admin was here')
const NEW = latin('<34>1 2003-10-11T22:14:15.003Z host app 12 ID47 - hello')

describe('syslog', () => {
  it('shows a message of the old form', () => {
    const d = dissectDatagram(OLD, SYSLOG)
    expect(d.info).toBe('AUTHPRIV.NOTICE: Oct 21 06:55:08 rtr01 sudo: admin was here')
    expect(d.protocol).toBe('Syslog')
    expect(d.row('syslog.facility').text).toBe('0101 0... = Facility: AUTHPRIV - security/authorization messages (private) (10)')
    expect(d.row('syslog.level').text).toBe('.... .101 = Level: NOTICE - normal but significant condition (5)')
    expect(d.row('syslog.hostname').show).toBe('rtr01')
    expect(d.row('syslog.procid').show).toBe('sudo')
  })

  it('has every field where it lies', () => {
    expect(ranges(dissectDatagram(OLD, SYSLOG), 'syslog')).toEqual([
      'syslog@28+46',
      'syslog.facility@28+4',
      'syslog.level@28+4',
      'syslog.msg@32+42',
      'syslog.timestamp_rfc3164@32+15',
      'syslog.hostname@48+5',
      'syslog.procid@54+4',
      'syslog.msgid@58+16',
    ])
  })

  it('shows a message of the new form', () => {
    const d = dissectDatagram(NEW, SYSLOG)
    const shown = ['version', 'hostname', 'appname', 'procid', 'msgid'].map((name) => d.row(`syslog.${name}`).show)
    expect(shown).toEqual(['1', 'host', 'app', '12', 'ID47'])
  })

  it('takes what has no priority as it is', () => {
    for (const text of ['hello', '<>x', '<12', '<1234>x', '<1x>y']) {
      const d = dissectDatagram(latin(text), SYSLOG)
      expect(d.has('syslog.facility')).toBe(false)
      expect(d.row('syslog.msg').show).toBe(text)
    }
  })

  it('can be cut anywhere', () => {
    checkTruncations(datagram(OLD, SYSLOG).bytes, { linkType: 101 })
    checkTruncations(datagram(NEW, SYSLOG).bytes, { linkType: 101 })
  })

  it('can be filtered by its fields', () => {
    expectFilter('syslog.level == 5 and syslog.msg contains "admin"', datagram(OLD, SYSLOG), datagram(NEW, SYSLOG))
  })
})
