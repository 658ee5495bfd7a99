// The page of `wiretail export report`: one file, no script, nothing loaded from anywhere; it prints well.

import type { Bounded, CaptureReport, Remark } from '../../engine/report.ts'
import { type HierarchyNode, mediaType, nodeText } from '../../engine/statistics.ts'
import { sessionEntries } from '../../engine/tls-words.ts'
import { html, Markup } from './markup.ts'

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5b6b7b; --line: #dbe2e9; --paper: #fff; --band: #f4f7fa; --accent: #0b6fa4; --bad: #b3261e; --odd: #8a5a00; --good: #1b7a43 }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e9ef; --soft: #9aa9b8; --line: #33404d; --paper: #141a20; --band: #1b232b; --accent: #6cc0ee; --bad: #ff8a80; --odd: #ffca62; --good: #7fdca4 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
h1 { margin: 0; font-size: 1.7rem; overflow-wrap: anywhere } h2 { margin: 2.5rem 0 .6rem; font-size: 1.2rem; border-bottom: 2px solid var(--line); padding-bottom: .25rem }
p { color: var(--soft); margin: .3rem 0 } nav { margin: 1rem 0 } nav a { margin-right: 1.2rem; color: var(--accent) }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; margin-top: 1.2rem }
.card { background: var(--band); border-radius: .5rem; padding: .7rem 1rem } .card b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums } .card span { color: var(--soft); font-size: .85rem }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .88rem } th { text-align: left; color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); white-space: nowrap }
th, td { padding: .3rem .6rem .3rem 0; vertical-align: top } tbody tr:nth-child(odd) { background: var(--band) } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.w { overflow-wrap: anywhere; min-width: 14rem } .mono { font-family: ui-monospace, monospace; font-size: .84rem }
.error, .s5, .s4 { color: var(--bad); font-weight: 600 } .warning, .s3 { color: var(--odd); font-weight: 600 } .s2 { color: var(--good) } .note { color: var(--soft) }
.bar { background: var(--line); border-radius: 3px; height: .55rem; min-width: 6rem } .bar i { display: block; height: 100%; border-radius: 3px; background: var(--accent) }
details { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; margin: .5rem 0 } summary { cursor: pointer; overflow-wrap: anywhere } dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .6rem 0 } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --band: #f5f5f5; --accent: #444; --bad: #900; --odd: #640; --good: #040 } body { max-width: none; padding: 0; font-size: 10pt } nav { display: none } h2 { break-after: avoid } tr, details, .card { break-inside: avoid } .wide { overflow: visible } thead { display: table-header-group } }
`

const number = (value: number): string => value.toLocaleString('en-US').replace(/,/g, '\u202f')

/** "1.4 MB": units of a thousand. */
function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}

const seconds = (value: number): string => (value < 0 ? '–' : value < 1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(2)} s`)

function section(id: string, title: string, said: string, body: Markup): Markup {
  return html`<section id="${id}"><h2>${title}</h2><p>${said}</p>${body}</section>`
}

/** "the first 200 of 5 431", where a list was cut. */
function howMany<T>({ list, count }: Bounded<T>, what: string): string {
  return list.length < count ? `${number(list.length)} of ${number(count)} ${what} are shown.` : `${number(count)} ${what}.`
}

export function reportPage(file: string, filter: string, report: CaptureReport, made: string): Markup {
  const { packets, selected, bytes, start, duration } = report
  const when =
    Number.isNaN(start) || Math.abs(start) > 8e12 ? 'unknown' : new Date(start * 1000).toISOString().replace('T', ' ').slice(0, 19)
  const cards: readonly (readonly [string, string])[] = [
    [number(selected), selected === packets ? 'packets' : `packets of ${number(packets)}`],
    [size(bytes), 'on the wire'],
    [seconds(duration), 'from first to last'],
    [when, 'first packet, UTC'],
    [number(report.conversations.count), 'streams'],
    [number(report.exchanges.count), 'HTTP exchanges'],
    [number(report.sessions.count), 'TLS sessions'],
    [report.format, 'file format'],
  ]
  const links = ['Protocols', 'Streams', 'HTTP', 'TLS', 'Remarks'].map((name) => html`<a href="#${name.toLowerCase()}">${name}</a>`)
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="referrer" content="no-referrer">
<title>${file}: what the capture holds</title><style>${new Markup(STYLE)}</style></head><body>
<header><h1>${file}</h1>${filter === '' ? html`` : html`<p>Only packets that match <code>${filter}</code></p>`}${
    report.truncated > 0 ? html`<p>${number(report.truncated)} packets were cut by the capture's snap length.</p>` : html``
  }</header>
<div class="cards">${cards.map(([value, label]) => html`<div class="card"><b>${value}</b><span>${label}</span></div>`)}</div>
<nav>${links}</nav>
${hierarchySection(report)}
${conversationsSection(report)}
${exchangesSection(report)}
${sessionsSection(report)}
${remarksSection(report.remarks)}
<footer>Made by wiretail on ${made}.</footer></body></html>
`
}

function hierarchySection({ hierarchy, bytes }: CaptureReport): Markup {
  const rows: Markup[] = []
  const add = (node: HierarchyNode, depth: number): void => {
    const share = bytes === 0 ? 0 : (node.bytes * 100) / bytes
    rows.push(
      html`<tr><td class="mono" style="padding-left:${String(0.4 + depth * 1.2)}rem">${node.protocol}</td><td class="n">${number(node.packets)}</td><td class="n">${size(node.bytes)}</td><td class="n">${share.toFixed(1)} %</td><td><div class="bar"><i style="width:${share.toFixed(1)}%"></i></div></td></tr>`,
    )
    for (const child of node.children) add(child, depth + 1)
  }
  for (const node of hierarchy) add(node, 0)
  return section(
    'protocols',
    'Protocols',
    'Packets by the layers they hold; a packet counts with every layer it has.',
    html`<div class="wide"><table><thead><tr><th>Protocol</th><th class="n">Packets</th><th class="n">Bytes</th><th class="n">Share</th><th></th></tr></thead><tbody>${rows}</tbody></table></div>`,
  )
}

function conversationsSection({ conversations }: CaptureReport): Markup {
  const rows = conversations.list.map(({ kind, stream, nodes, packets, bytes, start, end, facts }) => {
    const { client, protocol, rst, gaps } = facts
    const server = client === 0 ? 1 : 0
    const missing = gaps.reduce((sum, gap) => sum + gap.bytes, 0)
    const trouble = [...(rst ? ['reset'] : []), ...(missing > 0 ? [`${size(missing)} missing`] : [])].join(', ')
    return html`<tr><td class="n">${kind} ${stream}</td><td class="mono">${nodeText(nodes[client])}</td><td class="mono">${nodeText(nodes[server])}</td><td>${protocol}</td><td class="n">${number(packets[0] + packets[1])}</td><td class="n">${size(bytes[client])}</td><td class="n">${size(bytes[server])}</td><td class="n">${seconds(start)}</td><td class="n">${seconds(end - start)}</td><td class="warning">${trouble}</td></tr>`
  })
  return section(
    'streams',
    'Streams',
    `The largest first. ${howMany(conversations, 'streams')}`,
    html`<div class="wide"><table><thead><tr><th class="n">Stream</th><th>Client</th><th>Server</th><th>Protocol</th><th class="n">Packets</th><th class="n">Sent</th><th class="n">Received</th><th class="n">Begins</th><th class="n">Lasts</th><th></th></tr></thead><tbody>${rows}</tbody></table></div>`,
  )
}

function exchangesSection({ exchanges }: CaptureReport): Markup {
  const rows = exchanges.list.map(({ request, response, url, firstByte, total, encrypted }) => {
    const status = response?.status ?? 0
    const packets = `${request?.packets[0] ?? '–'} → ${response?.packets[response.packets.length - 1] ?? '–'}`
    return html`<tr><td class="n">${packets}</td><td>${request?.method ?? ''}</td><td class="w mono">${url}</td><td class="s${Math.floor(status / 100)}">${status === 0 ? 'none' : status}</td><td>${mediaType(response)}</td><td class="n">${response === null ? '' : size(response.bodyBytes)}</td><td class="n">${seconds(firstByte)}</td><td class="n">${seconds(total)}</td><td>${encrypted ? 'decrypted' : ''}</td></tr>`
  })
  return section(
    'http',
    'HTTP',
    `Requests with their responses. ${howMany(exchanges, 'exchanges')}`,
    html`<div class="wide"><table><thead><tr><th class="n">Packets</th><th>Method</th><th>Address</th><th>Status</th><th>Type</th><th class="n">Body</th><th class="n">First byte</th><th class="n">Total</th><th></th></tr></thead><tbody>${rows}</tbody></table></div>`,
  )
}

function sessionsSection({ sessions }: CaptureReport): Markup {
  const blocks = sessions.list.map((report) => {
    const { stream, client, server, sni, version, failure } = report.session
    const entries = sessionEntries(report).map(({ label, text }) => html`<dt>${label}</dt><dd>${text}</dd>`)
    const verdict = failure === null ? html`` : html` <span class="error">failed</span>`
    return html`<details open><summary>stream ${stream} · <span class="mono">${client} → ${server}</span> ${sni ?? ''} · ${version ?? 'version unknown'}${verdict}</summary><dl>${entries}</dl></details>`
  })
  return section('tls', 'TLS', howMany(sessions, 'sessions'), html`${blocks}`)
}

function remarksSection(remarks: Bounded<Remark>): Markup {
  const rows = remarks.list.map(
    ({ severity, text, packets, first }) =>
      html`<tr><td class="${severity}">${severity}</td><td class="w">${text}</td><td class="n">${number(packets)}</td><td class="n">${number(first)}</td></tr>`,
  )
  return section(
    'remarks',
    'Remarks',
    `What deserves a look; the worst first. ${howMany(remarks, 'kinds of remark')}`,
    html`<div class="wide"><table><thead><tr><th>Severity</th><th>Remark</th><th class="n">Packets</th><th class="n">First in</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  )
}
