import { CLIENT_NAME } from '../demo/scenes/https.ts'
import { mutualScene } from '../demo/scenes/mutual.ts'
import { bytesAround, mistake, words, wrongPacket } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Lesson, LessonError, type Screen, same } from './lesson.ts'

export const whoAreYou: Lesson = {
  number: 16,
  title: words('The door that asks who you are', 'La porte qui demande qui vous êtes'),
  idea: words(
    'TLS 1.2 shows the client’s certificate to every spy; TLS 1.3 seals it.',
    'TLS 1.2 montre à tout espion le certificat du client ; TLS 1.3 le scelle.',
  ),
  commands: ['wiretail serve https --client-ca ca.pem …', 'wiretail captures/mutual.pcapng'],
  capture: 'mutual.pcapng',
  scene: mutualScene,
  screens(evidence) {
    const [name] = evidence.places(CLIENT_NAME)
    const requests = evidence.every('tls.handshake.extensions.supported_version')
    if (name === undefined || requests.length === 0)
      throw new LessonError('This capture lacks the client’s certificate. Take the bundled one: --from-capture')
    return [whichVersion(evidence), whereStands(evidence)]
  },
}

/** The second conversation's packets: TLS 1.3. */
function conversations(evidence: Evidence) {
  const streams = [...new Set(evidence.lines.map(({ stream }) => stream))]
  return streams.map((stream) =>
    evidence.lines.filter((line) => line.stream === stream && line.protocol.startsWith('TLS')).map(({ number }) => number),
  )
}

function whichVersion(evidence: Evidence): Screen {
  const names = evidence.places(CLIENT_NAME)
  const [old = [], recent = []] = conversations(evidence)
  const hellos = evidence.every('tls.handshake.type').filter(({ label }) => /Server Hello \(/.test(label))
  const row = (packets: readonly number[], version: string) => [
    same(version),
    same(`${packets[0]}–${packets.at(-1)}`),
    words(`${packets.length} with TLS`, `${packets.length} avec TLS`),
  ]
  return {
    title: words('Two doors', 'Deux portes'),
    say: [
      words(
        'Both servers ask the client for a certificate, and get it:',
        'Les deux serveurs demandent un certificat au client, et l’obtiennent :',
      ),
    ],
    figures: [
      {
        kind: 'table',
        head: [words('version', 'version'), words('packets', 'paquets'), same('')],
        rows: [row(old, 'TLS 1.2'), row(recent, 'TLS 1.3')],
      },
    ],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('where can the spy read the client’s name?', 'où l’espion peut-il lire le nom du client ?'),
      choices: [words('in both', 'dans les deux'), words('in TLS 1.2 only', 'dans TLS 1.2 seulement'), words('in neither', 'dans aucune')],
      right: 'b',
      mistakes: [
        mistake('a', 'TLS 1.3 has its keys before any certificate is sent.', 'TLS 1.3 a ses clés avant tout certificat.'),
        mistake(
          'c',
          'TLS 1.2 sends certificates before there are keys: in clear.',
          'TLS 1.2 envoie les certificats avant les clés : en clair.',
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'In TLS 1.2 whoever shows a passport shows it to everybody.',
        'Dans TLS 1.2, qui montre son passeport le montre à tous.',
      ),
      evidence: names.slice(0, 1),
    },
    evidence: hellos.map((one) => evidence.point(one)),
    notes: words(
      'Search the capture for the name: one place, in one of the two.',
      'Cherchez le nom dans la capture : un seul endroit, dans une des deux.',
    ),
  }
}

function whereStands(evidence: Evidence): Screen {
  const shown = evidence.first('tls.handshake.certificate', (row) => evidence.fromClient(row.packet))
  const name = evidence.places(CLIENT_NAME, 'everywhere').find(({ packet }) => packet === shown.packet)!
  const certificates = evidence.every('tls.handshake.type').filter(({ label }) => /Certificate \(/.test(label))
  const server = certificates.filter(({ packet }) => !evidence.fromClient(packet)).map(({ packet }) => packet)
  const [, recent = []] = conversations(evidence)
  const listed = [...new Set([...certificates.map(({ packet }) => packet), ...recent.slice(2, 5)])].sort((a, b) => a - b)
  return {
    title: words('The name in clear', 'Le nom en clair'),
    say: [],
    figures: [{ kind: 'packets', rows: evidence.rows(listed) }],
    ask: {
      form: 'packet',
      prompt: words(
        'in which packet does the client show its certificate in clear?',
        'dans quel paquet le client montre-t-il son certificat en clair ?',
      ),
      right: String(name.packet),
      mistakes: [
        wrongPacket(
          server,
          'That is the server’s certificate. Look for an arrow from the client.',
          'C’est celui du serveur. Cherchez une flèche du client.',
        ),
        wrongPacket(
          recent.filter((packet) => evidence.fromClient(packet)),
          'In TLS 1.3 it travels as application data: sealed.',
          'Dans TLS 1.3 il voyage comme « application data » : scellé.',
        ),
      ],
      otherwise: words('A packet from the client with Certificate in it.', 'Un paquet du client où figure Certificate.'),
      insight: words('The name stands in it, readable by all on the way.', 'Le nom y est, lisible par tous en chemin.'),
      reveal: [bytesAround(evidence, [name])],
      evidence: [name],
    },
    evidence: certificates.map((one) => evidence.point(one)),
    notes: words(
      'The server’s certificate is sealed in TLS 1.3, too; its name may show in the ClientHello.',
      'Le certificat du serveur aussi est scellé en TLS 1.3 ; son nom se voit au ClientHello.',
    ),
  }
}
