// Reads whole captures into memory, for comparing their packets with another program's words.

import { openCapture } from '../../src/files/index.ts'
import type { CaptureInterface } from '../../src/files/types.ts'
import { Capture, type PacketInput } from '../unit/protocols/harness.ts'

/** Packets of a small capture, all scanned. Throws when it cannot be opened. */
export async function readCapture(path: string, most = 10_000): Promise<{ capture: Capture; packets: readonly PacketInput[] }> {
  const reader = await openCapture(path)
  const packets: PacketInput[] = []
  const interfaces: CaptureInterface[] = []
  const sink = {
    interface(described: CaptureInterface) {
      interfaces[described.id] = described
    },
    packet(bytes: Uint8Array, start: number, captured: number, length: number, seconds: number, nanos: number, interfaceId: number) {
      const linkType = interfaces[interfaceId]?.linkType ?? -1
      packets.push({ bytes: bytes.slice(start, start + captured), length, seconds, nanos, interfaceId, linkType })
    },
  }
  while (packets.length < most) {
    const result = reader.step(sink, most - packets.length)
    if (result === 'end') break
    if (result === 'waiting') await reader.readable()
  }
  reader.close()
  const capture = new Capture(packets, interfaces, reader.format === 'pcapng')
  return { capture, packets }
}
