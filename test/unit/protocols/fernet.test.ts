// Fernet tokens in text: where they are found, their parts in the text and in the decoded source, and what keys say.

import { describe, expect, it } from 'vitest'
import { Dissection } from '../../../src/core/dissect.ts'
import { encryptFernet, parseFernetKey } from '../../../src/crypto/fernet.ts'
import { checkFilter, compileFilter } from '../../../src/filter/index.ts'
import { Capture, checkRows, type Dissected, registry } from './harness.ts'
import { PAYLOAD, Talk } from './talk.ts'

// The published vector of the specification (generate.json).
const KEY = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4='
const TOKEN = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=='
const OTHER = 'ASBrZXkgdGhhdCBzZXJ2ZXIgJiBjbGllbnQgc2hhcmU='

function answer(body: string, head = ''): Dissected {
  return new Capture(new Talk().server(`HTTP/1.1 200 OK\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`).packets).dissect(1)
}

function answerWith(body: string, ...keys: string[]): Dissected {
  const capture = new Capture(new Talk().server(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`).packets)
  capture.dissection.settings = new Map([['fernet.key', keys]])
  return capture.dissect(1)
}

describe('a token in a body', () => {
  const d = answer(TOKEN)
  const body = d.sources[0]!.length - TOKEN.length

  it('is a layer of its own', () => {
    expect(d.layers).toEqual(['eth', 'ip', 'tcp', 'http', 'data', 'fernet'])
    expect(d.row('fernet').text).toBe('Fernet token, made Oct 26, 1985 08:20:00.000000000 UTC')
    expect(d.protocol).toBe('HTTP')
  })

  it('has its five parts in the decoded source', () => {
    const parts = d.rows.filter((row) => row.source === 1).map((row) => `${row.name}@${row.start}+${row.length}`)
    expect(parts).toEqual(['fernet.version@0+1', 'fernet.time@1+8', 'fernet.iv@9+16', 'fernet.ciphertext@25+16', 'fernet.hmac@41+32'])
    expect(d.row('fernet.iv').show).toBe('000102030405060708090a0b0c0d0e0f')
    expect(d.row('fernet.ciphertext').show).toBe('2d36d5ca46556299fde13008633804b2')
  })

  it('has them as letters in the text, and no letter is left out', () => {
    const letters = d.rows.filter((row) => row.name === '' && row.text.includes('as letters'))
    expect(letters.map((row) => `${row.start - body}+${row.length}`)).toEqual(['0+2', '1+11', '12+22', '33+22', '54+46'])
    expect(letters[0]!.text).toBe('Version, as letters: gA')
  })

  it('says how long the message can be, without the key', () => {
    expect(registry.find('fernet.ciphertext')![0]!.explain!(d.row('fernet.ciphertext').value, null as never)).toBe(
      'The message has 0 to 15 bytes: padding fills the last block of 16.',
    )
    expect(d.has('fernet.valid')).toBe(false)
  })
})

describe('a token elsewhere', () => {
  it('is found in a header and inside JSON, between other words', () => {
    const d = answer(`{"token": "${TOKEN}", "other": "${TOKEN}"}`, `Set-Cookie: session=${TOKEN}; Path=/\r\n`)
    expect(d.all('fernet.token').map(({ show }) => show)).toEqual([TOKEN, TOKEN, TOKEN])
    expect(d.layers.slice(3)).toEqual(['http', 'fernet', 'data', 'fernet'])
  })

  it('is found in bytes that no protocol claims', () => {
    const d = new Capture(new Talk().client(`x=${TOKEN}\n`).packets).dissect(1)
    expect(d.row('fernet.token').start).toBe(PAYLOAD + 2)
  })

  it.each([['gAAAA and nothing more'], [TOKEN.slice(0, -4)], [`x${TOKEN}`], [`f${TOKEN.slice(1)}`], [TOKEN.replace('gAAAA', 'hAAAA')]])(
    'is not seen in %s',
    (text) => {
      expect(answer(text).has('fernet')).toBe(false)
    },
  )

  it('is found by a filter on its fields', () => {
    const capture = new Capture(new Talk().client(TOKEN).packets)
    const checked = checkFilter('fernet.version == 0x80 and fernet.iv[0:2] == 00:01', registry)
    if (!checked.ok) throw new Error(checked.message)
    capture.dissect(1)
    expect(compileFilter(checked.filter).matches(capture.dissection)).toBe(true)
  })
})

describe('keys', () => {
  it('open the token, whichever of them fits', () => {
    const d = answerWith(TOKEN, OTHER, KEY)
    expect(d.row('fernet.valid').text).toBe('[Valid: True]')
    expect(d.row('fernet.message').text).toBe('Message: hello')
    expect(new TextDecoder().decode(d.sources[2]!)).toBe('hello')
  })

  it('that do not fit say so', () => {
    const d = answerWith(TOKEN, OTHER)
    expect(d.row('fernet.valid').value).toBe(0)
    expect(d.all('_ws.expert').map(({ text }) => text)).toContain(
      '[Expert Info (Warning/Protocol): InvalidToken: the signature does not match]',
    )
    expect(d.has('fernet.message')).toBe(false)
  })

  it('do not open what was changed by one bit', () => {
    const changed = TOKEN.replace('021c', '031c')
    expect(changed).not.toBe(TOKEN)
    expect(answerWith(changed, KEY).row('fernet.valid').value).toBe(0)
  })
})

describe('hostile tokens', () => {
  it('change no row from one run to the next, and stay inside their sources', () => {
    const key = parseFernetKey(KEY)!
    const text = encryptFernet(new Uint8Array(2000).fill(0x1b), key, { time: 2 ** 41 })
    for (let cut = 0; cut < 80; cut++) checkRows(answerWith(text.slice(0, text.length - cut), KEY), `cut by ${cut}`)
    expect(new Dissection(registry, new Capture([]).memory).settings.size).toBe(0)
    // Beyond the year 9999, and of more tokens than are read.
    expect(answerWith(text, KEY).row('fernet.time').show).toBe('2199023255552 seconds after 1970')
    expect(answer(`${TOKEN} `.repeat(100)).all('fernet.token')).toHaveLength(64)
  })
})
