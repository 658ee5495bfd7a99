// What TLS sealed and the capture's keys opened, as runs of bytes for the search.

import type { OpenedRun, StreamOpener } from './keys.ts'

/** Opens nothing by itself: shows what was opened while the capture was indexed, so the keys are those in the capture's settings. */
export const tlsOpener: StreamOpener = {
  open(capture, found) {
    const { opened } = capture.memory
    if (opened === null) return
    for (let record = 0; record < opened.count; record++) {
      if (!opened.inStream(record)) continue
      const bytes = opened.plain(record)
      if (bytes === null) continue
      const at = opened.at(record)
      const run: OpenedRun = {
        bytes,
        packet: opened.packet(record),
        // A record from several packets: the one that completed it, no bytes of it in particular.
        offset: Math.max(at, 0),
        length: at < 0 ? 0 : opened.length(record),
        how: 'tls',
        run: opened.flow(record),
      }
      found(run)
    }
  },
}
