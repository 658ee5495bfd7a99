// The selected packet: which rows of its tree show, which row and which byte are selected. Both selections are one: a row selects
// its bytes, a byte selects the deepest row over it.

import type { ByteRange, PacketDetail, TreeRow } from '../engine/types.ts'
import { clamp, reveal } from './list.ts'

export interface DetailState {
  readonly packet: PacketDetail | null
  readonly secrets: readonly ByteRange[]
  /** Ids of the rows that no folded row hides, in order. */
  readonly visible: readonly number[]
  /** Selected row id, -1 without one. */
  readonly row: number
  readonly treeTop: number
  readonly source: number
  /** Selected byte of the source. */
  readonly byte: number
  /** First line of the hex dump on the screen. */
  readonly hexTop: number
  /** What was folded or opened by hand, by field name (layer name), for every packet to come. */
  readonly folds: ReadonlyMap<string, boolean>
}

export const EMPTY_DETAIL: DetailState = {
  packet: null,
  secrets: [],
  visible: [],
  row: -1,
  treeTop: 0,
  source: 0,
  byte: 0,
  hexTop: 0,
  folds: new Map(),
}

/** Sizes that decide what must scroll: rows of the tree, lines of the hex dump, bytes a line. */
export interface DetailSizes {
  readonly treeRows: number
  readonly hexLines: number
  readonly bytesPerLine: number
}

/** Under which name a fold is remembered: the field's, else the text up to its first value. */
function foldName(row: TreeRow): string {
  return row.name !== '' ? row.name : (row.text.split(/[:(]/, 1)[0] ?? '')
}

/** Layers start folded except the last one, which is what the packet is about; fields that hold others start folded. */
export function isOpen(detail: DetailState, row: TreeRow): boolean {
  const chosen = detail.folds.get(foldName(row))
  if (chosen !== undefined) return chosen
  if (row.depth > 0 || detail.packet === null) return false
  return detail.packet.rows.findLastIndex((other) => other.depth === 0) === row.id
}

function withVisible(detail: DetailState): DetailState {
  const visible: number[] = []
  let hiddenBelow = Number.POSITIVE_INFINITY
  for (const row of detail.packet?.rows ?? []) {
    if (row.depth > hiddenBelow) continue
    hiddenBelow = Number.POSITIVE_INFINITY
    visible.push(row.id)
    if (row.hasChildren && !isOpen(detail, row)) hiddenBelow = row.depth
  }
  return { ...detail, visible }
}

/** Shows another packet: the same field stays selected where the packet has it, else the same layer, else its last layer. */
export function showPacket(
  detail: DetailState,
  packet: PacketDetail | null,
  secrets: readonly ByteRange[],
  sizes: DetailSizes,
): DetailState {
  if (packet !== null && detail.packet?.number === packet.number) return renewPacket(detail, packet, secrets, sizes)
  const before = detail.packet?.rows[detail.row]
  const wanted = [before?.name, layerOf(detail.packet, detail.row)?.name]
  const next = withVisible({ ...detail, packet, secrets, row: -1, source: 0, byte: 0, treeTop: detail.treeTop, hexTop: 0 })
  if (packet === null) return { ...next, treeTop: 0 }
  let row = -1
  for (const name of wanted) {
    if (row >= 0 || name === undefined || name === '') continue
    row = next.visible.find((id) => packet.rows[id]?.name === name) ?? -1
  }
  if (row < 0) row = packet.rows.findLastIndex((candidate) => candidate.depth === 0)
  const secret = secrets[0]
  // Unless a certain field is being watched from packet to packet, the secret is what the reader is looking for.
  if (secret !== undefined && packet.rows[row]?.depth === 0) return showSecret(next, secret, sizes)
  return selectRow(next, row, sizes)
}

function showSecret(detail: DetailState, secret: ByteRange, sizes: DetailSizes): DetailState {
  return revealRange(selectByte(detail, secret.source, secret.start, sizes), secret.length, sizes)
}

// The same packet, about which more may be known now: everything stays where it is, as far as it still exists.
function renewPacket(detail: DetailState, packet: PacketDetail, secrets: readonly ByteRange[], sizes: DetailSizes): DetailState {
  const before = detail.packet?.rows[detail.row]
  const found = detail.secrets.length === 0 && secrets.length > 0 && before?.depth === 0
  const next = withVisible({ ...detail, packet, secrets })
  const secret = secrets[0]
  if (found && secret !== undefined) return showSecret(next, secret, sizes)
  if (packet.rows[next.row]?.name === before?.name && packet.sources[next.source] !== undefined) return next
  const again = packet.rows.findIndex((row) => row.name === before?.name)
  return selectRow(next, Math.max(0, again), sizes)
}

function layerOf(packet: PacketDetail | null, id: number): TreeRow | undefined {
  return packet?.rows.slice(0, id + 1).findLast((row) => row.depth === 0)
}

export function hexLineCount(detail: DetailState, source: number, sizes: DetailSizes): number {
  return Math.ceil((detail.packet?.sources[source]?.bytes.length ?? 0) / sizes.bytesPerLine)
}

/** Selects a row of the tree and its bytes. */
export function selectRow(detail: DetailState, id: number, sizes: DetailSizes): DetailState {
  const row = detail.packet?.rows[id]
  if (row === undefined) return detail
  const next = { ...detail, row: id, treeTop: revealRow(detail, id, sizes) }
  if (detail.packet?.sources[row.source] === undefined) return next
  return revealRange({ ...next, source: row.source, byte: row.start }, row.length, sizes)
}

/** Selects a byte and the deepest row over it, opening what hides that row. */
export function selectByte(detail: DetailState, source: number, byte: number, sizes: DetailSizes): DetailState {
  const bytes = detail.packet?.sources[source]?.bytes
  if (bytes === undefined || bytes.length === 0) return { ...detail, source, byte: 0, hexTop: 0 }
  const at = clamp(byte, 0, bytes.length - 1)
  const id = detail.packet?.rowAt(source, at) ?? -1
  const opened = id < 0 ? detail : openAncestors(detail, id)
  return revealByte({ ...opened, source, byte: at, row: id, treeTop: id < 0 ? opened.treeTop : revealRow(opened, id, sizes) }, sizes)
}

function revealRow(detail: DetailState, id: number, sizes: DetailSizes): number {
  const at = detail.visible.indexOf(id)
  return at < 0 ? detail.treeTop : reveal(detail.treeTop, at, sizes.treeRows, detail.visible.length)
}

function revealByte(detail: DetailState, sizes: DetailSizes): DetailState {
  const line = Math.floor(detail.byte / sizes.bytesPerLine)
  return { ...detail, hexTop: reveal(detail.hexTop, line, sizes.hexLines, hexLineCount(detail, detail.source, sizes)) }
}

// The whole range if it fits, its start in any case.
function revealRange(detail: DetailState, length: number, sizes: DetailSizes): DetailState {
  const last = Math.floor((detail.byte + Math.max(1, length) - 1) / sizes.bytesPerLine)
  const hexTop = reveal(detail.hexTop, last, sizes.hexLines, hexLineCount(detail, detail.source, sizes))
  return revealByte({ ...detail, hexTop }, sizes)
}

/** Scrolls both panes so far that what is selected shows, after their sizes have changed. */
export function keepInSight(detail: DetailState, sizes: DetailSizes): DetailState {
  return revealByte({ ...detail, treeTop: detail.row < 0 ? 0 : revealRow(detail, detail.row, sizes) }, sizes)
}

/** Moves the selection over the rows that show. */
export function moveRow(detail: DetailState, by: number, sizes: DetailSizes): DetailState {
  if (detail.visible.length === 0) return detail
  const at = detail.visible.indexOf(detail.row)
  const id = detail.visible[clamp(at < 0 ? 0 : at + by, 0, detail.visible.length - 1)]
  return id === undefined ? detail : selectRow(detail, id, sizes)
}

export function parentOf(detail: DetailState, id: number): number {
  const rows = detail.packet?.rows ?? []
  const depth = rows[id]?.depth ?? 0
  for (let at = id - 1; at >= 0; at--) if ((rows[at]?.depth ?? 0) < depth) return at
  return -1
}

/** Opens or folds a row and remembers it by name. */
export function fold(detail: DetailState, id: number, open: boolean, sizes: DetailSizes): DetailState {
  const row = detail.packet?.rows[id]
  if (row === undefined || !row.hasChildren || isOpen(detail, row) === open) return detail
  const next = withVisible({ ...detail, folds: new Map(detail.folds).set(foldName(row), open) })
  return settleRow(next, id, sizes)
}

/** Opens or folds every row of this packet, by name. */
export function foldAll(detail: DetailState, open: boolean, sizes: DetailSizes): DetailState {
  const folds = new Map(detail.folds)
  for (const row of detail.packet?.rows ?? []) if (row.hasChildren) folds.set(foldName(row), open)
  const next = withVisible({ ...detail, folds })
  const layer = layerOf(detail.packet, detail.row)?.id ?? detail.row
  return settleRow(next, open ? detail.row : layer, sizes)
}

// Folds are by name, so folding one row can hide another, the selected one among them.
function settleRow(detail: DetailState, id: number, sizes: DetailSizes): DetailState {
  let row = id
  while (row >= 0 && !detail.visible.includes(row)) row = parentOf(detail, row)
  return row < 0 ? detail : selectRow(detail, row, sizes)
}

function openAncestors(detail: DetailState, id: number): DetailState {
  const folds = new Map(detail.folds)
  const rows = detail.packet?.rows ?? []
  let changed = false
  for (let at = parentOf(detail, id); at >= 0; at = parentOf(detail, at)) {
    const row = rows[at]
    if (row === undefined || isOpen({ ...detail, folds }, row)) continue
    folds.set(foldName(row), true)
    changed = true
  }
  return changed ? withVisible({ ...detail, folds }) : detail
}

/** Scrolls the tree without selecting. */
export function scrollTree(detail: DetailState, by: number, sizes: DetailSizes): DetailState {
  return { ...detail, treeTop: clamp(detail.treeTop + by, 0, Math.max(0, detail.visible.length - sizes.treeRows)) }
}

/** Scrolls the hex dump without selecting. */
export function scrollHex(detail: DetailState, by: number, sizes: DetailSizes): DetailState {
  return { ...detail, hexTop: clamp(detail.hexTop + by, 0, Math.max(0, hexLineCount(detail, detail.source, sizes) - sizes.hexLines)) }
}

/** Shows another source in the hex pane; its first byte is selected. */
export function showSource(detail: DetailState, source: number, sizes: DetailSizes): DetailState {
  const count = detail.packet?.sources.length ?? 0
  if (count === 0) return detail
  return selectByte({ ...detail, hexTop: 0 }, ((source % count) + count) % count, 0, sizes)
}
