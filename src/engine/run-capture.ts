// A capture around the run of a program: packets go to the spool while it runs, and are looked at only when it has ended. So the program keeps
// the rights it was started with, signals reach it, and nothing from the wire is parsed before root's rights are given up.

import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dropPrivileges, type EngineName, makeSpool, nextIdentity, removeSpool, startCapture } from '../capture/index.ts'
import { KIND_TCP } from '../core/memory.ts'
import { openCapture } from '../files/index.ts'
import { Capture } from './capture.ts'
import { copyCapture } from './redact-copy.ts'
import { KEY_LOGS } from './secret-ring.ts'

/** Whose a connection is, by the ports of its two ends: the first sender's, and the other's. `fresh`: its beginning is in the capture. */
export type Ownership = (protocol: 'tcp' | 'udp', from: number, to: number, fresh: boolean) => boolean

export interface RunCapture {
  readonly engine: EngineName
  /** Ends the capture and gives up root's rights. Resolves to the packets that `owns` selects, as a pcapng file with the keys inside. */
  finish(owns: Ownership | null): Promise<{ readonly path: string; readonly packets: number; readonly dropped: number | null }>
  /** Ends what still runs and forgets all files. */
  discard(): Promise<void>
}

/** A folder for the files of one run, which outlive root's rights. */
export function makeRunFolder(): string {
  return mkdtempSync(join(tmpdir(), 'wiretail-run-'))
}

/** Starts capturing. Rejects with a LiveError. */
export async function startRunCapture(
  folder: string,
  keyLog: string,
  options: { readonly interface: string; readonly filter: string; readonly engine?: EngineName },
): Promise<RunCapture> {
  const spool = makeSpool()
  const discard = (): void => {
    removeSpool(spool)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const live = await startCapture({ ...options, spool })
    return {
      engine: live.engine,
      async discard() {
        await live.stop()
        discard()
      },
      async finish(owns) {
        await live.stop()
        const next = nextIdentity()
        if (next !== null) for (const path of [folder, keyLog]) chownSync(path, next.uid, next.gid)
        dropPrivileges()
        const capture = new Capture(await openCapture(spool), { settings: new Map([[KEY_LOGS, [keyLog]]]) })
        const path = join(folder, 'packets.pcapng')
        try {
          const { packets } = await copyCapture(capture, path, {
            ...{ filter: null, comments: 'keep', secrets: 'add', redact: false, texts: [] },
            ...(owns === null ? {} : { wants: ownedPackets(capture, owns) }),
          })
          return { path, packets, dropped: live.statistics().dropped }
        } finally {
          capture.close()
        }
      },
    }
  } catch (error) {
    discard()
    throw error
  }
}

/** Asks once for each conversation, when the capture is read to its end. Packets of none belong to nobody. */
function ownedPackets(capture: Capture, owns: Ownership): (packet: number) => boolean {
  const { conversations, tcp } = capture.memory
  const answers = new Map<number, boolean>()
  return (packet) => {
    const flow = capture.memory.flowOf(packet, 0)
    if (flow < 0) return false
    const conversation = flow >> 1
    const known = answers.get(conversation)
    if (known !== undefined) return known
    const isTcp = conversations.kindOf(conversation) === KIND_TCP
    // -1: no SYN was seen of that side.
    const fresh = !isTcp || tcp.windowShift(conversation * 2) !== -1
    const answer = owns(isTcp ? 'tcp' : 'udp', conversations.port(conversation, 0), conversations.port(conversation, 1), fresh)
    answers.set(conversation, answer)
    return answer
  }
}
