import { requestsScene } from '../demo/scenes/requests.ts'
import { bytesAround, fieldValue, words, wrongPacket } from './build.ts'
import type { Evidence, Row } from './evidence.ts'
import { type Lesson, LessonError, type Screen, same } from './lesson.ts'

/** A request and its answer. */
interface Exchange {
  readonly request: Row
  readonly method: string
  readonly path: string
  readonly version: string
  readonly answer: Row
  readonly status: string
}

export const requests: Lesson = {
  number: 2,
  title: words('Parts of a request', 'Les parts d’une requête'),
  idea: words(
    'Method, path, headers, body: four parts, and not every message has them all.',
    'Méthode, chemin, en-têtes, corps : quatre parts, mais pas toujours toutes.',
  ),
  commands: ['wiretail captures/requests.pcapng', 'wiretail print -r captures/requests.pcapng -Y http'],
  capture: 'requests.pcapng',
  scene: requestsScene,
  screens(evidence) {
    const pairs = pairsOf(evidence)
    return [bodyOfRequest(evidence, pairs), lengthWithoutBody(evidence, pairs), nothingToSay(evidence, pairs), versions(evidence, pairs)]
  },
}

/** Requests with the answers that followed them, from "Request in frame" of each answer. */
function pairsOf(evidence: Evidence): readonly Exchange[] {
  return evidence.every('http.request.method').map((request) => {
    const link = evidence.every('http.request_in').find((row) => fieldValue(row).replace(/\D+$/, '') === String(request.packet))
    if (link === undefined) throw new LessonError('A request of this capture has no answer. Take the bundled one: --from-capture')
    const answer = evidence.in(link.packet, 'http.response.code')
    return {
      request,
      method: evidence.text(request),
      path: evidence.text(evidence.in(request.packet, 'http.request.uri')),
      version: evidence.text(evidence.in(request.packet, 'http.request.version')),
      answer,
      status: evidence.text(answer),
    }
  })
}

function find(pairs: readonly Exchange[], wanted: (pair: Exchange) => boolean): Exchange {
  const pair = pairs.find(wanted)
  if (pair === undefined) throw new LessonError('An exchange of this lesson is missing. Take the bundled capture: --from-capture')
  return pair
}

/** Bytes of the HTTP body in that packet's message, 0 without one. */
function bodyOf(evidence: Evidence, packet: number): number {
  return evidence.every('http.file_data', packet)[0]?.length ?? 0
}

function pairRows(pairs: readonly Exchange[]) {
  return pairs.map(({ request, method, path, answer, status }) => [
    same(String(request.packet)),
    same(`${method} ${path}`),
    same('→'),
    same(String(answer.packet)),
    same(status),
  ])
}

const HEAD = [words('packet', 'paquet'), words('asks', 'demande'), same(''), words('packet', 'paquet'), words('answers', 'répond')]

function bodyOfRequest(evidence: Evidence, pairs: readonly Exchange[]): Screen {
  const post = find(pairs, ({ request }) => bodyOf(evidence, request.packet) > 0)
  const body = evidence.in(post.request.packet, 'http.file_data')
  const remove = find(pairs, ({ method }) => method === 'DELETE')
  return {
    title: words('Who brings something along?', 'Qui apporte quelque chose ?'),
    say: [words('Each question with its answer:', 'Chaque question avec sa réponse :')],
    figures: [{ kind: 'table', head: HEAD, rows: pairRows(pairs) }],
    ask: {
      form: 'packet',
      predict: true,
      prompt: words('which packet is a question with a body of its own?', 'quel paquet est une question qui a un corps ?'),
      right: String(post.request.packet),
      mistakes: [
        wrongPacket(
          [post.answer.packet],
          'That is an answer. Answers usually have a body; which question has?',
          'C’est une réponse. Elles ont souvent un corps ; quelle question en a un ?',
        ),
        wrongPacket(
          [remove.request.packet],
          'DELETE only names what shall go; there is nothing to bring.',
          'DELETE nomme ce qui doit disparaître ; il n’y a rien à apporter.',
        ),
      ],
      otherwise: words('It asks for something only; it brings nothing along.', 'Il demande seulement ; il n’apporte rien.'),
      insight: words(
        `POST brings ${body.length} bytes along, here a note in JSON.`,
        `POST apporte ${body.length} octets, ici une note en JSON.`,
      ),
      reveal: [bytesAround(evidence, [body])],
      evidence: [evidence.point(body)],
    },
    evidence: pairs.flatMap(({ request, answer }) => [evidence.point(request), evidence.point(answer)]),
    notes: words(
      'GET, HEAD, DELETE: a request line and headers. POST and PUT bring a body.',
      'GET, HEAD, DELETE : une ligne et des en-têtes. POST et PUT apportent un corps.',
    ),
  }
}

function lengthWithoutBody(evidence: Evidence, pairs: readonly Exchange[]): Screen {
  const head = find(pairs, ({ method }) => method === 'HEAD')
  const get = find(pairs, ({ method, path, status }) => method === 'GET' && path === '/' && status === '200')
  const lengths = [get, head].map(({ answer }) => evidence.in(answer.packet, 'http.content_length_header'))
  const row = ({ method, answer }: Exchange, at: number) => [
    same(String(answer.packet)),
    same(method),
    same(fieldValue(lengths[at]!)),
    same(String(evidence.payload(answer.packet))),
  ]
  return {
    title: words('A length, but no body', 'Une longueur, mais pas de corps'),
    say: [words('Two answers with the same Content-Length:', 'Deux réponses avec le même Content-Length :')],
    figures: [
      {
        kind: 'table',
        head: [
          words('packet', 'paquet'),
          words('answers', 'répond à'),
          same('Content-Length'),
          words('bytes in the packet', 'octets du paquet'),
        ],
        rows: [get, head].map(row),
      },
    ],
    ask: {
      form: 'packet',
      prompt: words('which one announces a body and sends none?', 'laquelle annonce un corps et n’en envoie pas ?'),
      right: String(head.answer.packet),
      mistakes: [
        wrongPacket([get.answer.packet], 'That one is longer: its body is inside.', 'Celle-là est plus longue : son corps est dedans.'),
        wrongPacket(
          [head.request.packet],
          'That is the question. Which answer came to it?',
          'C’est la question. Quelle réponse est venue ?',
        ),
      ],
      otherwise: words('One of the two packets of the table.', 'Un des deux paquets du tableau.'),
      insight: words(
        'HEAD asks: what would you say? The head comes, the body does not.',
        'HEAD demande : que diriez-vous ? La tête vient, le corps non.',
      ),
      evidence: [evidence.point(lengths[1]!)],
    },
    evidence: lengths.map((one) => evidence.point(one)),
    notes: words(
      'RFC 9110 9.3.2. Useful to ask for size and date before a large download.',
      'RFC 9110 9.3.2. Utile pour connaître taille et date avant un gros téléchargement.',
    ),
  }
}

function nothingToSay(evidence: Evidence, pairs: readonly Exchange[]): Screen {
  const empty = find(pairs, ({ status }) => status === '204')
  const unchanged = find(pairs, ({ status }) => status === '304')
  const missing = find(pairs, ({ status }) => status === '404')
  const chosen = [unchanged, find(pairs, ({ status }) => status === '201'), empty, missing]
  const phrases = chosen.map(({ answer }) => evidence.in(answer.packet, 'http.response.phrase'))
  return {
    title: words('Four ways to answer', 'Quatre façons de répondre'),
    say: [],
    figures: [
      {
        kind: 'table',
        head: [words('packet', 'paquet'), words('status', 'statut'), words('in words', 'en mots')],
        rows: chosen.map(({ answer, status }, at) => [same(String(answer.packet)), same(status), same(evidence.text(phrases[at]!))]),
      },
    ],
    ask: {
      form: 'packet',
      prompt: words('which answer means: your own copy is still good?', 'quelle réponse dit : votre copie est encore bonne ?'),
      right: String(unchanged.answer.packet),
      mistakes: [
        wrongPacket(
          [empty.answer.packet],
          '204 means: done, and there is nothing to say about it.',
          '204 veut dire : c’est fait, rien à ajouter.',
        ),
        wrongPacket([missing.answer.packet], '404 means: there is nothing at this path.', '404 veut dire : il n’y a rien à ce chemin.'),
      ],
      otherwise: words('Nothing has been modified: which line says so?', 'Rien n’a été modifié : quelle ligne le dit ?'),
      insight: words(
        '304 saves the body: the client had named the version that it has.',
        '304 épargne le corps : le client avait nommé sa version.',
      ),
      evidence: [evidence.point(unchanged.answer), ...evidence.places('If-None-Match').slice(0, 1)],
    },
    evidence: phrases.map((one) => evidence.point(one)),
    notes: words(
      'First digit: 2 done, 3 elsewhere or unchanged, 4 your mistake, 5 ours.',
      'Premier chiffre : 2 fait, 3 ailleurs ou inchangé, 4 votre faute, 5 la nôtre.',
    ),
  }
}

function versions(evidence: Evidence, pairs: readonly Exchange[]): Screen {
  const old = find(pairs, ({ version }) => version === 'HTTP/1.0')
  const fin = evidence.first(
    'tcp.flags',
    (row) => row.packet > old.answer.packet && /FIN/.test(row.label) && !evidence.fromClient(row.packet),
  )
  const [first] = pairs
  const last = pairs.filter(({ version }) => version === 'HTTP/1.1').at(-1)!
  const table = [first!, last, old].map(({ request, method, path, version }) => [
    same(String(request.packet)),
    same(`${method} ${path} ${version}`),
  ])
  return {
    title: words('How old is the question?', 'Quel âge a la question ?'),
    say: [words('The first lines of three questions:', 'Les premières lignes de trois questions :')],
    figures: [{ kind: 'table', head: [words('packet', 'paquet'), words('first line', 'première ligne')], rows: table }],
    ask: {
      form: 'packet',
      prompt: words('after which question does the server hang up at once?', 'après quelle question le serveur raccroche-t-il aussitôt ?'),
      right: String(old.request.packet),
      mistakes: [
        wrongPacket(
          [first!.request.packet],
          'HTTP/1.1 keeps the line open: more questions followed.',
          'HTTP/1.1 garde la ligne : d’autres questions ont suivi.',
        ),
        wrongPacket(
          [last.request.packet],
          'There the client hung up, not the server.',
          'Là, c’est le client qui a raccroché, pas le serveur.',
        ),
      ],
      otherwise: words('One of the three packets of the table.', 'Un des trois paquets du tableau.'),
      insight: words(
        `HTTP/1.0: one question a connection. The server’s FIN is packet ${fin.packet}.`,
        `HTTP/1.0 : une question par connexion. Le FIN du serveur : paquet ${fin.packet}.`,
      ),
      evidence: [evidence.point(evidence.in(old.request.packet, 'http.request.version')), evidence.point(fin)],
    },
    evidence: [first!, last, old].map(({ request }) => evidence.point(evidence.in(request.packet, 'http.request.version'))),
    notes: words(
      'HTTP/2 and 3 say the same in binary frames, many at once on one connection.',
      'HTTP/2 et 3 disent la même chose en trames binaires, plusieurs à la fois.',
    ),
  }
}
