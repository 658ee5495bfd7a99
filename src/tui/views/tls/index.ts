// View 5: TLS sessions, one a line; Enter opens one with its certificates, alerts, what failed and why it stays shut.

import { safeText } from '../../../bytes/text.ts'
import type { Capture } from '../../../engine/capture.ts'
import { readTlsSessions, type TlsReport } from '../../../engine/tls-sessions.ts'
import { contents, type Entry, sessionEntries } from '../../../engine/tls-words.ts'
import type { Session } from '../../../engine/types.ts'
import { type Role, say } from '../../line.ts'
import { counted, grouped } from '../../measure.ts'
import { type Shell, tell } from '../../shell.ts'
import { listView } from '../list-view.ts'
import type { Page, Paragraph } from '../page.ts'
import { changeSlice } from '../part.ts'
import { type Column, TABLE_START } from '../table.ts'
import { beginWork, endWork } from '../work.ts'

export const tls = listView<TlsReport>({
  list: 'tls',
  page: 'tls-session',
  slice: (state) => state.slices.tls,
  change: (shell, change) => changeSlice(shell, 'tls', change),
  begin: (shell, session, capture) => void readSessions(shell, session, capture),
  columns: columnsFor,
  summary(rows) {
    const failed = rows.filter(({ session }) => session.failure !== null).length
    const opened = rows.filter(({ session }) => session.decrypted).length
    const parts = [counted(rows.length, say`TLS session`)]
    if (failed > 0) parts.push(say`${grouped(failed)} failed`)
    if (rows.length > 0) parts.push(opened > 0 ? say`${grouped(opened)} opened with keys` : say`none opened: no keys fit`)
    return parts
  },
  empty: ({ status }) => [
    say`There is no TLS in these ${grouped(status.packets)} packets.`,
    say`To make some: wiretail serve https, and in another terminal wiretail get https://localhost:5683/ --insecure`,
    say`In a bundled capture: wiretail captures/tls13.pcapng`,
  ],
  open: (_capture, report) => sessionPage(report),
  packet: ({ session }, capture) => firstPacket(capture, session.stream),
})

async function readSessions(shell: Shell, session: Session, capture: Capture): Promise<void> {
  const signal = beginWork(shell, 'tls')
  changeSlice(shell, 'tls', (slice) => ({ ...slice, session, rows: [], done: 0, table: TABLE_START, open: null }))
  try {
    const rows = await readTlsSessions(capture, null, signal)
    if (!signal.aborted) changeSlice(shell, 'tls', (slice) => ({ ...slice, rows, done: 1 }))
  } catch (error) {
    tell(shell.store, safeText(error instanceof Error ? error.message : String(error)), 'bad')
  }
  endWork(shell, 'tls', signal)
  shell.store.refresh()
}

function firstPacket({ index, memory }: Capture, stream: number): number | undefined {
  for (let packet = 1; packet <= index.count; packet++) if (memory.tcpStreamOf(packet) === stream) return packet
  return undefined
}

function columnsFor(width: number): Column<TlsReport>[] {
  const wide = width >= 120
  const columns: (Column<TlsReport> | null)[] = [
    { title: 'Stream', width: 6, align: 'end', text: ({ session }) => String(session.stream), role: () => 'dim' },
    width >= 150 ? { title: 'Client', width: 21, text: ({ session }) => session.client } : null,
    width >= 100 ? { title: 'Server', width: 21, text: ({ session }) => session.server } : null,
    { title: 'Name', width: wide ? 24 : 16, text: ({ session }) => session.sni ?? '-', role: () => 'name' },
    { title: 'Version', width: 7, text: ({ session }) => session.version ?? '-', role: () => 'sealed' },
    width >= 150 ? { title: 'Cipher', width: 30, text: ({ session }) => session.cipher ?? '-' } : null,
    width >= 100 ? { title: 'Inside', width: 8, text: ({ session }) => session.alpn.chosen ?? '-' } : null,
    { title: 'Verdict', width: 'rest', text: verdict, role: verdictRole },
  ]
  return columns.filter((column) => column !== null)
}

function verdict(report: TlsReport): string {
  const { session } = report
  if (session.failure !== null) return `✖ failed: ${session.failure.text}`
  return session.decrypted ? `✓ ${contents(session, report.openedBy)}` : contents(session, report.openedBy)
}

function verdictRole({ session }: TlsReport): Role {
  return session.failure !== null ? 'bad' : session.decrypted ? 'good' : 'text'
}

/** Widest label of an entry, with what indents it. */
const LABEL = 14

function sessionPage(report: TlsReport): Page {
  const { stream, client, server, sni } = report.session
  return [
    { text: safeText(sni ?? server), role: 'title' },
    { text: safeText(`stream ${stream}, ${client} → ${server}`), role: 'dim' },
    { text: say``, role: 'text' },
    ...sessionEntries(report).map(entryParagraph),
  ]
}

function entryParagraph({ label, text, depth }: Entry): Paragraph {
  const role: Role = label === 'failed' ? 'bad' : label === 'repair' ? 'warn' : label === 'contents' ? 'strong' : 'text'
  return { mark: safeText(`${depth > 0 ? ' └ ' : ''}${label}`.padEnd(LABEL)), text: safeText(text), role, prose: true }
}
