// The fields of X.509 certificates: RFC 5280. Names are Wireshark's (x509af, x509if, x509sat, x509ce, pkcs1).

import { bytes, type Field, type FieldOptions, flag, group, i32, ipv4, ipv6, text, time, u8, u16, u32, u64 } from '../../core/protocol.ts'
import { oidMeaning } from '../names/x509-oids.ts'

/** An object identifier: recorded as text, with its number in the table of names as value. */
const oid = (name: string, label: string, about: string): Field =>
  bytes(name, label, {
    about,
    display: (_get, value, shown) => `${label}: ${shown}${value === 0 ? '' : ` (${oidMeaning(value)?.name ?? ''})`}`,
    explain: (value) => oidMeaning(value)?.about ?? '',
  })

const items: NonNullable<FieldOptions['display']> = (_get, value) => (value === 1 ? '1 item' : `${value} items`)
/** A list, whose value is the number of its items. */
const list = (name: string, label: string, about: string): Field =>
  u32(name, label, { about, display: (...row) => `${label}: ${items(...row)}` })

const nameKinds = { 0: 'rdnSequence' }
const stringKinds = { 0: 'teletexString', 1: 'printableString', 2: 'universalString', 3: 'bmpString', 4: 'uTF8String' }
const timeKinds = { 0: 'utcTime', 1: 'generalizedTime' }
const generalNameKinds = {
  0: 'otherName',
  1: 'rfc822Name',
  2: 'dNSName',
  3: 'x400Address',
  4: 'directoryName',
  5: 'ediPartyName',
  6: 'uniformResourceIdentifier',
  7: 'iPAddress',
  8: 'registeredID',
}

const use = (bit: number, name: string, about: string): Field => flag(`x509ce.KeyUsage.${name}`, name, { mask: 0x80 >> bit, about })

export const C = {
  sentence: group('', 'Certificate in one sentence', {
    about: 'What the certificate claims, in one sentence; the signature at its end is what makes the claim worth believing.',
    generated: true,
  }),
  signed: group('x509af.signedCertificate_element', 'signedCertificate', {
    about: 'The part that is signed: change one bit of it and the signature at the end fits no more.',
  }),
  version: i32('x509af.version', 'version', {
    about: 'The version of the certificate format; version 3, written as 2, is the one with extensions.',
    names: { 0: 'v1', 1: 'v2', 2: 'v3' },
  }),
  serial: bytes('x509af.serialNumber', 'serialNumber', {
    about: 'The number by which the issuer knows this certificate, for one to revoke it.',
    display: (_get, _value, shown) => `serialNumber: 0x${shown}`,
  }),
  signatureKind: group('x509af.signature_element', 'signature', {
    about: 'Says with which algorithm the issuer signs, in the part that is signed itself.',
  }),
  keyKind: group('x509af.algorithm_element', 'algorithm', { about: 'Says what kind of key follows, with the numbers that belong to it.' }),
  signatureAgain: group('x509af.algorithmIdentifier_element', 'algorithmIdentifier', {
    about: 'Says once more how the signature is made; it must be the same as inside.',
  }),
  algorithm: oid('x509af.algorithm.id', 'Algorithm Id', 'Names an algorithm by a registered number.'),
  parameters: bytes('', 'parameters', { about: 'Numbers that belong to the algorithm; for RSA there are none.' }),

  issuer: u32('x509af.issuer', 'issuer', {
    about: 'The Y of the sentence: according to whom all this is true. The issuer signs the certificate.',
    names: nameKinds,
  }),
  subject: u32('x509af.subject', 'subject', {
    about: 'The X of the sentence: who the certificate is about, and who holds the key in it.',
    names: nameKinds,
  }),
  rdnSequence: list('x509if.rdnSequence', 'rdnSequence', 'The parts of a name, from the country down to the common name.'),
  subjectRdnSequence: list('x509af.rdnSequence', 'rdnSequence', 'The parts of a name, from the country down to the common name.'),
  rdn: list('x509if.RDNSequence_item', 'RDNSequence item', 'One step of a name; it nearly always holds a single attribute.'),
  attribute: group('x509if.RelativeDistinguishedName_item_element', 'RelativeDistinguishedName item', {
    about: 'One attribute of a name: what it is called, and its value.',
  }),
  attributeOid: oid('x509if.oid', 'Object Id', 'Says which attribute of a name follows, by a registered number.'),
  country: text('x509sat.CountryName', 'CountryName', { about: 'The country of whoever is named, in two letters.' }),
  ia5: text('x509sat.IA5String', 'IA5String', { about: 'The value of the attribute, written in plain ASCII letters.' }),
  printable: text('x509sat.PrintableString', 'PrintableString', {
    about: 'The value of the attribute, written in letters, digits and a few signs.',
  }),
  string: u32('x509sat.DirectoryString', 'DirectoryString', {
    about: 'Says in which alphabet the value of the attribute is written.',
    names: stringKinds,
  }),
  teletex: text('x509sat.teletexString', 'teletexString', { about: 'The value of the attribute, in an alphabet of the age of telex.' }),
  printableChoice: text('x509sat.printableString', 'printableString', {
    about: 'The value of the attribute, written in letters, digits and a few signs.',
  }),
  universal: text('x509sat.universalString', 'universalString', {
    about: 'The value of the attribute, in Unicode with four bytes a letter.',
  }),
  bmp: text('x509sat.bmpString', 'bmpString', { about: 'The value of the attribute, in Unicode with two bytes a letter.' }),
  utf8: text('x509sat.uTF8String', 'uTF8String', { about: 'The value of the attribute, in Unicode as UTF-8 writes it.' }),
  anyString: bytes('x509if.any.String', 'AnyString', { about: 'The value of an attribute that is not laid out further.' }),

  validity: group('x509af.validity_element', 'validity', { about: 'The time in which the certificate counts, both ends included.' }),
  notBefore: u32('x509af.notBefore', 'notBefore', {
    about: 'The A of the sentence: the moment from which on the certificate counts.',
    names: timeKinds,
  }),
  notAfter: u32('x509af.notAfter', 'notAfter', {
    about: 'The B of the sentence: after this moment nobody shall believe the certificate any more.',
    names: timeKinds,
  }),
  utcTime: text('x509af.utcTime', 'utcTime', { about: 'A moment, written with two digits of the year, in universal time.' }),
  generalizedTime: time('x509af.generalizedTime', 'generalizedTime', {
    about: 'A moment, written with four digits of the year, in universal time.',
  }),

  keyInfo: group('x509af.subjectPublicKeyInfo_element', 'subjectPublicKeyInfo', {
    about: 'The public key that the certificate ties to the name; the private one never travels.',
  }),
  padding: u8('ber.bitstring.padding', 'Padding', { about: 'How many bits at the end of the bit string do not count.' }),
  key: bytes('x509af.subjectPublicKey', 'subjectPublicKey', {
    about: 'The public key itself: everybody may know it, it checks signatures of its owner.',
  }),
  modulus: bytes('pkcs1.modulus', 'modulus', {
    about: 'The product of two secret primes; who could take it apart would have the private key.',
    display: (_get, _value, shown) => `modulus: 0x${shown.length > 72 ? `${shown.slice(0, 72)}…` : shown}`,
  }),
  exponent: i32('pkcs1.publicExponent', 'publicExponent', { about: 'The power to which RSA raises numbers; it is nearly always 65537.' }),
  ecParameters: u32('pkcs1.ECParameters', 'ECParameters', {
    about: 'Says on which curve the key lies, by name or spelled out.',
    names: { 0: 'ecParameters', 1: 'namedCurve', 2: 'implicitlyCA' },
  }),
  namedCurve: oid('pkcs1.namedCurve', 'namedCurve', 'Names the elliptic curve on which the key lies.'),

  issuerUnique: bytes('x509af.issuerUniqueIdentifier', 'issuerUniqueIdentifier', {
    about: 'Tells issuers of one name apart; nobody uses it today.',
  }),
  subjectUnique: bytes('x509af.subjectUniqueIdentifier', 'subjectUniqueIdentifier', {
    about: 'Tells subjects of one name apart; nobody uses it today.',
  }),
  extensions: list('x509af.extensions', 'extensions', 'What version 3 added: for which hosts and for what the key may be used.'),
  extension: group('x509af.Extension_element', 'Extension', {
    about: 'One statement about the key or the name, with its number and value.',
  }),
  extensionId: oid('x509af.extension.id', 'Extension Id', 'Says which extension it is, by a registered number.'),
  critical: flag('x509af.critical', 'critical', {
    about: 'True means that whoever does not understand the extension must refuse the certificate.',
  }),
  extensionValue: bytes('', 'Extension value', { about: 'The value of an extension that is not laid out further.' }),

  subjectKeyId: bytes('x509ce.SubjectKeyIdentifier', 'SubjectKeyIdentifier', {
    about: 'A short name for the key of this certificate, by which those it signs refer to it.',
  }),
  authorityKeyId: group('x509ce.AuthorityKeyIdentifier_element', 'AuthorityKeyIdentifier', {
    about: 'Says which key of the issuer signed, for issuers that have several.',
  }),
  keyId: bytes('x509ce.keyIdentifier', 'keyIdentifier', { about: 'The short name of the key that signed this certificate.' }),
  authorityIssuer: list('x509ce.authorityCertIssuer', 'authorityCertIssuer', 'The issuer of the certificate whose key signed this one.'),
  authoritySerial: bytes('x509ce.authorityCertSerialNumber', 'authorityCertSerialNumber', {
    about: 'The serial number of the certificate whose key signed this one.',
    display: (_get, _value, shown) => `authorityCertSerialNumber: 0x${shown}`,
  }),

  keyUsage: bytes('x509ce.KeyUsage', 'KeyUsage', { about: 'Says what the key may be used for, a bit for each use.' }),
  digitalSignature: use(0, 'digitalSignature', 'The key may sign, which is what a TLS server does with it in every handshake.'),
  contentCommitment: use(1, 'contentCommitment', 'The key may sign what its owner shall not deny later.'),
  keyEncipherment: use(2, 'keyEncipherment', 'The key may encrypt other keys, as RSA key exchange does.'),
  dataEncipherment: use(3, 'dataEncipherment', 'The key may encrypt data directly, which is hardly ever done.'),
  keyAgreement: use(4, 'keyAgreement', 'The key may be used to agree on a secret.'),
  keyCertSign: use(5, 'keyCertSign', 'The key may sign certificates: only an authority has this.'),
  crlSign: use(6, 'cRLSign', 'The key may sign lists of revoked certificates.'),
  encipherOnly: use(7, 'encipherOnly', 'The secret agreed on may be used for encrypting only.'),
  decipherOnly: use(0, 'decipherOnly', 'The secret agreed on may be used for decrypting only.'),

  purposes: list('x509ce.KeyPurposeIDs', 'KeyPurposeIDs', 'The purposes for which the certificate is good.'),
  purpose: oid('x509ce.KeyPurposeId', 'KeyPurposeId', 'Names a purpose for which the certificate is good.'),

  generalNames: list(
    'x509ce.GeneralNames',
    'GeneralNames',
    'The hosts and addresses that the certificate is for; clients look here, not at the common name.',
  ),
  generalName: u32('x509ce.GeneralName', 'GeneralName', { about: 'One name, and what kind of name it is.', names: generalNameKinds }),
  mail: text('x509ce.rfc822Name', 'rfc822Name', { about: 'An electronic mail address that the certificate is for.' }),
  dnsName: text('x509ce.dNSName', 'dNSName', { about: 'A host name that the certificate is for; a star stands for one label.' }),
  uri: text('x509ce.uniformResourceIdentifier', 'uniformResourceIdentifier', {
    about: 'An address on the web, to be fetched or to be named.',
  }),
  address4: ipv4('x509ce.IPAddress.ipv4', 'iPAddress', { about: 'An IPv4 address that the certificate is for.' }),
  address6: ipv6('x509ce.IPAddress.ipv6', 'iPAddress', { about: 'An IPv6 address that the certificate is for.' }),
  directoryName: u32('x509ce.directoryName', 'directoryName', {
    about: 'A name made of attributes, as subject and issuer are.',
    names: nameKinds,
  }),
  otherName: group('x509ce.otherName_element', 'otherName', { about: 'A name of a kind that only its own number explains.' }),
  registeredId: oid('x509ce.registeredID', 'registeredID', 'A name that is a registered number.'),

  basicConstraints: group('x509ce.BasicConstraintsSyntax_element', 'BasicConstraintsSyntax', {
    about: 'Says whether the holder is an authority; empty means that it is none.',
  }),
  ca: flag('x509ce.cA', 'cA', { about: 'True for an authority, whose key may sign certificates of others.' }),
  pathLength: u64('x509ce.pathLenConstraint', 'pathLenConstraint', {
    about: 'How many further authorities may stand below this one.',
  }),

  policies: list('x509ce.CertificatePoliciesSyntax', 'CertificatePoliciesSyntax', 'The rules by which the issuer checked the holder.'),
  policy: group('x509ce.PolicyInformation_element', 'PolicyInformation', { about: 'One set of rules that the issuer followed.' }),
  policyId: oid('x509ce.policyIdentifier', 'policyIdentifier', 'Names the rules that the issuer followed, by a registered number.'),
  policyQualifiers: list('x509ce.policyQualifiers', 'policyQualifiers', 'Remarks on the rules, such as where they can be read.'),
  policyQualifier: group('x509ce.PolicyQualifierInfo_element', 'PolicyQualifierInfo', {
    about: 'One remark on the rules, and what kind of remark it is.',
  }),
  policyQualifierId: oid('x509ce.id', 'Id', 'Says what kind of remark follows, by a registered number.'),
  policyPlace: text('pkix1explicit.DirectoryString', 'DirectoryString', { about: 'The place on the web where the rules can be read.' }),
  policyNotice: bytes('', 'User notice', { about: 'Words that a program should show to whoever relies on the certificate.' }),

  crlPoints: list('x509ce.CRLDistPointsSyntax', 'CRLDistPointsSyntax', 'Where the lists of revoked certificates are found.'),
  crlPoint: group('x509ce.DistributionPoint_element', 'DistributionPoint', {
    about: 'One place where a list of revoked certificates is found.',
  }),
  crlName: u32('x509ce.distributionPoint', 'distributionPoint', {
    about: 'Says how the place is named, in full or beside the issuer.',
    names: { 0: 'fullName', 1: 'nameRelativeToCRLIssuer' },
  }),
  fullName: list('x509ce.fullName', 'fullName', 'The names of the place, of which any may be used.'),

  access: list(
    'pkix1implicit.AuthorityInfoAccessSyntax',
    'AuthorityInfoAccessSyntax',
    'Where to ask about this certificate and its issuer.',
  ),
  accessDescription: group('pkix1implicit.AccessDescription_element', 'AccessDescription', {
    about: 'One service or file, and where it is found.',
  }),
  accessMethod: oid('pkix1implicit.accessMethod', 'accessMethod', 'Says what is found at the address that follows.'),
  accessLocation: u32('pkix1implicit.accessLocation', 'accessLocation', { about: 'Says which kind of address tells where it is found.' }),

  nameConstraints: group('x509ce.NameConstraintsSyntax_element', 'NameConstraintsSyntax', {
    about: 'The names for which this authority may sign, and those for which it may not.',
  }),
  permitted: list('x509ce.permittedSubtrees', 'permittedSubtrees', 'The authority may sign only for names below these.'),
  excluded: list('x509ce.excludedSubtrees', 'excludedSubtrees', 'The authority must not sign for names below these.'),
  subtree: group('x509ce.GeneralSubtree_element', 'GeneralSubtree', { about: 'A name, which stands for all names below it.' }),
  base: u32('x509ce.base', 'base', { about: 'Says what kind of name stands at the root.', names: generalNameKinds }),

  timestampsLength: u16('tls.sct.scts_length', 'Serialized SCT List Length', { about: 'How many bytes of public log entries follow.' }),
  timestampLength: u16('tls.sct.sct_length', 'Serialized SCT Length', { about: 'How many bytes this log entry has.' }),
  timestampVersion: u8('tls.sct.sct_version', 'SCT Version', { about: 'The version of the proof; there is only one, written as 0.' }),
  logId: bytes('tls.sct.sct_logid', 'Log ID', { about: 'Names the public log that has the certificate, by a hash of its key.' }),
  timestamp: time('tls.sct.sct_timestamp', 'Timestamp', { about: 'When the log promised to publish the certificate.' }),
  timestampExtensionsLength: u16('tls.sct.sct_extensions_length', 'Extensions length', {
    about: 'How many bytes of extensions follow; there are none so far.',
  }),
  timestampSignature: bytes('', 'Signature of the log', {
    about: 'The log signs its promise, with algorithm and length before the signature.',
  }),

  signature: bytes('x509af.encrypted', 'encrypted', {
    about: "The issuer's signature over all of the above: only the issuer's private key could make it.",
  }),
}
