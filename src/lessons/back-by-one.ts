import { cipher, shiftAll, shiftText, TUTORIAL_SHIFT } from '../demo/index.ts'
import { fetchScene } from '../demo/scenes/fetch.ts'
import { bytesAround, mistake, words } from './build.ts'
import type { Lesson, Pointer, Screen } from './lesson.ts'

export const backByOne: Lesson = {
  number: 5,
  title: words('Back by one', 'Un cran en arrière'),
  idea: words('A cipher whose keys fit on one screen hides nothing.', 'Un chiffre dont les clés tiennent sur un écran ne cache rien.'),
  commands: ['wiretail serve cipher', 'wiretail cipher break "ekteex szhk"'],
  capture: 'cipher.pcapng',
  scene: fetchScene(cipher),
  screens(evidence, secret) {
    const sealed = shiftText(secret, TUTORIAL_SHIFT)
    const place = evidence.place(sealed)
    const figure = bytesAround(evidence, [place])
    return [howManyKeys(sealed, place, figure), turnTheWheel(sealed, secret, place), allAtOnce(sealed, place)]
  },
}

function howManyKeys(sealed: string, place: Pointer, figure: ReturnType<typeof bytesAround>): Screen {
  return {
    title: words('Letters, but no words', 'Des lettres, mais pas de mots'),
    say: [
      words(
        `The answer ends with "${sealed}". Each letter was moved by the same number of places.`,
        `La réponse finit par « ${sealed} ». Chaque lettre a bougé du même nombre de rangs.`,
      ),
    ],
    figures: [figure],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('how many keys must the spy try at most?', 'combien de clés l’espion doit-il essayer au plus ?'),
      choices: [words('25', '25'), words('a million', 'un million'), words('more than there are atoms', 'plus qu’il n’y a d’atomes')],
      right: 'a',
      mistakes: [
        mistake(
          'b',
          'It is the same shift for every letter, and there are 26 letters.',
          'Le décalage est le même partout, et il y a 26 lettres.',
        ),
        mistake(
          'c',
          'So it is with good ciphers. This one moves all letters alike.',
          'C’est le cas des bons chiffres. Celui-ci décale tout pareil.',
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'The 26th shift changes nothing, so 25 are left to try.',
        'Le 26e décalage ne change rien : il en reste 25 à essayer.',
      ),
      evidence: [place],
    },
    evidence: [place],
    notes: words(
      'Blanks and word lengths stay: the shape alone tells much.',
      'Les espaces et les longueurs restent : la forme en dit déjà long.',
    ),
  }
}

function turnTheWheel(sealed: string, secret: string, place: Pointer): Screen {
  return {
    title: words('Turn the wheel', 'Tournez la roue'),
    say: [
      words(
        'Turn with the arrow keys, or move each letter on in your head.',
        'Tournez avec les flèches, ou avancez chaque lettre de tête.',
      ),
    ],
    figures: [{ kind: 'wheel', text: sealed }],
    ask: {
      form: 'text',
      prompt: words('what does it say?', 'que dit-il ?'),
      right: secret,
      mistakes: [
        mistake(sealed, 'That is what travelled. Turn by one, to the right.', 'C’est ce qui a voyagé. Tournez d’un cran, à droite.'),
        mistake(
          shiftText(sealed, TUTORIAL_SHIFT),
          'You turned the other way: that is one further from the message.',
          'Vous tournez à l’envers : un cran plus loin du message.',
        ),
      ],
      otherwise: words('One turn to the right is enough: e becomes f.', 'Un cran à droite suffit : e devient f.'),
      insight: words('Each letter had been moved back by one. The key is 1.', 'Chaque lettre avait reculé d’un rang. La clé est 1.'),
      evidence: [place],
    },
    evidence: [place],
    notes: words(
      'Let somebody try on paper first: with letters on two strips.',
      'Faites d’abord essayer sur papier : deux bandes de lettres.',
    ),
  }
}

function allAtOnce(sealed: string, place: Pointer): Screen {
  const all = shiftAll(sealed.slice(0, 22))
  const line = (at: number): string => {
    const one = all[at]
    return one === undefined ? '' : `${String(one.places).padStart(2)} ${one.text.padEnd(24)}`
  }
  const lines = Array.from({ length: 9 }, (_, at) =>
    (sealed.length <= 14 ? [at, at + 9, at + 18] : [at])
      .map((one) => line(one).slice(0, 18))
      .join(' ')
      .trimEnd(),
  )
  const key = (26 - ((TUTORIAL_SHIFT % 26) + 26)) % 26
  return {
    title: words('All keys at once', 'Toutes les clés à la fois'),
    say: [],
    figures: [{ kind: 'lines', lines }],
    ask: {
      form: 'number',
      prompt: words(
        'by how many places must the letters move on to make sense?',
        'de combien de rangs avancer les lettres pour que cela ait un sens ?',
      ),
      right: String(((key % 26) + 26) % 26),
      mistakes: [
        mistake('25', 'That is how many keys there are to try, and not the right one.', 'C’est le nombre de clés à essayer, pas la bonne.'),
        mistake('13', 'A favourite, but read line 13: no word in it.', 'Un classique, mais lisez la ligne 13 : aucun mot.'),
      ],
      otherwise: words('Look for the line that you can read.', 'Cherchez la ligne lisible.'),
      insight: words(
        'All the keys of this cipher fit on one screen. A good one has 2 to the 128.',
        'Toutes ses clés tiennent sur un écran. Un bon chiffre en a 2 puissance 128.',
      ),
      evidence: [place],
    },
    evidence: [place],
    notes: words(
      'Trying every key is called brute force. Here it takes a glance.',
      'Essayer toutes les clés : la force brute. Ici, un coup d’œil suffit.',
    ),
  }
}
