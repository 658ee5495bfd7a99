// The fields of certificate extensions that are seldom seen. Names are Wireshark's.

import { bytes, type Field, flag, group, i32, text, time, u32 } from '../../core/protocol.ts'
import { list, oid } from './der-fields.ts'

const logoKinds = { 0: 'direct', 1: 'indirect' }

const entrustUse = (bit: number, name: string, about: string): Field =>
  flag(`x509ce.EntrustInfoFlags.${name}`, name, { mask: 0x80 >> bit, about })

export const rareFields = {
  // RFC 3709
  logotypes: group('logotypecertextn.LogotypeExtn_element', 'LogotypeExtn', {
    about: 'Pictures by which people should recognise the issuer or the holder.',
  }),
  issuerLogo: u32('logotypecertextn.issuerLogo', 'issuerLogo', { about: 'A picture that stands for the issuer.', names: logoKinds }),
  subjectLogo: u32('logotypecertextn.subjectLogo', 'subjectLogo', {
    about: 'A picture that stands for the holder of the certificate.',
    names: logoKinds,
  }),
  directLogo: group('logotypecertextn.direct_element', 'direct', { about: 'The picture is described here, and not at some other place.' }),
  images: list('logotypecertextn.image', 'image', 'The forms in which the picture can be fetched.'),
  image: group('logotypecertextn.LogotypeImage_element', 'LogotypeImage', { about: 'One form in which the picture can be fetched.' }),
  imageDetails: group('logotypecertextn.imageDetails_element', 'imageDetails', {
    about: 'What kind of picture it is, and where to fetch it.',
  }),
  mediaType: text('logotypecertextn.mediaType', 'mediaType', { about: 'What kind of file the picture is.' }),
  imageHashes: list('logotypecertextn.logotypeHash', 'logotypeHash', 'Hashes that the fetched picture must have.'),
  imageHash: group('logotypecertextn.HashAlgAndValue_element', 'HashAlgAndValue', { about: 'One hash that the picture must have.' }),
  imageHashKind: group('logotypecertextn.hashAlg_element', 'hashAlg', { about: 'Says how the hash of the picture is made.' }),
  imageHashValue: bytes('logotypecertextn.hashValue', 'hashValue', { about: 'The hash that the fetched picture must have.' }),
  imageUris: list('logotypecertextn.logotypeURI', 'logotypeURI', 'Places where the picture can be fetched.'),
  imageUri: text('logotypecertextn.logotypeURI_item', 'logotypeURI item', { about: 'A place where the picture can be fetched.' }),

  // RFC 3280 4.2.1.4
  keyPeriod: group('x509ce.PrivateKeyUsagePeriod_element', 'PrivateKeyUsagePeriod', {
    about: 'The time in which the private key may sign, shorter than that of the certificate.',
  }),
  keyFrom: time('x509ce.notBefore', 'notBefore', { about: 'The moment from which on the private key may sign.' }),
  keyUntil: time('x509ce.notAfter', 'notAfter', { about: 'The moment after which the private key may not sign.' }),

  entrust: group('x509ce.EntrustVersionInfo_element', 'EntrustVersionInfo', {
    about: 'Says which version of the software of Entrust issued the certificate.',
  }),
  entrustVersion: text('x509ce.entrustVers', 'entrustVers', { about: 'The version of the software that issued the certificate.' }),
  entrustFlags: bytes('x509ce.entrustVersInfoFlags', 'entrustVersInfoFlags', { about: 'What that software may do with the certificate.' }),
  entrustUpdate: entrustUse(0, 'keyUpdateAllowed', 'The key may be replaced by a newer one.'),
  entrustNew: entrustUse(1, 'newExtensions', 'The certificate has extensions of a newer form.'),
  entrustPkix: entrustUse(2, 'pKIXCertificate', 'The certificate keeps to the rules of the internet.'),
  entrustEnterprise: entrustUse(3, 'enterpriseCategory', 'The certificate is meant for use in an enterprise.'),
  entrustWeb: entrustUse(4, 'webCategory', 'The certificate is meant for use on the web.'),
  entrustSet: entrustUse(5, 'sETCategory', 'The certificate is meant for electronic payments by an old standard.'),

  // RFC 3820
  proxy: group('pkixproxy.ProxyCertInfoExtension_element', 'ProxyCertInfoExtension', {
    about: 'The holder lends its identity to a program by this certificate.',
  }),
  proxyLength: i32('pkixproxy.pCPathLenConstraint', 'pCPathLenConstraint', { about: 'How many times the identity may be lent on.' }),
  proxyPolicy: group('pkixproxy.proxyPolicy_element', 'proxyPolicy', { about: 'What the program may do with the identity it borrows.' }),
  proxyLanguage: oid('pkixproxy.policyLanguage', 'policyLanguage', 'Names the language in which the rights are written.'),
  proxyRights: bytes('pkixproxy.policy', 'policy', { about: 'The rights that are lent, in the language that was named.' }),

  // RFC 3279 2.3.2
  dssParameters: group('x509af.DSS_Params_element', 'DSS-Params', {
    about: 'The numbers that belong to a DSA key; everybody may know them.',
  }),
  dssP: bytes('x509af.p', 'p', { about: 'The prime number that the DSA key calculates with.' }),
  dssQ: bytes('x509af.q', 'q', { about: 'The smaller prime number that the DSA key calculates with.' }),
  dssG: bytes('x509af.g', 'g', { about: 'The base number that the DSA key calculates with.' }),

  octets: bytes('x509sat.OctetString', 'OctetString', { about: 'Bytes whose meaning the identifier of the extension tells.' }),
  moment: text('x509sat.UTCTime', 'UTCTime', { about: 'A moment, written with two digits of the year, in universal time.' }),
}
