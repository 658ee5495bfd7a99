// Why connections failed, on real ones: side, packet, cause. The recordings are described in test/captures/failures/README.md.

import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { collectFacts } from '../../../src/engine/exposure/index.ts'
import { explainFailures, type Failure } from '../../../src/engine/handshake-failure.ts'
import { answer, conversation, REQUEST, type Segment } from './exposure-support.ts'
import { CAPTURES, indexed } from './support.ts'

const FOLDER = fileURLToPath(new URL('../../captures/failures/', import.meta.url))

async function explain(path: string): Promise<Failure[]> {
  const capture = await indexed(path)
  const failures = explainFailures(collectFacts(capture), capture)
  capture.close()
  return failures
}

interface Expected {
  readonly side: 'client' | 'server'
  readonly cause: string
  readonly says: RegExp
  /** Concluded, not read. */
  readonly concluded?: true
}

const client = (cause: string, says: RegExp): Expected => ({ side: 'client', cause, says })
const server = (cause: string, says: RegExp): Expected => ({ side: 'server', cause, says })
const concluded = (expected: Expected): Expected => ({ ...expected, concluded: true })

const EXPECTED: Readonly<Record<string, Expected | null>> = {
  'unknown-ca-openssl-13': client('unknown_ca', /does not know the authority.*sealed in TLS 1\.3/),
  'unknown-ca-openssl-12': client('unknown_ca', /signed by Test Authority/),
  'unknown-ca-curl-13': client('unknown_ca', /does not know the authority/),
  'unknown-ca-python-13': client('unknown_ca', /does not know the authority/),
  'unknown-ca-node-13': concluded(client('certificate_refused', /without a word.*does not accept the certificate/)),
  'unknown-ca-node-12': concluded(client('unknown_ca', /authority, Test Authority, is most likely unknown/)),
  'expired-openssl-13': client('certificate_expired', /expired, by the clock/),
  'expired-openssl-12': client('certificate_expired', /had expired on \d{4}-/),
  'expired-node-12': concluded(client('certificate_expired', /had expired on \d{4}-/)),
  'not-yet-valid-openssl-13': client('bad_certificate', /not valid yet/),
  'not-yet-valid-openssl-12': client('bad_certificate', /was not valid before \d{4}-/),
  'wrong-host-python-13': client('bad_certificate', /another host/),
  'wrong-host-openssl-12': client('bad_certificate', /asked for localhost, and the certificate is for example\.org/),
  'wrong-host-curl-12': concluded(client('wrong_host', /asked for localhost, and the certificate is for example\.org/)),
  'wrong-host-curl-13': concluded(client('certificate_refused', /left without asking.*only the keys/)),
  'self-signed-openssl-13': client('unknown_ca', /or the server signed it itself/),
  'self-signed-openssl-12': client('unknown_ca', /signed by itself alone/),
  'no-shared-version-old-server': server('protocol_version', /offered TLS 1\.3\./),
  'no-shared-version-old-client': server('protocol_version', /offered TLS 1\.2\./),
  'no-shared-cipher-12': server('handshake_failure', /no cipher suite.*TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\./),
  'no-shared-cipher-13': server('handshake_failure', /no cipher suite.*TLS_CHACHA20_POLY1305_SHA256\./),
  'client-certificate-required-openssl-13': concluded(server('certificate_required', /client certificate is required.*only the keys/)),
  'client-certificate-required-node-13': concluded(server('certificate_required', /client certificate is required/)),
  'client-certificate-required-12': server('handshake_failure', /asked for a client certificate.*sent none/),
  'client-certificate-unknown-13': concluded(server('certificate_refused', /most likely a certificate/)),
  'client-certificate-refused-node-12': concluded(server('certificate_refused', /got one in packet 8/)),
  refused: server('connection_refused', /no program waits on 127\.0\.0\.1:5683/),
  'reset-in-handshake': server('connection_reset', /RST in packet 6, instead of answering the ClientHello in packet 4/),
  'closed-in-handshake': server('closed_early', /without answering the ClientHello/),
  'silent-server': server('no_answer', /said nothing; the client gave up/),
  'no-answer-to-syn': server('no_answer', /nothing came back/),
  'http-to-https-openssl': concluded(server('http_to_https', /plain HTTP.*waits for TLS/)),
  'http-to-https-node': concluded(server('http_to_https', /plain HTTP.*waits for TLS/)),
  'https-to-http-node': server('https_to_http', /speaks plain HTTP/),
  'https-to-http-python': server('https_to_http', /speaks plain HTTP/),
  'works-13': null,
  'works-12-mutual': null,
  'works-curl-13': null,
  'works-plain': null,
}

describe('recorded failures', () => {
  test('each recording has its expectation', () => {
    const names = readdirSync(FOLDER).filter((name) => name.endsWith('.pcapng'))
    expect(names.map((name) => name.replace('.pcapng', '')).sort()).toEqual(Object.keys(EXPECTED).sort())
  })

  test.each(Object.entries(EXPECTED))('%s', async (name, expected) => {
    const failures = await explain(`${FOLDER}${name}.pcapng`)
    if (expected === null) {
      expect(failures).toEqual([])
      return
    }
    expect(failures.length).toBeGreaterThan(0)
    const [failure] = failures as [Failure]
    expect(failure).toMatchObject({ side: expected.side, cause: expected.cause, certain: expected.concluded !== true })
    expect(failure.text).toMatch(expected.says)
    expect(failure.text).toContain(`packet ${failure.packet}`)
    expect(failure.repair.length).toBeGreaterThan(20)
  })

  test.each(['plain', 'plain-ipv6', 'requests', 'gzip', 'tls12', 'tls13'])('nothing failed in %s', async (name) => {
    expect(await explain(`${CAPTURES}${name}.pcapng`)).toEqual([])
  })
})

async function explainSegments(segments: readonly Segment[], end: 'fin' | 'none' = 'fin'): Promise<Failure[]> {
  const capture = await conversation(segments, end)
  const failures = explainFailures(collectFacts(capture), capture)
  capture.close()
  return failures
}

/** A record of TLS. */
const record = (type: number, ...body: number[]): Buffer => Buffer.from([type, 3, 3, body.length >> 8, body.length & 0xff, ...body])
const HELLO = record(22, 1, 0, 0, 43, 3, 3, ...Array<number>(32).fill(7), 0, 0, 2, 0x13, 1, 1, 0, 0, 0)

describe('written failures', () => {
  test('HTTP to a TLS port, answered with an alert or in words', async () => {
    const alert = await explainSegments([
      { from: 'client', bytes: REQUEST },
      { from: 'server', bytes: record(21, 2, 70) },
    ])
    expect(alert).toMatchObject([{ cause: 'http_to_https', side: 'server', packet: 5, certain: true }])
    const page = answer('<h1>400 The plain HTTP request was sent to HTTPS port</h1>')
    const words = Buffer.from(page.toString().replace('200 OK', '400 Bad Request'))
    const nginx = await explainSegments([
      { from: 'client', bytes: REQUEST },
      { from: 'server', bytes: words },
    ])
    expect(nginx).toMatchObject([{ cause: 'http_to_https', packet: 5, certain: true }])
  })

  test('an answer that stops in the middle, and one that the recording lacks a part of', async () => {
    const bytes = answer('fluffy tail')
    const cut = await explainSegments([
      { from: 'client', bytes: REQUEST },
      { from: 'server', bytes: bytes.subarray(0, bytes.length - 4) },
    ])
    expect(cut).toMatchObject([{ cause: 'closed_early', side: 'server', packet: 6 }])
    const lacking = await explainSegments([
      { from: 'client', bytes: REQUEST },
      { from: 'server', bytes: bytes.subarray(0, 20) },
      { from: 'server', bytes: bytes.subarray(25), at: 25 },
    ])
    expect(lacking).toEqual([])
  })

  test('every alert of a client and of a server has a sentence with its packet', async () => {
    for (const from of ['client', 'server'] as const)
      for (const description of [
        10, 20, 22, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 70, 71, 80, 86, 109, 110, 112, 115, 116, 120, 255,
      ]) {
        const failures = await explainSegments([
          { from: 'client', bytes: HELLO },
          { from, bytes: record(21, 2, description) },
        ])
        expect(failures).toMatchObject([{ side: from, packet: 5, certain: true }])
        expect(failures[0]?.text).toMatch(/packet 5/)
      }
  })

  test('a close_notify is no failure, and a recording that simply ends is none', async () => {
    expect(await explainSegments([{ from: 'client', bytes: HELLO }], 'none')).toEqual([])
    expect(await explainSegments([{ from: 'client', bytes: REQUEST }], 'none')).toEqual([])
    const orderly: Segment[] = [
      { from: 'client', bytes: REQUEST },
      { from: 'server', bytes: answer('fluffy tail') },
    ]
    expect(await explainSegments(orderly)).toEqual([])
  })
})
