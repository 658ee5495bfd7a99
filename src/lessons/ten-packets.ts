import { plain } from '../demo/index.ts'
import { fetchScene } from '../demo/scenes/fetch.ts'
import { headerFigure, headerLines, mistake, words } from './build.ts'
import type { Evidence } from './evidence.ts'
import type { Lesson, Pointer, Screen, Words } from './lesson.ts'

export const tenPackets: Lesson = {
  number: 1,
  title: words('Ten packets, two of them talk', 'Dix paquets, deux parlent'),
  idea: words(
    'Most packets only carry the carrying: two of ten hold what the programs said.',
    'La plupart des paquets ne font que porter : deux sur dix disent quelque chose.',
  ),
  commands: ['wiretail demo', 'wiretail print -r captures/plain.pcapng -V'],
  capture: 'plain.pcapng',
  scene: fetchScene(plain),
  screens(evidence) {
    const request = evidence.first('http.request.method').packet
    const answer = evidence.first('http.response.code').packet
    return [whoTalks(evidence), everyPacket(evidence), boxes(evidence, request), bodyLength(evidence, answer)]
  },
}

function flagsOf(evidence: Evidence): readonly Pointer[] {
  return evidence.every('tcp.flags').map((row) => evidence.point(row))
}

function whoTalks(evidence: Evidence): Screen {
  const talking = evidence.lines.filter(({ number }) => evidence.payload(number) > 0)
  return {
    title: words('Who has something to say?', 'Qui a quelque chose à dire ?'),
    say: [],
    figures: [{ kind: 'packets', rows: evidence.rows() }],
    ask: {
      form: 'number',
      predict: true,
      prompt: words(
        'how many of them carry something that a program wrote? Look at the lengths.',
        'combien portent ce qu’un programme a écrit ? Voyez les tailles.',
      ),
      right: String(talking.length),
      mistakes: [
        mistake(
          String(evidence.lines.length),
          'Then even a bare SYN would carry text. Most are empty.',
          'Alors même un simple SYN porterait du texte. La plupart sont vides.',
        ),
        mistake(
          '1',
          'The question is one, the answer another: both travel.',
          'La question en est un, la réponse un autre : les deux voyagent.',
        ),
        mistake(
          '3',
          'The first three open the connection, and say nothing else.',
          'Les trois premiers ouvrent la connexion, et ne disent rien d’autre.',
        ),
      ],
      otherwise: words(
        'The two that are longer than 80 bytes: question and answer.',
        'Les deux de plus de 80 octets : la question et la réponse.',
      ),
      insight: words(
        'The others open the connection, confirm what came, and close it.',
        'Les autres ouvrent la connexion, confirment, et la ferment.',
      ),
      reveal: [{ kind: 'packets', rows: evidence.rows(), marked: talking.map(({ number }) => number) }],
      evidence: talking.map(({ number }) => evidence.point(evidence.in(number, 'tcp.payload'))),
    },
    evidence: flagsOf(evidence),
    notes: words(
      'With other servers there may be three: head and body of the answer in packets of their own.',
      'Avec d’autres serveurs ils sont trois : tête et corps de la réponse dans deux paquets.',
    ),
  }
}

/** What a packet does, in a sentence, from its flags and its place. */
function sentence(evidence: Evidence, packet: number): Words {
  const flags = evidence.flags(packet)
  const client = evidence.fromClient(packet)
  if (/RST/.test(flags)) return words('It is over, at once.', 'C’est fini, tout de suite.')
  if (/SYN/.test(flags))
    return /ACK/.test(flags)
      ? words('Yes. May I talk to you, too?', 'Oui. Puis-je vous parler aussi ?')
      : words('May I talk to you?', 'Puis-je vous parler ?')
  if (/FIN/.test(flags)) return words('I have no more to say.', 'Je n’ai plus rien à dire.')
  if (evidence.payload(packet) > 0)
    return client ? words('Give me what is at /', 'Donnez-moi ce qui est à /') : words('Here it is.', 'Le voici.')
  return packet === 3 ? words('Yes, please.', 'Oui, volontiers.') : words('I have all so far.', 'J’ai tout reçu jusqu’ici.')
}

function everyPacket(evidence: Evidence): Screen {
  const rows = evidence.lines.map(({ number }) => {
    const who = evidence.fromClient(number) ? words('client', 'client') : words('server', 'serveur')
    const flags = evidence.flags(number)
    return [words(String(number), String(number)), who, words(flags, flags), sentence(evidence, number)]
  })
  const ends = evidence.lines.filter(({ number }) => /FIN/.test(evidence.flags(number)))
  const first = ends[0]!.number
  return {
    title: words('A sentence each', 'Une phrase chacun'),
    say: [],
    figures: [
      { kind: 'table', head: [words('No', 'No'), words('from', 'de'), words('flags', 'drapeaux'), words('in words', 'en mots')], rows },
    ],
    ask: {
      form: 'packet',
      prompt: words('which packet is the first goodbye?', 'quel paquet dit au revoir le premier ?'),
      right: String(first),
      mistakes: [
        mistake(
          String(ends[1]?.number ?? -1),
          'That is the reply to the goodbye: FIN was said before.',
          'C’est la réponse à l’au revoir : FIN a été dit avant.',
        ),
        mistake(
          String(evidence.lines.length),
          'The last packet only confirms. Look for FIN.',
          'Le dernier paquet ne fait que confirmer. Cherchez FIN.',
        ),
      ],
      otherwise: words('A goodbye has the flag FIN.', 'Un au revoir porte le drapeau FIN.'),
      insight: words(
        'Each side closes its own direction: two FIN, and both are confirmed.',
        'Chaque côté ferme sa direction : deux FIN, tous deux confirmés.',
      ),
      evidence: [evidence.point(evidence.in(first, 'tcp.flags'))],
    },
    evidence: flagsOf(evidence),
    notes: words(
      'Play it: two pupils, one reads the client’s sentences, the other the server’s.',
      'À jouer : deux élèves, l’un lit les phrases du client, l’autre celles du serveur.',
    ),
  }
}

/** Labels of layers, as far as they need translation. */
const LAYERS: Readonly<Record<string, Words>> = {
  eth: words('Ethernet: which card', 'Ethernet : quelle carte'),
  ip: words('IP: which machine', 'IP : quelle machine'),
  ipv6: words('IP: which machine', 'IP : quelle machine'),
  tcp: words('TCP: which program, which byte', 'TCP : quel programme, quel octet'),
  http: words('HTTP: what is said', 'HTTP : ce qui est dit'),
}

function boxes(evidence: Evidence, packet: number): Screen {
  const layers = evidence
    .detail(packet)
    .rows.filter(({ name, depth, length, source }) => depth === 0 && source === 0 && length > 0 && name in LAYERS)
  const sized = layers.map(({ name, length }) => ({ label: LAYERS[name]!, size: length }))
  const total = evidence.lines[packet - 1]!.length
  const { size } = sized.at(-1)!
  return {
    title: words(`Packet ${packet}, unpacked`, `Le paquet ${packet}, déballé`),
    say: [],
    figures: [{ kind: 'boxes', boxes: sized, total }],
    ask: {
      form: 'number',
      prompt: words(
        `of its ${total} bytes, how many did the client’s program write?`,
        `de ses ${total} octets, combien sont écrits par le client ?`,
      ),
      right: String(size),
      mistakes: [
        mistake(String(total), 'That is the whole packet, the address labels included.', 'C’est tout le paquet, étiquettes comprises.'),
        mistake(
          String(total - size),
          'Those are the labels around it. What is inside?',
          'Ce sont les étiquettes autour. Qu’y a-t-il dedans ?',
        ),
        mistake(
          String(sized.at(-2)?.size ?? -1),
          'TCP is the system’s work, not the program’s.',
          'TCP est le travail du système, pas du programme.',
        ),
      ],
      otherwise: words('The innermost box is what the program wrote.', 'La boîte intérieure est ce que le programme a écrit.'),
      insight: words(
        `${total - size} bytes of labels for ${size} bytes of text: each layer adds its own.`,
        `${total - size} octets d’étiquettes pour ${size} de texte : chaque couche ajoute la sienne.`,
      ),
      evidence: [evidence.point(evidence.in(packet, 'http'))],
    },
    evidence: layers.map(({ name, source, start, length }) => ({ packet, source, start, length, field: name })),
    notes: words(
      'A letter in an envelope in a bag in a van: each carrier reads only its own label.',
      'Une lettre dans une enveloppe, dans un sac, dans un camion : chacun lit son étiquette.',
    ),
  }
}

function bodyLength(evidence: Evidence, packet: number): Screen {
  const lines = headerLines(evidence, packet)
  const length = evidence.in(packet, 'http.content_length_header')
  const body = evidence.in(packet, 'http.file_data')
  const status = evidence.in(packet, 'http.response.code')
  const message = evidence.in(packet, 'http')
  return {
    title: words('What the server said first', 'Ce que le serveur a dit d’abord'),
    say: [words(`The answer in packet ${packet} begins with these lines:`, `La réponse, paquet ${packet}, commence par ces lignes :`)],
    figures: [headerFigure(lines)],
    ask: {
      form: 'number',
      prompt: words('how many bytes of body follow the head?', 'combien d’octets de corps suivent la tête ?'),
      right: String(body.length),
      mistakes: [
        mistake(evidence.text(status), 'That is the status: it says that all went well.', 'C’est le statut : il dit que tout va bien.'),
        mistake(String(message.length), 'That is head and body together.', 'C’est la tête et le corps ensemble.'),
      ],
      otherwise: words('One of the lines is about a length.', 'Une des lignes parle d’une longueur (Length).'),
      insight: words(
        'The length is announced, so the client knows when it has it all.',
        'La longueur est annoncée : le client sait quand il a tout.',
      ),
      evidence: [evidence.point(length), evidence.point(body)],
    },
    evidence: lines.map((row) => evidence.point(row)),
    notes: words(
      'Count the letters of the message together, blanks included.',
      'Comptez ensemble les lettres du message, espaces comprises.',
    ),
  }
}
