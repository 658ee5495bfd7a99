import { judgeChain, objectionsOf, PROGRAMS, readCertificate } from '../demo/certificates.ts'
import { authorityScene } from '../demo/scenes/authority.ts'
import { mistake, words } from './build.ts'
import type { Evidence, Row } from './evidence.ts'
import { type Lesson, LessonError, type Screen, same, type Words } from './lesson.ts'

export const authority: Lesson = {
  number: 12,
  title: words('Becoming the authority', 'Devenir l’autorité'),
  idea: words(
    'An authority is a certificate that signs itself, says so, and is trusted.',
    'Une autorité : un certificat qui se signe, qui le dit, et qu’on croit.',
  ),
  commands: ['wiretail pki ca', 'wiretail pki csr', 'wiretail pki sign', 'wiretail pki verify'],
  capture: 'authority.pcapng',
  scene: authorityScene,
  screens(evidence) {
    const chains = chainsOf(evidence)
    if (chains.length < 2) throw new LessonError('This capture lacks the two chains of the lesson. Take the bundled one: --from-capture')
    return [whoSigned(evidence, chains[0]!), whatDiffers(evidence, chains), whoRefuses(evidence, chains)]
  },
}

/** A certificate in clear. */
interface Seen {
  readonly whole: Row
  readonly subject: Row
  readonly issuer: Row
  /** That it is an authority, or not; undefined without the extension. */
  readonly constraints: Row | undefined
}

type Chain = readonly [server: Seen, authority: Seen]

/** Chains of two certificates, one for each packet that completes such a message. */
function chainsOf(evidence: Evidence): readonly Chain[] {
  const packets = [...new Set(evidence.every('tls.handshake.certificate').map(({ packet }) => packet))]
  return packets.flatMap((packet) => {
    const within = (name: string, { source, start, length }: Row): Row | undefined =>
      evidence.every(name, packet).find((row) => row.source === source && row.start >= start && row.start < start + length)
    const [server, ca] = evidence.every('tls.handshake.certificate', packet).flatMap((whole): Seen[] => {
      const [subject, issuer] = [within('x509af.subject', whole), within('x509af.issuer', whole)]
      if (subject === undefined || issuer === undefined) return []
      return [{ whole, subject, issuer, constraints: within('x509ce.BasicConstraintsSyntax_element', whole) }]
    })
    return server === undefined || ca === undefined ? [] : [[server, ca] as const]
  })
}

/** The last text of a name: the common name. */
function commonName(evidence: Evidence, name: Row): string {
  const texts = evidence
    .every('x509sat.uTF8String', name.packet)
    .concat(evidence.every('x509sat.printableString', name.packet))
    .filter((row) => row.source === name.source && row.start >= name.start && row.start < name.start + name.length)
  return texts.length === 0 ? '' : evidence.text(texts.sort((a, b) => a.start - b.start).at(-1)!).replace(/[^\x20-\x7e]/g, '·')
}

const HEAD: readonly Words[] = [same(''), words('the server’s', 'du serveur'), words('the other', 'l’autre')]

function whoSigned(evidence: Evidence, chain: Chain): Screen {
  const row = (label: Words, pick: (one: Seen) => Row) => [label, ...chain.map((one) => same(commonName(evidence, pick(one))))]
  const points = chain.flatMap(({ subject, issuer }) => [evidence.point(subject), evidence.point(issuer)])
  return {
    title: words('Two certificates', 'Deux certificats'),
    say: [
      words(
        `Packet ${chain[0].whole.packet} brings two. Whose they are, and who issued them:`,
        `Le paquet ${chain[0].whole.packet} en apporte deux. À qui, et émis par qui :`,
      ),
    ],
    figures: [
      {
        kind: 'table',
        head: HEAD,
        rows: [row(words('holder', 'porteur'), ({ subject }) => subject), row(words('issuer', 'émetteur'), ({ issuer }) => issuer)],
      },
    ],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('who signed the second one?', 'qui a signé le second ?'),
      choices: [
        words('a higher authority', 'une autorité supérieure'),
        words('its own holder', 'son propre porteur'),
        words('the server', 'le serveur'),
      ],
      right: 'b',
      mistakes: [
        mistake('a', 'Its issuer is its holder: there is nobody above.', 'Son émetteur est son porteur : personne au-dessus.'),
        mistake('c', 'It is the other way round: it signed the server’s.', 'C’est l’inverse : il a signé celui du serveur.'),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'A root signs itself. It is believed only because you decided to.',
        'Une racine se signe elle-même. On la croit parce qu’on l’a décidé.',
      ),
      evidence: points,
    },
    evidence: points,
    notes: words(
      'wiretail pki ca makes one in the lesson’s own folder; no trust store is ever touched.',
      'wiretail pki ca en fait une dans son dossier ; aucun magasin de confiance n’est touché.',
    ),
  }
}

function whatDiffers(evidence: Evidence, chains: readonly Chain[]): Screen {
  const says = ({ constraints }: Seen): Words =>
    constraints === undefined
      ? words('says nothing', 'ne dit rien')
      : constraints.length > 2
        ? words('CA: TRUE', 'CA : TRUE')
        : words('no CA', 'pas CA')
  const points = chains.flat().flatMap(({ constraints, subject }) => [evidence.point(constraints ?? subject)])
  return {
    title: words('One field', 'Un champ'),
    say: [
      words(
        'Two chains. What each certificate says about being an authority:',
        'Deux chaînes. Ce que chaque certificat dit d’être une autorité :',
      ),
    ],
    figures: [
      {
        kind: 'table',
        head: [words('packet', 'paquet'), ...HEAD.slice(1)],
        rows: chains.slice(0, 2).map((chain) => [same(String(chain[0].whole.packet)), says(chain[0]), says(chain[1])]),
      },
    ],
    ask: {
      form: 'packet',
      prompt: words(
        'in which packet is the authority as the tutorial printed it, without that field?',
        'dans quel paquet l’autorité est-elle comme imprimée au tutoriel, sans ce champ ?',
      ),
      right: String(chains[1]![0].whole.packet),
      mistakes: [
        mistake(String(chains[0]![0].whole.packet), 'There it says CA: TRUE, as it should.', 'Là, il dit CA : TRUE, comme il faut.'),
        mistake(
          (answer) => answer === '1' || answer === '2',
          'Those are no certificates: give the number of the packet.',
          'Ce ne sont pas des certificats : donnez le numéro du paquet.',
        ),
      ],
      otherwise: words('One of the two packets of the table.', 'Un des deux paquets du tableau.'),
      insight: words(
        'BasicConstraints: without it, any server could sign for all others.',
        'BasicConstraints : sans lui, tout serveur pourrait signer pour les autres.',
      ),
      evidence: [evidence.point(chains[1]![1].subject)],
    },
    evidence: points,
    notes: words(
      'RFC 5280 4.2.1.9: the field must be there and critical in an authority.',
      'RFC 5280 4.2.1.9 : le champ doit y être, critique, dans une autorité.',
    ),
  }
}

function whoRefuses(evidence: Evidence, chains: readonly Chain[]): Screen {
  const [, printed] = chains as [Chain, Chain]
  const read = printed
    .map(({ whole }) => readCertificate(Uint8Array.from(evidence.bytes(whole))))
    .flatMap((one) => (one.ok ? [one.value] : []))
  const [server, ca] = read
  if (server === undefined || ca === undefined)
    throw new LessonError('A certificate of this capture cannot be read. Take the bundled one: --from-capture')
  // Dates are judged against the capture's own time.
  const now = Math.max(server.notBefore, ca.notBefore) + 60_000
  const judgement = judgeChain({ chain: [server], anchors: [ca], host: 'localhost', now })
  const verdicts = PROGRAMS.map((program) => ({ program, refuses: objectionsOf(judgement, program).length > 0 }))
  const refusing = verdicts.filter(({ refuses }) => refuses).length
  const points = printed.map(({ whole }) => evidence.point(whole))
  const answers = [refusing === PROGRAMS.length, refusing > 0 && refusing < PROGRAMS.length, refusing === 0]
  const replies = [
    mistake('a', 'Read the table: they are not of one mind.', 'Lisez le tableau : ils ne sont pas tous d’accord.'),
    mistake('b', 'Read the table: they are of one mind.', 'Lisez le tableau : ils sont du même avis.'),
    mistake('c', 'Python 3.13 checks strictly by default, and says no.', 'Python 3.13 vérifie strictement, et dit non.'),
  ]
  return {
    title: words('Who refuses the printed one?', 'Qui refuse celle du tutoriel ?'),
    say: [
      words(
        `Told to trust the authority of packet ${printed[0].whole.packet}, they say:`,
        `Sommés de croire l’autorité du paquet ${printed[0].whole.packet}, ils disent :`,
      ),
    ],
    figures: [
      {
        kind: 'table',
        rows: verdicts.map(({ program, refuses }) => [
          words(program, program.replace('up to', 'jusqu’à').replace('and later', 'et suivants')),
          refuses ? words('no', 'non') : words('yes', 'oui'),
        ]),
      },
    ],
    ask: {
      form: 'choice',
      prompt: words('so who refuses it?', 'alors, qui la refuse ?'),
      choices: [words('all of them', 'tous'), words('the strict ones', 'les stricts'), words('nobody', 'personne')],
      right: 'abc'[answers.indexOf(true)] ?? 'b',
      mistakes: replies.filter((_, at) => !answers[at]),
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight:
        refusing === PROGRAMS.length
          ? words(
              'They are right: without the field it is no authority, however it is signed.',
              'Ils ont raison : sans le champ, ce n’est pas une autorité.',
            )
          : refusing > 0
            ? words(
                'The strict are right: the rule is older than the tutorial.',
                'Les stricts ont raison : la règle est plus vieille que le tutoriel.',
              )
            : words('All take it: it says all that it should.', 'Tous l’acceptent : elle dit tout ce qu’il faut.'),
      evidence: points,
    },
    evidence: points,
    notes: words(
      'wiretail pki ca --as-printed makes such an authority; verify names each objection.',
      'wiretail pki ca --as-printed en fait une ; verify nomme chaque objection.',
    ),
  }
}
