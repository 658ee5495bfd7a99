// All protocols and fields, numbered, and who follows whom. Built once at start from the list in ../protocols/index.ts.

import type { Field } from './field.ts'
import type { Protocol } from './protocol.ts'

export interface Registry {
  readonly protocols: readonly Protocol[]
  /** By field id. */
  readonly fields: readonly Field[]
  /** The pseudo protocol that every packet starts with. */
  readonly root: Protocol
  /** The protocol for bytes that nobody claims. */
  readonly data: Protocol
  /** Protocols that recognise themselves in a byte stream, in the order in which they are asked. */
  readonly framed: readonly Protocol[]
  /** Protocols that recognise a datagram's bytes on any port. */
  readonly heard: readonly Protocol[]
  /** Protocols that are looked for inside text. */
  readonly sought: readonly Protocol[]
  /** What only a dissection meets: these, content, and data. */
  readonly deep: readonly Protocol[]
  /** Every field that answers to this filter name, aliases included; undefined for an unknown name. */
  find(name: string): readonly Field[] | undefined
  protocol(name: string): Protocol | undefined
  /** All filter names, sorted. */
  names(): readonly string[]
}

/**
 * Numbers protocols and fields and links them. Throws on contradictions: the same name with another type, a table that no field selects.
 * The numbers are written into the protocol objects, which therefore belong to one registry.
 */
export function createRegistry(parts: { root: Protocol; data: Protocol; protocols: readonly Protocol[] }): Registry {
  const protocols = [...new Set([parts.root, parts.data, ...parts.protocols])]
  const fields: Field[] = []
  const byName = new Map<string, Field[]>()
  const byProtocol = new Map<string, Protocol>()

  const answer = (name: string, field: Field) => {
    // A row that only groups others has no name to filter by.
    if (name === '') return
    const same = byName.get(name)
    if (same === undefined) byName.set(name, [field])
    else if (same.every((f) => f.type === field.type)) same.push(field)
    else throw new Error(`field ${name} is declared as ${same[0]!.type} and as ${field.type}`)
  }

  protocols.forEach((protocol, id) => {
    // One protocol in two wrappings (TLS with records, and inside QUIC without) shares its name and its table.
    const namesake = byProtocol.get(protocol.name)
    if (namesake === undefined) byProtocol.set(protocol.name, protocol)
    else if (namesake.fields !== protocol.fields) throw new Error(`protocol ${protocol.name} is declared twice`)
    protocol.id = id
    for (const field of [protocol.self, ...Object.values(protocol.fields)]) {
      // Two protocols may share one table of fields (DNS and mDNS).
      if (field.id >= 0 && fields[field.id] === field) continue
      field.id = fields.length
      field.protocol = id
      field.table = null
      fields.push(field)
      answer(field.name, field)
      for (const name of field.also) answer(name, field)
    }
  })

  for (const protocol of protocols)
    for (const [name, values] of Object.entries(protocol.accepts ?? {})) {
      const selecting = byName.get(name)
      if (selecting === undefined) throw new Error(`${protocol.name} accepts values of ${name}, which is no field`)
      for (const field of selecting) {
        field.table ??= new Map()
        for (const value of values) if (!field.table.has(value)) field.table.set(value, protocol.id)
      }
    }

  for (const field of fields) {
    if (field.selectsLike === '') continue
    const model = byName.get(field.selectsLike)?.[0]
    if (model === undefined) throw new Error(`${field.name} selects like ${field.selectsLike}, which is no field`)
    // What is accepted under the field's own name comes first.
    field.table = new Map([...(model.table ?? []), ...(field.table ?? [])])
  }

  return {
    protocols,
    fields,
    root: parts.root,
    data: parts.data,
    framed: protocols.filter((protocol) => protocol.framing !== undefined),
    heard: protocols.filter((protocol) => protocol.opensWith !== undefined),
    sought: protocols.filter((protocol) => protocol.findIn !== undefined),
    deep: protocols.filter((protocol) => protocol === parts.data || protocol.findIn !== undefined || protocol.content !== undefined),
    find: (name) => byName.get(name),
    protocol: (name) => byProtocol.get(name),
    names: () => [...byName.keys()].sort(),
  }
}
