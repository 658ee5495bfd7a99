// What front ends may know of live captures before one runs: engines, interfaces, filters, rights. The rest of capture/ stays behind.

export {
  becomeNamespaced,
  checkCaptureFilter,
  checkWithLibpcap,
  ENGINE_NAMES,
  type EngineName,
  type EngineProbe,
  explainPermission,
  hasLibpcap,
  type InterfaceInfo,
  insideNamespace,
  LiveError,
  listInterfaceNames,
  listInterfaces,
  namespaceProbe,
  nextIdentity,
  prepareNamespace,
  probeEngines,
  reserveRing,
  stayRoot,
} from '../capture/index.ts'
