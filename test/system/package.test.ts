// What npm would publish: the right files and no others, and a program that works with its run-time dependencies alone.
// Needs no registry: the dependencies are linked from this checkout. .ci/run installs the real tarball from the registry.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

interface Packed {
  readonly filename: string
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly mode: number }[]
}

let folder = ''
let packed: Packed

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretail-package-'))
  const json = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [first] = JSON.parse(json) as Packed[]
  if (!first) throw new Error('npm pack printed nothing')
  packed = first

  const home = join(folder, 'node_modules/wiretail')
  mkdirSync(home, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', home, '--strip-components=1'])
  mkdirSync(join(folder, 'node_modules/.bin'))
  symlinkSync('../wiretail/dist/main.js', join(folder, 'node_modules/.bin/wiretail'))
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>
  }
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    if (!path.startsWith('node_modules/') || dev === true || path.lastIndexOf('node_modules/') > 0) continue
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    // Optional packages for other systems are listed but absent: a dangling link, as good as none.
    symlinkSync(join(ROOT, path), join(folder, path))
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the package', () => {
  it('holds the program, the captures and the pages, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path)
    const expected = /^(dist\/|captures\/|README\.md$|LICENSE$|CHANGELOG\.md$|package\.json$)/
    expect(paths.filter((path) => !expected.test(path))).toEqual([])
    expect(paths).toEqual(expect.arrayContaining(['dist/main.js', 'captures/plain.pcapng', 'captures/README.md', 'README.md', 'LICENSE']))
    expect(paths.filter((path) => /\.(ts|tsx|map)$/.test(path))).toEqual(['dist/index.d.ts'])
  })

  it('is small, and its command can be executed', () => {
    expect(packed.unpackedSize).toBeLessThan(4_000_000)
    expect((packed.files.find(({ path }) => path === 'dist/main.js')?.mode ?? 0) & 0o111).toBe(0o111)
    expect(readFileSync(join(folder, 'node_modules/wiretail/dist/main.js'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })

  it('works with its run-time dependencies alone', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, '.ci/smoke.mjs'), folder], {
      encoding: 'utf8',
      timeout: 110_000,
    })
    expect(`${stdout}${stderr}`).toContain('the package works')
    expect(status).toBe(0)
  })
})
