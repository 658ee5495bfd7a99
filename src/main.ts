#!/usr/bin/env node
// argv → a command or the interface. The only reader of process.argv, the only caller of process.exit.
// Each command is loaded when it is asked for: `--version` and `print` never load what draws the interface.

import { commands, isCommand, usage } from './cli/commands.ts'
import { BrokenPipe } from './cli/output.ts'

const io = {
  out: (text: string): void => void process.stdout.write(text),
  err: (text: string): void => void process.stderr.write(text),
  script: process.argv[1] ?? '',
}

async function main(args: string[]): Promise<number> {
  const [first = ''] = args
  if (first === '--version' || first === 'version') {
    io.out(`wiretail ${process.env['WIRETAIL_VERSION'] ?? 'development'}\n`)
    return 0
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    io.out(usage())
    return 0
  }
  const name = isCommand(first) ? first : 'open'
  const { run } = await commands[name]!.load()
  return run(isCommand(first) ? args.slice(1) : args, io)
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    if (error instanceof BrokenPipe) process.exit(0)
    io.err(`wiretail: a bug in wiretail itself, sorry: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(70)
  },
)
