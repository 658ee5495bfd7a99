// The columns of the list: any field as a column, and which of its own the list shows. What is chosen is kept for the next time.

import { safeText } from '../bytes/text.ts'
import { OWN_COLUMNS, type OwnColumn } from '../engine/settings-file.ts'
import { say } from './line.ts'
import { openMenu } from './menu.ts'
import { keep, type Shell } from './shell.ts'
import type { ColumnChoice, MenuItem } from './state.ts'

/** Columns besides the list's own. */
const MOST = 9
/** Cells that one step makes a column wider or narrower. */
const STEP = 4

const TITLES: Readonly<Record<OwnColumn, readonly [key: string, title: ReturnType<typeof say>]>> = {
  number: ['n', say`No.`],
  time: ['t', say`Time`],
  source: ['s', say`Source`],
  destination: ['d', say`Destination`],
  protocol: ['p', say`Protocol`],
  length: ['l', say`Length`],
}

/** The C key. */
export function openColumns(shell: Shell): void {
  const { store } = shell
  const { columnsShown, detail, widths } = store.state()
  const { hidden, fields } = columnsShown
  const name = detail.packet?.rows[detail.row]?.name ?? ''
  const set = (key: string, label: ReturnType<typeof say>, about: ReturnType<typeof say>, shown: ColumnChoice): MenuItem => ({
    key,
    label,
    about,
    run: () => show(shell, shown),
  })
  const items: MenuItem[] = []
  if (name !== '' && fields.length < MOST && !fields.some(({ field }) => field === name))
    items.push(set('a', say`show the selected field`, safeText(name), { hidden, fields: [...fields, { field: name }] }))
  for (const [i, { field }] of fields.entries())
    items.push(set(String(i + 1), say`remove`, safeText(field), { hidden, fields: fields.filter((_, other) => other !== i) }))
  const last = fields.at(-1)
  if (last !== undefined) {
    const width = last.width ?? widths.extra[fields.length - 1] ?? last.field.length
    const sized = (by: number): ColumnChoice => ({
      hidden,
      fields: [...fields.slice(0, -1), { ...last, width: Math.max(1, Math.min(200, width + by)) }],
    })
    items.push(set('>', say`wider`, safeText(last.field), sized(STEP)), set('<', say`narrower`, safeText(last.field), sized(-STEP)))
  }
  for (const column of OWN_COLUMNS) {
    const [key, title] = TITLES[column]
    const off = hidden.includes(column)
    const next = off ? hidden.filter((other) => other !== column) : [...hidden, column]
    items.push(set(key, off ? say`show` : say`hide`, title, { hidden: next, fields }))
  }
  openMenu(store, say`Columns`, items)
}

function show(shell: Shell, shown: ColumnChoice): void {
  shell.store.dispatch({ type: 'columns', shown })
  keep(shell, { hidden: shown.hidden, columns: shown.fields })
}
