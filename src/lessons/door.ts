import { failuresScene } from '../demo/scenes/failures.ts'
import { fieldValue, mistake, words, wrongPacket } from './build.ts'
import type { Evidence, Row } from './evidence.ts'
import { type Lesson, LessonError, type Screen, same, type Words } from './lesson.ts'

export const door: Lesson = {
  number: 13,
  title: words('Who slammed the door?', 'Qui a claqué la porte ?'),
  idea: words(
    'A failed handshake names its side and its cause, if you know where to look.',
    'Un échec nomme son côté et sa cause, si l’on sait où regarder.',
  ),
  commands: ['wiretail captures/failures.pcapng', 'wiretail print -r captures/failures.pcapng -Y tls.alert_message'],
  capture: 'failures.pcapng',
  scene: failuresScene,
  screens(evidence) {
    const ends = endsOf(evidence)
    if (ends.length < 6) throw new LessonError('This capture lacks the six failures of the lesson. Take the bundled one: --from-capture')
    return [silence(evidence, ends), version(evidence, ends), askedWho(evidence, ends), nobody(evidence, ends)]
  },
}

interface End {
  /** Packets of the conversation, first and last. */
  readonly from: number
  readonly to: number
  /** The alert in clear, if there is one. */
  readonly alert: Row | undefined
  /** The packet that ended it: the alert, else the first FIN or RST. */
  readonly packet: number
  readonly fromClient: boolean
}

/** How each conversation ended. */
function endsOf(evidence: Evidence): readonly End[] {
  const streams = [...new Set(evidence.lines.map(({ stream }) => stream))]
  return streams.map((stream) => {
    const numbers = evidence.lines.filter((line) => line.stream === stream).map(({ number }) => number)
    const alert = evidence.every('tls.alert_message.desc').find(({ packet }) => numbers.includes(packet))
    const close = numbers.find((number) => /FIN|RST/.test(evidence.flags(number))) ?? numbers.at(-1)!
    const packet = alert?.packet ?? close
    return { from: numbers[0]!, to: numbers.at(-1)!, alert, packet, fromClient: evidence.fromClient(packet) }
  })
}

function endWords(evidence: Evidence, end: End): Words {
  if (end.alert !== undefined) {
    const name = fieldValue(end.alert).replace(/ \(\d+\)$/, '')
    return words(`alert: ${name}`, `alerte : ${name}`)
  }
  const flags = evidence.flags(end.packet)
  return words(`no alert in clear, ${flags}`, `pas d’alerte en clair, ${flags}`)
}

function table(evidence: Evidence, ends: readonly End[]) {
  return {
    kind: 'table' as const,
    head: [words('packet', 'paquet'), words('side', 'côté'), words('how it ended', 'comment cela a fini')],
    rows: ends.map((end) => [
      same(String(end.packet)),
      end.fromClient ? words('client', 'client') : words('server', 'serveur'),
      endWords(evidence, end),
    ]),
  }
}

const points = (evidence: Evidence, ends: readonly End[]) =>
  ends.map((end) => evidence.point(end.alert ?? evidence.in(end.packet, 'tcp.flags')))

function silence(evidence: Evidence, ends: readonly End[]): Screen {
  const quiet = ends.filter(({ alert, fromClient }) => alert === undefined && fromClient)
  return {
    title: words('Six doors', 'Six portes'),
    say: [words('Six connections, none of which came about:', 'Six connexions, dont aucune n’a abouti :')],
    figures: [table(evidence, ends)],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words(
        'the first two: the client hung up without a word. What is certain?',
        'les deux premières : le client raccroche sans un mot. Qu’est-ce qui est sûr ?',
      ),
      choices: [
        words('the certificate had expired', 'le certificat était périmé'),
        words('the client left; why, only it knows', 'le client est parti ; pourquoi, lui seul le sait'),
        words('the network broke', 'le réseau a lâché'),
      ],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'For the second that is so, for the first not: the packets are alike.',
          'C’est vrai de la seconde, pas de la première : les paquets sont pareils.',
        ),
        mistake('c', 'Then there would be no FIN: it was closed in good order.', 'Alors il n’y aurait pas de FIN : fermé en bon ordre.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'One knew no such authority, one found it expired. The reason stayed in the client.',
        'L’un ignorait l’autorité, l’autre l’a trouvé périmé. La raison est restée chez lui.',
      ),
      evidence: points(evidence, quiet),
    },
    evidence: points(evidence, ends),
    notes: words(
      'Node checks after the handshake and just closes. OpenSSL’s own client sends an alert, in clear.',
      'Node vérifie après la poignée de main et ferme. Le client d’OpenSSL envoie une alerte en clair.',
    ),
  }
}

function named(ends: readonly End[], pattern: RegExp): readonly End[] {
  return ends.filter(({ alert }) => alert !== undefined && pattern.test(alert.label))
}

function version(evidence: Evidence, ends: readonly End[]): Screen {
  const [mismatch] = named(ends, /Protocol Version/)
  const failures = named(ends, /Handshake Failure/)
  if (mismatch === undefined) throw new LessonError('This capture has no version mismatch. Take the bundled one: --from-capture')
  return {
    title: words('Too old', 'Trop vieux'),
    say: [words('One client speaks TLS up to 1.2, and the server wants 1.3.', 'Un client parle TLS jusqu’à 1.2, et le serveur veut 1.3.')],
    figures: [table(evidence, ends)],
    ask: {
      form: 'packet',
      prompt: words('which packet says so?', 'quel paquet le dit ?'),
      right: String(mismatch.packet),
      mistakes: [
        wrongPacket(
          failures.map(({ packet }) => packet),
          'That alert is the general one: no agreement. Another is more exact.',
          'Cette alerte est générale : pas d’accord. Une autre est plus précise.',
        ),
        wrongPacket(
          ends.filter(({ alert }) => alert === undefined).map(({ packet }) => packet),
          'There is no alert in that packet.',
          'Il n’y a pas d’alerte dans ce paquet.',
        ),
      ],
      otherwise: words('It is one of the packets in the table.', 'C’est l’un des paquets du tableau.'),
      insight: words(
        'Side: server. Cause: version. Repair: let one of them speak the other’s.',
        'Côté : serveur. Cause : version. Remède : que l’un parle celle de l’autre.',
      ),
      evidence: points(evidence, [mismatch]),
    },
    evidence: points(evidence, ends),
    notes: words('protocol_version is alert 70 (RFC 8446 6.2).', 'protocol_version est l’alerte 70 (RFC 8446 6.2).'),
  }
}

function askedWho(evidence: Evidence, ends: readonly End[]): Screen {
  const failures = named(ends, /Handshake Failure/)
  const asked = failures.find(({ from, to }) =>
    evidence.every('tls.handshake.type').some((row) => row.packet >= from && row.packet <= to && /Certificate Request/.test(row.label)),
  )
  const other = failures.find((end) => end !== asked)
  if (asked === undefined || other === undefined)
    throw new LessonError('This capture lacks a refused client. Take the bundled one: --from-capture')
  const request = evidence.first('tls.handshake.type', (row) => row.packet >= asked.from && /Certificate Request/.test(row.label))
  const messages = (end: End): readonly string[] =>
    evidence
      .every('tls.handshake.type')
      .filter(({ packet }) => packet >= end.from && packet <= end.to)
      .map((row) => fieldValue(row).replace(/ \(\d+\)$/, ''))
  const rows = [other, asked].map((end) => [same(String(end.packet)), same(messages(end).join(', '))])
  return {
    title: words('The same alert twice', 'Deux fois la même alerte'),
    say: [words('What was said in clear before each of the two:', 'Ce qui fut dit en clair avant chacune :')],
    figures: [{ kind: 'table', head: [words('alert', 'alerte'), words('messages before', 'messages d’avant')], rows }],
    ask: {
      form: 'packet',
      prompt: words('which alert means: you did not show who you are?', 'quelle alerte veut dire : vous n’avez pas dit qui vous êtes ?'),
      right: String(asked.packet),
      mistakes: [
        wrongPacket(
          [other.packet],
          'There the server found no cipher: it never got as far as asking.',
          'Là, aucun chiffre en commun : le serveur n’a rien demandé.',
        ),
        wrongPacket(
          [request.packet],
          'There the server asks. In which packet does it give up?',
          'Là, le serveur demande. Dans quel paquet renonce-t-il ?',
        ),
      ],
      otherwise: words('One of the two packets of the table.', 'Un des deux paquets du tableau.'),
      insight: words(
        'The server had asked: Certificate Request. The client’s answer was empty.',
        'Le serveur avait demandé : Certificate Request. La réponse était vide.',
      ),
      evidence: [...points(evidence, [asked]), evidence.point(request)],
    },
    evidence: [other, asked]
      .flatMap((end) => evidence.every('tls.handshake.type').filter(({ packet }) => packet >= end.from && packet <= end.to))
      .map((row) => evidence.point(row)),
    notes: words(
      'Repair of the one: a common cipher. Of the other: a certificate for the client.',
      'Remède de l’une : un chiffre commun. De l’autre : un certificat pour le client.',
    ),
  }
}

function nobody(evidence: Evidence, ends: readonly End[]): Screen {
  const refused = ends.at(-1)!
  const rest = ends.slice(0, -1).map(({ packet }) => packet)
  return {
    title: words('Nobody at home', 'Personne'),
    say: [words('One of the six never got to TLS: nobody listened.', 'L’une des six n’est pas arrivée à TLS : personne n’écoutait.')],
    figures: [table(evidence, ends)],
    ask: {
      form: 'packet',
      prompt: words('which packet says: nobody listens here?', 'quel paquet dit : personne n’écoute ici ?'),
      right: String(refused.packet),
      mistakes: [
        wrongPacket(rest, 'There somebody answered, and did not agree.', 'Là, quelqu’un a répondu, sans être d’accord.'),
        wrongPacket(
          [refused.from],
          'That is the knock. The answer comes right after it.',
          'C’est le coup à la porte. La réponse vient juste après.',
        ),
      ],
      otherwise: words('RST in answer to the very first packet.', 'RST en réponse au tout premier paquet.'),
      insight: words(
        'Side: the server’s machine. Cause: no program there. Repair: start it.',
        'Côté : la machine du serveur. Cause : pas de programme. Remède : le lancer.',
      ),
      evidence: points(evidence, [refused]),
    },
    evidence: points(evidence, ends),
    notes: words('A firewall that stays silent looks different: lesson 18.', 'Un pare-feu muet se voit autrement : leçon 18.'),
  }
}
