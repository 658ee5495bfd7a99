// What front ends need to show certificates and to judge them; they reach crypto/ through this door.

export {
  type Certificate,
  type CertificateRequest,
  describeKey,
  fingerprintOf,
  hostNamesOf,
  readCertificate,
  readRequest,
} from '../crypto/x509.ts'
export type { Extension } from '../crypto/x509-extensions.ts'
export { CAUSES, type Cause, judgeChain, objectionsOf, PROGRAMS, type Program, titleOf, wordsOf } from '../crypto/x509-judge.ts'
export { attributeOf, formatName, formatRfc4514 } from '../crypto/x509-names.ts'
export { isSelfSigned } from '../crypto/x509-verify.ts'
