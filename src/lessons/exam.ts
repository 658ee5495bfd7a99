import { shiftText } from '../demo/index.ts'
import { type ExamFacts, examFacts, writeExam } from '../demo/scenes/exam.ts'
import { words, wrongPacket } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Lesson, LessonError, type Pointer, type Screen, type Words } from './lesson.ts'

/** Ten questions, each answered with a packet number, on traffic made for the seed. */
export function examOf(seed: string): Lesson {
  const facts = examFacts(seed)
  return {
    number: 19,
    title: words('Exam', 'Examen'),
    idea: words(
      'Ten questions on traffic made for a seed: wiretail lesson exam --seed NAME',
      'Dix questions sur un trafic fait pour une graine : wiretail lesson exam --seed NOM',
    ),
    commands: ['wiretail lesson exam --seed NAME', 'wiretail lesson exam --seed NAME --teacher --plain'],
    capture: 'exam.pcapng',
    write: (path) => writeExam(path, seed),
    screens: (evidence) => questions(evidence, facts).map((question, at) => screenOf(evidence, question, at, seed)),
  }
}

interface Question {
  readonly title: Words
  readonly prompt: Words
  readonly answer: Pointer
  /** A packet that is easily taken for it, and why it is not. */
  readonly decoy: { readonly packet: number; readonly reply: Words }
  readonly insight: Words
}

/** How many packets stand on a screen. */
const SHOWN = 8

function screenOf(evidence: Evidence, { title, prompt, answer, decoy, insight }: Question, at: number, seed: string): Screen {
  const { packet } = answer
  const talking = evidence.lines
    .map(({ number }) => number)
    .filter((number) => evidence.payload(number) > 0 || /RST|SYN$/.test(evidence.flags(number)))
  const from = Math.max(0, Math.min(talking.length - SHOWN, talking.indexOf(packet) - ((packet * 7) % SHOWN)))
  const window = talking.slice(from, from + SHOWN)
  const shown = window.includes(decoy.packet)
    ? window
    : [...window.filter((one) => one === packet || one !== window.find((other) => other !== packet)), decoy.packet]
  const silent = evidence.lines
    .map(({ number }) => number)
    .filter(
      (number) => number !== packet && number !== decoy.packet && evidence.payload(number) === 0 && !/RST/.test(evidence.flags(number)),
    )
  return {
    title,
    say: [
      words(
        `To look inside, open exam-${seed}.pcapng of the lessons’ folder beside this. It was written, not captured.`,
        `Pour voir dedans, ouvrez exam-${seed}.pcapng du dossier des leçons à côté. Elle a été écrite, non capturée.`,
      ),
    ],
    figures: [{ kind: 'packets', rows: evidence.rows(shown.sort((a, b) => a - b)) }],
    ask: {
      form: 'packet',
      predict: at === 0,
      prompt,
      right: String(packet),
      mistakes: [
        { when: (given) => given === String(decoy.packet), reply: decoy.reply },
        wrongPacket(
          silent,
          'Nothing is said in that packet: it opens, confirms or closes.',
          'Rien n’est dit dans ce paquet : il ouvre, confirme ou ferme.',
        ),
      ],
      otherwise: words('Not that one. Look at what it carries, and who sends it.', 'Pas celui-là. Voyez ce qu’il porte, et qui l’envoie.'),
      insight,
      evidence: [answer],
    },
    evidence: [answer],
    notes: words(`Packet ${packet}.`, `Paquet ${packet}.`),
  }
}

function questions(evidence: Evidence, { message, moved, places }: ExamFacts): readonly Question[] {
  const request = (path: string): number => evidence.first('http.request.uri', (row) => evidence.text(row) === path).packet
  const answerTo = (packet: number): number => {
    const { stream } = evidence.lines[packet - 1]!
    return evidence.first('http.response.code', (row) => row.packet > packet && evidence.lines[row.packet - 1]!.stream === stream).packet
  }
  const method = (name: string): number => evidence.first('http.request.method', (row) => evidence.text(row) === name).packet
  const [post, head, nowhere, news, mail, riddle] = [
    method('POST'),
    method('HEAD'),
    request('/nowhere'),
    request('/news'),
    request('/mail'),
    request('/riddle'),
  ]
  const code = (packet: number): Pointer => evidence.point(evidence.in(packet, 'http.response.code'))
  const sequence = (packet: number): Pointer => evidence.point(evidence.in(packet, 'tcp.seq_raw'))
  const [again, original] = findRepeated(evidence)
  const [late, early] = findLate(evidence, again)
  const reset = evidence.first('tcp.flags', (row) => /RST/.test(row.label))
  const coap = evidence.place('\u0000\u00e1\u0071\u0001', 'latin1')
  const coapBack = evidence.lines.find(
    ({ number, stream }) => number > coap.packet && stream === evidence.lines[coap.packet - 1]!.stream && evidence.payload(number) > 0,
  )!.number
  const one = (title: Words, prompt: Words, answer: Pointer, packet: number, reply: Words, insight: Words): Question => ({
    title,
    prompt,
    answer,
    decoy: { packet, reply },
    insight,
  })
  return [
    one(
      words('1. In clear', '1. En clair'),
      words(`which packet carries "${message}"?`, `quel paquet porte « ${message} » ?`),
      evidence.place(message),
      news,
      words('That one asks for it.', 'Celui-là le demande.'),
      words('HTTP hides nothing.', 'HTTP ne cache rien.'),
    ),
    one(
      words('2. Who goes there?', '2. Qui va là ?'),
      words('which packet carries a password?', 'quel paquet porte un mot de passe ?'),
      evidence.place('Authorization: Basic '),
      answerTo(mail),
      words('The server never says it.', 'Le serveur ne le dit jamais.'),
      words('Base64 is spelling.', 'Base64 épelle.'),
    ),
    one(
      words('3. Moved letters', '3. Lettres décalées'),
      words(`which packet carries "${moved}", its letters moved?`, `quel paquet porte « ${moved} », lettres décalées ?`),
      evidence.place(shiftText(moved, places)),
      riddle,
      words('That one asks for the riddle.', 'Celui-là demande l’énigme.'),
      words(`Moved by ${places}.`, `Décalées de ${places}.`),
    ),
    one(
      words('4. Something brought', '4. Quelque chose d’apporté'),
      words('which question brings a body along?', 'quelle question apporte un corps ?'),
      evidence.point(evidence.in(post, 'http.file_data')),
      answerTo(post),
      words('That is the answer to it.', 'C’est la réponse.'),
      words('POST does.', 'C’est POST.'),
    ),
    one(
      words('5. Head without body', '5. Tête sans corps'),
      words('which answer announces a length and sends no body?', 'quelle réponse annonce une longueur sans corps ?'),
      code(answerTo(head)),
      head,
      words('That is the question.', 'C’est la question.'),
      words('An answer to HEAD.', 'Une réponse à HEAD.'),
    ),
    one(
      words('6. Not there', '6. Pas là'),
      words('which packet says that there is nothing at the path?', 'quel paquet dit qu’il n’y a rien à ce chemin ?'),
      code(answerTo(nowhere)),
      nowhere,
      words('That one asks for it.', 'Celui-là le demande.'),
      words('404.', '404.'),
    ),
    one(
      words('7. Twice', '7. Deux fois'),
      words('which packet repeats an earlier one?', 'quel paquet en répète un autre ?'),
      sequence(again),
      original,
      words('When it came, it was new.', 'À son arrivée, il était neuf.'),
      words('Its bytes have the same numbers.', 'Ses octets ont les mêmes numéros.'),
    ),
    one(
      words('8. Late', '8. En retard'),
      words('which packet came after one that it should precede?', 'quel paquet vient après un qu’il devait précéder ?'),
      sequence(late),
      early,
      words('That one came too early.', 'Celui-là est en avance.'),
      words('The numbers of its bytes are lower.', 'Les numéros de ses octets sont plus bas.'),
    ),
    one(
      words('9. No', '9. Non'),
      words('which packet refuses a connection?', 'quel paquet refuse une connexion ?'),
      evidence.point(reset),
      reset.packet - 1,
      words('That is the knock.', 'C’est le coup à la porte.'),
      words('RST: nobody listens.', 'RST : personne n’écoute.'),
    ),
    one(
      words('10. Another language', '10. Une autre langue'),
      words('in which packet does a client speak CoAP?', 'dans quel paquet un client parle-t-il CoAP ?'),
      coap,
      coapBack,
      words('There the server answers.', 'Là, le serveur répond.'),
      words('The port said it for all ten.', 'Le port le disait pour les dix.'),
    ),
  ]
}

const seqOf = (evidence: Evidence, packet: number): string => evidence.in(packet, 'tcp.seq').label

/** A packet with data that carries the same bytes as one before, and that one. */
function findRepeated(evidence: Evidence): readonly [number, number] {
  const data = evidence.lines.filter(({ number }) => evidence.payload(number) > 0)
  for (const line of data) {
    const before = data.find(
      (one) =>
        one.number < line.number &&
        one.stream === line.stream &&
        evidence.fromClient(one.number) === evidence.fromClient(line.number) &&
        seqOf(evidence, one.number) === seqOf(evidence, line.number),
    )
    if (before !== undefined) return [line.number, before.number]
  }
  throw new LessonError('No packet of this exam is repeated. Make it anew: wiretail lesson exam --seed NAME')
}

/** A packet whose bytes come before those of an earlier one, and that one. */
function findLate(evidence: Evidence, repeated: number): readonly [number, number] {
  const data = evidence.lines.filter(({ number }) => evidence.payload(number) > 0 && number !== repeated)
  const value = (packet: number): number => Number(/: (\d+)/.exec(seqOf(evidence, packet))?.[1] ?? 0)
  for (const line of data) {
    const before = data.find(
      (one) =>
        one.number < line.number &&
        one.stream === line.stream &&
        evidence.fromClient(one.number) === evidence.fromClient(line.number) &&
        value(one.number) > value(line.number),
    )
    if (before !== undefined) return [line.number, before.number]
  }
  throw new LessonError('No packet of this exam is late. Make it anew: wiretail lesson exam --seed NAME')
}
