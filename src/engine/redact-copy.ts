// Packets of a capture as a new pcapng file: selected, with or without comments and secrets, redacted.

import { renameSync, rmSync } from 'node:fs'
import { createWriter, NO_INTERFACE, type WriterOptions } from '../files/index.ts'
import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { runQuery } from './query.ts'
import { Readahead } from './readahead.ts'
import { Redactor } from './redact.ts'
import { TLS_KEY_LOG } from './secret-ring.ts'
import { finishSliced, STEP } from './steps.ts'

export interface CopyOptions {
  readonly filter: CompiledFilter | null
  readonly comments: 'keep' | 'strip'
  /** Blocks of decryption secrets; add: those of key logs that the user gave as well. */
  readonly secrets: 'keep' | 'strip' | 'add'
  /** Credentials, cookies and tokens are blanked. */
  readonly redact: boolean
  /** Further texts to blank. */
  readonly texts: readonly string[]
  /** Asked once the capture was read to its end: which of the selected packets to write. */
  readonly wants?: (packet: number) => boolean
}

export interface Copied {
  readonly packets: number
  /** Packets of which something was blanked. */
  readonly changed: number
  /** Secrets written for other programs, in lines of a key log. */
  readonly secrets: number
}

/**
 * Reads the capture to its end and writes the copy. `-` is standard output; a file appears under its name when it is complete. Rejects with a
 * CaptureError.
 */
export async function copyCapture(capture: Capture, path: string, options: CopyOptions): Promise<Copied> {
  const packets: number[] = []
  await runQuery(capture, {
    filter: options.filter,
    fields: [],
    onPacket(packet) {
      packets.push(packet)
      return false
    },
  })
  const redactor = options.redact ? new Redactor(capture, options.texts) : null
  await redactor?.search()
  const partial = path === '-' ? path : `${path}.part`
  const writer = createWriter(partial, {
    format: 'pcapng',
    nanosecond: true,
    interfaces: interfacesOf(capture, options, redactor),
    application: 'wiretail',
  })
  let complete = false
  let secrets = 0
  try {
    if (options.secrets !== 'strip') for (const { type, bytes } of capture.secretBlocks) writer.secrets(type, bytes)
    const added = options.secrets === 'add' ? capture.secretRing?.textFrom(0).bytes : undefined
    if (added !== undefined && added.length > 0) {
      writer.secrets(TLS_KEY_LOG, Uint8Array.from(added))
      secrets = Buffer.from(added).toString('latin1').split('\n').length - 1
    }
    const { index } = capture
    const readahead = new Readahead(capture)
    await finishSliced(
      (function* (): Generator<void, void> {
        for (const [i, packet] of packets.entries()) {
          if (i % STEP === 0) yield
          if (index.interfaceId(packet) === NO_INTERFACE || options.wants?.(packet) === false) continue
          const start = readahead.start(packet)
          let bytes = readahead.bytes
          let from = start
          if (redactor !== null) {
            bytes = bytes.slice(start, start + index.captured(packet))
            from = 0
            redactor.apply(packet, bytes)
          }
          const comments = options.comments === 'keep' ? (capture.comments.get(packet) ?? []) : []
          for (const comment of comments) writer.comment(redactor?.applyText(comment) ?? comment)
          writer.packet(
            ...([bytes, from, index.captured(packet), index.length(packet)] as const),
            ...([index.seconds(packet), index.nanos(packet), index.interfaceId(packet)] as const),
          )
        }
      })(),
    )
    complete = true
  } finally {
    writer.close()
    if (partial !== path) {
      if (complete) renameSync(partial, path)
      else rmSync(partial, { force: true })
    }
  }
  return { packets: writer.packets, changed: redactor?.changed ?? 0, secrets }
}

function interfacesOf(capture: Capture, { comments }: CopyOptions, redactor: Redactor | null): WriterOptions['interfaces'] {
  if (capture.interfaces.length === 0) return [{ linkType: 1 }]
  return capture.interfaces.map(({ comment, ...described }) =>
    comments === 'strip' || comment === undefined ? described : { ...described, comment: redactor?.applyText(comment) ?? comment },
  )
}
