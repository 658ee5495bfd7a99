// The only door of this folder: live captures and what they need.

export { groupDigits, LiveError, type LiveErrorCode } from './errors.ts'
export { checkCaptureFilter, checkWithLibpcap, hasLibpcap } from './filter-check.ts'
export { listInterfaceNames, listInterfaces } from './interfaces.ts'
export {
  becomeNamespaced,
  enterNamespace,
  insideNamespace,
  type NamespaceCause,
  type NamespaceCommand,
  type NamespaceProbe,
  namespaceProbe,
  prepareNamespace,
} from './namespace.ts'
export { dropPrivileges, type Identity, nextIdentity, stayRoot } from './privileges.ts'
export { explainPermission, probeEngines } from './probe.ts'
export { type Relay, type RelayOptions, startRelay } from './relay.ts'
export { reserveRing } from './ring.ts'
export { makeSpool, removeSpool } from './spool.ts'
export { startCapture } from './start.ts'
export * from './types.ts'
