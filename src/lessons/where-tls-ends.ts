import { BASIC_PASSWORD, BASIC_USER } from '../demo/scenes/basic.ts'
import { endsScene, IMPOSTOR } from '../demo/scenes/ends.ts'
import { bytesAround, messagePlaces, mistake, words, wrongPacket } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Lesson, LessonError, type Pointer, type Screen, same, type Words } from './lesson.ts'

export const whereTlsEnds: Lesson = {
  number: 15,
  title: words('Where TLS ends', 'Là où TLS finit'),
  idea: words(
    'TLS protects one hop, to whoever has the certificate that you took.',
    'TLS protège un trajet, jusqu’à celui dont vous avez pris le certificat.',
  ),
  commands: ['wiretail captures/ends.pcapng', 'wiretail get https://localhost:5683 --insecure', 'wiretail get http://localhost:5683'],
  capture: 'ends.pcapng',
  scene: endsScene,
  screens(evidence, secret) {
    const talks = talksOf(evidence)
    const [message] = messagePlaces(evidence, secret)
    if (message === undefined || talks.length < 4) lack()
    return [twoHops(evidence, talks, message), inClear(evidence, talks, message), wrongScheme(evidence, talks), insecure(evidence, talks)]
  },
}

function lack(): never {
  throw new LessonError('This capture lacks the four conversations of the lesson. Take the bundled one: --from-capture')
}

/** A conversation: its packets, and where its connection went. */
interface Talk {
  readonly packets: readonly number[]
  readonly port: number
}

/** In the order in which they began: to the front, behind it, http:// at the front, to the impostor. */
function talksOf(evidence: Evidence): readonly Talk[] {
  const streams = [...new Set(evidence.lines.map(({ stream }) => stream))]
  return streams.map((stream) => {
    const packets = evidence.lines.filter((line) => line.stream === stream).map(({ number }) => number)
    return { packets, port: evidence.number(evidence.in(packets[0]!, 'tcp.dstport')) }
  })
}

/** Packets of a conversation that carry data. */
const speaking = (evidence: Evidence, talk: Talk | undefined): readonly number[] =>
  (talk?.packets ?? []).filter((packet) => evidence.payload(packet) > 0)

const ports = (evidence: Evidence, talks: readonly Talk[]): readonly Pointer[] =>
  talks.map(({ packets }) => evidence.point(evidence.in(packets[0]!, 'tcp.dstport')))

function twoHops(evidence: Evidence, talks: readonly Talk[], message: Pointer): Screen {
  const [front, behind] = talks as [Talk, Talk]
  const row = (talk: Talk, what: Words) => [same(String(talk.port)), same(String(talk.packets[0])), what]
  return {
    title: words('A front with a certificate', 'Une façade avec un certificat'),
    say: [
      words(
        'The client speaks https with a front. The front asks the server that stands behind it:',
        'Le client parle https avec une façade. Celle-ci interroge le serveur placé derrière :',
      ),
    ],
    figures: [
      {
        kind: 'table',
        head: [words('port', 'port'), words('from packet', 'dès le paquet'), same('')],
        rows: [
          row(front, words('client → front', 'client → façade')),
          row(behind, words('front → server behind', 'façade → serveur derrière')),
        ],
      },
    ],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('where can a spy read the message?', 'où un espion peut-il lire le message ?'),
      choices: [
        words('nowhere: the client sees the padlock', 'nulle part : le client voit le cadenas'),
        words('between client and front', 'entre le client et la façade'),
        words('between front and server', 'entre la façade et le serveur'),
      ],
      right: 'c',
      mistakes: [
        mistake(
          'a',
          'The padlock speaks of the way to the front, and not of what is behind.',
          'Le cadenas parle du trajet jusqu’à la façade, pas de la suite.',
        ),
        mistake('b', 'That part is TLS: nothing but sealed records.', 'Cette partie est TLS : rien que des enregistrements scellés.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'TLS ends at the front. Behind it everything is as in lesson 0.',
        'TLS finit à la façade. Derrière, tout est comme à la leçon 0.',
      ),
      reveal: [bytesAround(evidence, [message])],
      evidence: [message],
    },
    evidence: ports(evidence, [front, behind]),
    notes: words(
      'Most large sites have such a front. What runs behind it is up to them.',
      'La plupart des grands sites ont une telle façade. La suite ne dépend que d’eux.',
    ),
  }
}

function inClear(evidence: Evidence, talks: readonly Talk[], message: Pointer): Screen {
  const [front, behind] = talks as [Talk, Talk]
  const listed = [...speaking(evidence, front).slice(-4), ...speaking(evidence, behind)].sort((a, b) => a - b)
  const request = speaking(evidence, behind).filter((packet) => packet !== message.packet)
  return {
    title: words('The same answer twice', 'Deux fois la même réponse'),
    say: [words(`Ports ${front.port} and ${behind.port}, as they were recorded:`, `Ports ${front.port} et ${behind.port}, dans l’ordre :`)],
    figures: [{ kind: 'packets', rows: evidence.rows(listed) }],
    ask: {
      form: 'packet',
      prompt: words('in which packet does the message stand in clear?', 'dans quel paquet le message est-il en clair ?'),
      right: String(message.packet),
      mistakes: [
        wrongPacket(request, 'That is the front’s question, in clear as well.', 'C’est la question de la façade, en clair aussi.'),
        wrongPacket(
          speaking(evidence, front),
          'That one is sealed: it runs between client and front.',
          'Celui-ci est scellé : il va entre client et façade.',
        ),
      ],
      otherwise: words('Look for HTTP, from a server.', 'Cherchez HTTP, venant d’un serveur.'),
      insight: words(
        'The front opened the question, asked anew, and sealed the answer again.',
        'La façade a ouvert la question, redemandé, puis rescellé la réponse.',
      ),
      reveal: [bytesAround(evidence, [message])],
      evidence: [message],
    },
    evidence: [message, evidence.point(evidence.first('tls.app_data'))],
    notes: words(
      'Who may stand between front and server? In a cloud: many. TLS there too is the cure.',
      'Qui peut se tenir entre les deux ? Dans un nuage : beaucoup. Remède : TLS là aussi.',
    ),
  }
}

function wrongScheme(evidence: Evidence, talks: readonly Talk[]): Screen {
  const [, , talk] = talks as [Talk, Talk, Talk]
  const password = btoa(`${BASIC_USER}:${BASIC_PASSWORD}`)
  const [place] = evidence.places(password).filter(({ packet }) => talk.packets.includes(packet))
  if (place === undefined) lack()
  const after = talk.packets.filter((packet) => packet > place.packet)
  return {
    title: words('http:// at the door of https', 'http:// à la porte de https'),
    say: [
      words(
        `Somebody types http:// and a password, at port ${talk.port}. The server hangs up at once:`,
        `Quelqu’un tape http:// et un mot de passe, au port ${talk.port}. Le serveur raccroche aussitôt :`,
      ),
    ],
    figures: [{ kind: 'packets', rows: evidence.rows(talk.packets) }],
    ask: {
      form: 'packet',
      prompt: words('in which packet did the spy get the password?', 'dans quel paquet l’espion a-t-il eu le mot de passe ?'),
      right: String(place.packet),
      mistakes: [
        wrongPacket(
          after,
          'By then it was too late: no answer calls back what was said.',
          'Trop tard alors : aucune réponse ne rattrape ce qui est dit.',
        ),
        wrongPacket(
          talk.packets.filter((packet) => packet < place.packet),
          'There is no data in it yet: only the connection is made.',
          'Il ne porte encore rien : la connexion s’établit seulement.',
        ),
      ],
      otherwise: words('The first packet of this list that carries data.', 'Le premier paquet de la liste qui porte des données.'),
      insight: words(
        'The client spoke first, in clear. HSTS tells browsers never to try http:// there.',
        'Le client a parlé d’abord, en clair. HSTS interdit http:// aux navigateurs.',
      ),
      reveal: [bytesAround(evidence, [place])],
      evidence: [place],
    },
    evidence: [place],
    notes: words('Spelled in base64: lesson 3. Anybody undoes it.', 'Écrit en base64 : leçon 3. Chacun le défait.'),
  }
}

function insecure(evidence: Evidence, talks: readonly Talk[]): Screen {
  const [, , , talk] = talks as [Talk, Talk, Talk, Talk]
  const [issuer] = evidence.places(IMPOSTOR).filter(({ packet }) => talk.packets.includes(packet))
  if (issuer === undefined) lack()
  return {
    title: words('--insecure', '--insecure'),
    say: [
      words(
        'A client started with --insecure. Who vouched for the server that it spoke to:',
        'Un client lancé avec --insecure. Qui s’est porté garant du serveur :',
      ),
    ],
    figures: [bytesAround(evidence, [issuer])],
    ask: {
      form: 'choice',
      prompt: words('the client got its answer. What was lost?', 'le client a eu sa réponse. Qu’a-t-il perdu ?'),
      choices: [
        words('the seal: the spy reads along', 'le sceau : l’espion lit tout'),
        words('the knowledge who the server is', 'de savoir qui est le serveur'),
        words('nothing: it is TLS all the same', 'rien : c’est TLS quand même'),
      ],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'Listening in is no easier than before: the records are sealed.',
          'Écouter n’est pas plus facile : les enregistrements sont scellés.',
        ),
        mistake('c', 'Sealed, yes; but to whoever answered, the spy included.', 'Scellé, oui ; mais pour qui a répondu, l’espion compris.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'A spy in the middle opens, reads, and seals again. Nobody notices: lesson 11.',
        'Un espion au milieu ouvre, lit et rescelle. Nul ne le voit : leçon 11.',
      ),
      evidence: [issuer],
    },
    evidence: [issuer],
    notes: words(
      'The cure is --ca: trust that one authority, instead of anyone.',
      'Le remède est --ca : se fier à cette autorité, et non à n’importe qui.',
    ),
  }
}
