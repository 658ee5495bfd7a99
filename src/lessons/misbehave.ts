import { mistake, words, wrongPacket } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Lesson, LessonError, type Pointer, type Screen, same } from './lesson.ts'

export const misbehave: Lesson = {
  number: 18,
  title: words('When packets misbehave', 'Quand les paquets font des leurs'),
  idea: words(
    'Numbers on every byte tell late, repeated and missing apart.',
    'Chaque octet est numéroté : retard, répétition et manque se distinguent.',
  ),
  commands: ['wiretail captures/misbehaving.pcapng'],
  capture: 'misbehaving.pcapng',
  screens(evidence) {
    const talks = talksOf(evidence)
    const [late, gap, refused, unanswered] = talks
    if (late === undefined || gap === undefined || refused === undefined || unanswered === undefined)
      throw new LessonError('This capture lacks the four conversations of the lesson. Take the bundled one: --from-capture')
    return [lateAndTwice(evidence, late), repeated(evidence, late), whereIsIt(evidence, gap), twoKnocks(evidence, refused, unanswered)]
  },
}

/** A packet with data, by the numbers of its bytes in its direction, from 1. */
interface Piece {
  readonly packet: number
  readonly first: number
  readonly last: number
  readonly fromClient: boolean
}

interface Talk {
  readonly packets: readonly number[]
  readonly pieces: readonly Piece[]
}

function relative(evidence: Evidence, packet: number, name: 'tcp.seq' | 'tcp.ack'): number {
  return Number(/: (\d+)/.exec(evidence.in(packet, name).label)?.[1] ?? 0)
}

function talksOf(evidence: Evidence): readonly Talk[] {
  const streams = [...new Set(evidence.lines.map(({ stream }) => stream))]
  return streams.map((stream) => {
    const packets = evidence.lines.filter((line) => line.stream === stream).map(({ number }) => number)
    const pieces = packets
      .filter((packet) => evidence.payload(packet) > 0)
      .map((packet) => {
        const first = relative(evidence, packet, 'tcp.seq')
        return { packet, first, last: first + evidence.payload(packet) - 1, fromClient: evidence.fromClient(packet) }
      })
    return { packets, pieces }
  })
}

const rowsOf = (pieces: readonly Piece[]) =>
  pieces.map(({ packet, first, last }) => [same(String(packet)), words(`bytes ${first} to ${last}`, `octets ${first} à ${last}`)])
const HEAD = [words('packet', 'paquet'), words('carries', 'porte')]
const numbers = (evidence: Evidence, packets: readonly number[]): readonly Pointer[] =>
  packets.map((packet) => evidence.point(evidence.in(packet, 'tcp.seq_raw')))

function lateAndTwice(evidence: Evidence, { pieces }: Talk): Screen {
  const server = pieces.filter(({ fromClient }) => !fromClient)
  const late = server.find(({ last }, at) => server.slice(0, at).some((before) => before.first > last))
  const early = late === undefined ? undefined : server.find(({ first }) => first > late.last)
  if (late === undefined || early === undefined)
    throw new LessonError('No packet of this capture is late. Take the bundled one: --from-capture')
  return {
    title: words('The order of arrival', 'L’ordre d’arrivée'),
    say: [
      words(
        'These frames were written for the lesson, not captured. What the server sent, as it arrived:',
        'Ces trames ont été écrites pour la leçon, non capturées. Ce que le serveur a envoyé, à l’arrivée :',
      ),
    ],
    figures: [{ kind: 'table', head: HEAD, rows: rowsOf(server) }],
    ask: {
      form: 'packet',
      predict: true,
      prompt: words(
        'which packet came late, after one that it should precede?',
        'quel paquet est en retard, après un qu’il devait précéder ?',
      ),
      right: String(late.packet),
      mistakes: [
        wrongPacket(
          [early.packet],
          'That one is too early: bytes before its own had not come yet.',
          'Celui-là est en avance : les octets d’avant n’étaient pas venus.',
        ),
        wrongPacket(
          [server.at(-1)!.packet],
          'That one brings what had come already: it is a repetition.',
          'Celui-là apporte du déjà reçu : une répétition.',
        ),
      ],
      otherwise: words('Read the numbers of the bytes from top to bottom.', 'Lisez les numéros des octets de haut en bas.'),
      insight: words(
        'The client waits and puts them in order: programs never notice.',
        'Le client attend et remet en ordre : les programmes ne voient rien.',
      ),
      evidence: numbers(evidence, [early.packet, late.packet]),
    },
    evidence: numbers(
      evidence,
      server.map(({ packet }) => packet),
    ),
    notes: words(
      'On real networks two packets may take two ways, and the later be faster.',
      'En vrai, deux paquets prennent deux chemins, et le second peut être plus rapide.',
    ),
  }
}

function repeated(evidence: Evidence, { pieces }: Talk): Screen {
  const server = pieces.filter(({ fromClient }) => !fromClient)
  const again = server.find((piece, at) => server.slice(0, at).some(({ first }) => first === piece.first))
  if (again === undefined) throw new LessonError('No packet of this capture is repeated. Take the bundled one: --from-capture')
  const original = server.find(({ first }) => first === again.first)!
  const others = server.filter(({ packet }) => packet !== again.packet && packet !== original.packet).map(({ packet }) => packet)
  return {
    title: words('Twice', 'Deux fois'),
    say: [
      words('The same list. A sender that hears no confirmation sends again.', 'La même liste. Qui n’entend pas de confirmation renvoie.'),
    ],
    figures: [{ kind: 'table', head: HEAD, rows: rowsOf(server) }],
    ask: {
      form: 'packet',
      prompt: words('which packet brings nothing new?', 'quel paquet n’apporte rien de nouveau ?'),
      right: String(again.packet),
      mistakes: [
        wrongPacket(
          [original.packet],
          'When it came, its bytes were new. Which one repeats it?',
          'À son arrivée, ses octets étaient neufs. Lequel le répète ?',
        ),
        wrongPacket(others, 'Its bytes came only once.', 'Ses octets ne sont venus qu’une fois.'),
      ],
      otherwise: words('Two packets carry bytes with the same numbers.', 'Deux paquets portent les mêmes numéros.'),
      insight: words(
        'The client throws it away: each byte has its number, and counts once.',
        'Le client le jette : chaque octet a son numéro, et compte une fois.',
      ),
      evidence: numbers(evidence, [original.packet, again.packet]),
    },
    evidence: numbers(
      evidence,
      server.map(({ packet }) => packet),
    ),
    notes: words(
      'Many repetitions mean a lossy or slow network; a few are daily life.',
      'Beaucoup de répétitions : réseau mauvais ou lent ; quelques-unes, c’est la vie.',
    ),
  }
}

function whereIsIt(evidence: Evidence, { packets, pieces }: Talk): Screen {
  const server = pieces.filter(({ fromClient }) => !fromClient)
  const hole = server.find(({ first }, at) => at > 0 && first > server[at - 1]!.last + 1)
  if (hole === undefined) throw new LessonError('Nothing is missing in this capture. Take the bundled one: --from-capture')
  const from = server[server.indexOf(hole) - 1]!.last + 1
  const confirmation = packets.find((packet) => packet > hole.packet && evidence.fromClient(packet))!
  const ack = relative(evidence, confirmation, 'tcp.ack')
  const rows = [
    ...rowsOf(server),
    [same(String(confirmation)), words(`client: "I have all up to ${ack - 1}"`, `client : « j’ai tout jusqu’à ${ack - 1} »`)],
  ]
  return {
    title: words('A hole', 'Un trou'),
    say: [
      words(
        `Another conversation. Bytes ${from} to ${hole.first - 1} are in no packet.`,
        `Une autre conversation. Les octets ${from} à ${hole.first - 1} ne sont nulle part.`,
      ),
    ],
    figures: [{ kind: 'table', head: HEAD, rows }],
    ask: {
      form: 'choice',
      prompt: words('what lacks these bytes?', 'à qui manquent ces octets ?'),
      choices: [
        words('the message: the client never got them', 'au message : le client ne les a pas eus'),
        words('the recording only', 'à l’enregistrement seul'),
        words('the server: it skipped them', 'au serveur : il les a sautés'),
      ],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          `Then the client would not say that it has all up to ${ack - 1}.`,
          `Alors le client ne dirait pas avoir tout jusqu’à ${ack - 1}.`,
        ),
        mistake(
          'c',
          'The numbers count what was sent: they would not leave a hole.',
          'Les numéros comptent ce qui est envoyé : pas de trou.',
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'The confirmation proves it: the spy was too slow, not the network.',
        'La confirmation le prouve : l’espion était trop lent, pas le réseau.',
      ),
      evidence: [evidence.point(evidence.in(confirmation, 'tcp.ack_raw'))],
    },
    evidence: [
      ...numbers(
        evidence,
        server.map(({ packet }) => packet),
      ),
      evidence.point(evidence.in(confirmation, 'tcp.ack_raw')),
    ],
    notes: words(
      'The title line of wiretail counts what a live capture lost.',
      'La ligne de titre de wiretail compte ce qu’une capture a perdu.',
    ),
  }
}

function twoKnocks(evidence: Evidence, refused: Talk, unanswered: Talk): Screen {
  const packets = [...refused.packets, ...unanswered.packets]
  const rows = packets.map((packet) => {
    const line = evidence.lines[packet - 1]!
    return [
      same(String(packet)),
      same(`${Number(line.time).toFixed(1)} s`),
      evidence.fromClient(packet) ? words('client →', 'client →') : words('← server', '← serveur'),
      same(evidence.flags(packet)),
    ]
  })
  const answer = refused.packets.find((packet) => /RST/.test(evidence.flags(packet)))!
  return {
    title: words('Refused, or unheard?', 'Refusé, ou pas entendu ?'),
    say: [
      words(
        'Two clients knock. One gets an answer, the other knocks thrice:',
        'Deux clients frappent. L’un a une réponse, l’autre frappe trois fois :',
      ),
    ],
    figures: [{ kind: 'table', rows }],
    ask: {
      form: 'packet',
      prompt: words('which packet says "no"?', 'quel paquet dit « non » ?'),
      right: String(answer),
      mistakes: [
        wrongPacket(
          unanswered.packets,
          'That is a knock without an answer: a silent firewall, or no machine.',
          'C’est un coup sans réponse : pare-feu muet, ou pas de machine.',
        ),
        wrongPacket([refused.packets[0]!], 'That is the knock. The answer follows it.', 'C’est le coup. La réponse suit.'),
      ],
      otherwise: words('RST is the flag that says no.', 'RST est le drapeau qui dit non.'),
      insight: words(
        'No is an answer: a machine is there. Silence says nothing at all.',
        'Non est une réponse : une machine est là. Le silence ne dit rien.',
      ),
      evidence: [evidence.point(evidence.in(answer, 'tcp.flags'))],
    },
    evidence: packets.map((packet) => evidence.point(evidence.in(packet, 'tcp.flags'))),
    notes: words('Knocks come after 1 s, then 2 s more, then 4: RFC 6298.', 'On refrappe après 1 s, puis 2 s, puis 4 : RFC 6298.'),
  }
}
