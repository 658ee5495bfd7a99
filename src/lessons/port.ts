import { mixedScene } from '../demo/scenes/mixed.ts'
import { bytesAround, mistake, tokensIn, words, wrongPacket } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Lesson, LessonError, type Pointer, type Screen, same } from './lesson.ts'

export const port: Lesson = {
  number: 17,
  title: words('The port is not the protocol', 'Le port n’est pas le protocole'),
  idea: words(
    'A port number is a habit; the first bytes say what is spoken.',
    'Un numéro de port est une habitude ; les premiers octets disent la langue.',
  ),
  commands: ['wiretail captures/mixed.pcapng'],
  capture: 'mixed.pcapng',
  scene: mixedScene,
  screens(evidence) {
    const talks = talksOf(evidence)
    if (talks.length < 4)
      throw new LessonError('This capture lacks the four conversations of the lesson. Take the bundled one: --from-capture')
    return [oneOfFour(evidence, talks), sealed(talks), insideHttp(evidence, talks)]
  },
}

/** A conversation: where the client's first bytes stand, and what they are. */
interface Talk {
  readonly first: Pointer
  readonly hex: string
  readonly glyphs: string
}

const SHOWN = 6

function talksOf(evidence: Evidence): readonly Talk[] {
  const streams = [...new Set(evidence.lines.map(({ stream }) => stream))]
  return streams.flatMap((stream) => {
    const line = evidence.lines.find((one) => one.stream === stream && evidence.payload(one.number) > 0)
    if (line === undefined) return []
    const payload = evidence.in(line.number, 'tcp.payload')
    const first = { packet: line.number, source: 0, start: payload.start, length: Math.min(SHOWN, payload.length) }
    const text = evidence.text(first)
    const hex = Array.from(evidence.bytes(first), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    return [{ first: { ...first, text }, hex, glyphs: text.replace(/[^\x20-\x7e]/g, '·') }]
  })
}

function table(talks: readonly Talk[]) {
  return {
    kind: 'table' as const,
    head: [words('packet', 'paquet'), words('first bytes', 'premiers octets'), words('as text', 'en texte')],
    rows: talks.map(({ first, hex, glyphs }) => [same(String(first.packet)), same(hex), same(glyphs)]),
  }
}

const points = (talks: readonly Talk[]): readonly Pointer[] => talks.map(({ first }) => first)

/** RFC 8323 5.3: a CSM, code 7.01, is the first message of CoAP over TCP. */
const isCoap = ({ hex }: Talk): boolean => /^\w\w e1/.test(hex)

function oneOfFour(evidence: Evidence, talks: readonly Talk[]): Screen {
  const coap = talks.find(isCoap)
  if (coap === undefined) throw new LessonError('This capture lacks CoAP. Take the bundled one: --from-capture')
  return {
    title: words(`Four guests at door ${evidence.serverPort}`, `Quatre hôtes à la porte ${evidence.serverPort}`),
    say: [
      words(
        'The port registry says that 5683 is CoAP. The first bytes of four clients:',
        'Le registre dit : 5683 est CoAP. Les premiers octets de quatre clients :',
      ),
    ],
    figures: [table(talks)],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('how many of them speak CoAP?', 'combien parlent CoAP ?'),
      choices: [words('all four: so says the port', 'tous : le port le dit'), words('one', 'un seul'), words('none', 'aucun')],
      right: 'b',
      mistakes: [
        mistake('a', 'Two begin with GET: that is how HTTP asks.', 'Deux commencent par GET : c’est ainsi que HTTP demande.'),
        mistake(
          'c',
          'One really does: a length, then code e1, CoAP’s first message on TCP.',
          'Un, vraiment : une longueur, puis le code e1, son premier message sur TCP.',
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        `Packet ${coap.first.packet} is the only one. A tool that trusts the port calls all four CoAP.`,
        `Seul le paquet ${coap.first.packet}. Un outil qui croit le port dit CoAP pour tous.`,
      ),
      evidence: points([coap]),
    },
    evidence: points(talks),
    notes: words(
      'Open the capture in Wireshark, and see what stands in its Protocol column.',
      'Ouvrez la capture dans Wireshark, et voyez sa colonne Protocol.',
    ),
  }
}

function sealed(talks: readonly Talk[]): Screen {
  const tls = talks.find(({ hex }) => hex.startsWith('16 03'))
  const coap = talks.find(isCoap)
  if (tls === undefined || coap === undefined) throw new LessonError('This capture lacks TLS. Take the bundled one: --from-capture')
  const http = talks.filter(({ glyphs }) => glyphs.startsWith('GET')).map(({ first }) => first.packet)
  return {
    title: words('How does one know?', 'Comment le sait-on ?'),
    say: [
      words(
        'TLS begins with 16 (a handshake), then 03 and a version.',
        'TLS commence par 16 (une poignée de main), puis 03 et une version.',
      ),
    ],
    figures: [table(talks)],
    ask: {
      form: 'packet',
      prompt: words('which packet opens the TLS connection?', 'quel paquet ouvre la connexion TLS ?'),
      right: String(tls.first.packet),
      mistakes: [
        wrongPacket(http, 'That one begins with letters: GET.', 'Celui-là commence par des lettres : GET.'),
        wrongPacket(
          [coap.first.packet],
          'e1 is CoAP’s code for its capabilities; TLS has 16 first.',
          'e1 est le code CoAP des capacités ; TLS commence par 16.',
        ),
      ],
      otherwise: words('Look for 16 03 in the middle column.', 'Cherchez 16 03 dans la colonne du milieu.'),
      insight: words(
        'wiretail looks at these bytes first, and at the port only when they say nothing.',
        'wiretail regarde ces octets d’abord, et le port seulement s’ils ne disent rien.',
      ),
      evidence: points([tls]),
    },
    evidence: points(talks),
    notes: words(
      'The layer tree says it for each packet: by content, or by port.',
      'L’arbre des couches le dit pour chaque paquet : par contenu, ou par port.',
    ),
  }
}

function insideHttp(evidence: Evidence, talks: readonly Talk[]): Screen {
  const [token] = tokensIn(evidence)
  const answers = evidence.every('http.response.code').map(({ packet }) => packet)
  if (token === undefined) throw new LessonError('This capture lacks a token. Take the bundled one: --from-capture')
  const ends = answers.map((packet) => {
    const body = evidence.in(packet, 'http.file_data')
    return { packet, body, begin: evidence.text({ ...body, length: Math.min(12, body.length) }).replace(/[^\x20-\x7e]/g, '·') }
  })
  return {
    title: words('And inside HTTP?', 'Et dans HTTP ?'),
    say: [words('The bodies of the two answers over HTTP begin so:', 'Les corps des deux réponses HTTP commencent ainsi :')],
    figures: [
      {
        kind: 'table',
        head: [words('packet', 'paquet'), words('body', 'corps')],
        rows: ends.map(({ packet, begin }) => [same(String(packet)), same(begin)]),
      },
    ],
    ask: {
      form: 'packet',
      prompt: words('which one carries a Fernet token?', 'lequel porte un jeton Fernet ?'),
      right: String(token.place.packet),
      mistakes: [
        wrongPacket(
          answers.filter((packet) => packet !== token.place.packet),
          'That is the message itself, for all to read.',
          'C’est le message lui-même, lisible par tous.',
        ),
        wrongPacket(
          talks.map(({ first }) => first.packet),
          'That is where a client begins. The tokens come from the server.',
          'C’est là qu’un client commence. Les jetons viennent du serveur.',
        ),
      ],
      otherwise: words('Tokens begin with gAAAAA: lesson 6 says why.', 'Les jetons commencent par gAAAAA : la leçon 6 dit pourquoi.'),
      insight: words(
        'One protocol inside another: each is known by its own first bytes.',
        'Un protocole dans un autre : chacun se reconnaît à ses premiers octets.',
      ),
      reveal: [bytesAround(evidence, [token.place])],
      evidence: [token.place],
    },
    evidence: ends.map(({ body }) => evidence.point(body)),
    notes: words(
      'HTTP itself names its content too: Content-Type, when it is honest.',
      'HTTP aussi nomme son contenu : Content-Type, s’il est honnête.',
    ),
  }
}
