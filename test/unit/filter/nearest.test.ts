// The name that is offered for a misspelt one, out of all names of the program.

import { expect, it } from 'vitest'
import { registry } from '../../../src/engine/registry.ts'
import { checkFilter } from '../../../src/filter/index.ts'
import { nearestName } from '../../../src/filter/repair.ts'

it.each([
  ['tcp.prt', 'tcp.port'],
  ['tpc.port', 'tcp.port'],
  ['udp.prot', 'udp.port'],
  ['ip.adr', 'ip.addr'],
  ['frame.nubmer', 'frame.number'],
  ['http.hots', 'http.host'],
  ['http.request.methd', 'http.request.method'],
  ['htpp.request', 'http.request'],
  ['tls.handshake.typ', 'tls.handshake.type'],
  ['dns.qry.nam', 'dns.qry.name'],
  ['port', 'tcp.port'],
  ['completely.different.words', null],
])('%s: %s', (typed, offered) => {
  if (typed === 'port') expect(nearestName(typed, registry)).toMatch(/^\w+\.port$/)
  else expect(nearestName(typed, registry)).toBe(offered)
})

it('takes the names that protocols had before', () => {
  expect(checkFilter('ssl.handshake.type == 1 && !bootp', registry).ok).toBe(true)
  expect(checkFilter('sslx.handshake.type == 1', registry).ok).toBe(false)
})
