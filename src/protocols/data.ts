// Data: the bytes that no protocol here claims.

import { bytes, defineProtocol, i32 } from '../core/protocol.ts'

const F = {
  data: bytes('data.data', 'Data', { about: 'The bytes that follow the last header that was understood.' }),
  length: i32('data.len', 'Length', { generated: true, about: 'Counts the bytes that no protocol claimed.' }),
}

export const data = defineProtocol({
  name: 'data',
  title: 'Data',
  spec: 'none',
  about: 'Bytes that no known protocol claims, shown as they are.',
  scanStops: true,
  fields: F,
  heading: (get) => {
    const length = get.number(F.length)
    return `Data (${length} byte${length === 1 ? '' : 's'})`
  },

  dissect(p) {
    const length = p.available()
    p.add(F.data, 0, length)
    p.generate(F.length, length)
    p.look(0, length)
  },
})
