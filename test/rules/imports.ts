/** One import of a file: static, re-export, dynamic, or of types only. */
export interface Import {
  readonly specifier: string
  /** From 1. */
  readonly line: number
  /** True when nothing of it is left at run time. */
  readonly typeOnly: boolean
  /** True for import(…): loaded when the line runs. */
  readonly lazy: boolean
}

const STATIC = /(?:^|[;}\n])\s*(import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\sfrom\s*)?(['"])([^'"\n]+)\3/g
const DYNAMIC = /\b(?:import|require)\s*\(\s*(['"])([^'"\n]+)\1/g

/** Every import in a TypeScript file, found in its text with comments blanked. */
export function readImports(path: string, text: string): Import[] {
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(?<=^|\s)\/\/.*$/gm, (comment) => ' '.repeat(comment.length))
  const lineAt = (index: number): number => code.slice(0, index).split('\n').length
  const found: Import[] = []
  for (const match of code.matchAll(STATIC)) {
    const specifier = match[4]
    if (specifier === undefined || (match[1] === 'export' && !/\sfrom\s/.test(match[0]))) continue
    found.push({ specifier, line: lineAt(match.index + match[0].length), typeOnly: match[2] !== undefined, lazy: false })
  }
  for (const match of code.matchAll(DYNAMIC)) {
    if (match[2] !== undefined) found.push({ specifier: match[2], line: lineAt(match.index), typeOnly: false, lazy: true })
  }
  if (path.endsWith('.tsx') && !found.some(({ specifier }) => specifier === 'react'))
    found.push({ specifier: 'react', line: 1, typeOnly: false, lazy: false })
  return found
}

/** One cycle of the graph as the list of its nodes, the first repeated at the end; empty when there is none. */
export function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (node: string): string[] => {
    const at = path.indexOf(node)
    if (at >= 0) return [...path.slice(at), node]
    if (done.has(node)) return []
    path.push(node)
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next)
      if (cycle.length > 0) return cycle
    }
    path.pop()
    done.add(node)
    return []
  }
  for (const node of graph.keys()) {
    const cycle = visit(node)
    if (cycle.length > 0) return cycle
  }
  return []
}
