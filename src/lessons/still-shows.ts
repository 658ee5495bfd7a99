import { bytesAround, fieldValue, mistake, words, wrongPacket } from './build.ts'
import type { Evidence, Row } from './evidence.ts'
import { type Lesson, type Screen, same } from './lesson.ts'

export const stillShows: Lesson = {
  number: 9,
  title: words('What still shows', 'Ce qui se voit encore'),
  idea: words(
    'TLS seals what is said; who, with whom, when and how much stays in sight.',
    'TLS scelle ce qui est dit ; qui, avec qui, quand et combien restent visibles.',
  ),
  commands: ['wiretail captures/tls13.pcapng', 'wiretail print -r captures/tls13.pcapng -Y tls'],
  capture: 'tls13.pcapng',
  screens(evidence, secret) {
    return [whatToSee(evidence, secret), serverName(evidence), whichAnswer(evidence), theList(evidence)]
  },
}

function whatToSee(evidence: Evidence, secret: string): Screen {
  const hello = evidence.first('tls.handshake.ciphersuite')
  const sealed = evidence.every('tls.app_data')
  const talking = evidence.lines.filter(({ protocol }) => protocol.startsWith('TLS')).map(({ number }) => number)
  const found = evidence.places(secret, 'everywhere').length
  return {
    title: words('The same secret, sealed', 'Le même secret, scellé'),
    say: [words('The packets with data, of the same question over HTTPS:', 'Les paquets porteurs, pour la même question en HTTPS :')],
    figures: [{ kind: 'packets', rows: evidence.rows(talking) }],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('what can the spy still read, without any key?', 'que peut encore lire l’espion, sans aucune clé ?'),
      choices: [
        words('nothing at all', 'rien du tout'),
        words('the name asked for, the sizes, the times', 'le nom demandé, les tailles, les heures'),
        words('the message, but not who sent it', 'le message, mais pas qui l’envoie'),
      ],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'The first message of each side is in clear: they have no key yet.',
          'Le premier message de chacun est en clair : ils n’ont pas encore de clé.',
        ),
        mistake(
          'c',
          `Search for it: ${found} places. The addresses, though, are in each packet.`,
          `Cherchez-le : ${found} endroit. Les adresses, elles, sont dans chaque paquet.`,
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'Sealed is what is said. The envelope is as readable as ever.',
        'Ce qui est dit est scellé. L’enveloppe reste lisible.',
      ),
      evidence: [evidence.point(hello), ...sealed.slice(0, 1).map((row) => evidence.point(row))],
    },
    evidence: [evidence.point(hello), ...sealed.map((row) => evidence.point(row))],
    notes: words(
      'Let them write down all that the spy knows, before you go on. Compare at the end.',
      'Faites noter tout ce que sait l’espion, avant la suite. Comparez à la fin.',
    ),
  }
}

function serverName(evidence: Evidence): Screen {
  const name = evidence.first('tls.handshake.extensions_server_name')
  const bytes = evidence.source(name.packet, name.source)
  const start = name.start - (name.start % 16) - 16
  return {
    title: words('The first message', 'Le premier message'),
    say: [words(`From the ClientHello in packet ${name.packet}, in clear:`, `Extrait du ClientHello, paquet ${name.packet}, en clair :`)],
    figures: [{ kind: 'bytes', bytes, start, length: 64, lit: [] }],
    ask: {
      form: 'text',
      prompt: words('which server does the client ask for, by name?', 'quel serveur le client demande-t-il, par son nom ?'),
      right: evidence.text(name),
      mistakes: [
        mistake(
          'http',
          'That is the protocol that shall follow. The name stands before it.',
          'C’est le protocole qui doit suivre. Le nom est avant.',
        ),
        mistake(
          '127.0.0.1',
          'That is the address, from the IP layer. The name is a word.',
          'C’est l’adresse, de la couche IP. Le nom est un mot.',
        ),
      ],
      otherwise: words('Read the right column: one word makes sense.', 'Lisez la colonne de droite : un mot a un sens.'),
      insight: words(
        'The name is in clear so that one machine can serve many names.',
        'Le nom est en clair : une machine peut ainsi servir plusieurs noms.',
      ),
      reveal: [bytesAround(evidence, [name])],
      evidence: [evidence.point(name)],
    },
    evidence: [evidence.point(name)],
    notes: words(
      'Encrypted ClientHello seals the name too, where both sides know it.',
      'Encrypted ClientHello scelle aussi le nom, là où les deux le connaissent.',
    ),
  }
}

interface Sealed {
  readonly row: Row
  readonly fromClient: boolean
}

function whichAnswer(evidence: Evidence): Screen {
  const records: Sealed[] = evidence.every('tls.app_data').map((row) => ({ row, fromClient: evidence.fromClient(row.packet) }))
  // What the client sends in TLS 1.3 after the server's handshake: Finished, then the request. The answer is what comes after it.
  const request = records.filter(({ fromClient }) => fromClient)[1]!
  const answers = records.filter(({ row, fromClient }) => !fromClient && row.packet > request.row.packet)
  const answer = answers.reduce(
    (best, one) => (one.row.packet === answers[0]!.row.packet && one.row.start > best.row.start ? one : best),
    answers[0]!,
  )
  const handshake = records.filter(({ row, fromClient }) => !fromClient && row.packet < request.row.packet).map(({ row }) => row.packet)
  return {
    title: words('Sizes tell', 'Les tailles parlent'),
    say: [
      words(
        'The sealed records: packet, from whom, how many bytes inside.',
        'Les enregistrements scellés : paquet, de qui, combien d’octets.',
      ),
    ],
    figures: [
      {
        kind: 'table',
        rows: records.map(({ row, fromClient }) => [
          same(String(row.packet)),
          fromClient ? words('client →', 'client →') : words('← server', '← serveur'),
          same(String(row.length)),
        ]),
      },
    ],
    ask: {
      form: 'packet',
      prompt: words(
        `the question is the record of ${request.row.length} bytes. Which packet carries the answer?`,
        `la question fait ${request.row.length} octets. Quel paquet porte la réponse ?`,
      ),
      right: String(answer.row.packet),
      mistakes: [
        wrongPacket(
          handshake,
          'That was before the question: the certificate, still part of the greeting.',
          'C’était avant la question : le certificat, encore les salutations.',
        ),
        wrongPacket([request.row.packet], 'That is the question itself.', 'C’est la question elle-même.'),
      ],
      otherwise: words(
        'The first thing that the server says after the question.',
        'La première chose que dit le serveur après la question.',
      ),
      insight: words(
        'Order and sizes tell what is what, although nothing can be read.',
        'L’ordre et les tailles disent ce qui est quoi, sans rien lire.',
      ),
      evidence: [evidence.point(answer.row)],
    },
    evidence: records.map(({ row }) => evidence.point(row)),
    notes: words(
      'Each record is 17 bytes longer than what is inside: one for the type, 16 for the seal.',
      'Chaque enregistrement a 17 octets de plus que son contenu : un pour le type, 16 pour le sceau.',
    ),
  }
}

function theList(evidence: Evidence): Screen {
  const name = evidence.first('tls.handshake.extensions_server_name')
  const address = evidence.first('ip.dst')
  const version = evidence.first('tls.handshake.extensions.supported_version', (row) => !evidence.fromClient(row.packet))
  const suite = evidence.first('tls.handshake.ciphersuite', (row) => row.packet === version.packet)
  const offered = evidence.every('tls.handshake.ciphersuite', name.packet)
  const last = evidence.lines.at(-1)!
  const bytes = evidence.lines.reduce((sum, { length }) => sum + length, 0)
  return {
    title: words('The spy’s notebook', 'Le carnet de l’espion'),
    say: [],
    figures: [
      {
        kind: 'table',
        rows: [
          [words('who', 'qui'), same(`${fieldValue(address)}, port ${evidence.serverPort}`)],
          [words('name', 'nom'), same(evidence.text(name))],
          [words('version', 'version'), same(fieldValue(version).replace(/ \(0x.*/, ''))],
          [
            words('cipher', 'chiffre'),
            words(
              `${fieldValue(suite).replace(/ \(0x.*/, '')}, of ${offered.length} offered`,
              `${fieldValue(suite).replace(/ \(0x.*/, '')}, sur ${offered.length} offerts`,
            ),
          ],
          [
            words('how much', 'combien'),
            words(`${evidence.lines.length} packets, ${bytes} bytes`, `${evidence.lines.length} paquets, ${bytes} octets`),
          ],
          [words('how long', 'durée'), same(`${last.time} s`)],
        ],
      },
    ],
    ask: {
      form: 'choice',
      prompt: words('what is not in the notebook, and cannot be?', 'qu’est-ce qui n’y est pas, et ne peut y être ?'),
      choices: [
        words('the length of the message, nearly', 'la longueur du message, à peu près'),
        words('the path that was asked for', 'le chemin demandé'),
        words('the moment of the visit', 'le moment de la visite'),
      ],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'The size of the answer was in sight, give or take its headers.',
          'La taille de la réponse se voyait, en-têtes compris.',
        ),
        mistake('c', 'Each packet was stamped with its time when it was captured.', 'Chaque paquet a été horodaté lors de la capture.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'The path is inside the sealed record: so is the message.',
        'Le chemin est dans l’enregistrement scellé : le message aussi.',
      ),
      evidence: [evidence.point(name), evidence.point(evidence.every('tls.app_data').at(-1)!)],
    },
    evidence: [address, name, version, suite].map((row) => evidence.point(row)),
    notes: words(
      'With enough visits, sizes alone tell which page was read. Padding helps a little.',
      'Avec assez de visites, les tailles disent quelle page est lue. Le bourrage aide un peu.',
    ),
  }
}
