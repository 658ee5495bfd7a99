// What each alert of TLS says about a connection that failed, and what mends it. Who sends an alert names what it does not like in the
// other: a client that says unknown_ca does not know the server's authority.

import type { Side } from '../exposure/facts.ts'

export interface AlertWords {
  readonly text: string
  readonly repair: string
}

/** By alert: what it means when the client, or the server, sends it. */
type Table = Readonly<Record<string, Readonly<Partial<Record<Side, AlertWords>>>>>

const ASK_THE_LOG = 'Look into the log of the side that sent it: it knows more than it says.'

const TABLE: Table = {
  unknown_ca: {
    client: {
      text: 'the client does not know the authority that signed the certificate of the server (or the server signed it itself)',
      repair: "Give the client the authority's certificate (--ca, --cacert, -CAfile), or use a certificate of an authority that it knows.",
    },
    server: {
      text: 'the server does not know the authority that signed the certificate of the client',
      repair: 'Use a client certificate of an authority that the server trusts, or add that authority on the server.',
    },
  },
  certificate_expired: {
    client: {
      text: 'the certificate of the server has expired, by the clock of the client',
      repair: 'Renew the certificate of the server, and check the clock of the client.',
    },
    server: {
      text: 'the certificate of the client has expired, by the clock of the server',
      repair: 'Renew the certificate of the client, and check the clock of the server.',
    },
  },
  bad_certificate: {
    client: {
      text: 'the client refuses the certificate of the server: most often it is for another host, not valid yet, or damaged',
      repair: 'Use a certificate that names the host as it is typed, and check its dates and the clock of the client.',
    },
    server: {
      text: 'the server refuses the certificate of the client, or got none',
      repair: 'Give the client a certificate that the server takes (--cert and --key).',
    },
  },
  certificate_unknown: {
    client: {
      text: 'the client refuses the certificate of the server and does not say why',
      repair: 'Read the error message of the client: it names the reason. Authority, host and dates are the usual ones.',
    },
    server: {
      text: 'the server refuses the certificate of the client and does not say why',
      repair: 'Read the log of the server, and use a client certificate that it trusts.',
    },
  },
  unsupported_certificate: {
    client: {
      text: 'the certificate of the server is of a kind that the client does not take, or not made for servers',
      repair: 'Issue a certificate with the purpose serverAuth and a key type that the client knows.',
    },
    server: {
      text: 'the certificate of the client is of a kind that the server does not take, or not made for clients',
      repair: 'Issue a certificate with the purpose clientAuth and a key type that the server knows.',
    },
  },
  certificate_revoked: {
    client: { text: 'the certificate of the server was revoked', repair: 'Have a new certificate issued for the server.' },
    server: { text: 'the certificate of the client was revoked', repair: 'Have a new certificate issued for the client.' },
  },
  certificate_required: {
    server: {
      text: 'the server wants a certificate of the client and got none',
      repair: 'Give the client a certificate and its key (--cert and --key) from an authority that the server trusts.',
    },
  },
  protocol_version: {
    client: {
      text: 'client and server share no version of TLS: the client refuses the one that the server chose',
      repair: 'Allow a common version on both sides: TLS 1.2 or 1.3.',
    },
    server: {
      text: 'client and server share no version of TLS: the server takes none of those offered',
      repair: 'Allow a common version on both sides: TLS 1.2 or 1.3.',
    },
  },
  handshake_failure: {
    client: {
      text: 'the client finds nothing acceptable in what the server chose',
      repair: 'Allow cipher suites and signature algorithms in common on both sides.',
    },
    server: {
      text: 'client and server share no cipher suite, or no group or signature algorithm for it',
      repair: 'Allow a common cipher suite on both sides, and check that the key of the certificate fits it (RSA or ECDSA).',
    },
  },
  insufficient_security: {
    server: {
      text: 'what the client offers is too weak for the server',
      repair: 'Let the client offer stronger cipher suites and groups, or a newer version of TLS.',
    },
  },
  unrecognized_name: {
    server: {
      text: 'the server does not know the host name that the client asked for',
      repair: 'Ask for a name that the server is set up for, or add the name on the server.',
    },
  },
  no_application_protocol: {
    server: {
      text: 'the server speaks none of the application protocols that the client offers (ALPN)',
      repair: 'Offer one that the server speaks, such as http/1.1 or h2.',
    },
  },
  decrypt_error: {
    client: {
      text: 'a signature or a check value of the server is wrong: its key does not fit its certificate, or the handshake was changed on the way',
      repair: 'Check that key and certificate of the server belong together, and that nothing between the two changes the traffic.',
    },
    server: {
      text: 'a signature or a check value of the client is wrong: its key does not fit its certificate, or the pre-shared keys differ',
      repair: 'Check that key and certificate of the client belong together, and that both sides have the same pre-shared key.',
    },
  },
  unexpected_message: {
    server: {
      text: 'the server got something that has no place in a handshake, perhaps no TLS at all',
      repair: 'Check that the client speaks TLS to this port, and no other protocol.',
    },
  },
  record_overflow: {
    client: {
      text: 'what came back has no record of TLS in it: the server most likely speaks another protocol on this port',
      repair: 'Check which protocol the port speaks: http:// instead of https:// may be right.',
    },
  },
  inappropriate_fallback: {
    server: {
      text: 'the client came back with an older version than the server can speak, which looks like an attack',
      repair: 'Find out why the first attempt with the newer version failed.',
    },
  },
  unknown_psk_identity: {
    server: {
      text: 'the server does not know the pre-shared key that the client named',
      repair: 'Give both sides the same key under the same name.',
    },
  },
}

/** Alerts that end nothing, or end it in order. */
const HARMLESS = new Set(['close_notify', 'user_canceled', 'no_renegotiation'])

export function isHarmless(description: string, level: string): boolean {
  return HARMLESS.has(description) || (level === 'warning' && description === 'unrecognized_name')
}

export function wordsOfAlert(description: string, from: Side): AlertWords {
  const known = TABLE[description]?.[from]
  if (known !== undefined) return known
  return { text: `the ${from} gives up with ${description}`, repair: ASK_THE_LOG }
}
