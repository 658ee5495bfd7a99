#!/usr/bin/env node
// The installed package, used as a person would: version, a capture as text, the demo without a terminal, the interface in one.
//
//   node .ci/smoke.mjs FOLDER     FOLDER/node_modules has wiretail and its run-time dependencies, nothing else
//
// The pseudo-terminal comes from this checkout, not from the package under test.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pty from '@lydell/node-pty'

const folder = resolve(process.argv[2] ?? '.')
const wiretail = join(folder, 'node_modules/.bin/wiretail')
const capture = join(folder, 'node_modules/wiretail/captures/plain.pcapng')

let failures = 0

async function check(name, attempt) {
  try {
    await attempt()
    console.log(`ok      ${name}`)
  } catch (error) {
    failures++
    console.log(`FAILED  ${name}\n        ${String(error.message ?? error).replace(/\n/g, '\n        ')}`)
  }
}

function expect(condition, message) {
  if (!condition) throw new Error(message)
}

/** Runs wiretail without a terminal; at most 30 s. */
function run(...args) {
  return new Promise((done, reject) => {
    const child = spawn(wiretail, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err += text
    })
    child.on('error', reject)
    child.on('close', (code) => done({ code, out, err }))
  })
}

async function findPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

/** Runs wiretail in a pseudo-terminal of 80x24, types each of `keys` once the screen's bytes match its pattern. */
function drive(args, keys) {
  return new Promise((done, reject) => {
    const terminal = pty.spawn(wiretail, args, {
      cols: 80,
      rows: 24,
      cwd: folder,
      name: 'xterm-256color',
      env: { ...process.env, TERM: 'xterm-256color' },
    })
    let all = ''
    let recent = ''
    const steps = [...keys]
    const timer = setTimeout(() => {
      terminal.kill('SIGKILL')
      reject(new Error(`nothing matched ${steps[0]?.[0] ?? 'the end'} within 20 s; last bytes: ${JSON.stringify(recent.slice(-400))}`))
    }, 20_000)
    terminal.onData((text) => {
      all += text
      recent += text
      const [pattern, key] = steps[0] ?? []
      if (pattern?.test(recent)) {
        steps.shift()
        recent = ''
        terminal.write(key)
      }
    })
    terminal.onExit(({ exitCode }) => {
      clearTimeout(timer)
      done({ code: exitCode, all, left: steps.length })
    })
  })
}

await check('only run-time dependencies are installed', () => {
  expect(existsSync(wiretail), `${wiretail} is not there`)
  const development = ['typescript', 'vitest', 'esbuild', '@biomejs/biome', '@lydell/node-pty', 'fast-check', 'pcap-parser']
  const found = development.filter((name) => existsSync(join(folder, 'node_modules', name)))
  expect(found.length === 0, `there are ${found.join(', ')}`)
})

await check('wiretail --version', async () => {
  const { code, out, err } = await run('--version')
  expect(code === 0 && /\d+\.\d+\.\d+/.test(out), `exit ${code}: ${out}${err}`)
})

await check('wiretail print -r CAPTURE', async () => {
  const { code, out, err } = await run('print', '-r', capture)
  const lines = out.trimEnd().split('\n')
  expect(code === 0 && lines.length === 10, `exit ${code}, ${lines.length} lines: ${out}${err}`)
  expect(/GET \/ HTTP\/1\.1/.test(lines[3] ?? ''), `line 4 is not the request: ${lines[3]}`)
})

await check('wiretail demo without a terminal', async () => {
  // Any free port: the usual one may be in use on a machine where people work.
  const { code, out, err } = await run('demo', '--port', String(await findPort()))
  expect(code === 0 && out.includes('fluffy tail'), `exit ${code}: ${out}${err}`)
})

await check('wiretail pki: an authority, a request, a signature, and who accepts it', async () => {
  const place = mkdtempSync(join(tmpdir(), 'wiretail-smoke-'))
  try {
    for (const action of ['ca', 'csr', 'sign']) {
      const { code, out, err } = await run('pki', action, '--dir', place, '--passphrase', 'nuts')
      expect(code === 0, `pki ${action}: exit ${code}: ${out}${err}`)
    }
    const { code, out, err } = await run('pki', 'verify', '--dir', place, '--host', 'localhost')
    expect(code === 0 && !/refuses/.test(out), `exit ${code}: ${out}${err}`)
  } finally {
    rmSync(place, { recursive: true })
  }
})

await check('wiretail compare: the three recordings of the demo', async () => {
  const { code, out, err } = await run('compare', '--json')
  expect(code === 0, `exit ${code}: ${err}`)
  const seen = JSON.parse(out).captures.map(({ secret }) => [secret.inPackets, secret.afterTrivial, secret.withKeys])
  expect(JSON.stringify(seen) === '[[true,true,true],[false,false,true],[false,false,true]]', JSON.stringify(seen))
})

await check('wiretail lesson 10 from its recording', async () => {
  const place = mkdtempSync(join(tmpdir(), 'wiretail-smoke-'))
  try {
    const { code, out, err } = await run('lesson', '10', '--from-capture', '--dir', place, '--answer', 'b')
    expect(code === 0 && out.includes('You saw it coming.'), `exit ${code}: ${out}${err}`)
  } finally {
    rmSync(place, { recursive: true })
  }
})

await check('the interface in a terminal of 80x24, opened and left', async () => {
  const { code, all, left } = await drive(
    [capture],
    [
      [/GET \/[\s\S]*HTTP\/1\.1/, 'q'],
      [/quit/i, 'q'],
    ],
  )
  expect(code === 0 && left === 0, `exit ${code}, ${left} keys not typed`)
  expect(/\u001b\[\?1049h[\s\S]*\u001b\[\?1049l/.test(all), 'the alternate screen was not left')
  expect(all.lastIndexOf('\u001b[?25h') > all.lastIndexOf('\u001b[?25l'), 'the cursor stays hidden')
})

console.log(failures === 0 ? 'the package works' : `${failures} of the package's checks failed`)
process.exitCode = failures === 0 ? 0 : 1
