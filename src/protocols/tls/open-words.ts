// The sentence on a sealed record: who sealed it, with what, and what opened it; or exactly why it stays shut, and what would open it.

import { CUT, FORGOTTEN, NO_HANDSHAKE, NO_KEY, OPENED, TORN, UNKNOWN_CIPHER, WRONG_KEY } from '../../core/unseal.ts'
import type { Handshake, HeldKey } from './open.ts'

const TLS13 = 0x0304

const plural = (count: number): string => (count === 1 ? '1 byte' : `${count} bytes`)

export function describeRecord(
  state: number,
  key: HeldKey | undefined,
  handshake: Handshake | undefined,
  fromClient: boolean,
  plainLength: number,
): string {
  const cipher = handshake === undefined || handshake.cipher === '' ? '' : ` with ${handshake.cipher}`
  const sealed = `Sealed by the ${fromClient ? 'client' : 'server'}${cipher}.`
  const opened = key === undefined ? '' : `${key.label} from ${key.from}`
  switch (state) {
    case OPENED:
      return `${sealed} ${plural(plainLength)} inside, opened with ${opened}.`
    case FORGOTTEN:
      return `${sealed} It was opened with ${opened}, but opening it again takes more memory than wiretail allows itself.`
    case NO_HANDSHAKE:
      return 'Sealed. It stays shut: the capture does not have the handshake that agreed on the keys. Capture from the start of the connection.'
    case NO_KEY:
      return `${sealed} It stays shut: no key was given for this session. ${remedy(handshake, fromClient)}`
    case WRONG_KEY:
      return `${sealed} It stays shut: ${opened === '' ? 'the key given' : opened} does not open it, so the key is of another session or the bytes were changed. ${remedy(handshake, fromClient)}`
    case TORN:
      return `${sealed} It stays shut: the capture lacks segments before it, so its place in the order of records is not known.`
    case CUT:
      return `${sealed} It stays shut: the capture kept only a part of it. Capture whole packets, with a snap length of 262144.`
    case UNKNOWN_CIPHER:
      return `${sealed} It stays shut: wiretail cannot undo this cipher or its compression, with no key.`
    default:
      return ''
  }
}

/** What would open it. */
function remedy(handshake: Handshake | undefined, fromClient: boolean): string {
  if (handshake === undefined) return 'A key log with the secrets of this session would open it.'
  const random = Buffer.from(handshake.clientRandom).toString('hex')
  const label = handshake.version === TLS13 ? `${fromClient ? 'CLIENT' : 'SERVER'}_TRAFFIC_SECRET_0` : 'CLIENT_RANDOM'
  const rsa = handshake.suite?.exchange === 'RSA' ? ", and so would the server's private key" : ''
  const psk = handshake.suite?.exchange.includes('PSK') === true ? ', and so would the pre-shared key' : ''
  return `A key log with the line ${label} ${random} would open it${rsa}${psk}.`
}
