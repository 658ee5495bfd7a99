// The commands: name, one line for the overview, and where each one is.

/** Where a command writes: data to `out`, messages to `err`. */
export interface Io {
  out(text: string): void
  err(text: string): void
  /** Path of the program's own script, for commands that start it again. */
  readonly script: string
}

export interface Command {
  readonly help: string
  /** Runs the command; resolves to the exit code. */
  run(args: string[], io: Io): Promise<number>
}

export const commands: Readonly<Record<string, { readonly about: string; load(): Promise<Command> }>> = {
  open: { about: 'open the interface on a file, standard input or an interface (the default)', load: () => import('./open.ts') },
  print: { about: 'print packets as text, fields, json, jsonl, ek, pdml or psml', load: () => import('./print.ts') },
  demo: { about: 'ninety seconds to the secret: server, client and capture in one', load: () => import('./demo.ts') },
  serve: { about: 'the demo server', load: () => import('./serve.ts') },
  get: { about: 'the demo client', load: () => import('./get.ts') },
  lesson: { about: 'the guided lessons: real packets, a question, a checked answer', load: () => import('./lesson.ts') },
  pki: { about: 'an authority of your own: ca, csr, sign, show, verify', load: () => import('./pki.ts') },
  fernet: { about: 'keys and tokens: key, encrypt, decrypt, inspect', load: () => import('./fernet.ts') },
  cipher: { about: 'the substitution cipher: shift, break', load: () => import('./cipher.ts') },
  dh: { about: 'two parties share a key in front of a spy, with real numbers', load: () => import('./dh.ts') },
  check: { about: 'hold a capture against expectations, for build servers', load: () => import('./check.ts') },
  fields: { about: 'every field: name, type, what it is', load: () => import('./fields.ts') },
  compare: { about: 'the same secret in several captures, side by side', load: () => import('./compare.ts') },
  follow: { about: 'one stream from its first byte to its last', load: () => import('./follow.ts') },
  stats: { about: 'what a capture holds, counted', load: () => import('./stats.ts') },
  export: { about: 'bodies, requests, certificates, packets, a report: for other programs', load: () => import('./export.ts') },
  run: { about: 'run a program and read what it says, inside TLS too', load: () => import('./run.ts') },
  sql: { about: 'questions in SQL about captures, answered by DuckDB', load: () => import('./sql.ts') },
  doctor: { about: 'what this machine can capture with, and what mends what is missing', load: () => import('./doctor.ts') },
}

export function isCommand(word: string): boolean {
  return word !== 'open' && Object.hasOwn(commands, word)
}

export function usage(): string {
  const listed = Object.entries(commands).filter(([name]) => name !== 'open')
  return `wiretail: see what a stranger on the wire reads

Opening the interface:
  wiretail                         the first screen: interfaces, recent captures, lessons
  wiretail FILE                    a capture file, of any known format and compression
  wiretail -                       a capture on standard input: tcpdump -w - | wiretail -
  wiretail --follow FILE           a file that another program is still writing
  wiretail -i lo -p 5683           live capture on an interface, TCP port 5683
  wiretail --theme light FILE      dark, light or contrast
  wiretail --plain FILE            plain lines instead of a screen, for screen readers

Commands:
${listed.map(([name, { about }]) => `  wiretail ${name.padEnd(11)} ${about}`).join('\n')}

wiretail COMMAND --help lists a command's options, with examples.
`
}
