import { bytesAround, fieldValue, mistake, words, wrongPacket } from './build.ts'
import type { Evidence, Row } from './evidence.ts'
import { type Lesson, LessonError, type Screen, same } from './lesson.ts'

export const passport: Lesson = {
  number: 11,
  title: words('A passport', 'Un passeport'),
  idea: words(
    'A certificate is one sentence: from A to B I am X, according to Y.',
    'Un certificat est une phrase : de A à B, je suis X, selon Y.',
  ),
  commands: ['wiretail pki show server-public-key.pem', 'wiretail captures/mutual.pcapng'],
  capture: 'mutual.pcapng',
  screens(evidence) {
    const read = readPassport(evidence)
    return [theSentence(evidence, read), whoSays(evidence, read), still(evidence, read)]
  },
}

interface Passport {
  readonly packet: number
  readonly from: Row
  readonly to: Row
  readonly holder: Row
  readonly issuer: Row
}

/** The first certificate in clear: dates, and the last name of issuer and subject, which is the common name. */
function readPassport(evidence: Evidence): Passport {
  const { packet } = evidence.first('x509af.signedCertificate_element')
  const [from, to] = evidence.every('x509af.utcTime', packet)
  const issuer = evidence.in(packet, 'x509af.issuer')
  const subject = evidence.in(packet, 'x509af.subject')
  const names = evidence.every('x509sat.uTF8String', packet).concat(evidence.every('x509sat.printableString', packet))
  const last = (whole: Row): Row | undefined =>
    names
      .filter(({ start }) => start >= whole.start && start < whole.start + whole.length)
      .sort((a, b) => a.start - b.start)
      .at(-1)
  const [holder, by] = [last(subject), last(issuer)]
  if (from === undefined || to === undefined || holder === undefined || by === undefined)
    throw new LessonError('This capture has no certificate in clear. Take the bundled one: --from-capture')
  return { packet, from, to, holder, issuer: by }
}

const points = (evidence: Evidence, { from, to, holder, issuer }: Passport) => [from, to, holder, issuer].map((row) => evidence.point(row))

/** "2026-11-23" of a UTCTime, YYMMDD… (RFC 5280 4.1.2.5.1: 50 to 99 are 19YY). */
function dayOf(evidence: Evidence, row: Row): string {
  const [, year = '00', month = '00', day = '00'] = /^(\d\d)(\d\d)(\d\d)/.exec(evidence.text(row)) ?? []
  return `${Number(year) < 50 ? '20' : '19'}${year}-${month}-${day}`
}

const shown = (evidence: Evidence, row: Row): string => evidence.text(row).replace(/[^\x20-\x7e]/g, '·')

function theSentence(evidence: Evidence, read: Passport): Screen {
  const [a, b, x, y] = [dayOf(evidence, read.from), dayOf(evidence, read.to), shown(evidence, read.holder), shown(evidence, read.issuer)]
  return {
    title: words('One sentence', 'Une phrase'),
    say: [
      words(
        `The server’s certificate in packet ${read.packet}, as a sentence:`,
        `Le certificat du serveur, paquet ${read.packet}, en une phrase :`,
      ),
    ],
    figures: [
      {
        kind: 'table',
        rows: [
          [words('from', 'de'), same(a), words(`byte ${read.from.start}`, `octet ${read.from.start}`)],
          [words('to', 'à'), same(b), words(`byte ${read.to.start}`, `octet ${read.to.start}`)],
          [words('I am', 'je suis'), same(x), words(`byte ${read.holder.start}`, `octet ${read.holder.start}`)],
          [words('according to', 'selon'), same(y), words(`byte ${read.issuer.start}`, `octet ${read.issuer.start}`)],
        ],
      },
    ],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('who must be believed for this to be worth something?', 'qui faut-il croire pour que cela vaille quelque chose ?'),
      choices: [same(x), same(y), words('nobody: it is signed', 'personne : c’est signé')],
      right: 'b',
      mistakes: [
        mistake(
          'a',
          'Anyone can say a name. What counts is who vouches for it.',
          'Chacun peut dire un nom. Ce qui compte : qui s’en porte garant.',
        ),
        mistake(
          'c',
          'Signed by somebody: the signature is worth what the signer is.',
          'Signé par quelqu’un : la signature vaut ce que vaut le signataire.',
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'A passport is believed because of the office that issued it.',
        'On croit un passeport à cause du bureau qui l’a émis.',
      ),
      evidence: points(evidence, read),
    },
    evidence: points(evidence, read),
    notes: words(
      'Its dates are judged against the time of the capture, not of today.',
      'Ses dates se jugent à l’heure de la capture, pas à celle d’aujourd’hui.',
    ),
  }
}

function whoSays(evidence: Evidence, read: Passport): Screen {
  const [first, second] = [read.issuer, read.holder]
  return {
    title: words('Two names in the bytes', 'Deux noms dans les octets'),
    say: [
      words(
        'Two pieces of the certificate. One names its holder, one its issuer:',
        'Deux morceaux du certificat. L’un nomme le porteur, l’autre l’émetteur :',
      ),
    ],
    figures: [bytesAround(evidence, [first]), bytesAround(evidence, [second])],
    ask: {
      form: 'text',
      prompt: words('who issued it?', 'qui l’a émis ?'),
      right: shown(evidence, first),
      mistakes: [
        mistake(
          shown(evidence, second),
          'That is the holder: the name that the client asked for.',
          'C’est le porteur : le nom demandé par le client.',
        ),
        mistake(
          'squirrel',
          'That is the client of this capture, with a passport of its own.',
          'C’est le client de cette capture, avec son propre passeport.',
        ),
      ],
      otherwise: words('It is the name that ends in .com here.', 'C’est ici le nom qui finit en .com.'),
      insight: words(
        'The issuer stands first: name of the authority, dates, then the holder.',
        'L’émetteur vient d’abord : l’autorité, les dates, puis le porteur.',
      ),
      evidence: [evidence.point(first)],
    },
    evidence: [first, second].map((row) => evidence.point(row)),
    notes: words(
      'A root’s certificate has the same name twice: lesson 12.',
      'Le certificat d’une racine a deux fois le même nom : leçon 12.',
    ),
  }
}

function still(evidence: Evidence, read: Passport): Screen {
  const hellos = evidence.every('tls.handshake.type').filter(({ label }) => /Server Hello \(/.test(label))
  const recent = hellos.at(-1)!
  const sealed = evidence.every('tls.app_data').find(({ packet }) => packet >= recent.packet)
  if (sealed === undefined || recent.packet <= read.packet)
    throw new LessonError('This capture lacks TLS 1.3. Take the bundled one: --from-capture')
  const client = evidence.every('tls.handshake.certificate').find(({ packet }) => evidence.fromClient(packet))
  const rows = [
    ...new Set([...hellos.map(({ packet }) => packet), ...evidence.every('tls.handshake.certificate').map(({ packet }) => packet)]),
  ].sort((a, b) => a - b)
  return {
    title: words('And in TLS 1.3?', 'Et dans TLS 1.3 ?'),
    say: [
      words(
        'The first answers of both servers, and what has a certificate in clear:',
        'Les premières réponses des deux serveurs, et les certificats en clair :',
      ),
    ],
    figures: [{ kind: 'packets', rows: evidence.rows(rows) }],
    ask: {
      form: 'packet',
      prompt: words('in which packet is the server’s passport sealed?', 'dans quel paquet le passeport du serveur est-il scellé ?'),
      right: String(recent.packet),
      mistakes: [
        wrongPacket([read.packet], 'There it is in clear: TLS 1.2.', 'Là il est en clair : TLS 1.2.'),
        wrongPacket(client === undefined ? [] : [client.packet], 'That is the client’s, in clear.', 'C’est celui du client, en clair.'),
      ],
      otherwise: words(
        'In TLS 1.3 all after Server Hello is application data.',
        'Dans TLS 1.3, tout après Server Hello est « application data ».',
      ),
      insight: words(
        'Sealed from the spy, not from the client: both have the keys by then.',
        'Scellé pour l’espion, pas pour le client : tous deux ont alors les clés.',
      ),
      reveal: [bytesAround(evidence, [sealed], 32)],
      evidence: [evidence.point(sealed)],
    },
    evidence: hellos.map((row) => evidence.point(row)),
    notes: words(
      `${fieldValue(hellos[0]!)}: the same words in both; only what follows differs.`,
      `${fieldValue(hellos[0]!)} : les mêmes mots ; seule la suite diffère.`,
    ),
  }
}
