// Every protocol is listed, every field is explained, and every name is Wireshark's with the same kind of value.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FieldType } from '../../src/core/field.ts'
import { registry } from '../../src/engine/registry.ts'

const FOLDER = new URL('../../src/protocols/', import.meta.url)

/** Names that Wireshark does not have, or has with another type, and why we have them so. */
const ALLOWED: Readonly<Record<string, string>> = {
  '_ws.dissector_bug': 'ours: tshark prints such an error instead of recording it',
  _ws: 'ours: holds the fields of remarks',
  fernet: 'Wireshark does not know Fernet',
  'fernet.token': 'Wireshark does not know Fernet',
  'fernet.version': 'Wireshark does not know Fernet',
  'fernet.time': 'Wireshark does not know Fernet',
  'fernet.iv': 'Wireshark does not know Fernet',
  'fernet.ciphertext': 'Wireshark does not know Fernet',
  'fernet.hmac': 'Wireshark does not know Fernet',
  'fernet.valid': 'Wireshark does not know Fernet',
  'fernet.message': 'Wireshark does not know Fernet',
  'wiretail.tls.seal': 'ours: who sealed a record, and what opened it or why it stays shut, which tshark does not say',
  'tls.handshake.ja4': 'since Wireshark 4.2',
  'tls.handshake.ja4_r': 'since Wireshark 4.2',
  'wiretail.tcp.gap': 'ours: the bytes that a capture lost inside a stream, which tshark only hints at',
}

/** Which of Wireshark's types a field of ours may have. What is a protocol of its own there (P: options, extension headers) is a group here. */
const FAMILIES: Readonly<Record<FieldType, RegExp>> = {
  protocol: /^(FT_PROTOCOL|P)$/,
  group: /^(P|FT_(NONE|BYTES|STRING|UINT_BYTES))$/,
  uint: /^FT_(UINT\d+|CHAR)$/,
  int: /^FT_INT\d+$/,
  bool: /^FT_BOOLEAN$/,
  double: /^FT_(DOUBLE|FLOAT|RELATIVE_TIME)$/,
  text: /^FT_(STRINGZ?|UINT_STRING|STRINGZPAD|STRINGZTRUNC)$/,
  bytes: /^(P|FT_(BYTES|UINT_BYTES|NONE|EUI64|GUID|SYSTEM_ID|OID|REL_OID))$/,
  ether: /^FT_ETHER$/,
  ipv4: /^FT_IPv4$/,
  ipv6: /^FT_IPv6$/,
  time: /^FT_ABSOLUTE_TIME$/,
  duration: /^FT_RELATIVE_TIME$/,
  frame: /^FT_FRAMENUM$/,
}

describe('protocol files', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && name !== 'index.ts')
  const index = readFileSync(new URL('index.ts', FOLDER), 'utf8')

  it.each(files)('%s is listed in index.ts', (file) => {
    if (!readFileSync(new URL(file, FOLDER), 'utf8').includes('defineProtocol(')) return
    expect(index).toContain(`from './${file}'`)
  })

  it('are enough to be all of them', () => {
    expect(files.length).toBeGreaterThan(15)
    expect(registry.protocols.length).toBeGreaterThan(15)
  })
})

describe('fields', () => {
  it('have numbers of their own', () => {
    expect(new Set(registry.fields.map((field) => field.id)).size).toBe(registry.fields.length)
    registry.fields.forEach((field, id) => {
      expect(field.id).toBe(id)
    })
  })

  it('say what they are, in a sentence', () => {
    const poor = registry.fields.filter((field) => field.about.split(/\s+/).length < 6 || !/^[A-Z0-9"].*\.$/s.test(field.about))
    expect(poor.map((field) => `${field.name}: ${field.about}`)).toEqual([])
  })

  it('have a label', () => {
    expect(registry.fields.filter((field) => field.label === '').map((field) => field.name)).toEqual([])
  })

  it('lie inside the protocol that declares them', () => {
    const lost = registry.fields.filter((field) => registry.protocols[field.protocol] === undefined)
    expect(lost.map((field) => field.name)).toEqual([])
  })
})

const dump = spawnSync('tshark', ['-G', 'fields'], { encoding: 'utf8', maxBuffer: 1 << 28 })
const missing = dump.status !== 0
if (missing) console.warn('SKIPPED: field names were not compared with tshark, which is not installed')

describe.skipIf(missing)('names against tshark -G fields', () => {
  const types = new Map<string, string[]>()
  for (const line of missing ? [] : dump.stdout.split('\n')) {
    const parts = line.split('\t')
    const name = parts[2]
    if (name === undefined) continue
    const type = parts[0] === 'P' ? 'P' : (parts[3] ?? '')
    types.set(name, [...(types.get(name) ?? []), type])
  }

  it('knows what it compares with', () => expect(types.size).toBeGreaterThan(100_000))

  it('are all there, with the same kind of value', () => {
    const wrong: string[] = []
    for (const field of registry.fields)
      for (const name of [field.name, ...field.also]) {
        if (name === '' || name in ALLOWED) continue
        const theirs = types.get(name)
        if (theirs === undefined) wrong.push(`${name}: tshark has no such field`)
        else if (!theirs.some((type) => FAMILIES[field.type].test(type)))
          wrong.push(`${name}: ${field.type}, tshark has ${theirs.join(', ')}`)
      }
    expect(wrong).toEqual([])
  })

  it('allows nothing that is not needed', () => {
    const idle = Object.keys(ALLOWED).filter((name) => {
      const fields = registry.find(name) ?? []
      return fields.length === 0 || fields.every((field) => types.get(name)?.some((type) => FAMILIES[field.type].test(type)) ?? false)
    })
    expect(idle).toEqual([])
  })
})
