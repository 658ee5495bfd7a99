import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isIPv4, isIPv6 } from 'node:net'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { type Exchange, type ExchangeOptions, readExchanges } from '../../../src/engine/exchanges.ts'
import { harEntry } from '../../../src/engine/har.ts'
import { openForReading, prepareFilter, readSettings } from '../../../src/engine/printing.ts'

const root = join(import.meta.dirname, '../../..')

async function exchangesOf(name: string, options: Partial<ExchangeOptions> = {}, keyLog?: string): Promise<Exchange[]> {
  const read = readSettings(keyLog === undefined ? {} : { keyLogs: [join(root, 'captures', keyLog)] })
  if (!read.ok) throw new Error(read.message)
  const capture = await openForReading(join(root, 'captures', name), { strict: true, settings: read.settings })
  const found: Exchange[] = []
  await readExchanges(capture, { ...options, onExchange: (exchange) => void found.push(exchange) })
  capture.close()
  return found
}

const texts = (list: readonly Exchange[]): string[] =>
  list.map(({ request, response, url }) => `${request?.method} ${url} ${response?.status}`)

describe('exchanges', () => {
  test('pair requests with responses on a connection that is kept, HEAD and empty answers among them', async () => {
    const found = await exchangesOf('requests.pcapng')
    const at = (path: string): string => `http://127.0.0.1:5683${path}`
    expect(texts(found)).toEqual([
      `GET ${at('/')} 200`,
      `HEAD ${at('/')} 200`,
      `GET ${at('/')} 304`,
      `POST ${at('/notes')} 201`,
      `DELETE ${at('/notes/1')} 204`,
      `GET ${at('/missing')} 404`,
      `GET ${at('/slow')} 200`,
      `GET ${at('/')} 200`,
      `GET ${at('/')} 200`,
    ])
    const slow = found[6]!
    expect(slow.total).toBeGreaterThan(slow.firstByte)
    expect(found[1]!.response!.bodyBytes).toBe(0)
  })

  test('undo compression, and tell both sizes', async () => {
    const [found] = await exchangesOf('gzip.pcapng', { bodies: true })
    expect(found!.response!.bodyBytes).toBe(10_792)
    expect(found!.response!.decodedBytes).toBe(59_219)
    expect(Buffer.from(found!.response!.body!).toString('latin1', 0, 15)).toBe('<!doctype html>')
    expect(found!.response!.packets.length).toBeGreaterThan(1)
  })

  test('are found inside TLS when the keys are there', async () => {
    expect(await exchangesOf('tls13.pcapng')).toEqual([])
    const [found] = await exchangesOf('tls13.pcapng', {}, 'tls13.keys.txt')
    expect(found).toMatchObject({ encrypted: true, url: 'https://127.0.0.1:5683/', response: { status: 200 } })
  })

  test('are selected by packets of the request or of the response', async () => {
    const filterOf = (text: string) => {
      const made = prepareFilter(text)
      if (!made.ok) throw new Error(made.message)
      return made.filter
    }
    expect(texts(await exchangesOf('requests.pcapng', { filter: filterOf('http.request.method == "POST"') }))).toHaveLength(1)
    expect(texts(await exchangesOf('requests.pcapng', { filter: filterOf('http.response.code == 404') }))).toHaveLength(1)
  })
})

describe('HAR', () => {
  const require = createRequire(import.meta.url)
  const schemas = require('har-schema') as Record<string, { $id: string }>
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addFormat('date-time', (text: string) => !Number.isNaN(Date.parse(text)))
  ajv.addFormat('ipv4', isIPv4).addFormat('ipv6', isIPv6).addFormat('uri', URL.canParse)
  ajv.addMetaSchema(JSON.parse(readFileSync(require.resolve('ajv/dist/refs/json-schema-draft-06.json'), 'utf8')))
  ajv.addSchema(Object.values(schemas))
  const validate = ajv.getSchema(schemas['har']!.$id)!

  const archiveOf = (entries: readonly unknown[]) => ({
    log: { version: '1.2', creator: { name: 'wiretail', version: '0' }, pages: [], entries },
  })

  test.each(['requests.pcapng', 'gzip.pcapng', 'basic.pcapng', 'tokens.pcapng'])('of %s keeps to the schema', async (name) => {
    const entries = (await exchangesOf(name, { bodies: true })).map(harEntry)
    expect(entries.length).toBeGreaterThan(0)
    const valid = validate(archiveOf(entries))
    expect(validate.errors ?? []).toEqual([])
    expect(valid).toBe(true)
    for (const entry of entries) {
      const { send, wait, receive } = entry!.timings
      expect(send + wait + receive).toBeCloseTo(entry!.time, 6)
      expect(Number.isNaN(Date.parse(entry!.startedDateTime))).toBe(false)
    }
  })

  test('the schema is really asked', () => {
    expect(validate(archiveOf([{ request: {} }]))).toBe(false)
  })

  test('has cookies, query and bodies, binary ones in base64', () => {
    const side = { packets: [1], version: 'HTTP/1.1', headBytes: 10, bodyBytes: 3, decodedBytes: 3 }
    const node = { address: '10.0.0.1', port: 80 }
    const entry = harEntry({
      ...{
        stream: 0,
        substream: 0,
        client: node,
        server: node,
        encrypted: false,
        interim: [],
        start: 1,
        sent: 0,
        firstByte: 0.25,
        total: 0.5,
      },
      url: 'http://a/b?x=1&y=%20',
      request: {
        ...{ ...side, method: 'POST', target: '/b?x=1&y=%20', host: 'a', body: Buffer.from('p=q') },
        headers: [
          ['Cookie', 'one=1; two=2=3'],
          ['Content-Type', 'application/x-www-form-urlencoded'],
        ],
      },
      response: {
        ...side,
        status: 200,
        statusText: 'OK',
        headers: [['Set-Cookie', 'k=v; Path=/; HttpOnly']],
        body: Uint8Array.of(0xff, 0, 1),
      },
    })
    expect(entry).toMatchObject({
      time: 500,
      timings: { send: 0, wait: 250, receive: 250 },
      request: {
        cookies: [
          { name: 'one', value: '1' },
          { name: 'two', value: '2=3' },
        ],
        queryString: [
          { name: 'x', value: '1' },
          { name: 'y', value: ' ' },
        ],
        postData: { text: 'p=q', params: [{ name: 'p', value: 'q' }] },
      },
      response: {
        cookies: [{ name: 'k', value: 'v', path: '/', httpOnly: true, secure: false }],
        content: { text: '/wAB', encoding: 'base64' },
      },
    })
    expect(validate(archiveOf([entry]))).toBe(true)
  })
})
