// The rules of src/README.md that can be read off the files: who imports whom, who touches the process, sizes, dependencies.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findCycle, readImports } from './imports.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
/** What is or will be in the repository: tracked files and new ones that nothing ignores. */
const repository = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)))
const sources = repository.filter((path) => /^src\/.*\.tsx?$/.test(path))

/** The table of src/README.md: a folder of src/ may import these, itself always. */
const ALLOWED: Record<string, readonly string[]> = {
  bytes: [],
  core: ['bytes'],
  files: ['bytes'],
  crypto: ['bytes'],
  filter: ['bytes', 'core'],
  protocols: ['bytes', 'core', 'crypto'],
  streams: ['bytes', 'core', 'crypto'],
  capture: ['bytes', 'files'],
  engine: ['bytes', 'core', 'files', 'crypto', 'filter', 'protocols', 'streams', 'capture'],
  demo: ['bytes', 'crypto', 'files', 'capture'],
  lessons: ['engine', 'demo'],
  cli: ['engine', 'lessons', 'demo', 'bytes'],
  tui: ['engine', 'lessons', 'demo', 'bytes'],
  'main.ts': ['cli', 'tui', 'bytes'],
  'index.ts': ['core', 'engine'],
}

/** Folders that may be imported only with import(…), when they are needed. */
const LATE: Record<string, readonly string[]> = { cli: ['tui'] }

/** Modules that only these folders may import; a trailing / or : stands for everything below. */
const RESERVED: readonly [module: RegExp, folders: readonly string[]][] = [
  [/^(react|ink)(\/|$)/, ['tui']],
  [/^node:fs(\/|$)/, ['files', 'capture', 'engine', 'demo', 'cli']],
  [/^node:(net|tls|https?|http2)$/, ['demo', 'capture']],
  [/^node:crypto$/, ['crypto', 'demo']],
  [/^node:child_process$/, ['capture', 'demo', 'cli']],
  [/^koffi$/, ['capture']],
]

const folderOf = (path: string): string => path.split('/')[1] ?? ''
const imports = sources.flatMap((path) =>
  readImports(path, read(path)).map(({ specifier, line, typeOnly, lazy }) => ({
    path,
    line,
    typeOnly,
    lazy,
    specifier,
    target: specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), specifier)) : undefined,
  })),
)
const where = ({ path, line, specifier }: { path: string; line: number; specifier: string }): string =>
  `${path}:${line} imports ${specifier}`

describe('imports', () => {
  it('are found at all', () => {
    expect(sources.length).toBeGreaterThan(10)
    expect(imports.length).toBeGreaterThan(10)
  })

  it('point to files that exist, with their extension', () => {
    expect(imports.filter(({ target }) => target !== undefined && !existsSync(join(ROOT, target))).map(where)).toEqual([])
  })

  it('follow the table', () => {
    const wrong = imports.filter(({ path, target, lazy, typeOnly }) => {
      if (target === undefined) return false
      const from = folderOf(path)
      const to = folderOf(target)
      if ((lazy || typeOnly) && LATE[from]?.includes(to)) return false
      return !target.startsWith('src/') || (from !== to && !ALLOWED[from]?.includes(to))
    })
    expect(wrong.map(where)).toEqual([])
  })

  it('let front ends have only safe text from bytes/', () => {
    const wrong = imports.filter(
      ({ path, target }) =>
        ['cli', 'tui', 'main.ts'].includes(folderOf(path)) && target?.startsWith('src/bytes/') && !/\/(text|width)\.ts$/.test(target),
    )
    expect(wrong.map(where)).toEqual([])
  })

  it('keep protocols apart', () => {
    // A protocol is a file or, where it is large, a folder; names/ holds tables for all.
    const protocolOf = (path: string | undefined): string | undefined => {
      const name = /^src\/protocols\/([^/]+?)(\.ts$|\/)/.exec(path ?? '')?.[1]
      return name === 'names' || name === 'index' ? undefined : name
    }
    const wrong = imports.filter(({ path, target }) => {
      const from = protocolOf(path)
      const to = protocolOf(target)
      return from !== undefined && to !== undefined && from !== to
    })
    expect(wrong.map(where)).toEqual([])
  })

  it('keep reserved modules where they belong', () => {
    const wrong = imports.filter(({ path, specifier }) => {
      const rule = RESERVED.find(([module]) => module.test(specifier))
      return rule !== undefined && !rule[1].includes(folderOf(path))
    })
    expect(wrong.map(where)).toEqual([])
  })

  it('name packages that package.json lists, and builtins with node:', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    const wrong = imports.filter(({ target, specifier }) => {
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/')
      return target === undefined && !specifier.startsWith('node:') && !(name in dependencies)
    })
    expect(wrong.map(where)).toEqual([])
  })

  // What is loaded together. Types leave nothing at run time: a dissection and its memory may describe each other. And a command may
  // name the table of commands that loads it late.
  const graph = new Map<string, string[]>(sources.map((path) => [path, []]))
  for (const { path, target, typeOnly, lazy } of imports) if (target !== undefined && !typeOnly && !lazy) graph.get(path)?.push(target)

  it('have no cycles', () => {
    expect(findCycle(graph)).toEqual([])
  })

  it('load nothing heavy before it is needed: print and --version do without interface, capture and decompressors', () => {
    const heavy = /^(koffi|fzstd|ink|react|node:https?|node:tls)(\/|$)/
    const wrong: string[] = []
    const seen = new Set(['src/main.ts', 'src/cli/print.ts'].filter((path) => sources.includes(path)))
    for (const path of seen) {
      for (const found of imports.filter((one) => one.path === path && !one.typeOnly && !one.lazy)) {
        if (found.target !== undefined) seen.add(found.target)
        else if (heavy.test(found.specifier)) wrong.push(where(found))
      }
    }
    expect(wrong).toEqual([])
  })
})

describe('the process', () => {
  const using = (pattern: RegExp): string[] => sources.filter((path) => pattern.test(withoutComments(read(path))))

  it('is ended, and its arguments are read, only by main.ts', () => {
    expect(using(/\bprocess\s*\.\s*(exit|argv|abort|reallyExit)\b/).filter((path) => path !== 'src/main.ts')).toEqual([])
  })

  it('prints nothing past the front ends', () => {
    const printers = using(/\bconsole\.\w+\(|\bprocess\.std(out|err)\.write\b/)
    expect(printers.filter((path) => !/^src\/(cli|tui|main\.ts)/.test(path))).toEqual([])
  })
})

describe('files', () => {
  it('are about 400 lines at most, tables and names aside', () => {
    const long = sources
      .filter((path) => !path.startsWith('src/protocols/names/'))
      .map((path) => [path, read(path).split('\n').length] as const)
      .filter(([path, lines]) => lines > (path.startsWith('src/protocols/') ? 700 : 450))
    expect(long).toEqual([])
  })

  it('leave nothing for later', () => {
    const later = repository.filter((path) => /^(src|test|bench|scripts)\//.test(path) && path !== 'test/rules/repository.test.ts')
    expect(later.filter((path) => /\b(TODO|FIXME|XXX|HACK)\b/.test(read(path)))).toEqual([])
    expect(later.filter((path) => /\b(it|test|describe)\.(only|todo)\b|@ts-(ignore|nocheck|expect-error)/.test(read(path)))).toEqual([])
  })

  it('name no place on the machine that they were written on', () => {
    const texts = repository.filter((path) => !/\.(pcap|pcapng|gz|zst|lz4|png|svg)$/.test(path) && path !== 'test/rules/repository.test.ts')
    const home = /(^|[\s'"`(=:])\/(work|home|root|Users|farm)\/\w/m
    expect(texts.filter((path) => home.test(read(path)))).toEqual([])
  })

  it('stand at the top level only when a tool or a reader needs them there', () => {
    const top = new Set(repository.map((path) => path.split('/')[0]))
    const known = [
      ...['.ci', '.gitignore', 'CHANGELOG.md', 'LICENSE', 'README.md', 'bench', 'biome.json', 'captures', 'docs', 'package-lock.json'],
      ...['package.json', 'scripts', 'src', 'test', 'tsconfig.json', 'vitest.config.ts'],
    ]
    expect([...top].filter((name) => name !== undefined && !known.includes(name))).toEqual([])
  })
})

describe('dependencies', () => {
  const manifest = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { resolved?: string; hasInstallScript?: boolean; link?: boolean }>
  }

  it('are each named with a reason in src/README.md', () => {
    const page = read('src/README.md')
    const names = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)].filter(
      (name) => !name.startsWith('@types/'),
    )
    expect(names.filter((name) => !new RegExp(`^\\| \`${name.replace('/', '\\/')}\` +\\| *\\S.{20,}\\|`, 'm').test(page))).toEqual([])
  })

  it('come from wherever the user’s registry is: the lock file holds no address', () => {
    expect(Object.entries(lock.packages).filter(([, one]) => one.resolved !== undefined || one.link === true)).toEqual([])
  })

  it('compile nothing: whatever has an install script works without it', () => {
    // koffi ships prebuilt binaries as packages, and esbuild its own; their scripts only look for them. fsevents is for macOS only.
    const scripted = Object.entries(lock.packages).filter(([, one]) => one.hasInstallScript === true)
    const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''))
    expect(names.filter((name) => !['koffi', 'esbuild', 'fsevents'].includes(name))).toEqual([])
  })
})

/** Source text with comments blanked, so that prose may name what code may not use. Rough, but no rule here depends on strings. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s;{(])\/\/.*$/gm, '$1')
}
