import { afterEach, describe, expect, it, vi } from 'vitest'
import * as get from '../../../src/cli/get.ts'
import * as serve from '../../../src/cli/serve.ts'
import { plain } from '../../../src/demo/index.ts'

function capture() {
  const written = { out: '', err: '' }
  const out = (text: string): void => {
    written.out += text
  }
  const err = (text: string): void => {
    written.err += text
  }
  return { written, io: { out, err, script: '' } }
}

async function attempt(command: Pick<typeof get, 'run'>, args: string[]) {
  const { written, io } = capture()
  return { code: await command.run(args, io), ...written }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('wiretail get', () => {
  it('prints the secret', async () => {
    const server = await plain.serve('fluffy tail', { host: '127.0.0.1', port: 0 })
    const told = await attempt(get, [server.url])
    vi.stubEnv('SECRET_URL', server.url)
    const again = await attempt(get, [])
    await server.close()
    expect(told).toEqual({ code: 0, out: 'The secret message is: fluffy tail\n', err: '' })
    expect(again).toEqual(told)
  })

  it('prints a hostile secret without control characters', async () => {
    const server = await plain.serve('a\u001b]0;owned\u0007b', { host: '127.0.0.1', port: 0 })
    const { out } = await attempt(get, [server.url])
    await server.close()
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  })

  it.each([
    [[], 'No URL to fetch.'],
    [['nonsense'], 'is not a URL'],
    [['http://127.0.0.1:1', 'more'], '"more" is too much'],
    [['--tmieout', '3'], "Unknown option '--tmieout'"],
    [['--timeout'], 'argument missing'],
    [['http://127.0.0.1:1', '--timeout', 'soon'], '"soon" is no time'],
    [['http://127.0.0.1:1'], 'Nothing listens on 127.0.0.1:1. Start the server first: wiretail serve plain --port 1'],
  ])('%j: one line, exit code 1', async (args, message) => {
    const { code, out, err } = await attempt(get, args)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^wiretail: [^\n]+\n$/)
    expect(err).toContain(message)
  })
})

describe('wiretail serve', () => {
  it.each([
    [[], 'Say how to serve the secret: plain'],
    [['plan'], 'No kind "plan"'],
    [['plain', 'two words'], '"two words" is too much'],
    [['plain', '--port', '65536'], '"65536" is no port'],
    [['plain', '--port', '-1'], "Option '--port' argument is ambiguous. The options are listed by: wiretail serve --help"],
    [['plain', '--port=1.5'], '"1.5" is no port'],
    [['plain', '--host', '192.0.2.1', '--port', '0'], '192.0.2.1 is no address of this machine'],
    [['plain', '--portt', '1'], "Unknown option '--portt'"],
  ])('%j: one line, exit code 1', async (args, message) => {
    const { code, out, err } = await attempt(serve, args)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^wiretail: [^\n]+\n$/)
    expect(err).toContain(message)
  })
})

describe.each([
  ['serve', serve],
  ['get', get],
])('the help of %s', (name, command) => {
  it('has two examples and fits 80 columns', async () => {
    const { code, out } = await attempt(command, ['--help'])
    expect(code).toBe(0)
    const examples = out
      .slice(out.indexOf('Examples:'))
      .split('\n')
      .filter((line) => line.includes(`wiretail ${name}`))
    expect(examples).toHaveLength(2)
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})
