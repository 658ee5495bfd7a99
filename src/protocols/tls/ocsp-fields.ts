// The fields of OCSP responses: RFC 6960 4.2. Names are Wireshark's.

import { bytes, group, i32, time, u32 } from '../../core/protocol.ts'
import { list, nameKinds, oid, oidText } from './der-fields.ts'

export const O = {
  response: group('ocsp', 'OCSP Response', {
    about: 'The word of the issuer, signed, on whether the certificate was revoked.',
  }),
  responseStatus: u32('ocsp.responseStatus', 'responseStatus', {
    about: 'Whether the service could answer at all; the answer itself stands below.',
    names: {
      0: 'successful',
      1: 'malformedRequest',
      2: 'internalError',
      3: 'tryLater',
      5: 'sigRequired',
      6: 'unauthorized',
    },
  }),
  responseBytes: group('ocsp.responseBytes_element', 'responseBytes', { about: 'The answer, and what form it has.' }),
  responseType: oidText('ocsp.responseType.id', 'ResponseType Id', 'Names the form of the answer; there is only one.'),
  responseOther: bytes('ocsp.response', 'response', { about: 'An answer in a form that is not laid out further.' }),
  basicResponse: group('ocsp.BasicOCSPResponse_element', 'BasicOCSPResponse', {
    about: 'The answer in its usual form, and its signature.',
  }),
  responseData: group('ocsp.tbsResponseData_element', 'tbsResponseData', { about: 'The part of the answer that is signed.' }),
  ocspVersion: i32('ocsp.version', 'version', { about: 'The version of the form, which is always the first.', names: { 0: 'v1' } }),
  responderId: u32('ocsp.responderID', 'responderID', {
    about: 'Says how the service that answers is named.',
    names: { 1: 'byName', 2: 'byKey' },
  }),
  responderName: u32('ocsp.byName', 'byName', { about: 'The name of the service that answers.', names: nameKinds }),
  responderKey: bytes('ocsp.byKey', 'byKey', { about: 'A hash of the key with which the service signs its answers.' }),
  producedAt: time('ocsp.producedAt', 'producedAt', { about: 'When the service signed this answer.' }),
  responses: list('ocsp.responses', 'responses', 'What the service says of each certificate it was asked about.'),
  singleResponse: group('ocsp.SingleResponse_element', 'SingleResponse', { about: 'What the service says of one certificate.' }),
  certificateId: group('ocsp.certID_element', 'certID', { about: 'Says which certificate the answer is about.' }),
  idHash: group('ocsp.hashAlgorithm_element', 'hashAlgorithm', { about: 'Says how the two hashes that follow were made.' }),
  issuerNameHash: bytes('ocsp.issuerNameHash', 'issuerNameHash', { about: 'A hash of the name of the issuer.' }),
  issuerKeyHash: bytes('ocsp.issuerKeyHash', 'issuerKeyHash', { about: 'A hash of the key of the issuer.' }),
  ocspSerial: bytes('ocsp.serialNumber', 'serialNumber', {
    about: 'The number by which the issuer knows the certificate.',
    display: (_get, _value, shown) => `serialNumber: 0x${shown}`,
  }),
  certificateStatus: u32('ocsp.certStatus', 'certStatus', {
    about: 'Whether the certificate still holds, was revoked, or is not known to the service.',
    names: { 0: 'good', 1: 'revoked', 2: 'unknown' },
    explain: (value) => (value === 1 ? 'Whoever checks this must refuse the certificate.' : ''),
  }),
  good: group('ocsp.good_element', 'good', { about: 'The certificate has not been revoked.' }),
  revoked: group('ocsp.revoked_element', 'revoked', { about: 'The certificate was revoked: nobody shall believe it any more.' }),
  unknown: group('ocsp.unknown_element', 'unknown', { about: 'The service does not know this certificate.' }),
  revocationTime: time('ocsp.revocationTime', 'revocationTime', { about: 'When the issuer took the certificate back.' }),
  revocationReason: u32('ocsp.revocationReason', 'revocationReason', {
    about: 'Why the issuer took the certificate back.',
    names: {
      0: 'unspecified',
      1: 'keyCompromise',
      2: 'cACompromise',
      3: 'affiliationChanged',
      4: 'superseded',
      5: 'cessationOfOperation',
      6: 'certificateHold',
      8: 'removeFromCRL',
      9: 'privilegeWithdrawn',
      10: 'aACompromise',
    },
  }),
  thisUpdate: time('ocsp.thisUpdate', 'thisUpdate', { about: 'From when on the answer is true.' }),
  nextUpdate: time('ocsp.nextUpdate', 'nextUpdate', { about: 'Until when the answer may be used; then a newer one is there.' }),
  singleExtensions: list('ocsp.singleExtensions', 'singleExtensions', 'What is said besides of this one certificate.'),
  responseExtensions: list('ocsp.responseExtensions', 'responseExtensions', 'What is said besides with the whole answer.'),
  responseExtension: group('pkix1explicit.Extension_element', 'Extension', {
    about: 'One thing that is said besides, with its number and value.',
  }),
  responseExtensionId: oidText('pkix1explicit.id', 'Id', 'Says what is meant, by a registered number.'),
  responseExtensionValue: bytes('', 'Value', { about: 'The value of an extension that is not laid out further.' }),
  ocspAlgorithm: group('ocsp.signatureAlgorithm_element', 'signatureAlgorithm', {
    about: 'Says with which algorithm the answer is signed.',
  }),
  ocspSignature: bytes('ocsp.signature', 'signature', { about: 'The signature of the service over its answer.' }),
  ocspCertificates: list('ocsp.certs', 'certs', 'Certificates that show whose key signed the answer.'),
  ocspCertificate: group('ocsp.Certificate_element', 'Certificate', { about: 'A certificate of the service that answers.' }),
  noCheck: group('ocsp.NULL_element', 'NULL', { about: 'Nobody need ask whether this certificate itself was revoked.' }),
  nonce: bytes('ocsp.ReOcspNonce', 'ReOcspNonce', { about: 'A number of the asker, sent back so that no old answer can be passed off.' }),
  accepted: list('ocsp.AcceptableResponses', 'AcceptableResponses', 'The forms of answer that the asker understands.'),
  acceptedItem: oid('ocsp.AcceptableResponses_item', 'AcceptableResponses item', 'Names one form of answer, by a registered number.'),
  archiveCutoff: time('ocsp.ArchiveCutoff', 'ArchiveCutoff', { about: 'How far back the service remembers certificates that ran out.' }),
}
