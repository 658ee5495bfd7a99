#!/usr/bin/env node
// Makes docs/screenshot.svg: the built program in a terminal, on the recording of the demo, at the packet with the secret.
//
//   npm run build && node scripts/screenshot.mjs

import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const ROOT = resolve(fileURLToPath(import.meta.url), '../..')

// The tests' terminal is TypeScript: bundled where its own imports resolve.
const outfile = join(ROOT, 'node_modules/.cache/wiretail/terminal.mjs')
const entryPoints = [join(ROOT, 'test/system/terminal.ts')]
await build({ entryPoints, outfile, bundle: true, packages: 'external', platform: 'node', format: 'esm', logLevel: 'error' })
const { launch, toSvg } = await import(pathToFileURL(outfile).href)

const program = launch({
  command: [process.execPath, join(ROOT, 'dist/main.js')],
  args: ['captures/plain.pcapng', '--secret', 'fluffy tail'],
  cwd: ROOT,
  cols: 120,
  rows: 34,
})
try {
  await program.until('GET / HTTP/1.1')
  program.type('6G')
  await program.until('Frame 6:')
  // Down to the last row of the tree, the text that everybody can read.
  program.type('{tab}G')
  await new Promise((done) => setTimeout(done, 1000))
  const { screen } = program
  mkdirSync(join(ROOT, 'docs'), { recursive: true })
  const picture = toSvg(screen).replace('>', '><title>wiretail at the packet with the secret</title>')
  writeFileSync(join(ROOT, 'docs/screenshot.svg'), picture)
  console.log(screen.text())
} finally {
  program.close()
}
