// Object identifiers in certificates: Wireshark's names, and what each one means here. RFC 5280, RFC 3279, RFC 5480, RFC 8410.

export interface OidMeaning {
  readonly name: string
  readonly about: string
}

const one = (oid: string, name: string, about: string): readonly [string, OidMeaning] => [oid, { name, about }]

const LIST: readonly (readonly [string, OidMeaning])[] = [
  // Attributes of names.
  one('2.5.4.3', 'id-at-commonName', 'The common name: a person, an authority or, by old custom, a host.'),
  one('2.5.4.4', 'id-at-surname', 'The family name of a person.'),
  one('2.5.4.5', 'id-at-serialNumber', 'A number that tells apart those who have the same name.'),
  one('2.5.4.6', 'id-at-countryName', 'The country, in two letters.'),
  one('2.5.4.7', 'id-at-localityName', 'The town or locality.'),
  one('2.5.4.8', 'id-at-stateOrProvinceName', 'The state or province.'),
  one('2.5.4.9', 'id-at-streetAddress', 'The street and house number.'),
  one('2.5.4.10', 'id-at-organizationName', 'The organization.'),
  one('2.5.4.11', 'id-at-organizationalUnitName', 'The part of the organization.'),
  one('2.5.4.12', 'id-at-title', 'The title of a person.'),
  one('2.5.4.13', 'id-at-description', 'A description in free words.'),
  one('2.5.4.15', 'id-at-businessCategory', 'The kind of organization.'),
  one('2.5.4.17', 'id-at-postalCode', 'The postal code.'),
  one('2.5.4.42', 'id-at-givenName', 'The given name of a person.'),
  one('2.5.4.46', 'id-at-dnQualifier', 'A word that keeps equal names apart.'),
  one('2.5.4.97', 'id-at-organizationIdentifier', 'A registered number of the organization.'),
  one('0.9.2342.19200300.100.1.1', 'id-at-userid', 'The name under which a user logs in.'),
  one('0.9.2342.19200300.100.1.25', 'dc', 'One label of a domain name.'),
  one('1.2.840.113549.1.9.1', 'pkcs-9-at-emailAddress', 'An electronic mail address.'),
  one('1.3.6.1.4.1.311.60.2.1.1', 'jurisdictionOfIncorporationLocalityName', 'The town where the organization is registered.'),
  one('1.3.6.1.4.1.311.60.2.1.2', 'jurisdictionOfIncorporationStateOrProvinceName', 'The state where the organization is registered.'),
  one('1.3.6.1.4.1.311.60.2.1.3', 'jurisdictionOfIncorporationCountryName', 'The country where the organization is registered.'),
  // Keys and curves.
  one('1.2.840.113549.1.1.1', 'rsaEncryption', 'An RSA key: its strength lies in a product of two large primes.'),
  one('1.2.840.10040.4.1', 'id-dsa', 'A DSA key, which TLS does not use any more.'),
  one('1.2.840.10045.2.1', 'id-ecPublicKey', 'A key on an elliptic curve: short, and as strong as a long RSA key.'),
  one('1.3.101.110', 'id-X25519', 'A key for agreeing on secrets on Curve25519.'),
  one('1.3.101.112', 'id-Ed25519', 'A key for signatures on Curve25519.'),
  one('1.3.101.113', 'id-Ed448', 'A key for signatures on Curve448.'),
  one('1.2.840.10045.3.1.7', 'secp256r1', 'The curve P-256, which nearly everybody can use.'),
  one('1.3.132.0.34', 'secp384r1', 'The curve P-384.'),
  one('1.3.132.0.35', 'secp521r1', 'The curve P-521.'),
  one('1.3.132.0.10', 'secp256k1', 'The curve that Bitcoin made known.'),
  // Signatures.
  one('1.2.840.113549.1.1.4', 'md5WithRSAEncryption', 'MD5 was broken long ago: such a signature can be forged.'),
  one('1.2.840.113549.1.1.5', 'sha1WithRSAEncryption', 'SHA-1 is broken: programs of today refuse such a signature.'),
  one('1.2.840.113549.1.1.10', 'id-RSASSA-PSS', 'An RSA signature with random salt, the form that TLS 1.3 asks for.'),
  one('1.2.840.113549.1.1.11', 'sha256WithRSAEncryption', 'A SHA-256 hash, signed with an RSA key.'),
  one('1.2.840.113549.1.1.12', 'sha384WithRSAEncryption', 'A SHA-384 hash, signed with an RSA key.'),
  one('1.2.840.113549.1.1.13', 'sha512WithRSAEncryption', 'A SHA-512 hash, signed with an RSA key.'),
  one('1.2.840.10045.4.1', 'ecdsa-with-SHA1', 'SHA-1 is broken: programs of today refuse such a signature.'),
  one('1.2.840.10045.4.3.2', 'ecdsa-with-SHA256', 'A SHA-256 hash, signed with a key on an elliptic curve.'),
  one('1.2.840.10045.4.3.3', 'ecdsa-with-SHA384', 'A SHA-384 hash, signed with a key on an elliptic curve.'),
  one('1.2.840.10045.4.3.4', 'ecdsa-with-SHA512', 'A SHA-512 hash, signed with a key on an elliptic curve.'),
  // Extensions.
  one('2.5.29.14', 'id-ce-subjectKeyIdentifier', 'A short name for the key of this certificate.'),
  one('2.5.29.15', 'id-ce-keyUsage', 'What the key may be used for.'),
  one('2.5.29.17', 'id-ce-subjectAltName', 'The hosts and addresses that the certificate is for.'),
  one('2.5.29.18', 'id-ce-issuerAltName', 'Further names of the issuer.'),
  one('2.5.29.19', 'id-ce-basicConstraints', 'Whether the holder is an authority that may sign certificates.'),
  one('2.5.29.30', 'id-ce-nameConstraints', 'The names for which this authority may sign certificates.'),
  one('2.5.29.31', 'id-ce-cRLDistributionPoints', 'Where the list of revoked certificates is found.'),
  one('2.5.29.32', 'id-ce-certificatePolicies', 'The rules by which the issuer checked the holder.'),
  one('2.5.29.35', 'id-ce-authorityKeyIdentifier', 'A short name for the key that signed this certificate.'),
  one('2.5.29.37', 'id-ce-extKeyUsage', 'The purposes for which the certificate is good.'),
  one('1.3.6.1.5.5.7.1.1', 'id-pe-authorityInfoAccess', 'Where to ask about this certificate and its issuer.'),
  one('1.3.6.1.5.5.7.1.24', 'id-pe-tlsfeature', 'What a server with this certificate has to support.'),
  one('1.3.6.1.4.1.11129.2.4.2', 'SignedCertificateTimestampList', 'Proofs that the certificate stands in public logs.'),
  one('1.3.6.1.4.1.11129.2.4.3', 'id-ctPoison', 'Marks a draft that only the logs may see.'),
  one('2.16.840.1.113730.1.1', 'ns_cert_exts.cert_type', "Netscape's old way of saying what the certificate is for."),
  one('2.16.840.1.113730.1.13', 'ns_cert_exts.comment', 'A comment in free words.'),
  // Purposes and places.
  one('2.5.29.37.0', 'anyExtendedKeyUsage', 'The certificate is good for any purpose.'),
  one('1.3.6.1.5.5.7.3.1', 'id-kp-serverAuth', 'The holder may prove with it that it is a server.'),
  one('1.3.6.1.5.5.7.3.2', 'id-kp-clientAuth', 'The holder may prove with it that it is a client.'),
  one('1.3.6.1.5.5.7.3.3', 'id-kp-codeSigning', 'The holder may sign programs with it.'),
  one('1.3.6.1.5.5.7.3.4', 'id-kp-emailProtection', 'The holder may sign and encrypt mail with it.'),
  one('1.3.6.1.5.5.7.3.8', 'id-kp-timeStamping', 'The holder may sign times with it.'),
  one('1.3.6.1.5.5.7.3.9', 'OCSPSigning', 'The holder may say whether certificates are revoked.'),
  one('1.3.6.1.5.5.7.48.1', 'id-ad-ocsp', 'A service that says whether the certificate is revoked.'),
  one('1.3.6.1.5.5.7.48.2', 'id-ad-caIssuers', "The place where the issuer's own certificate can be fetched."),
  one('1.3.6.1.5.5.7.2.1', 'id-qt-cps', 'The address of a page with the rules.'),
  one('1.3.6.1.5.5.7.2.2', 'id-qt-unotice', 'A notice to be shown to people.'),
  one('2.23.140.1.1', 'ev-guidelines', 'The issuer checked the organization with particular care.'),
  one('2.23.140.1.2.1', 'domain-validated', 'The issuer checked only that the holder controls the host name.'),
  one('2.23.140.1.2.2', 'organization-validated', 'The issuer checked that the organization exists.'),
  // Pictures, periods and what single issuers add.
  one('2.5.4.41', 'id-at-name', 'The name of a person or thing.'),
  one('2.5.29.16', 'id-ce-privateKeyUsagePeriod', 'The time in which the private key may sign.'),
  one('2.5.29.32.0', 'anyPolicy', 'Any rules: the issuer may sign for all of them.'),
  one('1.3.6.1.5.5.7.1.12', 'id-pe-logotype', 'Pictures by which people should recognise issuer or holder.'),
  one('1.3.6.1.5.5.7.1.14', 'id-pe-proxyCertInfo', 'The holder lends its identity to a program.'),
  one('1.3.6.1.5.5.7.21.1', 'id-ppl-inheritAll', 'The program may do everything that the holder may.'),
  one('1.3.6.1.5.5.7.48.1.1', 'id-pkix-ocsp-basic', 'The usual form of an answer on revocation.'),
  one('1.3.6.1.5.5.7.48.1.2', 'id-pkix-ocsp-nonce', 'A number of the asker, so that old answers cannot be passed off.'),
  one('1.3.6.1.5.5.7.48.1.4', 'id-pkix-ocsp-response', 'The forms of answer that the asker understands.'),
  one('1.3.6.1.5.5.7.48.1.5', 'id-pkix-ocsp-nocheck', 'Nobody need ask whether this certificate was revoked.'),
  one('1.3.6.1.5.5.7.48.1.6', 'id-pkix-ocsp-archive-cutoff', 'How far back the service remembers.'),
  one('1.3.6.1.4.1.11129.2.4.5', 'SignedCertificateTimestampList', 'Proofs that the certificate stands in public logs.'),
  one('1.2.840.113533.7.65.0', 'id-ce-entrustVersionInfo', 'The version of the software of Entrust.'),
  one('1.3.6.1.4.1.311.20.2', 'id-ms-certificate-template-name', "The name of the form of Microsoft's authority."),
  one('1.3.6.1.4.1.311.20.2.3', 'id-ms-user-principal-name', 'The name under which a user logs in to Windows.'),
  one('1.3.6.1.4.1.311.21.1', 'id-ms-ca-version', "How often the key of Microsoft's authority was renewed."),
  one('1.3.6.1.4.1.311.21.2', 'id-ms-previous-cert-hash', 'A hash of the certificate that this one follows.'),
  one('1.3.6.1.4.1.311.21.4', 'id-ms-next-publish', 'When the next answer will be there.'),
  one('1.3.6.1.4.1.311.21.7', 'id-ms-certificate-template', "The form of Microsoft's authority, by its number."),
  one('1.3.6.1.4.1.311.21.10', 'id-ms-application-certificate-policies', 'Purposes, written in the way of Microsoft.'),
  one('1.3.14.3.2.26', 'SHA-1', 'A hash of 160 bits, too weak for signatures today.'),
  one('1.3.14.3.2.29', 'sha-1WithRSAEncryption', 'SHA-1 is broken: programs of today refuse such a signature.'),
  one('2.16.840.1.113730.1.2', 'ns_cert_exts.base-url', 'The beginning of the addresses that other old extensions give.'),
  one('2.16.840.1.113730.1.3', 'ns_cert_exts.revocation-url', 'Where to ask whether the certificate was revoked, in the old way.'),
  one('2.16.840.1.113730.1.4', 'ns_cert_exts.ca-revocation-url', 'Where to ask whether the issuer was revoked, in the old way.'),
  one('2.16.840.1.113730.1.8', 'ns_cert_exts.ca-policy-url', 'Where the rules of the issuer can be read, in the old way.'),
  one('2.16.840.1.113730.4.1', 'server-gated-cryptography', 'Once allowed strong encryption with programs for export.'),
]

const indexes = new Map(LIST.map(([oid], i) => [oid, i + 1]))

/** A number for the identifier, by which `oidMeaning` finds it again; 0 for one that is not in the table. */
export function oidIndex(oid: string): number {
  return indexes.get(oid) ?? 0
}

export function oidMeaning(index: number): OidMeaning | undefined {
  return LIST[index - 1]?.[1]
}

/** Wireshark's name, or the identifier itself. */
export function oidLabel(oid: string): string {
  return oidMeaning(oidIndex(oid))?.name ?? oid
}
