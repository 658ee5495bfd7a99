// Bundles src/main.ts and the library, src/index.ts, into dist/: one small entry and, split off by dynamic imports, the parts that only some commands need.
// `wiretail --version` and `wiretail print` never load Ink, React or Yoga.
//
//     node scripts/build.mjs [--quiet]

import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const quiet = process.argv.includes('--quiet')
const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
const entry = join(root, 'src/main.ts')

if (!existsSync(entry)) {
  process.stderr.write('build: src/main.ts is missing. Run this in a complete checkout.\n')
  process.exit(1)
}

// What Ink brings along and wiretail never runs, with what stands in its place. Measured together: Ink's import falls from 450 ms
// to under 100 ms.
const stubs = {
  // 217 ms of import for one function, and that one unused: Ink renders in debug mode, without a throttle.
  'es-toolkit/compat': 'export const throttle = (f) => Object.assign((...a) => f(...a), { cancel() {}, flush() {} })',
  // Only with DEV=true and react-devtools-core installed.
  './devtools.js': '',
  // The interface restores the terminal itself (src/tui/terminal.ts), and two sets of signal handlers would fight.
  'signal-exit': 'export default () => () => {}',
  'restore-cursor': 'export default () => {}',
  // Ink's picture of a crashed component; ours is drawn after the terminal is restored.
  './ErrorOverview.js': 'export default () => null',
  // Ink may print in a terminal although CI is set.
  'is-in-ci': 'export default false',
}

const inkDiet = {
  name: 'ink-diet',
  setup({ onResolve, onLoad }) {
    onResolve(
      { filter: /^(es-toolkit\/compat|signal-exit|restore-cursor|is-in-ci|\.\/devtools\.js|\.\/ErrorOverview\.js)$/ },
      ({ path, importer }) => (importer.includes('node_modules') ? { path, namespace: 'stub' } : undefined),
    )
    onLoad({ filter: /.*/, namespace: 'stub' }, ({ path }) => ({ contents: stubs[path], loader: 'js' }))
    // Yoga fetches its own data: URL, which makes Node load its whole HTTP client; the fallback decodes the same bytes at once.
    onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const slim = text.replace('"function"!=typeof fetch?', '!0?').replace('"function"!=typeof WebAssembly.instantiateStreaming||', '!0||')
      return text === slim
        ? { errors: [{ text: 'yoga-layout has changed: look at how it loads its WebAssembly' }] }
        : { contents: slim, loader: 'js' }
    })
  },
}

const result = await build({
  absWorkingDir: root,
  entryPoints: { main: entry, index: join(root, 'src/index.ts') },
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  jsx: 'automatic',
  // React's development build leaks and is several times slower.
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.WIRETAIL_VERSION': JSON.stringify(version) },
  // koffi finds its prebuilt binary beside its own files; node-forge calls require('crypto'), which a bundled module cannot.
  external: ['koffi', 'node-forge'],
  plugins: [inkDiet],
  minifySyntax: true,
  legalComments: 'eof',
  logLevel: 'warning',
  metafile: true,
})

const main = join(root, 'dist/main.js')
const text = readFileSync(main, 'utf8')
if (!text.startsWith('#!')) {
  process.stderr.write('build: src/main.ts must start with #!/usr/bin/env node.\n')
  process.exit(1)
}
chmodSync(main, 0o755)

// The library's declarations stand on their own (src/index.ts): of all that the compiler writes, one file is published.
// Builds may run side by side.
const types = join(root, `dist/types-${process.pid}`)
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'scripts/types.json'), '--outDir', types], {
  stdio: 'inherit',
})
if (/\bfrom '|import\(/.test(readFileSync(join(types, 'index.d.ts'), 'utf8'))) {
  process.stderr.write('build: src/index.ts exports types of other files. Declare what is exported in src/index.ts itself.\n')
  process.exit(1)
}
renameSync(join(types, 'index.d.ts'), join(root, 'dist/index.d.ts'))
rmSync(types, { recursive: true })

// Removed only now, so that a program that is running does not lose the parts that it has yet to load.
const kept = new Set(Object.keys(result.metafile.outputs).map((path) => join(root, path)))
const chunks = join(root, 'dist/chunks')
for (const name of existsSync(chunks) ? readdirSync(chunks) : []) {
  if (!kept.has(join(chunks, name))) rmSync(join(chunks, name))
}

if (!quiet) {
  const bytes = Object.values(result.metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
  process.stdout.write(`dist/main.js, ${Object.keys(result.metafile.outputs).length} files, ${Math.round(bytes / 1024)} KB\n`)
}
