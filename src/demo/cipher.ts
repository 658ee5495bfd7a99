import { shiftText, TUTORIAL_SHIFT } from '../crypto/shift.ts'
import type { DemoKind } from './kind.ts'
import { serveAnswer } from './server.ts'

/** The secret with every letter moved back by one: unreadable at a glance, and undone by whoever tries all 25 keys. */
export const cipher: DemoKind = {
  name: 'cipher',
  about: 'HTTP, each letter moved back by one: 25 tries read it',
  serve: (secret, options) => {
    const body = new TextEncoder().encode(shiftText(secret, TUTORIAL_SHIFT))
    return serveAnswer({ type: 'text/plain; charset=utf-8', body }, options)
  },
  read: (body) => shiftText(new TextDecoder().decode(body), -TUTORIAL_SHIFT),
}
