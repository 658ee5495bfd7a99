// DNS and HTTP messages counted by what they are, as tshark -z dns,tree and -z http,tree do.

import type { Dissection } from '../core/dissect.ts'
import type { Field } from '../core/field.ts'
import { valueText } from '../core/value.ts'
import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import { secondsSinceStart } from './conversations.ts'
import { runQuery } from './query.ts'
import { StatsNode, StatsTree } from './stats-tree.ts'

/** Different types, classes, methods … counted one by one; they come from the wire. */
const MAX_CHILDREN = 1000

/** The first value of each field in one layer. */
type Values = ReadonlyMap<string, { readonly number: number; readonly text: string; readonly name: string }>

/** Calls back for each layer of these protocols, with the first values of the fields named. */
async function eachMessage(
  capture: Capture,
  filter: CompiledFilter | null,
  protocols: readonly string[],
  names: readonly string[],
  visit: (now: number, values: Values, length: number) => void,
): Promise<void> {
  const { registry, chains, index } = capture
  const wanted = new Map<number, Field>()
  for (const name of names) for (const field of registry.find(name) ?? []) wanted.set(field.id, field)
  const selves = protocols.flatMap((name) => registry.protocol(name)?.self ?? [])
  const ids = selves.map(({ protocol }) => protocol)
  await runQuery(capture, {
    filter,
    fields: [...selves, ...wanted.values()],
    onPacket(packet, dissect) {
      const chain = index.chain(packet)
      if (!ids.some((id) => chains.mayHold(chain, id)) && !sealed(capture, packet)) return false
      const d = dissect()
      for (let layer = 0; layer < d.layers; layer++) {
        if (!ids.includes(d.layerProtocol[layer]!) || d.layerDepth[layer]! > 0) continue
        const { values, length } = readLayer(d, layer, wanted, selves)
        visit(secondsSinceStart(capture, packet) * 1000, values, length)
      }
      return false
    },
  })
}

/** Does the packet complete a message inside a sealed record? The index does not know of its layers. */
function sealed({ memory }: Capture, packet: number): boolean {
  const { messages, opened } = memory
  if (opened === null) return false
  for (let i = messages.firstOf(packet); i >= 0 && messages.packet(i) === packet; i++) if (messages.within(i) >= 0) return true
  return false
}

function readLayer(d: Dissection, layer: number, wanted: ReadonlyMap<number, Field>, selves: readonly Field[]) {
  const { rows, sources } = d
  const values = new Map<string, { number: number; text: string; name: string }>()
  let length = 0
  for (let row = 0; row < rows.count; row++) {
    if (rows.layer[row] !== layer) continue
    if (selves.some(({ id }) => id === rows.field[row])) length = d.layerEnd[layer]! - rows.start[row]!
    const field = wanted.get(rows.field[row]!)
    if (field === undefined || values.has(field.name)) continue
    const number = rows.value[row]!
    const text = valueText(field, rows, row, sources)
    values.set(field.name, { number, text, name: field.names?.[number] ?? '' })
  }
  return { values, length }
}

/** A child by a name from the wire: within bounds. */
function childOf(node: StatsNode, name: string): StatsNode {
  return node.children.length < MAX_CHILDREN || node.children.some((child) => child.name === name) ? node.child(name) : node.child('others')
}

const DNS_FIELDS = [
  ...['dns.flags.response', 'dns.flags.opcode', 'dns.flags.rcode', 'dns.qry.type', 'dns.qry.class', 'dns.qry.name.len', 'dns.count.labels'],
  ...['dns.count.queries', 'dns.count.answers', 'dns.count.auth_rr', 'dns.count.add_rr', 'dns.time', 'dns.response_to'],
  ...['dns.retransmission'],
]
const LEVELS = ['1st Level', '2nd Level', '3rd Level', '4th Level or more']

/** Counts DNS messages, those of mDNS and LLMNR too. */
export async function readDnsStats(capture: Capture, filter: CompiledFilter | null): Promise<StatsTree> {
  const packets = new StatsNode('Total Packets')
  const [directions, types, classes, codes, opcodes] = ['Query/Response', 'Query Type', 'Class', 'rcode', 'opcodes'].map((name) =>
    packets.child(name),
  )
  const size = new StatsNode('Payload size')
  const queries = new StatsNode('Query Stats')
  const nameLength = queries.child('Qname Len')
  const labels = queries.child('Label Stats')
  for (const level of LEVELS) labels.child(level)
  const responses = new StatsNode('Response Stats')
  const counts = ['questions', 'answers', 'authorities', 'additionals'].map((name) => responses.child(`no. of ${name}`))
  const service = new StatsNode('Service Stats')
  const unsolicited = service.child('no. of unsolicited responses')
  const repeated = service.child('no. of retransmissions')
  const time = service.child('request-response time (msec)', true)
  const tree = new StatsTree('DNS', [packets, size, queries, responses, service])
  await eachMessage(capture, filter, ['dns', 'mdns', 'llmnr'], DNS_FIELDS, (now, values, length) => {
    tree.moment(now)
    packets.tick(now)
    const number = (name: string): number => values.get(name)?.number ?? 0
    const named = (name: string, unknown: string): string => values.get(name)?.name || `${unknown} (${number(name)})`
    const response = number('dns.flags.response') === 1
    const pivot = (node: StatsNode | undefined, name: string): void => {
      if (node !== undefined) childOf(node.tick(now), name).tick(now)
    }
    pivot(directions, response ? 'Response' : 'Query')
    pivot(types, values.has('dns.qry.type') ? named('dns.qry.type', 'Unknown packet type') : 'Unused')
    pivot(classes, named('dns.qry.class', 'Unknown class'))
    pivot(codes, response ? named('dns.flags.rcode', 'Unknown rcode') : 'No error')
    pivot(opcodes, named('dns.flags.opcode', 'Unknown opcode'))
    size.add(now, length)
    if (!response) {
      nameLength.add(now, number('dns.qry.name.len'))
      const depth = number('dns.count.labels')
      labels.child(LEVELS[Math.min(depth < 1 ? 4 : depth, 4) - 1]!).tick(now)
      return
    }
    const answers = values.has('dns.response_to')
    const amounts = ['dns.count.queries', 'dns.count.answers', 'dns.count.auth_rr', 'dns.count.add_rr'].map(number)
    // tshark counts those that answer a question twice.
    for (let times = answers ? 2 : 1; times > 0; times--) counts.forEach((node, i) => void node.add(now, amounts[i]!))
    if (!answers) unsolicited.tick(now)
    else if (values.has('dns.retransmission')) repeated.tick(now)
    else time.add(now, Math.fround(number('dns.time') * 1000))
  })
  return tree
}

const CLASSES = ['1xx: Informational', '2xx: Success', '3xx: Redirection', '4xx: Client Error', '5xx: Server Error']

/** Counts requests by method and responses by status, those of SSDP too. */
export async function readHttpStats(capture: Capture, filter: CompiledFilter | null): Promise<StatsTree> {
  const packets = new StatsNode('Total HTTP Packets')
  const requests = packets.child('HTTP Request Packets')
  const responses = packets.child('HTTP Response Packets')
  packets.child('Other HTTP Packets')
  const broken = responses.child('???: broken')
  for (const name of CLASSES) responses.child(name)
  const tree = new StatsTree('HTTP/Packet Counter', [packets])
  const names = ['http.request.method', 'http.response.code', 'http.response.code.desc']
  await eachMessage(capture, filter, ['http', 'ssdp'], names, (now, values) => {
    const method = values.get('http.request.method')
    const status = values.get('http.response.code')
    if (method === undefined && status === undefined) return
    tree.moment(now)
    packets.tick(now)
    if (status === undefined) childOf(requests.tick(now), method!.text).tick(now)
    else {
      const name = CLASSES[Math.floor(status.number / 100) - 1]
      const group = responses.tick(now) && name === undefined ? broken : responses.child(name!)
      childOf(group.tick(now), `${status.number} ${values.get('http.response.code.desc')?.text ?? ''}`.trim()).tick(now)
    }
  })
  return tree
}
