// Moving about: the list, the tree and the bytes, the text box. All pure.

import { describe, expect, it } from 'vitest'
import {
  EMPTY_DETAIL,
  fold,
  foldAll,
  isOpen,
  moveRow,
  parentOf,
  selectByte,
  selectRow,
  showPacket,
  showSource,
} from '../../../src/tui/detail.ts'
import { EMPTY_LIST, grow, type ListState, reveal, scroll, select } from '../../../src/tui/list.ts'
import { boxOf, edit, insert } from '../../../src/tui/textbox.ts'
import { detailOf } from './session.ts'

const SIZES = { treeRows: 5, hexLines: 3, bytesPerLine: 16 }

describe('the list', () => {
  const list: ListState = { ...EMPTY_LIST, count: 1000, cursor: 0 }

  it('scrolls as little as it must, and puts far jumps in the middle', () => {
    expect(select(list, 9, 10, false).top).toBe(0)
    expect(select(list, 10, 10, false).top).toBe(1)
    expect(select(list, 500, 10, false).top).toBe(495)
    expect(select(list, 5000, 10, false)).toMatchObject({ cursor: 999, top: 990 })
    expect(select(list, -5, 10, false)).toMatchObject({ cursor: 0, top: 0 })
  })

  it('follows new packets exactly while the end is selected and the capture grows', () => {
    const atEnd = select(list, 999, 10, true)
    expect(atEnd.follow).toBe(true)
    expect(grow(atEnd, 1500, 10)).toMatchObject({ cursor: 1499, top: 1490, follow: true })
    const above = select(atEnd, 998, 10, true)
    expect(above.follow).toBe(false)
    expect(grow(above, 1500, 10)).toMatchObject({ cursor: 998, top: above.top })
    expect(select(list, 999, 10, false).follow).toBe(false)
  })

  it('selects the first packet as soon as there is one', () => {
    expect(grow(EMPTY_LIST, 3, 10)).toMatchObject({ cursor: 0, top: 0 })
  })

  it('scrolls by the wheel without selecting, and stops following then', () => {
    const atEnd = select(list, 999, 10, true)
    expect(scroll(atEnd, -3, 10)).toMatchObject({ cursor: 999, top: 987, follow: false })
    expect(scroll(list, -3, 10)).toBe(list)
    expect(scroll(list, 5000, 10).top).toBe(990)
  })

  it('never shows a window past the end', () => {
    for (const height of [0, 1, 5, 2000]) for (const at of [0, 3, 999]) expect(reveal(700, at, height, 1000)).toBeLessThanOrEqual(1000)
    expect(reveal(0, 3, 10, 4)).toBe(0)
  })
})

describe('the tree and the bytes', () => {
  const open = showPacket(EMPTY_DETAIL, detailOf(4), [], SIZES)
  const rowNamed = (name: string): number => detailOf(4).rows.findIndex((row) => row.name === name)
  const nameOf = (id: number): string | undefined => detailOf(4).rows[id]?.name

  it('starts on the innermost layer with the others folded', () => {
    expect(nameOf(open.row)).toBe('http')
    expect(open.visible.map(nameOf)).toEqual(['frame', 'eth', 'ip', 'tcp', 'http'])
  })

  it('selects the bytes of a row, and the row of a byte', () => {
    const opened = fold(open, rowNamed('ip'), true, SIZES)
    const row = selectRow(opened, rowNamed('ip.ttl'), SIZES)
    expect(row).toMatchObject({ source: 0, byte: 22 })
    const byte = selectByte(open, 0, 22, SIZES)
    expect(nameOf(byte.row)).toBe('ip.ttl')
    expect(byte.visible).toContain(rowNamed('ip.ttl'))
    expect(selectRow(byte, byte.row, SIZES).byte).toBe(22)
  })

  it('finds the way back from every byte', () => {
    const length = detailOf(4).sources[0]?.bytes.length ?? 0
    for (let at = 0; at < length; at++) {
      const there = selectByte(open, 0, at, SIZES)
      const row = detailOf(4).rows[there.row]
      expect(at).toBeGreaterThanOrEqual(row?.start ?? 0)
      expect(at).toBeLessThan((row?.start ?? 0) + (row?.length ?? 0))
      expect(there.hexTop * 16).toBeLessThanOrEqual(at)
      expect(at).toBeLessThan((there.hexTop + SIZES.hexLines) * 16)
    }
  })

  it('remembers folds by name for the packets to come', () => {
    const opened = fold(open, rowNamed('ip'), true, SIZES)
    const next = showPacket(opened, detailOf(7), [], SIZES)
    const names = next.visible.map((id) => detailOf(7).rows[id]?.name)
    expect(names).toContain('ip.ttl')
    const closed = fold(next, 4, false, SIZES)
    expect(showPacket(closed, detailOf(4), [], SIZES).visible.map(nameOf)).not.toContain('ip.ttl')
  })

  it('keeps the same field selected from packet to packet', () => {
    const ttl = selectByte(open, 0, 22, SIZES)
    const next = showPacket(ttl, detailOf(7), [], SIZES)
    expect(detailOf(7).rows[next.row]?.name).toBe('ip.ttl')
    expect(next.byte).toBe(22)
  })

  it('goes to the secret unless a certain field is being watched', () => {
    const six = detailOf(6)
    const secrets = [{ source: 0, start: 93, length: 11 }]
    const shown = showPacket(open, six, secrets, SIZES)
    expect(six.rows[shown.row]?.name).toBe('http.file_data')
    expect(shown.byte).toBe(93)
    const watching = showPacket(selectByte(open, 0, 22, SIZES), six, secrets, SIZES)
    expect(six.rows[watching.row]?.name).toBe('ip.ttl')
  })

  it('stays where it is when the same packet is read again', () => {
    const at = selectByte(open, 0, 27, SIZES)
    expect(showPacket(at, detailOf(4), [], SIZES)).toMatchObject({ row: at.row, byte: 27, hexTop: at.hexTop, treeTop: at.treeTop })
  })

  it('opens and folds everything, and ends on a row that shows', () => {
    const all = foldAll(open, true, SIZES)
    expect(all.visible).toHaveLength(detailOf(4).rows.length)
    const deep = selectByte(all, 0, 47, SIZES)
    expect(nameOf(deep.row)).toBe('tcp.flags.ack')
    const none = foldAll(deep, false, SIZES)
    expect(none.visible).toContain(none.row)
    expect(nameOf(none.row)).toBe('tcp')
    expect(isOpen(none, detailOf(4).rows[rowNamed('http')] ?? never())).toBe(false)
  })

  it('walks over the rows that show', () => {
    expect(nameOf(moveRow(open, -1, SIZES).row)).toBe('tcp')
    expect(nameOf(moveRow(open, -100, SIZES).row)).toBe('frame')
    expect(parentOf(open, rowNamed('tcp.flags.ack'))).toBe(rowNamed('tcp.flags'))
  })

  it('shows the sources in turn', () => {
    const six = showPacket(EMPTY_DETAIL, detailOf(6), [], SIZES)
    expect(showSource(six, 1, SIZES)).toMatchObject({ source: 1, byte: 0 })
    expect(showSource(six, 2, SIZES).source).toBe(0)
    expect(showSource(EMPTY_DETAIL, 1, SIZES)).toBe(EMPTY_DETAIL)
  })
})

describe('the text box', () => {
  it('types, deletes and moves by characters, never through one', () => {
    let box = boxOf('a👍b')
    box = edit(edit(box, 'left'), 'left')
    expect(box.caret).toBe(1)
    expect(edit(box, 'delete').text).toBe('ab')
    expect(edit(edit(box, 'right'), 'backspace').text).toBe('ab')
    expect(edit(boxOf(''), 'backspace')).toEqual(boxOf(''))
  })

  it('moves and deletes by words', () => {
    const box = boxOf('tcp.port == 80')
    expect(edit(box, 'word-left').caret).toBe(12)
    expect(edit(box, 'delete-word').text).toBe('tcp.port == ')
    expect(edit(edit(box, 'home'), 'word-right').caret).toBe(3)
    expect(edit(edit(box, 'word-left'), 'delete-after').text).toBe('tcp.port == ')
    expect(edit(box, 'delete-before').text).toBe('')
  })

  it('takes a pasted text as one line without controls', () => {
    expect(insert(boxOf('a'), 'b\r\nc\td\x1b[31m\x00')).toEqual(boxOf('ab c d[31m'))
    expect(insert(boxOf(''), 'x'.repeat(100_000)).text).toHaveLength(4096)
  })
})

function never(): never {
  throw new Error('the packet of the test lacks a row')
}
