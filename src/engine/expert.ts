// What the analyzer remarks on a capture, counted: by severity, group, protocol and words.

import type { Dissection } from '../core/dissect.ts'
import {
  GROUP_MALFORMED,
  groupNames,
  noteFields,
  SEVERITY_CHAT,
  SEVERITY_COMMENT,
  SEVERITY_ERROR,
  SEVERITY_NOTE,
  SEVERITY_WARN,
} from '../core/note.ts'
import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { runQuery } from './query.ts'

/** Different remarks that are told apart; further ones are only counted. */
const MAX_REMARKS = 10_000
/** Packets that are named for each remark. */
const MAX_NAMED = 10

/** One remark, however often it was made. */
export interface ExpertRemark {
  /** "Sequence", "Protocol", "Malformed" … */
  readonly group: string
  /** As in the Protocol column. */
  readonly protocol: string
  readonly summary: string
  count: number
  /** The first packets with it. */
  readonly packets: number[]
}

export interface ExpertSection {
  readonly severity: 'error' | 'warning' | 'note' | 'chat' | 'comment'
  /** Remarks in all, those beyond the bound included. */
  count: number
  /** In order of first appearance. */
  readonly remarks: ExpertRemark[]
}

const FIELDS = [noteFields.expert, noteFields.message, noteFields.severity, noteFields.group, noteFields.malformed]

/** Reads the capture to its end. Sections that hold something, the worst first. */
export async function readExpert(capture: Capture, filter: CompiledFilter | null, signal?: AbortSignal): Promise<readonly ExpertSection[]> {
  const sections = new Map<number, ExpertSection>([
    [SEVERITY_ERROR, { severity: 'error', count: 0, remarks: [] }],
    [SEVERITY_WARN, { severity: 'warning', count: 0, remarks: [] }],
    [SEVERITY_NOTE, { severity: 'note', count: 0, remarks: [] }],
    [SEVERITY_CHAT, { severity: 'chat', count: 0, remarks: [] }],
    [SEVERITY_COMMENT, { severity: 'comment', count: 0, remarks: [] }],
  ])
  const known = new Map<string, ExpertRemark>()
  const take = (d: Dissection, layer: number, severity: number, group: number, summary: string): void => {
    const section = sections.get(severity)
    if (section === undefined) return
    section.count++
    const protocol = d.registry.protocols[d.layerProtocol[layer]!]!.columnName
    const key = `${severity} ${group} ${protocol} ${summary}`
    let remark = known.get(key)
    if (remark === undefined) {
      if (known.size >= MAX_REMARKS) return
      remark = { group: groupNames[group] ?? String(group), protocol, summary, count: 0, packets: [] }
      known.set(key, remark)
      section.remarks.push(remark)
    }
    remark.count++
    if (remark.packets.length < MAX_NAMED && remark.packets.at(-1) !== d.packet) remark.packets.push(d.packet)
  }
  await runQuery(
    capture,
    {
      filter,
      fields: FIELDS,
      onPacket(_packet, dissect) {
        takeRows(dissect(), take)
        return false
      },
    },
    signal,
  )
  return [...sections.values()].filter(({ count }) => count > 0)
}

/** The rows of a remark follow its own: message, severity, group. */
function takeRows(d: Dissection, take: (d: Dissection, layer: number, severity: number, group: number, summary: string) => void): void {
  const { rows } = d
  let message = ''
  let severity = 0
  for (let row = 0; row < rows.count; row++) {
    const field = rows.field[row]!
    if (field === noteFields.message.id) message = rows.texts.get(row) ?? ''
    else if (field === noteFields.severity.id) severity = rows.value[row]!
    else if (field === noteFields.group.id) take(d, rows.layer[row]!, severity, rows.value[row]!, message)
    else if (field === noteFields.malformed.id)
      take(d, rows.layer[row]!, SEVERITY_ERROR, GROUP_MALFORMED, 'Malformed Packet (Exception occurred)')
  }
}
