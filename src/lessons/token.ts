import { lengthsOf, tokensScene } from '../demo/scenes/tokens.ts'
import { mistake, tokensIn, words } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Figure, type Lesson, LessonError, type Pointer, type Screen, same } from './lesson.ts'

export const token: Lesson = {
  number: 6,
  title: words('The token, taken apart', 'Le jeton, démonté'),
  idea: words(
    'A sealed message still says when it was made, and about how long it is.',
    'Un message scellé dit encore quand il est né, et sa taille à peu près.',
  ),
  commands: ['wiretail serve fernet', 'wiretail fernet inspect TOKEN'],
  capture: 'tokens.pcapng',
  scene: tokensScene,
  screens(evidence, secret) {
    const tokens = tokensIn(evidence)
    if (tokens.length < 4) throw new LessonError('This capture lacks the four tokens of the lesson. Take the bundled one: --from-capture')
    return [fiveParts(tokens), twoTokens(tokens), lengths(evidence, tokens, secret)]
  },
}

interface Part {
  readonly place: Pointer
  readonly bytes: Uint8Array
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
/** The first bytes, enough to compare. */
const brief = (bytes: Uint8Array): string => (bytes.length > 8 ? `${hex(bytes.subarray(0, 6))}…` : hex(bytes))

function partsOf({ bytes }: Part) {
  const end = bytes.length - 32
  return {
    version: bytes.subarray(0, 1),
    time: bytes.subarray(1, 9),
    iv: bytes.subarray(9, 25),
    text: bytes.subarray(25, end),
    hmac: bytes.subarray(end),
  }
}

function dateOf(part: Part): string {
  const seconds = partsOf(part).time.reduce((value, byte) => value * 256 + byte, 0)
  return new Date(Math.min(seconds, 8e12) * 1000).toISOString().replace('.000Z', ' UTC').replace('T', ' ')
}

function table(part: Part): Figure {
  const { version, time, iv, text, hmac } = partsOf(part)
  const row = (en: string, fr: string, bytes: Uint8Array) => [words(en, fr), same(String(bytes.length)), same(brief(bytes))]
  return {
    kind: 'table',
    head: [words('part', 'partie'), words('bytes', 'octets'), words('value', 'valeur')],
    rows: [
      row('version', 'version', version),
      row('time', 'heure', time),
      row('random start', 'départ au hasard', iv),
      row('ciphertext', 'texte chiffré', text),
      row('seal (HMAC)', 'sceau (HMAC)', hmac),
    ],
  }
}

function fiveParts(tokens: readonly Part[]): Screen {
  const [first] = tokens
  const when = dateOf(first!)
  return {
    title: words('Five parts', 'Cinq parties'),
    say: [
      words(
        `Packet ${first!.place.packet} ends with a token. Spelled back from base64, it has five parts:`,
        `Le paquet ${first!.place.packet} finit par un jeton. Relu depuis base64, il a cinq parties :`,
      ),
    ],
    figures: [table(first!)],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('which part says something to somebody without the key?', 'quelle partie parle à qui n’a pas la clé ?'),
      choices: [words('none', 'aucune'), words('the time', 'l’heure'), words('the ciphertext', 'le texte chiffré')],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'Two parts are plain numbers. One of them counts seconds.',
          'Deux parties sont de simples nombres. L’une compte les secondes.',
        ),
        mistake('c', 'Without the key it is noise, and nothing unpacks it.', 'Sans la clé c’est du bruit, et rien ne le déballe.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        `It was made at ${when}: the seconds since 1970 are in clear.`,
        `Il est né le ${when} : les secondes depuis 1970 sont en clair.`,
      ),
      evidence: [first!.place],
    },
    evidence: [first!.place],
    notes: words(
      'All tokens begin with gAAAAA: version 80 and the zeros of the time.',
      'Tous les jetons commencent par gAAAAA : version 80, puis les zéros de l’heure.',
    ),
  }
}

function twoTokens(tokens: readonly Part[]): Screen {
  const [one, two] = tokens.map(partsOf)
  const rows = (['version', 'time', 'iv', 'text', 'hmac'] as const).map((name) => {
    const label = {
      version: words('version', 'version'),
      time: words('time', 'heure'),
      iv: words('start', 'départ'),
      text: words('ciphertext', 'chiffré'),
      hmac: words('seal', 'sceau'),
    }[name]
    return [label, same(brief(one![name])), same(brief(two![name]))]
  })
  return {
    title: words('The same message twice', 'Deux fois le même message'),
    say: [words('Two tokens, one message, one key:', 'Deux jetons, un message, une clé :')],
    figures: [{ kind: 'table', rows }],
    ask: {
      form: 'choice',
      prompt: words('which parts are alike?', 'quelles parties sont pareilles ?'),
      choices: [
        words('the version only', 'la version seule'),
        words('version and ciphertext', 'version et texte chiffré'),
        words('all but the time', 'tout sauf l’heure'),
      ],
      right: 'a',
      mistakes: [
        mistake('b', 'Compare the ciphertexts: no two bytes in a row are alike.', 'Comparez les textes chiffrés : rien ne se ressemble.'),
        mistake(
          'c',
          'The start is drawn anew each time, and all that follows with it.',
          'Le départ est tiré à chaque fois, et toute la suite avec.',
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words('The random start hides that the message is the same.', 'Le départ au hasard cache que le message est le même.'),
      evidence: tokens.slice(0, 2).map(({ place }) => place),
    },
    evidence: tokens.slice(0, 2).map(({ place }) => place),
    notes: words(
      'Lesson 5’s cipher gives the same text each time: the spy sees repetitions.',
      'Le chiffre de la leçon 5 répète : l’espion voit les répétitions.',
    ),
  }
}

function lengths(evidence: Evidence, tokens: readonly Part[], secret: string): Screen {
  const [short, most, more] = lengthsOf(secret)
  const three = [tokens[0]!, tokens[2]!, tokens[3]!]
  const rows = three.map(({ place }, at) => [
    same(String(place.packet)),
    same(String([short, most, more][at])),
    same(at === 2 ? '?' : String(place.length)),
  ])
  return {
    title: words('How long is it inside?', 'Quelle longueur dedans ?'),
    say: [words('Three messages and their tokens:', 'Trois messages et leurs jetons :')],
    figures: [
      {
        kind: 'table',
        head: [words('packet', 'paquet'), words('message, bytes', 'message, octets'), words('token, letters', 'jeton, lettres')],
        rows,
      },
    ],
    ask: {
      form: 'choice',
      prompt: words('and the third token?', 'et le troisième jeton ?'),
      choices: [
        words('one letter longer', 'une lettre de plus'),
        words('as long as the others', 'aussi long que les autres'),
        words('some twenty letters longer', 'une vingtaine de lettres de plus'),
      ],
      right: 'c',
      mistakes: [
        mistake(
          'a',
          'It grows in steps: blocks of 16 bytes, and never by one.',
          'Il grandit par paliers : des blocs de 16 octets, jamais d’un seul.',
        ),
        mistake(
          'b',
          `${most} bytes just fill the block; one more needs another.`,
          `${most} octets remplissent le bloc ; un de plus en demande un autre.`,
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        `It has ${three[2]!.place.length}. The spy knows the length, in steps of 16.`,
        `Il en a ${three[2]!.place.length}. L’espion connaît la longueur, à 16 près.`,
      ),
      evidence: [three[2]!.place],
    },
    evidence: three.map(({ place }) => place).concat(evidence.every('http.content_length_header').map((row) => evidence.point(row))),
    notes: words(
      'Yes or no, sealed: "yes" and "no" give tokens of one size. "perhaps not today" does not.',
      'Oui ou non, scellés : même taille. « peut-être demain, qui sait » : non.',
    ),
  }
}
