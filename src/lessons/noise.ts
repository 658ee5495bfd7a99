import { gzipScene } from '../demo/scenes/gzip.ts'
import { bytesAround, fieldValue, headerFigure, headerLines, mistake, words } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Lesson, type Pointer, type Screen, same } from './lesson.ts'

export const noise: Lesson = {
  number: 4,
  title: words('Unreadable is not secret', 'Illisible n’est pas secret'),
  idea: words(
    'What looks like noise may only be packed: unpacking needs no key.',
    'Ce qui semble du bruit est peut-être compressé : pas besoin de clé.',
  ),
  commands: ['wiretail captures/gzip.pcapng'],
  capture: 'gzip.pcapng',
  scene: gzipScene,
  screens(evidence, secret) {
    const answer = evidence.first('http.response.code')
    return [noiseOrSecret(evidence, answer.packet), whoSaysSo(evidence, answer.packet), unpacked(evidence, answer.packet, secret)]
  },
}

/** The first bytes of the body, in the packet where the answer begins. */
function packedStart(evidence: Evidence): Pointer {
  // RFC 1952 2.3.1: a gzip file begins with 1f 8b, and 8 is its method, deflate.
  return evidence.place('\x1f\u008b\x08', 'latin1')
}

function noiseOrSecret(evidence: Evidence, packet: number): Screen {
  const start = packedStart(evidence)
  const bytes = evidence.source(start.packet, start.source)
  const encoding = evidence.in(packet, 'http.content_encoding')
  return {
    title: words('Noise', 'Du bruit'),
    say: [
      words(
        `A page comes back. Its first bytes, in packet ${start.packet}:`,
        `Une page revient. Ses premiers octets, paquet ${start.packet} :`,
      ),
    ],
    figures: [{ kind: 'bytes', bytes, start: start.start - (start.start % 16), length: 48, lit: [] }],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('who can read this?', 'qui peut lire cela ?'),
      choices: [
        words('only who has the key', 'seulement qui a la clé'),
        words('anyone', 'tout le monde'),
        words('nobody: it was damaged on the way', 'personne : abîmé en route'),
      ],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'There is no key: nothing was locked, only packed tightly.',
          'Il n’y a pas de clé : rien n’est fermé, seulement tassé.',
        ),
        mistake(
          'c',
          'TCP confirms and checks what arrives: nothing is broken.',
          'TCP confirme et vérifie ce qui arrive : rien n’est cassé.',
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        '1f 8b 08: so begins everything that gzip packs. It saves room.',
        '1f 8b 08 : ainsi commence tout ce que gzip compresse. Cela gagne de la place.',
      ),
      reveal: [bytesAround(evidence, [start])],
      evidence: [start, evidence.point(encoding)],
    },
    evidence: [start],
    notes: words(
      'Ask who thinks that it is encrypted, and what would prove it.',
      'Demandez qui croit à un chiffrement, et ce qui le prouverait.',
    ),
  }
}

function whoSaysSo(evidence: Evidence, packet: number): Screen {
  const lines = headerLines(evidence, packet)
  const encoding = evidence.in(packet, 'http.content_encoding')
  return {
    title: words('The label on the parcel', 'L’étiquette du colis'),
    say: [words('The lines before the noise are in clear:', 'Les lignes avant le bruit sont en clair :')],
    figures: [headerFigure(lines)],
    ask: {
      form: 'choice',
      prompt: words('which line tells how to undo the packing?', 'quelle ligne dit comment déballer ?'),
      choices: [same('Content-Type'), same('Content-Encoding'), same('Content-Length')],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'That says what it is once it is unpacked: a page in HTML.',
          'Cela dit ce que c’est une fois déballé : une page HTML.',
        ),
        mistake('c', 'That says how many bytes travel, packed as they are.', 'Cela dit combien d’octets voyagent, tels quels.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words('The method is named for all to read, and it needs no key.', 'La méthode est nommée, lisible par tous, et sans clé.'),
      evidence: [evidence.point(encoding)],
    },
    evidence: lines.map((row) => evidence.point(row)),
    notes: words(
      'The client had said first what it can unpack: Accept-Encoding.',
      'Le client avait d’abord dit ce qu’il sait déballer : Accept-Encoding.',
    ),
  }
}

function unpacked(evidence: Evidence, packet: number, secret: string): Screen {
  const place = evidence.place(secret, 'everywhere')
  const inFrames = new Set(evidence.places(secret).map((one) => one.packet)).size
  const length = evidence.in(packet, 'http.content_length_header')
  const body = evidence.in(packet, 'http.file_data')
  const count = evidence.lines.length
  return {
    title: words('Unpacked', 'Déballé'),
    say: [],
    figures: [
      {
        kind: 'table',
        rows: [
          [words('travelled', 'ont voyagé'), words(`${fieldValue(length)} bytes`, `${fieldValue(length)} octets`)],
          [words('unpacked', 'déballés'), words(`${body.length} bytes`, `${body.length} octets`)],
        ],
      },
      bytesAround(evidence, [place]),
    ],
    ask: {
      form: 'choice',
      prompt: words(
        `in how many of the ${count} packets does a search for "${secret}" find it?`,
        `dans combien des ${count} paquets une recherche trouve-t-elle « ${secret} » ?`,
      ),
      choices: [
        words('in none of them', 'dans aucun'),
        words('in one', 'dans un'),
        words('in every packet of the page', 'dans chaque paquet de la page'),
      ],
      right: inFrames === 0 ? 'a' : 'b',
      mistakes: [
        inFrames === 0
          ? mistake(
              'b',
              'Look at the packed bytes: no letter of it is left as it was.',
              'Voyez les octets tassés : aucune lettre n’y est telle quelle.',
            )
          : mistake('a', 'It does stand there: this run left it as it was.', 'Il y est pourtant : cette fois il est resté tel quel.'),
        mistake('c', 'The page holds the message once only.', 'La page ne contient le message qu’une fois.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'Not found is not the same as hidden: the spy unpacks first, then searches.',
        'Introuvable n’est pas caché : l’espion déballe d’abord, puis cherche.',
      ),
      evidence: [place],
    },
    evidence: [evidence.point(length), evidence.point(body), place],
    notes: words(
      'In the interface: select the last packet of the page, then the tab of the unpacked bytes.',
      'Dans l’interface : le dernier paquet de la page, puis l’onglet des octets déballés.',
    ),
  }
}
