import { lostKeyScene } from '../demo/scenes/lost-key.ts'
import { fieldValue, mistake, words, wrongPacket } from './build.ts'
import type { Evidence, Row } from './evidence.ts'
import { type Lesson, LessonError, type Pointer, type Screen, same } from './lesson.ts'

export const lostKey: Lesson = {
  number: 10,
  title: words('Open the box, then lose the key', 'Ouvrir la boîte, puis perdre la clé'),
  idea: words(
    'A key lost later opens what was recorded before, unless keys were agreed on afresh.',
    'Une clé perdue plus tard ouvre le passé, sauf si les clés étaient toujours neuves.',
  ),
  commands: ['wiretail captures/lost-key.pcapng --rsa-key captures/lost-key.key.pem'],
  capture: 'lost-key.pcapng',
  lostKey: 'lost-key.key.pem',
  scene: lostKeyScene,
  screens(evidence, secret) {
    const boxes = boxesOf(evidence)
    const [message] = evidence.places(secret, 'everywhere')
    if (message === undefined) lack()
    return [
      whichOpens(evidence, boxes, message),
      whatWasInside(evidence, boxes, message),
      where(evidence, boxes),
      whatElse(evidence, boxes),
    ]
  },
}

function lack(): never {
  throw new LessonError('This capture lacks the two boxes of the lesson. Take the bundled one: --from-capture')
}

interface SealedRecord {
  readonly packet: number
  readonly fromClient: boolean
  /** The record as it was sent. */
  readonly row: Row
  readonly seal: Row
  /** Bytes inside; null when it stays shut. */
  readonly inside: number | null
}

/** One of the two conversations. */
interface Box {
  readonly packets: readonly number[]
  /** The cipher suite that the server chose. */
  readonly suite: Row
  readonly records: readonly SealedRecord[]
  /** What the client sends so that both have a key. */
  readonly exchange: Row
}

function boxesOf(evidence: Evidence): readonly [Box, Box] {
  const streams = [...new Set(evidence.lines.map(({ stream }) => stream))]
  const boxes = streams.map((stream): Box => {
    const packets = evidence.lines.filter((line) => line.stream === stream).map(({ number }) => number)
    const mine = (row: Row): boolean => packets.includes(row.packet)
    const records = evidence.every('tls.record').filter((row) => mine(row) && row.source === 0)
    const seals = evidence.every('wiretail.tls.seal').filter(mine)
    return {
      packets,
      suite: evidence.first('tls.handshake.ciphersuite', (row) => mine(row) && !evidence.fromClient(row.packet)),
      exchange: [...evidence.every('tls.handshake.epms'), ...evidence.every('tls.handshake.client_point')].find(mine) ?? lack(),
      records: seals.flatMap((seal) => {
        const row = records.find((one) => one.packet === seal.packet && one.start <= seal.start && seal.start < one.start + one.length)
        const inside = /(\d+) bytes? inside, opened/.exec(seal.label)?.[1]
        return row === undefined
          ? []
          : [
              {
                packet: seal.packet,
                fromClient: evidence.fromClient(seal.packet),
                row,
                seal,
                inside: inside === undefined ? null : Number(inside),
              },
            ]
      }),
    }
  })
  const [first, second] = boxes
  if (first === undefined || second === undefined || first.records.length === 0) lack()
  return [first, second]
}

const side = (fromClient: boolean) => (fromClient ? words('client →', 'client →') : words('← server', '← serveur'))

function whichOpens(evidence: Evidence, boxes: readonly [Box, Box], message: Pointer): Screen {
  return {
    title: words('Two boxes, one stolen key', 'Deux boîtes, une clé volée'),
    say: [
      words(
        'A spy recorded two fetches over TLS 1.2. Years later the server’s private key is stolen. The suites:',
        'Un espion a enregistré deux échanges en TLS 1.2. Des années après, la clé privée du serveur est volée. Les suites :',
      ),
    ],
    figures: [
      {
        kind: 'table',
        head: [words('packets', 'paquets'), words('agreed on', 'convenu')],
        rows: boxes.map(({ packets, suite }) => [same(`${packets[0]}–${packets.at(-1)}`), same(fieldValue(suite).replace(/ \(0x.*/, ''))]),
      },
    ],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('which box does that key open?', 'quelle boîte cette clé ouvre-t-elle ?'),
      choices: [words('both', 'les deux'), words('the first only', 'la première seule'), words('the second only', 'la seconde seule')],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'In the second it only signed: the keys came from two shares, lesson 8.',
          'Dans la seconde elle n’a que signé : les clés viennent de deux parts, leçon 8.',
        ),
        mistake('c', 'ECDHE: both sides threw the numbers behind their keys away.', 'ECDHE : chacun a jeté les nombres derrière ses clés.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'Forward secrecy: what was sealed with ECDHE stays sealed, whoever loses what later.',
        'Confidentialité persistante : scellé par ECDHE reste scellé, quoi qu’on perde après.',
      ),
      evidence: [message],
    },
    evidence: boxes.map(({ suite }) => evidence.point(suite)),
    notes: words(
      'Spies do keep sealed traffic for later. Ask who would want today’s in twenty years.',
      'Des espions gardent le trafic scellé. Qui voudra celui d’aujourd’hui dans vingt ans ?',
    ),
  }
}

function whatWasInside(evidence: Evidence, [box]: readonly [Box, Box], message: Pointer): Screen {
  const { records } = box
  const rows = (told: boolean) =>
    records.map(({ packet, fromClient, row, inside, seal }) => [
      same(String(packet)),
      side(fromClient),
      same(String(row.length)),
      same(inside === null ? '?' : String(inside)),
      ...(told ? [contentOf(evidence, packet, row, seal)] : []),
    ])
  const head = [words('packet', 'paquet'), same(''), words('sealed', 'scellé'), words('inside', 'dedans')]
  const asking = records.filter(({ row, fromClient }) => fromClient && /Application Data/.test(row.label))
  const greeting = records.filter(({ packet }) => packet !== message.packet && !asking.some((one) => one.packet === packet))
  return {
    title: words('What was inside', 'Ce qu’il y avait dedans'),
    say: [
      words(
        'The first box, opened with the server’s private key. Bytes of each record, sealed and inside:',
        'La première boîte, ouverte avec la clé privée du serveur. Octets de chaque enregistrement :',
      ),
    ],
    figures: [{ kind: 'table', head, rows: rows(false) }],
    ask: {
      form: 'packet',
      prompt: words('which packet holds the message, behind its headers?', 'quel paquet contient le message, après ses en-têtes ?'),
      right: String(message.packet),
      mistakes: [
        wrongPacket(
          asking.map(({ packet }) => packet),
          'That is the question: it comes from the client.',
          'C’est la question : elle vient du client.',
        ),
        wrongPacket(
          greeting.map(({ packet }) => packet),
          'Too small for headers and a message: the end of a greeting, or a goodbye.',
          'Trop petit pour des en-têtes : une fin de salutation, ou un au revoir.',
        ),
      ],
      otherwise: words('The largest record that the server sent.', 'Le plus grand enregistrement du serveur.'),
      insight: words(
        'Each record is 29 bytes longer than what is in it: header, counter and seal.',
        'Chaque enregistrement a 29 octets de plus : en-tête, compteur et sceau.',
      ),
      reveal: [{ kind: 'table', head: [...head, words('what', 'quoi')], rows: rows(true) }],
      evidence: [message],
    },
    evidence: records.map(({ row }) => evidence.point(row)),
    notes: words(
      'The interface shows it too: open the capture with --rsa-key, and key D shows what was opened.',
      'L’interface le montre aussi : ouvrez la capture avec --rsa-key ; la touche D montre l’intérieur.',
    ),
  }
}

/** What an opened record holds, in a word. */
function contentOf(evidence: Evidence, packet: number, row: Row, { label }: Row) {
  if (!/opened with/.test(label)) return words('stays shut', 'reste fermé')
  if (/Alert/.test(row.label)) return words('goodbye', 'au revoir')
  if (/Handshake/.test(row.label)) return words('greeting', 'salutation')
  const status = evidence.every('http.response.code', packet).length > 0
  return status ? words('the answer', 'la réponse') : words('the question', 'la question')
}

function where(evidence: Evidence, boxes: readonly [Box, Box]): Screen {
  const [first, second] = boxes.map(({ exchange }) => exchange) as [Row, Row]
  const certificate = evidence.first('tls.handshake.certificate')
  const listed = [...new Set([certificate.packet, first.packet, ...certificatePackets(evidence), second.packet])].sort((a, b) => a - b)
  return {
    title: words('Where the key was needed', 'Où la clé a servi'),
    say: [words('How both sides came to a secret, in clear:', 'Comment les deux côtés ont eu un secret, en clair :')],
    figures: [{ kind: 'packets', rows: evidence.rows(listed) }],
    ask: {
      form: 'packet',
      prompt: words(
        `${first.length} bytes in one packet are the secret itself, sealed to the server’s key. Which packet?`,
        `${first.length} octets d’un paquet sont le secret même, scellé pour la clé du serveur. Quel paquet ?`,
      ),
      right: String(first.packet),
      mistakes: [
        wrongPacket(
          [second.packet],
          `There it is a share of ${second.length} bytes: half of the paint, harmless alone.`,
          `Là c’est une part de ${second.length} octets : la moitié de la peinture, inoffensive.`,
        ),
        wrongPacket(
          certificatePackets(evidence),
          'That is the server’s public key: the lock, which everybody may have.',
          'C’est la clé publique du serveur : la serrure, que tous peuvent avoir.',
        ),
      ],
      otherwise: words('The client sends it: look for Client Key Exchange.', 'Le client l’envoie : cherchez Client Key Exchange.'),
      insight: words(
        'The secret crossed the wire in a box. Who gets that key, whenever, opens it.',
        'Le secret a traversé le fil dans une boîte. Qui a la clé, un jour, l’ouvre.',
      ),
      evidence: [evidence.point(first)],
    },
    evidence: [first, second, certificate].map((row) => evidence.point(row)),
    notes: words(
      'TLS 1.3 has no such exchange any more: every session agrees afresh.',
      'TLS 1.3 n’a plus cet échange : chaque session convient de clés neuves.',
    ),
  }
}

const certificatePackets = (evidence: Evidence): number[] => [
  ...new Set(evidence.every('tls.handshake.certificate').map(({ packet }) => packet)),
]

function whatElse(evidence: Evidence, [, box]: readonly [Box, Box]): Screen {
  const sealed = box.records.map(({ row }) => row)
  return {
    title: words('The box that stays shut', 'La boîte qui reste fermée'),
    say: [
      words(
        'The records of the second one, with the private key at hand. None of them opens:',
        'Les enregistrements de la seconde, clé privée en main. Aucun ne s’ouvre :',
      ),
    ],
    figures: [
      {
        kind: 'table',
        head: [words('packet', 'paquet'), same(''), words('sealed', 'scellé')],
        rows: box.records.map(({ packet, fromClient, row }) => [same(String(packet)), side(fromClient), same(String(row.length))]),
      },
    ],
    ask: {
      form: 'choice',
      prompt: words('what would open it?', 'qu’est-ce qui l’ouvrirait ?'),
      choices: [
        words('the server’s certificate', 'le certificat du serveur'),
        words('a key log that one of the two wrote then', 'un journal de clés écrit alors par l’un des deux'),
        words('the authority’s private key', 'la clé privée de l’autorité'),
      ],
      right: 'b',
      mistakes: [
        mistake('a', 'Everybody has it: it is sent in clear, and opens nothing.', 'Tous l’ont : il est envoyé en clair, et n’ouvre rien.'),
        mistake(
          'c',
          'With it one can play the server from now on, but not read the past.',
          'Avec elle on peut jouer le serveur désormais, mais pas lire le passé.',
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'SSLKEYLOGFILE writes one: the session’s own keys, which live no longer than it.',
        'SSLKEYLOGFILE en écrit un : les clés de la session, qui meurent avec elle.',
      ),
      evidence: sealed.slice(0, 1).map((row) => evidence.point(row)),
    },
    evidence: sealed.map((row) => evidence.point(row)),
    notes: words(
      'wiretail run -- curl https://… collects the keys of the programs that it starts.',
      'wiretail run -- curl https://… recueille les clés des programmes qu’il lance.',
    ),
  }
}
