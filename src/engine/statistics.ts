// What commands and panes that count things need of the engine.

export {
  CONVERSATION_KINDS,
  type Conversation,
  type ConversationKind,
  type ConversationTables,
  readConversations,
} from './conversations.ts'
export { type Endpoint, endpointsOf } from './endpoints.ts'
export { type Exchange, mediaType, readExchanges } from './exchanges.ts'
export { type ExpertRemark, type ExpertSection, readExpert } from './expert.ts'
export { nodeText } from './flows.ts'
export { type HierarchyNode, readHierarchy } from './hierarchy.ts'
export { type IoTable, readIo } from './io.ts'
export { readDnsStats, readHttpStats } from './message-stats.ts'
export { type StatsRow, type StatsTree, statsRows } from './stats-tree.ts'
export { type Gap, type StreamFacts, streamFacts } from './stream-facts.ts'
export { type SideHealth, type TcpHealth, tcpHealth } from './tcp-health.ts'
