import { basicScene } from '../demo/scenes/basic.ts'
import { bytesAround, messagePlaces, mistake, words, wrongPacket } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Lesson, type Pointer, type Screen, same } from './lesson.ts'

export const password: Lesson = {
  number: 3,
  title: words('But we had a password', 'Mais on avait un mot de passe'),
  idea: words('Base64 is spelling, not locking.', 'Base64 épelle, il ne ferme pas.'),
  commands: ['wiretail captures/basic.pcapng'],
  capture: 'basic.pcapng',
  scene: basicScene,
  screens(evidence, secret) {
    const [place, letters] = credentials(evidence)
    return [isItSafe(evidence, secret), whereIsIt(evidence, place), spell(place, letters)]
  },
}

/** Where the credentials stand, and their letters. */
function credentials(evidence: Evidence): readonly [Pointer, string] {
  const head = evidence.place('Authorization: Basic ')
  const bytes = evidence.source(head.packet, head.source)
  const start = head.start + head.length
  const length = bytes.indexOf(13, start) - start
  const place = { packet: head.packet, source: head.source, start, length }
  const letters = evidence.text(place)
  return [{ ...place, text: letters }, letters]
}

function isItSafe(evidence: Evidence, secret: string): Screen {
  const codes = evidence.every('http.response.code')
  const talking = evidence.lines.filter(({ number }) => evidence.payload(number) > 0).map(({ number }) => number)
  const places = messagePlaces(evidence, secret)
  return {
    title: words('First no, then yes', 'D’abord non, puis oui'),
    say: [
      words('The first question had no password, the second had one:', 'La première question était sans mot de passe, la seconde avec :'),
    ],
    figures: [{ kind: 'packets', rows: evidence.rows(talking) }],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('does the password keep the spy out?', 'le mot de passe arrête-t-il l’espion ?'),
      choices: [
        words('yes: without it nobody gets the secret', 'oui : sans lui, pas de secret'),
        words('no: the spy reads secret and password', 'non : l’espion lit le secret et le mot de passe'),
        words('half: the secret shows, the password does not', 'à demi : le secret se voit, pas le mot de passe'),
      ],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'It keeps out who asks the server. The spy asks nobody.',
          'Il arrête qui demande au serveur. L’espion ne demande rien.',
        ),
        mistake('c', 'The client has to send the password: it travels too.', 'Le client doit envoyer le mot de passe : il voyage aussi.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'A password says who you are. It does not close the envelope.',
        'Un mot de passe dit qui vous êtes. Il ne ferme pas l’enveloppe.',
      ),
      evidence: places,
    },
    evidence: codes.map((row) => evidence.point(row)),
    notes: words(
      '401 means: say who you are, and how to say it is in WWW-Authenticate.',
      '401 veut dire : dites qui vous êtes ; comment, c’est dans WWW-Authenticate.',
    ),
  }
}

function whereIsIt(evidence: Evidence, place: Pointer): Screen {
  const questions = evidence.every('http.request.method').map(({ packet }) => packet)
  const answers = evidence.every('http.response.code').map(({ packet }) => packet)
  return {
    title: words('Where is the password?', 'Où est le mot de passe ?'),
    say: [],
    figures: [{ kind: 'packets', rows: evidence.rows([...questions, ...answers].sort((a, b) => a - b)) }],
    ask: {
      form: 'packet',
      prompt: words('which packet carries it? Compare the two questions.', 'quel paquet le porte ? Comparez les deux questions.'),
      right: String(place.packet),
      mistakes: [
        wrongPacket(
          questions.filter((packet) => packet !== place.packet),
          'That one is shorter: nothing is added to it.',
          'Celle-ci est plus courte : rien n’y est ajouté.',
        ),
        wrongPacket(answers, 'The server never says the password. Who does?', 'Le serveur ne dit jamais le mot de passe. Qui le dit ?'),
      ],
      otherwise: words('One of the four packets above.', 'Un des quatre paquets ci-dessus.'),
      insight: words(
        'Here it is, spelled with other letters. It comes along with every question.',
        'Le voici, épelé autrement. Il accompagne chaque question.',
      ),
      reveal: [bytesAround(evidence, [place])],
      evidence: [place],
    },
    evidence: [place],
    notes: words(
      'The longer question is the one that carries more: sizes tell.',
      'La question la plus longue porte davantage : les tailles parlent.',
    ),
  }
}

function spell(place: Pointer, letters: string): Screen {
  const plain = atob(letters)
  const groups = Array.from({ length: Math.ceil(letters.length / 4) }, (_, at) => {
    const four = letters.slice(4 * at, 4 * at + 4)
    return [same(four), same('→'), same(atob(four))]
  })
  const [user = '', pass = ''] = plain.split(':')
  return {
    title: words('Four letters for three', 'Quatre lettres pour trois'),
    say: [
      words(
        'Base64 writes three letters as four. Anyone can read it back:',
        'Base64 écrit trois lettres en quatre. Chacun peut le relire :',
      ),
    ],
    figures: [{ kind: 'table', rows: groups }],
    ask: {
      form: 'text',
      prompt: words('what is the password? It stands after the colon.', 'quel est le mot de passe ? Il vient après le deux-points.'),
      right: pass,
      mistakes: [
        mistake(
          user,
          'That is the user. The password comes after the colon.',
          'C’est l’utilisateur. Le mot de passe vient après le deux-points.',
        ),
        mistake(
          'basic',
          'That is the name of the method. Put the three-letter pieces together.',
          'C’est le nom de la méthode. Assemblez les morceaux de trois lettres.',
        ),
      ],
      otherwise: words('Put the right column together, piece by piece.', 'Assemblez la colonne de droite, morceau par morceau.'),
      insight: words('No key was needed: base64 is spelling, not locking.', 'Aucune clé : base64 épelle, il ne ferme pas.'),
      evidence: [place],
    },
    evidence: [place],
    notes: words(
      'RFC 7617 says it itself: Basic is no protection without TLS around it.',
      'La RFC 7617 le dit elle-même : Basic ne protège pas sans TLS autour.',
    ),
  }
}
