import { LESSON_KEY, WRONG_KEY } from '../demo/scenes/keys.ts'
import { tryToRead, wrongKeyScene } from '../demo/scenes/wrong-key.ts'
import { mistake, tokensIn, words } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Lesson, LessonError, type Pointer, type Screen, same } from './lesson.ts'

export const wrongKey: Lesson = {
  number: 7,
  title: words('The wrong key', 'La mauvaise clé'),
  idea: words(
    'A seal is checked where the key is: the wire never learns of it.',
    'Un sceau se vérifie là où est la clé : le fil n’en sait rien.',
  ),
  commands: ['SECRET_KEY=… wiretail get http://127.0.0.1:5683', 'wiretail fernet decrypt TOKEN --key KEY'],
  capture: 'wrong-key.pcapng',
  scene: wrongKeyScene,
  screens(evidence) {
    const tokens = tokensIn(evidence)
    if (tokens.length < 2) throw new LessonError('This capture lacks the two tokens of the lesson. Take the bundled one: --from-capture')
    return [twoTalks(evidence, tokens), oneBit(evidence, tokens[0]!)]
  },
}

type Token = ReturnType<typeof tokensIn>[number]

/** Python's word for it, and ours. */
const REFUSED = 'InvalidToken'

function twoTalks(evidence: Evidence, tokens: readonly Token[]): Screen {
  const streams = [...new Set(evidence.lines.map(({ stream }) => stream))]
  const packets = streams.map((stream) => evidence.lines.filter((line) => line.stream === stream))
  const said = [LESSON_KEY, WRONG_KEY].map((key, at) => tryToRead(new TextEncoder().encode(tokens[at]!.place.text ?? ''), key))
  const word = (at: number): string => (said[at]!.ok ? said[at]!.said : REFUSED)
  const span = (at: number): string => `${packets[at]![0]!.number}–${packets[at]!.at(-1)!.number}`
  const statuses = evidence.every('http.response.code')
  const row = (at: number) => [same(span(at)), same(evidence.text(statuses[at]!)), same(String(tokens[at]!.place.length)), same(word(at))]
  const first = packets[1]![0]!.number
  const last = packets[1]!.at(-1)!.number
  const points: Pointer[] = [...tokens.slice(0, 2).map(({ place }) => place), ...statuses.map((one) => evidence.point(one))]
  return {
    title: words('Two conversations', 'Deux conversations'),
    say: [
      words(
        'Two clients fetched a token. The second one had another key.',
        'Deux clients ont pris un jeton. Le second avait une autre clé.',
      ),
    ],
    figures: [
      {
        kind: 'table',
        head: [words('packets', 'paquets'), words('status', 'statut'), words('token', 'jeton'), words('the client says', 'le client dit')],
        rows: [row(0), row(1)],
      },
    ],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('which packet shows the error?', 'quel paquet montre l’erreur ?'),
      choices: [
        words(`one of ${first} to ${last}`, `l’un de ${first} à ${last}`),
        words('the answer of the server', 'la réponse du serveur'),
        words('none', 'aucun'),
      ],
      right: 'c',
      mistakes: [
        mistake(
          'a',
          'They are alike in shape, flag by flag, to the ten of the first client.',
          'Ils ont la même forme, drapeau par drapeau, que ceux du premier.',
        ),
        mistake(
          'b',
          'Its status is 200 both times: the server did its work.',
          'Son statut est 200 les deux fois : le serveur a fait son travail.',
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'The check of the seal happened inside the client, after the last packet.',
        'La vérification du sceau s’est faite chez le client, après le dernier paquet.',
      ),
      evidence: points,
    },
    evidence: points,
    notes: words(
      'The key of the first client stands in captures/README.md: openable by every reader.',
      'La clé du premier client est dans captures/README.md : tout lecteur peut ouvrir.',
    ),
  }
}

/** The letter in the middle of the token, and the one that stands for its lowest bit turned over. */
function flip(text: string): { readonly at: number; readonly before: string; readonly after: string; readonly text: string } {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const at = 44
  const before = text[at] ?? 'A'
  const after = alphabet[alphabet.indexOf(before) ^ 1] ?? 'A'
  return { at, before, after, text: text.slice(0, at) + after + text.slice(at + 1) }
}

function oneBit(evidence: Evidence, token: Token): Screen {
  const { place } = token
  const flipped = flip(place.text ?? '')
  const judge = (text: string): string => {
    const { ok, said } = tryToRead(new TextEncoder().encode(text), LESSON_KEY)
    return ok ? said : REFUSED
  }
  const bad = judge(flipped.text)
  const letter = { ...place, start: place.start + flipped.at, length: 1, text: flipped.before }
  return {
    title: words('One bit', 'Un bit'),
    say: [
      words(
        `Now the right key, but one bit of the first token turned over: "${flipped.before}" becomes "${flipped.after}".`,
        `Maintenant la bonne clé, mais un bit du premier jeton retourné : « ${flipped.before} » devient « ${flipped.after} ».`,
      ),
    ],
    figures: [
      {
        kind: 'bytes',
        bytes: evidence.source(place.packet, place.source),
        start: letter.start - (letter.start % 16),
        length: 16,
        lit: [letter],
      },
    ],
    ask: {
      form: 'choice',
      prompt: words('what does the client say?', 'que dit le client ?'),
      choices: [
        words('the message with one wrong letter', 'le message, une lettre fausse'),
        words(REFUSED, REFUSED),
        words('the message, unharmed', 'le message, intact'),
      ],
      right: bad === REFUSED ? 'b' : 'a',
      mistakes: [
        mistake(
          'a',
          'The seal covers every bit: it is checked before anything is opened.',
          'Le sceau couvre chaque bit : il est vérifié avant toute ouverture.',
        ),
        mistake('c', 'Then anyone on the way could change it unnoticed.', 'Alors n’importe qui en route pourrait le changer.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'A wrong key and a changed token look the same: the seal does not match.',
        'Mauvaise clé ou jeton changé : même refus, le sceau ne va pas.',
      ),
      evidence: [letter],
    },
    evidence: [letter],
    notes: words(
      'Hiding and sealing are two things. Fernet does both, in this order of checks.',
      'Cacher et sceller sont deux choses. Fernet fait les deux, et vérifie d’abord.',
    ),
  }
}
