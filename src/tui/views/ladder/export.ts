// A ladder as a file: plain text, Markdown with a table, or a Mermaid diagram, by the name's ending.

import { displayWidth, fitText } from '../../../bytes/width.ts'
import type { LadderState, Rung } from './state.ts'

/** `.mmd` makes Mermaid, `.md` Markdown, anything else text. */
export function ladderFile(path: string, ladder: LadderState): string {
  if (/\.(mmd|mermaid)$/i.test(path)) return ladderMermaid(ladder)
  return /\.(md|markdown)$/i.test(path) ? ladderMarkdown(ladder) : ladderText(ladder)
}

const WIDTH = 64

export function ladderText({ title, ends, rungs }: LadderState): string {
  const head = `${' '.repeat(20)}${fitText(ends[0], WIDTH - displayWidth(ends[1]) + 2)}${ends[1]}`
  return `${[title, '', head, ...rungs.map(arrowText)].join('\n')}\n`
}

function arrowText({ packet, side, time, protocol, words }: Rung): string {
  const label = fitText(`${protocol} ${words}`, Math.min(WIDTH - 6, displayWidth(`${protocol} ${words}`)))
  const shaft = '─'.repeat(Math.max(0, WIDTH - displayWidth(label) - 4))
  const arrow = side === 0 ? `─ ${label} ${shaft}▶` : `◀${shaft} ${label} ─`
  return `${String(packet).padStart(7)} ${time.toFixed(6).padStart(10)}  │${arrow}│`
}

export function ladderMarkdown({ title, ends, rungs }: LadderState): string {
  const cell = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('`', "'")
  const rows = rungs.map(({ packet, side, time, protocol, words }) => {
    const [from, to] = side === 0 ? ends : [ends[1], ends[0]]
    return `| ${packet} | ${time.toFixed(6)} | ${from} → ${to} | ${cell(protocol)} | ${cell(words)} |`
  })
  return `${[`# ${title}`, '', '| packet | seconds | from → to | protocol | what |', '| --: | --: | --- | --- | --- |', ...rows].join('\n')}\n`
}

export function ladderMermaid({ ends, rungs }: LadderState): string {
  // A semicolon or a line's end would end the message, and # begins an entity.
  const words = (text: string): string => text.replace(/[#;]/g, (sign) => (sign === '#' ? '#35;' : '#59;'))
  const arrows = rungs.map((rung) => {
    const arrow = rung.side === 0 ? 'A->>B' : 'B->>A'
    return `    ${arrow}: ${words(`${rung.packet} ${rung.protocol} ${rung.words}`)}`
  })
  return `${['sequenceDiagram', `    participant A as ${ends[0]}`, `    participant B as ${ends[1]}`, ...arrows].join('\n')}\n`
}
