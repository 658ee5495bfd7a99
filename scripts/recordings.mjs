// The recordings of captures/: each makes real traffic on loopback port 5683 while a capture runs.

import { writeFileSync } from 'node:fs'

const PORT = 5683
const SECRET = 'fluffy tail'
const FERNET_KEY = 'YSBrZXkgdGhhdCBzZXJ2ZXIgJiBjbGllbnQgc2hhcmU='

/**
 * @typedef {object} Recording
 * @property {string} file name in captures/
 * @property {string} about one sentence for captures/README.md
 * @property {boolean} [segments] true: packets of 1500 bytes as on a real network, not loopback's 65 536
 * @property {boolean} [keys] true: a key log lies beside it
 * @property {boolean} [lost] true: the server's private key lies beside it
 * @property {boolean} [twoPorts] true: the port behind the first one is recorded too
 * @property {(context: { demo: any, scenes: any, scratch: string, keylog: string, lose: (key: string) => void }) => Promise<void>} [run] makes the traffic
 * @property {(context: { scenes: any }) => { frame: Uint8Array, time: number }[]} [write] writes frames instead; nothing is captured
 */

/** @type {Recording[]} */
export const RECORDINGS = [
  {
    file: 'plain.pcapng',
    about: 'The demo of `wiretail demo`: one GET, the secret in plain HTTP, ten packets over IPv4.',
    run: ({ demo }) => demo.runDemoTraffic({ port: PORT, secret: SECRET }),
  },
  {
    file: 'plain-ipv6.pcapng',
    about: 'The same over IPv6.',
    run: ({ demo }) => demo.runDemoTraffic({ port: PORT, secret: SECRET, host: '::1' }),
  },
  {
    file: 'fernet.pcapng',
    about: `The same as a Fernet token. Key: ${FERNET_KEY}`,
    run: ({ demo, scenes }) => play(scenes.fetchScene(demo.fernet, 1, FERNET_KEY)),
  },
  {
    file: 'https.pcapng',
    about: 'The same over TLS 1.3, with a certificate.',
    segments: true,
    keys: true,
    run: ({ scenes, keylog }) => play(scenes.httpsWay((line) => writeFileSync(keylog, line, { flag: 'a' }))),
  },
  {
    file: 'ways.pcapng',
    about: 'The three ways one after the other: plain HTTP, a Fernet token, TLS.',
    segments: true,
    run: ({ scenes }) => play(scenes.waysScene),
  },
  {
    file: 'requests.pcapng',
    about: 'Eight requests on one kept-alive connection (GET, HEAD, POST, 201, 204, 304, 404, chunked), then one of HTTP/1.0.',
    run: ({ scenes }) => play(scenes.requestsScene),
  },
  {
    file: 'basic.pcapng',
    about: 'A secret behind a password: 401 without it, then Basic authentication.',
    run: ({ scenes }) => play(scenes.basicScene),
  },
  {
    file: 'gzip.pcapng',
    about: 'A page of 60 kB, sent compressed with gzip in several segments; the secret is in it, and in no packet.',
    segments: true,
    run: ({ scenes }) => play(scenes.gzipScene),
  },
  {
    file: 'cipher.pcapng',
    about: 'The secret with every letter moved back by one.',
    run: ({ demo, scenes }) => play(scenes.fetchScene(demo.cipher)),
  },
  {
    file: 'tokens.pcapng',
    about: `Fernet tokens: the secret twice, then messages of 15 and of 16 bytes. Key: ${FERNET_KEY}`,
    run: ({ scenes }) => play(scenes.tokensScene),
  },
  {
    file: 'wrong-key.pcapng',
    about: `Two clients fetch a Fernet token; the second has another key. Key: ${FERNET_KEY}`,
    run: ({ scenes }) => play(scenes.wrongKeyScene),
  },
  {
    file: 'tls12.pcapng',
    about: 'The secret over TLS 1.2 (ECDHE, RSA certificate).',
    segments: true,
    keys: true,
    run: (context) => recordTls(context, '1.2'),
  },
  {
    file: 'tls13.pcapng',
    about: 'The secret over TLS 1.3.',
    segments: true,
    keys: true,
    run: (context) => recordTls(context, '1.3'),
  },
  {
    file: 'lost-key.pcapng',
    about: 'Two fetches over TLS 1.2 from one server: RSA key exchange, then ECDHE.',
    segments: true,
    lost: true,
    run: ({ scenes, lose }) => play(scenes.lostKeyScene, { lose }),
  },
  {
    file: 'mutual.pcapng',
    about: 'Mutual TLS: the client shows a certificate, over TLS 1.2 in clear, then over TLS 1.3 sealed.',
    segments: true,
    run: ({ scenes }) => play(scenes.mutualScene),
  },
  {
    file: 'authority.pcapng',
    about: 'Two servers that send their authority along, TLS 1.2: one authority says that it is one, one is as the tutorial printed it.',
    segments: true,
    run: ({ scenes }) => play(scenes.authorityScene),
  },
  {
    file: 'failures.pcapng',
    about: 'Handshakes that fail: unknown authority, expired, no common version, no common cipher, no client certificate; a refused port.',
    segments: true,
    run: ({ scenes }) => play(scenes.failuresScene),
  },
  {
    file: 'ends.pcapng',
    about:
      'Where TLS ends: a front on port 5683 and the server behind it on 5684; http:// at the port of https; an impostor with a certificate.',
    segments: true,
    twoPorts: true,
    run: ({ scenes }) => play(scenes.endsScene),
  },
  {
    file: 'mixed.pcapng',
    about: 'Four protocols on one port: HTTP, a Fernet token, TLS, and real CoAP over TCP.',
    run: ({ scenes }) => play(scenes.mixedScene),
  },
  {
    file: 'misbehaving.pcapng',
    about:
      'Late, repeated, missing, refused and unanswered packets. Written frame by frame by src/demo/scenes/misbehaving.ts, not captured.',
    write: ({ scenes }) => scenes.misbehavingFrames(SECRET),
  },
  {
    file: 'exam.pcapng',
    about: 'The exam of the seed "demo": ten conversations. Written frame by frame by src/demo/scenes/exam.ts, not captured.',
    write: ({ scenes }) => scenes.examFrames('demo').map((frame, at) => ({ frame, time: at / 1000 })),
  },
]

/** Runs a scene of src/demo/scenes where the capture looks. */
function play(scene, more = {}) {
  return scene.run({ host: '127.0.0.1', port: PORT, secret: SECRET, ready: async (port) => port, ...more })
}

function recordTls({ scenes, keylog }, version) {
  const versions = { minVersion: version, maxVersion: version }
  const log = (line) => writeFileSync(keylog, line, { flag: 'a' })
  return play(scenes.httpsScene({ server: versions, keylog: log }))
}
