// What the first screen of the interface can open: captures opened lately, those that come with wiretail, and what live captures lack.

import { safeText } from '../bytes/text.ts'
import { openFile, type SessionOptions } from '../engine/index.ts'
import { addRecent, readRecent, recentPath } from '../engine/recent.ts'
import { explainPermission, probeEngines } from '../engine/sources.ts'
import { readTraffic } from '../engine/traffic.ts'
import type { StartControl } from '../tui/index.tsx'

type Environment = Readonly<Record<string, string | undefined>>

export function createStartControl(env: Environment, bundled: readonly string[], options: Partial<SessionOptions>): StartControl {
  return {
    recent() {
      const recent = readRecent(recentPath(env))
      return [...recent, ...bundled.filter((path) => !recent.includes(path))].slice(0, 8)
    },
    async open(path) {
      const session = await openFile(path, options)
      addRecent(recentPath(env), path)
      return session
    },
    traffic: readTraffic,
    async missing() {
      const engines = await probeEngines()
      const usable = engines.some(
        ({ engine, usable: works }) => works && (engine === 'ring' || engine === 'dumpcap' || engine === 'tcpdump'),
      )
      return safeText(usable ? '' : (await explainPermission('lo', '')).message)
    },
  }
}
