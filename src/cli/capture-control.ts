// Starting captures from inside the interface: what its capture dialog asks for and what the engines offer.

import { safeText } from '../bytes/text.ts'
import { liveTitle, openLive, type Session } from '../engine/index.ts'
import { checkCaptureFilter, type InterfaceInfo, listInterfaces } from '../engine/sources.ts'
import type { CaptureChoice, CaptureControl } from '../tui/index.tsx'

/**
 * A control for the interface. A ring socket once opened is kept for later captures, so stopping and starting again works after root's
 * rights were given up.
 * @param current what the session on the screen was started with, if it is a live one
 */
export function createCaptureControl(current: CaptureChoice | null, secret: string | undefined): CaptureControl {
  const control = {
    current,
    async interfaces() {
      return (await listInterfaces()).map((found) => ({ name: found.name, about: safeText(aboutInterface(found)), usable: found.up }))
    },
    check(filter: string) {
      const checked = checkCaptureFilter(filter)
      if (checked.ok) return checked
      const { start, end, fix } = checked
      const mistake = { ok: false as const, message: safeText(checked.message), start, end }
      return fix === undefined ? mistake : { ...mistake, fix }
    },
    async start(choice: CaptureChoice): Promise<Session> {
      const { interface: name, filter } = choice
      const session = await openLive({
        interface: name,
        filter,
        title: liveTitle(name, filter),
        ...(secret === undefined ? {} : { secret }),
      })
      control.current = choice
      return session
    },
  }
  return control
}

function aboutInterface({ up, loopback, addresses }: InterfaceInfo): string {
  if (!up) return 'down'
  const what = loopback ? 'loopback: traffic of this machine with itself' : ''
  return [what, addresses.join(' ')].filter((part) => part !== '').join(' · ')
}
