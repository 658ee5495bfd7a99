// Changes real captures at random and looks whether anything throws, hangs, costs too much, or lets a control character out.
//
//     npm run fuzz -- [--seconds 60] [--seed N] [--workers N] [--save DIR]
//
// Findings are made smaller and saved in test/fuzz/found/, where a test tries them ever after. Ends with exit code 1 when there are any.
// The same seed makes the same cases; without one it is the time of day, and it is printed.

import { fork } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

/** Seconds that one case may take before it counts as a hang. */
const HANG_SECONDS = 30

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    workers: { type: 'string', default: '2' },
    save: { type: 'string', default: join(root, 'test/fuzz/found') },
  },
})
const seconds = Number(values.seconds)
const seed = Number(values.seed)
const workers = Number(values.workers)
const until = Date.now() + seconds * 1000

const scratch = mkdtempSync(join(tmpdir(), 'wiretail-fuzz-'))
// In the project, so that what is not bundled is found.
const bundle = join(root, `node_modules/.cache/wiretail-fuzz-${process.pid}.mjs`)
await build({
  absWorkingDir: root,
  entryPoints: ['test/fuzz/worker.ts'],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['koffi', 'node-forge'],
  logLevel: 'warning',
})

const folders = [join(root, 'captures'), join(root, 'test/captures'), join(root, '../shared/corpus')]
if (!existsSync(folders[2])) console.warn('SKIPPED: ../shared/corpus is not here; only the captures of this repository are changed.')
console.log(`fuzz: ${seconds} s, seed ${seed}, ${workers} at a time`)

let cases = 0
const findings = new Map()

function save(from, number, found, path) {
  const kind = found.split('\n').slice(0, 2).join(' ').replaceAll(/\d+/g, '#')
  if (findings.has(kind)) return
  mkdirSync(values.save, { recursive: true })
  const name = `${found
    .slice(0, 24)
    .replaceAll(/[^a-z]+/gi, '-')
    .toLowerCase()}-${number}`
  findings.set(kind, name)
  copyFileSync(from, join(values.save, `${name}.pcapng`))
  writeFileSync(join(values.save, `${name}.txt`), `${found}\n\nseed ${number}, made from ${path.slice(path.lastIndexOf('/') + 1)}\n`)
  console.error(`FOUND ${name}: ${found}`)
}

/** Runs one worker until the time is up; a worker that hangs is stopped, and another goes on behind the case. */
function work(index) {
  const casePath = join(scratch, `case-${index}`)
  return new Promise((resolve, reject) => {
    const start = (first) => {
      const child = fork(bundle, [], { execArgv: ['--max-old-space-size=2048'] })
      let at = first
      let path = ''
      let timer
      let ended = false
      const watch = () => {
        clearTimeout(timer)
        timer = setTimeout(() => {
          ended = true
          child.kill('SIGKILL')
          save(casePath, at, 'hangs', path)
          if (Date.now() < until) start(at + workers)
          else resolve()
        }, HANG_SECONDS * 1000)
      }
      child.on('message', (message) => {
        if ('at' in message) {
          ;({ at, path } = message)
          watch()
        } else if ('found' in message) save(casePath, message.seed, message.found, message.path)
        else if ('done' in message) cases += message.done
        else if ('broken' in message) reject(new Error(message.broken))
      })
      child.on('exit', (code) => {
        clearTimeout(timer)
        if (ended) return
        if (code === 0) return resolve()
        // It died without a word: out of memory.
        save(casePath, at, `ends the process with code ${code}`, path)
        if (Date.now() < until) start(at + workers)
        else resolve()
      })
      child.send({ folders, first, step: workers, until, casePath, scratch: join(scratch, `out-${index}`) })
      watch()
    }
    start(seed + index)
  })
}

await Promise.all(Array.from({ length: workers }, (_, index) => work(index)))
rmSync(scratch, { recursive: true, force: true })
rmSync(bundle)
console.log(`fuzz: ${cases} cases, ${findings.size} findings`)
process.exitCode = findings.size > 0 ? 1 : 0
