// A tree of counters with averages, rates and bursts, as Wireshark's "stats tree" keeps and prints them.

/** Milliseconds of the window in which a burst is looked for, and of the steps in which the window moves. */
const WINDOW = 100
const STEP = 5

interface Bucket {
  readonly number: number
  readonly start: number
  count: number
}

export class StatsNode {
  readonly name: string
  readonly children: StatsNode[] = []
  count = 0
  /** Sum, least and greatest of the values; null for a node that only counts. */
  values: { sum: number; least: number; greatest: number } | null = null
  /** Values are told with their decimals. */
  readonly decimals: boolean
  /** Most that were counted within a window, and when that window began (milliseconds since the first packet); 0: none yet. */
  burst = 0
  burstStart = 0
  private readonly buckets: Bucket[] = [{ number: 0, start: 0, count: 0 }]
  private inWindow = 0

  constructor(name: string, decimals = false) {
    this.name = name
    this.decimals = decimals
  }

  /** The child of this name, made if need be. */
  child(name: string, decimals = false): StatsNode {
    let found = this.children.find((node) => node.name === name)
    if (found === undefined) {
      found = new StatsNode(name, decimals)
      this.children.push(found)
    }
    return found
  }

  /** Counts one more; `now` in milliseconds since the first packet of the capture. Returns itself. */
  tick(now: number): this {
    this.count++
    this.noteBurst(now)
    return this
  }

  /** Counts one more that has a value. */
  add(now: number, value: number): void {
    this.tick(now)
    this.values ??= { sum: 0, least: value, greatest: value }
    this.values.sum += value
    this.values.least = Math.min(this.values.least, value)
    this.values.greatest = Math.max(this.values.greatest, value)
  }

  private noteBurst(now: number): void {
    const number = Math.floor(now / STEP)
    if (number > this.buckets[this.buckets.length - 1]!.number) {
      this.buckets.push({ number, start: now, count: 1 })
      this.inWindow++
      while (number >= this.buckets[0]!.number + WINDOW / STEP) this.inWindow -= this.buckets.shift()!.count
    } else {
      // Clocks may be set back: what is older than the window does not count.
      const bucket = this.buckets.findLast((one) => one.number <= number)
      if (bucket === undefined) return
      bucket.count++
      this.inWindow++
    }
    if (this.inWindow <= this.burst) return
    this.burst = this.inWindow
    this.burstStart = this.buckets[0]!.start
  }
}

export class StatsTree {
  readonly title: string
  readonly roots: StatsNode[]
  private first = Number.NaN
  /** Milliseconds between the first and the last that was counted. */
  elapsed = 0

  constructor(title: string, roots: StatsNode[]) {
    this.title = title
    this.roots = roots
  }

  /** Something is counted at this moment. */
  moment(now: number): void {
    if (Number.isNaN(this.first)) this.first = now
    this.elapsed = now - this.first
  }
}

/** What a node says, for tables and JSON; null: nothing to say. */
export interface StatsRow {
  readonly name: string
  readonly depth: number
  readonly count: number
  readonly average: number | null
  readonly least: number | null
  readonly greatest: number | null
  readonly decimals: boolean
  /** Per millisecond. */
  readonly rate: number | null
  /** Share of the parent, 0 to 100. */
  readonly percent: number | null
  readonly burstRate: number | null
  /** Seconds since the first packet. */
  readonly burstStart: number | null
}

/** All rows in display order: the most frequent first, of equals the later name. */
export function statsRows(tree: StatsTree): StatsRow[] {
  const rows: StatsRow[] = []
  const visit = (node: StatsNode, parent: StatsNode | null, depth: number): void => {
    const { name, count, values, decimals, burst, burstStart } = node
    rows.push({
      ...{ name, depth, count, decimals },
      average: values === null ? null : values.sum / count,
      least: values?.least ?? null,
      greatest: values?.greatest ?? null,
      rate: tree.elapsed === 0 ? null : count / tree.elapsed,
      percent: parent === null ? 100 : parent.count === 0 ? null : (count * 100) / parent.count,
      burstRate: burst === 0 ? null : burst / WINDOW,
      burstStart: burst === 0 ? null : burstStart / 1000,
    })
    const sorted = [...node.children].sort((a, b) => b.count - a.count || (a.name < b.name ? 1 : -1))
    for (const child of sorted) visit(child, node, depth + 1)
  }
  for (const root of tree.roots) visit(root, null, 0)
  return rows
}
