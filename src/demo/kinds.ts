// The ways in which the demo sends its secret, one file each. A new kind is a new file and a line here.

import { cipher } from './cipher.ts'
import { fernet } from './fernet.ts'
import { https } from './https.ts'
import type { DemoKind } from './kind.ts'
import { plain } from './plain.ts'

export const DEMO_KINDS: readonly DemoKind[] = [plain, cipher, fernet, https]

/** The kind of that name, undefined when there is none. */
export function findKind(name: string): DemoKind | undefined {
  return DEMO_KINDS.find((kind) => kind.name === name)
}
