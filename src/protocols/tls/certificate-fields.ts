// The fields of X.509 certificates: RFC 5280. Names are Wireshark's (x509af, x509if, x509sat, x509ce, pkcs1).

import { bytes, type Field, flag, group, i32, ipv4, ipv6, text, time, u8, u32, u64 } from '../../core/protocol.ts'
import { rareFields } from './certificate-rare-fields.ts'
import { list, nameKinds, oid } from './der-fields.ts'
import { O } from './ocsp-fields.ts'

const stringKinds = { 0: 'teletexString', 1: 'printableString', 2: 'universalString', 3: 'bmpString', 4: 'uTF8String' }
const displayKinds = { 0: 'ia5String', 1: 'visibleString', 2: 'bmpString', 3: 'utf8String' }
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

const netscapeUse = (bit: number, name: string, label: string, about: string): Field =>
  flag(`ns.cert.exts.CertType.${name}`, label, { mask: 0x80 >> bit, about })

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
  // The ninth bit stands in a byte that most leave out, so the picture is made here.
  decipherOnly: flag('x509ce.KeyUsage.decipherOnly', 'decipherOnly', {
    mask: 0x80,
    about: 'The secret agreed on may be used for decrypting only.',
    display: (_get, value) => `${value}... .... = decipherOnly: ${value === 0 ? 'False' : 'True'}`,
  }),

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
  noConstraints: group('x509ce.BasicConstraintsSyntax_element', 'BasicConstraintsSyntax [0 length]', {
    about: 'Says that the holder is no authority, by saying nothing.',
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
  policyNotice: group('pkix1implicit.UserNotice_element', 'UserNotice', {
    about: 'Words that a program should show to whoever relies on the certificate.',
  }),
  noticeReference: group('pkix1implicit.noticeRef_element', 'noticeRef', {
    about: 'Says which numbered notice of an organization is meant.',
  }),
  noticeOrganization: u32('pkix1implicit.organization', 'organization', {
    about: 'Says in which alphabet the name of the organization is written.',
    names: displayKinds,
  }),
  noticeNumbers: list('pkix1implicit.noticeNumbers', 'noticeNumbers', 'The numbers of the notices of that organization.'),
  noticeNumber: i32('pkix1implicit.noticeNumbers_item', 'noticeNumbers item', { about: 'The number of one notice of that organization.' }),
  noticeText: u32('pkix1implicit.explicitText', 'explicitText', {
    about: 'Says in which alphabet the notice is written.',
    names: displayKinds,
  }),
  displayIa5: text('pkix1implicit.ia5String', 'ia5String', { about: 'The words of the notice, written in plain ASCII letters.' }),
  displayVisible: text('pkix1implicit.visibleString', 'visibleString', {
    about: 'The words of the notice, written in letters that can be seen.',
  }),
  displayBmp: text('pkix1implicit.bmpString', 'bmpString', { about: 'The words of the notice, in Unicode with two bytes a letter.' }),
  displayUtf8: text('pkix1implicit.utf8String', 'utf8String', { about: 'The words of the notice, in Unicode as UTF-8 writes it.' }),
  policyOther: bytes('', 'Qualifier', { about: 'A remark of a kind that only its own number explains.' }),

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
  minimum: u64('x509ce.minimum', 'minimum', { about: 'How many labels below the root the names begin; always zero.' }),
  maximum: u64('x509ce.maximum', 'maximum', { about: 'How many labels below the root the names end.' }),

  template: group('x509ce.CertificateTemplate_element', 'CertificateTemplate', {
    about: "The form that Microsoft's authority filled in for this certificate.",
  }),
  templateId: oid('x509ce.templateID', 'templateID', 'Names the form of the authority, by a registered number.'),
  templateMajor: i32('x509ce.templateMajorVersion', 'templateMajorVersion', { about: 'The version of the form, which changes rarely.' }),
  templateMinor: i32('x509ce.templateMinorVersion', 'templateMinorVersion', { about: 'The edition of the form within its version.' }),
  policyConstraints: group('x509ce.PolicyConstraintsSyntax_element', 'PolicyConstraintsSyntax', {
    about: 'Says from where on in the chain rules must be named, or must not be translated.',
  }),
  requireExplicit: u64('x509ce.requireExplicitPolicy', 'requireExplicitPolicy', {
    about: 'How many certificates may follow before each must name its rules.',
  }),
  inhibitMapping: u64('x509ce.inhibitPolicyMapping', 'inhibitPolicyMapping', {
    about: 'How many certificates may follow before rules may not be translated any more.',
  }),
  skipCertificates: u64('x509ce.SkipCerts', 'SkipCerts', {
    about: 'How many certificates may follow before "any rules" counts for nothing.',
  }),
  mappings: list('x509ce.PolicyMappingsSyntax', 'PolicyMappingsSyntax', 'Which rules of the issuer are the same as which of the holder.'),
  mapping: group('x509ce.PolicyMappingsSyntax_item_element', 'PolicyMappingsSyntax item', {
    about: 'Two sets of rules that count as the same.',
  }),
  issuerPolicy: oid('x509ce.issuerDomainPolicy', 'issuerDomainPolicy', 'Names rules of the issuer, by a registered number.'),
  subjectPolicy: oid('x509ce.subjectDomainPolicy', 'subjectDomainPolicy', 'Names rules of the holder, by a registered number.'),
  comment: text('ns_cert_exts.Comment', 'Comment', { about: 'Words that the issuer added, in a way of Netscape from the nineties.' }),
  netscapeType: bytes('ns_cert_exts.CertType', 'CertType', { about: 'Says what the certificate is for, in the old way of Netscape.' }),
  netscapeClient: netscapeUse(0, 'ssl.client', 'ssl-client', 'The certificate is good for clients.'),
  netscapeServer: netscapeUse(1, 'ssl.server', 'ssl-server', 'The certificate is good for servers.'),
  netscapeMail: netscapeUse(2, 'smime', 'smime', 'The certificate is good for signing and sealing mail.'),
  netscapeSigning: netscapeUse(3, 'object.signing', 'object-signing', 'The certificate is good for signing programs.'),
  netscapeReserved: netscapeUse(4, 'reserved.for.future.use', 'reserved-for-future-use', 'This bit never got a meaning of its own.'),
  netscapeCa: netscapeUse(5, 'ssl.ca', 'ssl-ca', 'The holder may vouch for clients and servers.'),
  netscapeMailCa: netscapeUse(6, 'smime.ca', 'smime-ca', 'The holder may vouch for those who send mail.'),
  netscapeSigningCa: netscapeUse(7, 'object.signing.ca', 'object-signing-ca', 'The holder may vouch for those who sign programs.'),
  netscapeCaRevocation: text('ns_cert_exts.CaRevocationUrl', 'CaRevocationUrl', {
    about: 'The address that says whether the issuer itself is revoked, in the old way of Netscape.',
  }),
  netscapeUrl: text('ns_cert_exts.BaseUrl', 'BaseUrl', { about: 'The address before those that other old extensions give.' }),
  netscapePolicy: text('ns_cert_exts.CaPolicyUrl', 'CaPolicyUrl', {
    about: 'The address of the rules of the issuer, in the old way of Netscape.',
  }),
  netscapeRevocation: text('ns_cert_exts.RevocationUrl', 'RevocationUrl', {
    about: 'The address that says whether the certificate is revoked, in the old way of Netscape.',
  }),
  bmpText: text('x509sat.BMPString', 'BMPString', { about: 'Words, in Unicode with two bytes a letter.' }),
  utf8Text: text('x509sat.UTF8String', 'UTF8String', { about: 'Words, in Unicode as UTF-8 writes it.' }),
  otherType: oid('x509ce.type_id', 'type-id', 'Says what kind of name this is, by a registered number.'),
  anyInteger: i32('x509sat.Integer', 'Integer', { about: 'A number whose meaning the identifier of the extension tells.' }),

  signature: bytes('x509af.encrypted', 'encrypted', {
    about: "The issuer's signature over all of the above: only the issuer's private key could make it.",
  }),

  ...rareFields,
  ...O,
}
