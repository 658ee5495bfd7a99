import { plain } from '../demo/index.ts'
import { fetchScene } from '../demo/scenes/fetch.ts'
import { bytesAround, messagePlaces, mistake, words, wrongPacket } from './build.ts'
import type { Evidence } from './evidence.ts'
import { type Lesson, LessonError, type Screen } from './lesson.ts'

export const firstSecret: Lesson = {
  number: 0,
  title: words('Ninety seconds to the secret', 'Le secret en 90 secondes'),
  idea: words('Whoever carries the packets reads them.', 'Qui transporte les paquets les lit.'),
  commands: ['wiretail demo', 'wiretail serve plain', 'wiretail get http://127.0.0.1:5683'],
  capture: 'plain.pcapng',
  scene: fetchScene(plain),
  screens(evidence, secret) {
    const [place] = messagePlaces(evidence, secret)
    if (place === undefined) throw new LessonError('This capture does not hold the message. Take the bundled one: --from-capture')
    return [threeOfThem(evidence), whichPacket(evidence, secret, place.packet), whatMessage(evidence, secret)]
  },
}

function threeOfThem(evidence: Evidence): Screen {
  const port = evidence.first('tcp.dstport')
  return {
    title: words('Three of them', 'Ils sont trois'),
    say: [
      words(
        `A client has just asked a server for a secret, once, on port ${evidence.serverPort}. You stand at the wire between them.`,
        `Un client vient de demander un secret à un serveur, une fois, sur le port ${evidence.serverPort}. Vous êtes près du fil, entre eux.`,
      ),
    ],
    figures: [
      {
        kind: 'table',
        rows: [
          [words('Server', 'Serveur'), words('keeps the secret', 'garde le secret')],
          [words('Client', 'Client'), words('knows the address, and asks', 'connaît l’adresse, et demande')],
          [
            words('Spy', 'Espion'),
            words('you: no address, no password, only the wire', 'vous : ni adresse, ni mot de passe, juste le fil'),
          ],
        ],
      },
    ],
    ask: {
      form: 'choice',
      predict: true,
      prompt: words('what does the spy need to read the secret?', 'que faut-il à l’espion pour lire le secret ?'),
      choices: [
        words('the password of the server', 'le mot de passe du serveur'),
        words('the address that was asked for', 'l’adresse qui a été demandée'),
        words('nothing but the packets', 'rien que les paquets'),
      ],
      right: 'c',
      mistakes: [
        mistake(
          'a',
          'No password was ever asked for, so none protects anything.',
          'Aucun mot de passe n’a été demandé : rien n’est protégé.',
        ),
        mistake(
          'b',
          'The address is in the packets too: the client had to say it.',
          'L’adresse aussi est dans les paquets : le client a dû la dire.',
        ),
      ],
      otherwise: words('One of the letters a, b, c.', 'Une des lettres a, b, c.'),
      insight: words(
        'Look at the packets: that is all you have, and all you need.',
        'Regardez les paquets : vous n’avez rien d’autre, et cela suffit.',
      ),
      evidence: [evidence.point(port)],
    },
    evidence: [evidence.point(port)],
    notes: words(
      'Let the class vote by hand before you reveal. Most say "the password". Keep the tally for lesson 14.',
      'Faites voter la classe à main levée avant de révéler. La plupart disent « le mot de passe ». Gardez le compte pour la leçon 14.',
    ),
  }
}

function whichPacket(evidence: Evidence, secret: string, packet: number): Screen {
  const request = evidence.first('http.request.method')
  const empty = evidence.lines.map(({ number }) => number).filter((number) => evidence.payload(number) === 0)
  const places = messagePlaces(evidence, secret)
  return {
    title: words('The packets drop in', 'Les paquets arrivent'),
    say: [],
    figures: [{ kind: 'packets', rows: evidence.rows(), appear: true }],
    ask: {
      form: 'packet',
      prompt: words('which packet carries the secret?', 'quel paquet porte le secret ?'),
      right: String(packet),
      mistakes: [
        wrongPacket([request.packet], 'That one asks for the secret. Which one answers?', 'Celui-là demande le secret. Lequel répond ?'),
        wrongPacket(
          empty,
          'That packet carries no data: it only sets up, confirms or ends.',
          'Ce paquet ne porte pas de données : il ouvre, confirme ou ferme.',
        ),
      ],
      otherwise: words(
        `Packets are numbered from 1 to ${evidence.lines.length}.`,
        `Les paquets sont numérotés de 1 à ${evidence.lines.length}.`,
      ),
      insight: words(
        `Packet ${packet} is the answer. Its last bytes are readable by anyone.`,
        `Le paquet ${packet} est la réponse. Ses derniers octets sont lisibles par tous.`,
      ),
      reveal: [bytesAround(evidence, places.slice(0, 1))],
      evidence: places,
    },
    evidence: places,
    notes: words(
      'Key s stops the packets, n shows them all. Ask what the arrows mean before anyone answers.',
      'La touche s arrête les paquets, n les montre tous. Demandez le sens des flèches avant toute réponse.',
    ),
  }
}

function whatMessage(evidence: Evidence, secret: string): Screen {
  const places = messagePlaces(evidence, secret)
  const { packet } = places[0]!
  const type = evidence.in(packet, 'http.content_type')
  return {
    title: words('Read along', 'Lisez'),
    say: [words(`The end of packet ${packet}, as it crossed the wire:`, `La fin du paquet ${packet}, telle que sur le fil :`)],
    figures: [bytesUnlit(evidence, packet)],
    ask: {
      form: 'text',
      prompt: words('what is the secret message?', 'quel est le message secret ?'),
      right: secret,
      mistakes: [
        mistake(
          /text\/plain|utf-8/.test.bind(/text\/plain|utf-8/),
          'That is a header: what kind of text follows. The message stands after the empty line.',
          'C’est un en-tête : il dit quel texte suit. Le message vient après la ligne vide.',
        ),
        mistake(
          (answer) => /\bgmt\b|\d\d:\d\d/.test(answer),
          'That is the date of the answer. The message stands at the very end.',
          'C’est la date de la réponse. Le message est tout à la fin.',
        ),
      ],
      otherwise: words(
        'Read the right column from its end: the message comes last.',
        'Lisez la colonne de droite depuis la fin : le message est en dernier.',
      ),
      insight: words(
        'You read it without a password, without an address, without a trace.',
        'Vous l’avez lu sans mot de passe, sans adresse, sans trace.',
      ),
      reveal: [bytesAround(evidence, places.slice(0, 1))],
      evidence: places,
    },
    evidence: [evidence.point(type)],
    notes: words(
      'Nobody can notice that somebody read along: reading leaves no mark. The next lessons are about what can be done.',
      'Personne ne peut remarquer une lecture : elle ne laisse rien. Les leçons suivantes disent ce qu’on peut y faire.',
    ),
  }
}

/** The last lines of a packet with nothing lit: the learner has to find the message. */
function bytesUnlit(evidence: Evidence, packet: number) {
  const bytes = evidence.source(packet, 0)
  const start = Math.max(0, Math.floor((bytes.length - 1) / 16) * 16 - 32)
  return { kind: 'bytes' as const, bytes, start, length: bytes.length - start, lit: [] }
}
