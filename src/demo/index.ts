export {
  type EncryptOptions,
  encryptFernet,
  generateFernetKey,
  openFernet,
  parseFernetKey,
  parseFernetToken,
  resemblesFernet,
} from '../crypto/fernet.ts'
export { shiftAll, shiftAlphabet, shiftText, TUTORIAL_SHIFT } from '../crypto/shift.ts'
export { cipher } from './cipher.ts'
export { type Fetched, type FetchOptions, fetchOnce, fetchSecret, requireFound, type TlsOutcome } from './client.ts'
export { explainRefusal, fernet, requireFernetKey } from './fernet.ts'
export { https } from './https.ts'
export type { DemoKeys, DemoKind } from './kind.ts'
export { DEMO_KINDS, findKind } from './kinds.ts'
export { PKI_FILES, readAuthorities, readIdentity } from './pki-files.ts'
export { plain } from './plain.ts'
export { DemoError } from './problem.ts'
export type { DemoServer, ServerOptions } from './server.ts'
export { DEMO_HOST, DEMO_PORT, DEMO_SECRET } from './settings.ts'
export {
  type Identity,
  KEY_EXCHANGES,
  type KeyExchange,
  TLS_VERSIONS,
  type TlsClientOptions,
  type TlsServerOptions,
  type TlsVersion,
} from './tls.ts'
export { type DemoTraffic, type DemoTrafficOptions, runDemoTraffic } from './traffic.ts'
