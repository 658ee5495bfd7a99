// The library as others install it: the examples of its page run as they stand, and the package's entry points resolve.

import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(ROOT, 'docs/library.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'wiretail-library-'))

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules/wiretail'))
  for (const name of ['plain.pcapng', 'tls13.pcapng', 'tls13.keys.txt']) copyFileSync(join(ROOT, 'captures', name), join(folder, name))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const examples = [...page.matchAll(/```js\n([\s\S]*?)```(?:(?!```)[\s\S])*?prints\n\n```text\n([\s\S]*?)```/g)].map(
  ([, code = '', printed = '']) => ({ code, printed }),
)

describe('docs/library.md', () => {
  it('has examples, all of them with what they print', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4)
    expect(examples.length).toBe(page.split('```js').length - 1)
  })

  it.each(examples)('example %# prints what the page says', ({ code, printed }) => {
    writeFileSync(join(folder, 'example.mjs'), code)
    const { stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8', timeout: 20_000 })
    expect({ stdout: trimmed(stdout), stderr }).toEqual({ stdout: trimmed(printed), stderr: '' })
  })

  it('has examples that the declarations allow', () => {
    const program = examples.map(({ code }, i) => [`example${i}.mts`, code] as const)
    for (const [name, code] of program) writeFileSync(join(folder, name), code)
    const tsc = [
      join(ROOT, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      '--typeRoots',
      join(ROOT, 'node_modules/@types'),
    ]
    execFileSync(process.execPath, [...tsc, ...program.map(([name]) => name)], { cwd: folder, encoding: 'utf8' })
  })
})

const trimmed = (text: string): string => text.replace(/ +$/gm, '').trimEnd()

describe('the package', () => {
  it('is clean in the eyes of publint', async () => {
    const { messages } = await publint({ pkgDir: ROOT, strict: true })
    expect(messages).toEqual([])
  })

  it('is clean in the eyes of arethetypeswrong', async () => {
    const name = '@arethetypeswrong/core'
    const attw = (await import(name).catch(() => null)) as {
      checkPackage(from: unknown): Promise<{ problems?: unknown[] }>
      createPackageFromTarballData(data: Uint8Array): unknown
    } | null
    if (attw === null) return console.warn(`SKIPPED: ${name} is not installed`)
    const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
    const { problems = [] } = await attw.checkPackage(attw.createPackageFromTarballData(readFileSync(join(folder, filename))))
    // An ES module cannot be required by what knows no ES modules; Node 20.19 can.
    expect(problems.filter((problem) => (problem as { kind?: string }).kind !== 'CJSResolvesToESM')).toEqual([])
  })
})
