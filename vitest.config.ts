import { defineConfig } from 'vitest/config'

// unit: no other program needed. rules: the repository's own rules. differential: compared with tshark, skipped loudly without it.
// system: the built program, driven as a user would.
const project = (name: string, timeout = 20_000) => ({
  test: { name, include: [`test/${name}/**/*.test.{ts,tsx}`], pool: 'forks' as const, testTimeout: timeout, hookTimeout: timeout },
})

export default defineConfig({
  test: { projects: [project('unit'), project('rules'), project('differential', 300_000), project('system', 120_000)] },
})
