// The one registry of this process: every protocol that wiretail knows.

import { createRegistry, type Registry } from '../core/registry.ts'
import { data, frame, protocols } from '../protocols/index.ts'

export const registry: Registry = createRegistry({ root: frame, data, protocols })
