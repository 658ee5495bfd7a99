// print -w --embed-keys: whoever gets the file can open its TLS.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PacketFile } from '../../../src/cli/print/write.ts'
import { openForReading, runQuery, sealedSessions } from '../../../src/engine/printing.ts'
import { CAPTURES } from '../engine/support.ts'

it.each([true, false])('keys go into the file when asked for: %s', async (embeds) => {
  const folder = mkdtempSync(join(tmpdir(), 'wiretail-embed-'))
  const path = join(folder, 'out.pcapng')
  try {
    const settings = new Map([['tls.keylog', [`${CAPTURES}tls13.keys.txt`]]])
    const capture = await openForReading(`${CAPTURES}tls13.pcapng`, { settings })
    const file = new PacketFile(capture, path, 'pcapng', embeds)
    await runQuery(capture, {
      fields: [],
      onPacket: (packet, _dissect, bytes, start) => {
        file.write(packet, bytes, start)
      },
    })
    file.close()
    capture.close()
    const copy = await openForReading(path)
    await runQuery(copy, { fields: [], onPacket: () => undefined })
    expect(copy.index.count).toBe(16)
    expect(sealedSessions(copy).map(({ decrypted, from }) => [decrypted, from])).toEqual(embeds ? [[true, 'the capture file']] : [])
    copy.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
