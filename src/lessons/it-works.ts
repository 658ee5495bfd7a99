import { waysScene } from '../demo/scenes/ways.ts'
import { messagePlaces, mistake, tokensIn, words } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Lesson, LessonError, type Pointer, type Screen, same, type Words } from './lesson.ts'

export const itWorks: Lesson = {
  number: 14,
  title: words('It works', 'Ça marche'),
  idea: words(
    'One message three ways: what is hidden, what it costs, whom one must trust.',
    'Un message, trois façons : ce qui est caché, le prix, à qui se fier.',
  ),
  commands: ['wiretail compare', 'wiretail captures/ways.pcapng'],
  capture: 'ways.pcapng',
  scene: waysScene,
  screens(evidence, secret) {
    const ways = waysOf(evidence, secret)
    return [whoHides(ways, secret), theBill(ways), theTable(evidence, ways)]
  },
}

interface Way {
  readonly name: string
  readonly packets: number
  readonly bytes: number
  /** Packets in which data changed hands, and changes of the side that speaks. */
  readonly turns: number
  /** Where the message stands in clear. */
  readonly places: readonly Pointer[]
  /** Something that shows what the way is. */
  readonly proof: Pointer
}

/** The first three conversations: plain HTTP, a Fernet token, TLS. */
function waysOf(evidence: Evidence, secret: string): readonly Way[] {
  const streams = [...new Set(evidence.lines.map(({ stream }) => stream))]
  const [token] = tokensIn(evidence)
  const name = evidence.every('tls.handshake.extensions_server_name')[0]
  const status = evidence.first('http.response.code')
  if (token === undefined || name === undefined || streams.length < 3)
    throw new LessonError('This capture lacks the three ways of the lesson. Take the bundled one: --from-capture')
  const proofs = [evidence.point(status), token.place, evidence.point(name)]
  return ['HTTP', 'Fernet', 'HTTPS'].map((label, at) => {
    const lines = evidence.lines.filter(({ stream }) => stream === streams[at])
    const numbers = new Set(lines.map(({ number }) => number))
    const sides = lines.filter(({ number }) => evidence.payload(number) > 0).map(({ number }) => evidence.fromClient(number))
    return {
      name: label,
      packets: lines.length,
      bytes: lines.reduce((sum, { length }) => sum + length, 0),
      turns: sides.filter((side, i) => i > 0 && side !== sides[i - 1]).length,
      places: messagePlaces(evidence, secret).filter(({ packet }) => numbers.has(packet)),
      proof: proofs[at]!,
    }
  })
}

const proofs = (ways: readonly Way[]): readonly Pointer[] => ways.map(({ proof }) => proof)
const HEAD = (ways: readonly Way[]): readonly Words[] => [same(''), ...ways.map(({ name }) => same(name))]

function whoHides(ways: readonly Way[], secret: string): Screen {
  return {
    title: words('One message, three ways', 'Un message, trois façons'),
    say: [words('The same client, the same server, the same secret:', 'Le même client, le même serveur, le même secret :')],
    figures: [
      {
        kind: 'table',
        head: HEAD(ways),
        rows: [
          [words('packets', 'paquets'), ...ways.map(({ packets }) => same(String(packets)))],
          [words('bytes', 'octets'), ...ways.map(({ bytes }) => same(String(bytes)))],
        ],
      },
    ],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words(
        `a search for "${secret}" goes through all packets. Where is it found?`,
        `on cherche « ${secret} » dans tous les paquets. Où est-il ?`,
      ),
      choices: [
        words('with HTTP only', 'avec HTTP seulement'),
        words('with HTTP and Fernet', 'avec HTTP et Fernet'),
        words('nowhere', 'nulle part'),
      ],
      right: 'a',
      mistakes: [
        mistake('b', 'The token is HTTP’s body, but what is in it is sealed.', 'Le jeton est le corps HTTP, mais son contenu est scellé.'),
        mistake('c', 'Plain HTTP hides nothing: lesson 0.', 'HTTP seul ne cache rien : leçon 0.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'Fernet hides the message, HTTPS the path and the headers, too.',
        'Fernet cache le message, HTTPS aussi le chemin et les en-têtes.',
      ),
      evidence: ways[0]!.places,
    },
    evidence: proofs(ways),
    notes: words(
      'wiretail compare puts three captures side by side, with the bytes.',
      'wiretail compare met trois captures côte à côte, avec les octets.',
    ),
  }
}

function theBill(ways: readonly Way[]): Screen {
  const [http, , https] = ways
  const more = https!.bytes - http!.bytes
  return {
    title: words('The bill', 'L’addition'),
    say: [],
    figures: [
      {
        kind: 'table',
        head: HEAD(ways),
        rows: [
          [words('packets', 'paquets'), ...ways.map(({ packets }) => same(String(packets)))],
          [words('bytes', 'octets'), ...ways.map(({ bytes }) => same(String(bytes)))],
          [words('turns to speak', 'tours de parole'), ...ways.map(({ turns }) => same(String(turns)))],
        ],
      },
    ],
    ask: {
      form: 'choice',
      prompt: words(`HTTPS took ${more} bytes more than HTTP. What for?`, `HTTPS a pris ${more} octets de plus que HTTP. Pour quoi ?`),
      choices: [
        words('the message grew when it was sealed', 'le message a grossi une fois scellé'),
        words('agreeing on keys, and the passport', 'convenir des clés, et le passeport'),
        words('packets that were sent twice', 'des paquets envoyés deux fois'),
      ],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'By a few bytes for each record, lesson 9 says: not by hundreds.',
          'De quelques octets par enregistrement, dit la leçon 9 : pas de centaines.',
        ),
        mistake('c', 'Nothing was repeated here: each byte has its own number.', 'Rien n’a été répété ici : chaque octet a son numéro.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'It is paid once for each connection, however much is said on it.',
        'On paie une fois par connexion, quoi qu’on y dise ensuite.',
      ),
      evidence: [https!.proof],
    },
    evidence: proofs(ways),
    notes: words(
      'A page of 1 MB costs the same two thousand bytes more: 0.2 percent.',
      'Une page de 1 Mo coûte les mêmes deux mille octets de plus : 0,2 pour cent.',
    ),
  }
}

function theTable(evidence: Evidence, ways: readonly Way[]): Screen {
  const yes = words('yes', 'oui')
  const no = words('no', 'non')
  const certificate = evidence.every('tls.app_data')[0]!
  return {
    title: words('The whole tutorial', 'Tout le tutoriel'),
    say: [],
    figures: [
      {
        kind: 'table',
        head: HEAD(ways),
        rows: [
          [words('message hidden', 'message caché'), no, yes, yes],
          [words('path hidden', 'chemin caché'), no, no, yes],
          [words('changes noticed', 'falsification vue'), no, yes, yes],
          [words('size hidden', 'taille cachée'), no, no, no],
          [words('key beforehand', 'clé d’avance'), no, yes, no],
        ],
      },
    ],
    ask: {
      form: 'choice',
      prompt: words(
        'one row is missing: which way proves who the server is?',
        'il manque une ligne : quelle façon prouve qui est le serveur ?',
      ),
      choices: [same('HTTP'), same('Fernet'), same('HTTPS')],
      right: 'c',
      mistakes: [
        mistake('a', 'Anyone on the way could have answered, with anything.', 'N’importe qui en route aurait pu répondre n’importe quoi.'),
        mistake('b', 'It proves that somebody has the key, and not which of them.', 'Il prouve que quelqu’un a la clé, pas lequel.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'The certificate: from A to B I am X, according to Y. That is what one trusts.',
        'Le certificat : de A à B, je suis X, selon Y. C’est à cela qu’on se fie.',
      ),
      evidence: [evidence.point(certificate)],
    },
    evidence: proofs(ways),
    notes: words(
      'Compare with the tally of lesson 0. What would the class answer now?',
      'Comparez au vote de la leçon 0. Que répondrait la classe à présent ?',
    ),
  }
}
