import { bytesAround, mistake, words } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Lesson, type Screen, same } from './lesson.ts'

/** The textbook's numbers. */
const P = 23
const G = 5
const ALICE = { secret: 6, public: 8 }
const BOB = { secret: 15, public: 19 }

export const paint: Lesson = {
  number: 8,
  title: words('Sharing a key in front of a spy', 'Partager une clé devant un espion'),
  idea: words(
    'Two can agree on a secret while somebody hears every word.',
    'On peut convenir d’un secret pendant que quelqu’un entend tout.',
  ),
  commands: ['wiretail dh', 'wiretail captures/tls13.pcapng'],
  capture: 'tls13.pcapng',
  screens: (evidence) => [mixing(evidence), solving(evidence), realOnes(evidence)],
}

const shares = (evidence: Evidence) => evidence.every('tls.handshake.extensions_key_share_key_exchange')

/** base ^ exponent modulo P. */
function power(base: number, exponent: number): number {
  let value = 1
  for (let i = 0; i < exponent; i++) value = (value * base) % P
  return value
}

function mixing(evidence: Evidence): Screen {
  return {
    title: words('Paint', 'De la peinture'),
    say: [
      words(
        'A mixes the common yellow with a secret colour; so does B. They swap the mixtures in sight of the spy, and each adds the own secret to what came.',
        'A mêle le jaune commun à une couleur secrète ; B aussi. Ils échangent les mélanges devant l’espion, et chacun ajoute son secret à ce qui arrive.',
      ),
    ],
    figures: [
      {
        kind: 'table',
        rows: [
          [same('A'), words('yellow + A’s secret  → goes to B', 'jaune + secret de A  → va chez B')],
          [same('B'), words('yellow + B’s secret  → goes to A', 'jaune + secret de B  → va chez A')],
          [words('both', 'les deux'), words('yellow + both secrets: the same colour', 'jaune + les deux secrets : la même couleur')],
        ],
      },
    ],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('can the spy mix that last colour?', 'l’espion peut-il faire cette dernière couleur ?'),
      choices: [
        words('yes: both mixtures were in sight', 'oui : les deux mélanges étaient visibles'),
        words('no: a secret cannot be taken out of a mixture', 'non : on ne retire pas un secret d’un mélange'),
        words('only if A and B repeat it', 'seulement si A et B recommencent'),
      ],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'Both mixtures together hold the yellow twice: another colour.',
          'Les deux mélanges ensemble ont deux fois le jaune : autre couleur.',
        ),
        mistake(
          'c',
          'Repeating shows the same two mixtures again, and nothing more.',
          'Recommencer montre les deux mêmes mélanges, rien de plus.',
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'Mixing is easy, unmixing is hard. Numbers can do the same.',
        'Mêler est facile, démêler est difficile. Les nombres savent le faire.',
      ),
      evidence: shares(evidence).map((row) => evidence.point(row)),
    },
    evidence: shares(evidence).map((row) => evidence.point(row)),
    notes: words(
      'Bring paint, or coloured water. The picture is the one of every textbook.',
      'Apportez de la peinture ou de l’eau colorée. L’image est celle des manuels.',
    ),
  }
}

function solving(evidence: Evidence): Screen {
  const row = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}→${power(G, from + i)}`).join('  ')
  return {
    title: words('With numbers, small ones', 'Avec des nombres, petits'),
    say: [
      words(
        `In public: p = ${P}, g = ${G}. A says ${ALICE.public}, B says ${BOB.public}: powers of ${G}, and what remains after division by ${P}. All of them:`,
        `En public : p = ${P}, g = ${G}. A dit ${ALICE.public}, B dit ${BOB.public} : des puissances de ${G}, restes de la division par ${P}. Toutes :`,
      ),
    ],
    figures: [{ kind: 'lines', lines: [row(1, 6), row(7, 12), row(13, 18), row(19, 22)].map((line) => `  ${line}`) }],
    ask: {
      form: 'number',
      prompt: words(`which power did A take, to get ${ALICE.public}?`, `quelle puissance A a-t-il prise pour obtenir ${ALICE.public} ?`),
      right: String(ALICE.secret),
      mistakes: [
        mistake(
          String(BOB.secret),
          `That power gives ${BOB.public}: it is B’s secret.`,
          `Cette puissance donne ${BOB.public} : c’est le secret de B.`,
        ),
        mistake(
          String(ALICE.public),
          `${ALICE.public} is what A said. Which number stands before the arrow to it?`,
          `${ALICE.public} est ce que A a dit. Quel nombre est avant sa flèche ?`,
        ),
      ],
      otherwise: words(`Find →${ALICE.public} and read the number before it.`, `Trouvez →${ALICE.public} et lisez le nombre d’avant.`),
      insight: words(
        `Solved: the shared secret is ${power(BOB.public, ALICE.secret)}. With 22 powers to try, a spy is quick.`,
        `Résolu : le secret commun est ${power(BOB.public, ALICE.secret)}. Pour 22 puissances, l’espion est rapide.`,
      ),
      evidence: shares(evidence).map((one) => evidence.point(one)),
    },
    evidence: shares(evidence).map((one) => evidence.point(one)),
    notes: words(
      'These numbers are the textbook’s, not from the packets. The next screen has the packets.',
      'Ces nombres viennent du manuel, pas des paquets. L’écran suivant a les paquets.',
    ),
  }
}

function realOnes(evidence: Evidence): Screen {
  const [client, server] = shares(evidence)
  const group = evidence.first('tls.handshake.extensions_key_share_group')
  const bits = client!.length * 8
  return {
    title: words('The real ones', 'Les vrais'),
    say: [
      words(
        `The same in a handshake: the client’s mixture in packet ${client!.packet}; the server’s comes in packet ${server!.packet}.`,
        `La même chose en vrai : le mélange du client, paquet ${client!.packet} ; celui du serveur, paquet ${server!.packet}.`,
      ),
    ],
    figures: [bytesAround(evidence, [client!])],
    ask: {
      form: 'choice',
      prompt: words('the spy has both. How many powers are there to try now?', 'l’espion a les deux. Combien de puissances à essayer ?'),
      choices: [
        words(`${bits}, one for each bit`, `${bits}, une par bit`),
        words('some millions', 'quelques millions'),
        words('about 2 to the 252', 'environ 2 puissance 252'),
      ],
      right: 'c',
      mistakes: [
        mistake('a', 'Each bit doubles the number: it does not add one.', 'Chaque bit double le nombre : il n’ajoute pas un.'),
        mistake('b', 'A laptop would be through with millions in a second.', 'Un portable ferait des millions en une seconde.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        `${client!.length} bytes each, in clear, and of no use to the spy.`,
        `${client!.length} octets chacun, en clair, et inutiles à l’espion.`,
      ),
      reveal: [bytesAround(evidence, [server!])],
      evidence: [client!, server!].map((row) => evidence.point(row)),
    },
    evidence: [client!, server!, group].map((row) => evidence.point(row)),
    notes: words(
      'x25519: points of a curve in place of powers (RFC 7748).',
      'x25519 : les points d’une courbe au lieu des puissances (RFC 7748).',
    ),
  }
}
