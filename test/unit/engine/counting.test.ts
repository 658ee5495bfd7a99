import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../../src/engine/conversations.ts'
import { endpointsOf } from '../../../src/engine/endpoints.ts'
import { StatsNode, StatsTree, statsRows } from '../../../src/engine/stats-tree.ts'

describe('a tree of counters', () => {
  test('finds the window in which most happened', () => {
    const node = new StatsNode('all')
    for (const now of [0, 500, 520, 540, 590, 900]) node.tick(now)
    expect(node.burst).toBe(4)
    expect(node.burstStart).toBe(500)
  })

  test('takes clocks that were set back', () => {
    const node = new StatsNode('all')
    for (const now of [5000, 1, 5001, -7000, 5002]) node.tick(now)
    expect(node.count).toBe(5)
    expect(node.burst).toBeLessThanOrEqual(5)
  })

  test('keeps sums and extremes, and puts the frequent first, of equals the later name', () => {
    const root = new StatsNode('root')
    const tree = new StatsTree('T', [root])
    for (const [now, name, value] of [
      [0, 'a', 3],
      [10, 'b', 5],
      [20, 'b', 1],
      [30, 'c', 2],
    ] as const) {
      tree.moment(now)
      root.tick(now).child(name).add(now, value)
    }
    const rows = statsRows(tree)
    expect(rows.map(({ name }) => name)).toEqual(['root', 'b', 'c', 'a'])
    expect(rows[1]).toMatchObject({ count: 2, average: 3, least: 1, greatest: 5, percent: 50, rate: 2 / 30 })
  })
})

test('an endpoint that talks with itself sends and receives', () => {
  const node = { address: '127.0.0.1', port: -1 }
  const one: Conversation = { stream: -1, flow: -1, nodes: [node, node], packets: [3, 0], bytes: [30, 0], start: 0, end: 1 }
  expect(endpointsOf([one])).toEqual([{ ...node, packetsSent: 3, packetsReceived: 3, bytesSent: 30, bytesReceived: 30 }])
})
