// Bodies of HTTP messages as files, named as tshark --export-objects names them.

import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { splitHttp1 } from './exchange/http1.ts'
import { runQuery } from './query.ts'

export interface ExportedObject {
  readonly packet: number
  /** A name without folders, without characters that some file system refuses; never '.' or '..'. */
  readonly name: string
  readonly type: string
  readonly bytes: Uint8Array
}

/** Says that a body is packed, in a way that is known: where it could not be unpacked, its bytes are worth nothing as they are. */
const PACKED = /^content-encoding\s*:.*(gzip|deflate|br)/im
/** Connections of which the last address asked for is remembered. */
const MAX_REMEMBERED = 100_000

/**
 * Reads the capture to its end and hands out the body of each message that has one, as it was sent where its coding is not known. Names have
 * at most `longestName` letters. `bytes` are valid during the call.
 */
export async function readObjects(
  capture: Capture,
  filter: CompiledFilter | null,
  longestName: number,
  onObject: (object: ExportedObject) => void,
): Promise<void> {
  const { memory, registry } = capture
  const http = registry.protocol('http')?.id ?? -1
  /** By conversation: what was asked for last. */
  const targets = new Map<number, string>()
  await runQuery(capture, {
    onPacket(packet, dissect) {
      const { messages } = memory
      let concerned = false
      for (let i = messages.firstOf(packet); i >= 0 && messages.packet(i) === packet; i++) concerned ||= messages.protocol(i) === http
      if (!concerned) return false
      const d = dissect()
      const conversation = memory.flowOf(packet, 0) >> 1
      for (let layer = 0; layer < d.layers; layer++) {
        if (d.layerProtocol[layer] !== http || d.layerDepth[layer]! > 0) continue
        const parts = splitHttp1(capture, d, layer)
        if (parts === null) continue
        const head = Buffer.from(parts.bytes.subarray(0, parts.headEnd)).toString('latin1')
        if (!parts.response) {
          if (targets.size >= MAX_REMEMBERED) targets.clear()
          targets.set(conversation, head.trimStart().split(/\s+/)[1] ?? '')
        }
        const body = parts.body ?? parts.bytes.subarray(parts.headEnd)
        if (body.length === 0 || (parts.body === null && (parts.chunked || PACKED.test(head)))) continue
        if (filter !== null && !filter.matches(d)) continue
        const type = /^content-type:\s*([^\s;]*)/im.exec(head)?.[1] ?? ''
        const target = targets.get(conversation)
        const name = target === undefined ? `object${packet}${type === '' ? '' : `.${type}`}` : baseName(target)
        onObject({ packet, name: safeName(name, longestName), type, bytes: body })
      }
      return false
    },
  })
}

/** The last part of an address, its query kept. */
function baseName(target: string): string {
  const trimmed = target.replace(/\/+$/, '')
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** Characters that are no part of a name somewhere are written as %xx. */
function safeName(name: string, longest: number): string {
  const spelled = name.replace(/[<>:"/\\|?*\x00-\x1f\x7f-\x9f]/g, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`)
  const kept = spelled.slice(0, longest)
  return /^\.*$/.test(kept) ? kept.replace(/\./g, '%2e') || 'object' : kept
}
