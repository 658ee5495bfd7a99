// The screen as components: which panes there are and how they share it. What stands in them is in panes/.

import { Box } from 'ink'
import { type ReactNode, useLayoutEffect, useSyncExternalStore } from 'react'
import { clamp } from './list.ts'
import { hexWidth } from './measure.ts'
import { dialogPane, dialogSize } from './panes/dialogs.ts'
import { explainPane } from './panes/explain.ts'
import { assistHeight, assistPane, filterPane } from './panes/filter.ts'
import { footerPane } from './panes/footer.ts'
import { hexPane } from './panes/hex.ts'
import { listPane } from './panes/list.ts'
import { problemPane, taskPane, titlePane } from './panes/title.ts'
import { treePane } from './panes/tree.ts'
import { explainHeight, listHeight, middleRows, SMALLEST, SMALLEST_WIDTH } from './sizes.ts'
import { alone, headLines, type State } from './state.ts'
import type { Store } from './store.ts'
import { Pane } from './surface.tsx'
import { partOf } from './views/index.ts'

/** `paint` is called after each commit, when the layout stands. */
export function App({ store, paint }: { store: Store; paint: () => void }): ReactNode {
  const version = useSyncExternalStore(store.subscribe, store.version)
  // biome-ignore lint/correctness/useExhaustiveDependencies: every version is painted
  useLayoutEffect(paint, [version, paint])
  const state = store.state()
  const { columns, rows } = state
  // The panes read the state when they are painted: settling it may have changed it since this was rendered.
  const now = store.state
  const part = partOf(state)
  return (
    <Box position="absolute" width={columns} height={rows} flexDirection="column">
      <Pane name="title" height={1} paint={(width) => titlePane(now(), width)} />
      {state.status.task !== '' && <Pane name="task" height={1} paint={(width) => taskPane(now(), width)} />}
      {state.status.problem !== '' && <Pane name="problem" height={1} paint={(width) => problemPane(now(), width)} />}
      {part === null ? (
        <Packets state={state} now={now} />
      ) : (
        <Pane name="view" key={state.view} flexGrow={1} paint={(width, height) => part.picture(now(), width, height)} />
      )}
      {part?.ownFooter?.(state) !== true && <Pane name="footer" height={1} paint={(width) => footerPane(now(), width)} />}
      {part === null && assistHeight(state) > 0 && (
        <Box position="absolute" marginTop={2 + headLines(state.status)} marginLeft={0}>
          <Pane name="assist" layer={1} width={columns} height={assistHeight(state)} paint={(width) => assistPane(now(), width)} />
        </Box>
      )}
      {state.dialog !== null && <DialogPane state={state} now={now} />}
    </Box>
  )
}

interface Part {
  state: State
  now: () => State
}

function Packets({ state, now }: Part): ReactNode {
  const { rows } = state
  return (
    <>
      <Pane name="filter" height={1} paint={(width) => filterPane(now(), width)} />
      {alone(state) ? <OnePane state={state} now={now} /> : <ThreePanes state={state} now={now} />}
      {rows >= 12 && <Pane name="explain" height={explainHeight(rows)} paint={(width, height) => explainPane(now(), width, height)} />}
    </>
  )
}

function ThreePanes({ state, now }: Part): ReactNode {
  const { columns, sizes } = state
  const middle = middleRows(state)
  const list = clamp(listHeight(state) + sizes.list, SMALLEST, middle - SMALLEST)
  const below = middle - list
  const hexCells = clamp(hexPaneWidth(columns) + sizes.hex, SMALLEST_WIDTH, columns - SMALLEST_WIDTH)
  const tree = (more: { height?: number }): ReactNode => (
    <Pane name="tree" flexGrow={1} flexShrink={1} {...more} paint={(width, height) => treePane(now(), width, height)} />
  )
  const hex = (more: { width?: number; height?: number }): ReactNode => (
    <Pane name="hex" {...more} paint={(width, height) => hexPane(now(), width, height)} />
  )
  return (
    <>
      <Pane name="list" height={list} paint={(width, height) => listPane(now(), width, height)} />
      {sizes.layout === 'under' && (
        <Box height={below}>
          {tree({})}
          {hex({ width: hexCells })}
        </Box>
      )}
      {sizes.layout === 'stacked' && (
        <Box height={below} flexDirection="column">
          {tree({ height: Math.ceil(below / 2) })}
          {hex({ height: Math.floor(below / 2) })}
        </Box>
      )}
      {sizes.layout === 'single' && <Box height={below}>{state.focus === 'hex' ? hex({ width: columns }) : tree({})}</Box>}
    </>
  )
}

function OnePane({ state, now }: Part): ReactNode {
  switch (state.focus) {
    case 'list':
      return <Pane name="list" key="list" flexGrow={1} paint={(width, height) => listPane(now(), width, height)} />
    case 'tree':
      return <Pane name="tree" key="tree" flexGrow={1} paint={(width, height) => treePane(now(), width, height)} />
    case 'hex':
      return <Pane name="hex" key="hex" flexGrow={1} paint={(width, height) => hexPane(now(), width, height)} />
  }
}

function DialogPane({ state, now }: Part): ReactNode {
  if (state.dialog === null) return null
  const { columns, rows } = state
  const { width, height } = dialogSize(state.dialog, columns, rows)
  const help = state.dialog.kind === 'help' || state.dialog.kind === 'copied'
  return (
    <Box
      position="absolute"
      marginTop={help ? 0 : Math.max(0, Math.floor((rows - height) / 3))}
      marginLeft={Math.max(0, Math.floor((columns - width) / 2))}
    >
      <Pane name="dialog" layer={2} width={width} height={height} paint={(w, h) => dialogPane(now(), w, h)} />
    </Box>
  )
}

/** Sixteen bytes a line where the tree keeps at least forty cells beside them, else eight. */
function hexPaneWidth(columns: number): number {
  return columns - hexWidth(16) >= 40 ? hexWidth(16) : hexWidth(8)
}
