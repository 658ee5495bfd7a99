// `wiretail doctor`, as a user runs it: the built program.

import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const MAIN = resolve(import.meta.dirname, '../../dist/main.js')
const root = process.getuid?.() === 0

function wiretail(args: readonly string[], before: readonly string[] = []) {
  const [file = '', ...rest] = [...before, process.execPath, MAIN, ...args]
  return spawnSync(file, rest, { encoding: 'utf8', timeout: 30_000 })
}

describe('wiretail doctor', () => {
  test('lists every engine in the order in which it is tried, and the interfaces', () => {
    const { status, stdout, stderr } = wiretail(['doctor'])
    expect([status, stderr]).toEqual([0, ''])
    const engines = [...stdout.matchAll(/^ {2}(\w+) +(yes|no) /gm)].map(([, engine]) => engine)
    expect(engines).toEqual(['ring', 'dumpcap', 'tcpdump', 'namespace', 'relay'])
    expect(stdout).toMatch(/^ {2}relay +yes /m)
    expect(stdout).toMatch(/^ {2}lo\d* +(up|down)/m)
    expect(stdout.split('\n').every((line) => !/[\u0000-\u001f]/.test(line))).toBe(true)
  })

  test('as data', () => {
    const { status, stdout } = wiretail(['doctor', '--json'])
    expect(status).toBe(0)
    const { engines, interfaces } = JSON.parse(stdout)
    expect(engines).toHaveLength(5)
    for (const { engine, usable, detail, remedy } of engines) {
      expect([typeof engine, typeof usable, typeof detail, typeof remedy]).toEqual(['string', 'boolean', 'string', 'string'])
      if (!usable) expect([engine, remedy]).not.toEqual([engine, ''])
    }
    expect(interfaces[0]).toMatchObject({ loopback: true })
  })

  test.skipIf(!root)('an ordinary user reads the command that mends each engine', () => {
    const { status, stdout } = wiretail(['doctor'], ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/ring +no +Opening a packet socket needs root or CAP_NET_RAW\.\n +to mend it: (sudo|doas) wiretail -i lo/)
    expect(stdout).toContain('You may not capture on lo yet; wiretail itself needs no root.')
  })

  test('a wrong option is one line and exit code 1', () => {
    const { status, stdout, stderr } = wiretail(['doctor', '--fix'])
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^wiretail: .*--fix.* wiretail doctor --help\n$/)
  })

  test('--help shows usage with two examples', () => {
    const { status, stdout } = wiretail(['doctor', '--help'])
    expect(status).toBe(0)
    expect(stdout.match(/^ {2}wiretail doctor/gm)).toHaveLength(2)
  })
})
