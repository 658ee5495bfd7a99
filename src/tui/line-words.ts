// The words of the command line: what can be typed after a colon, for completion and for the list under it.

import type { SafeText } from '../bytes/text.ts'
import { say } from './line.ts'

export interface LineWord {
  /** As typed; `…` stands for what follows it. */
  readonly name: string
  readonly about: SafeText
}

export const LINE_WORDS: readonly LineWord[] = [
  { name: 'find …', about: say`the next packet that holds a text` },
  { name: 'hex …', about: say`the next packet that holds these bytes` },
  { name: 'regex …', about: say`the next packet that a pattern matches` },
  { name: 'filter …', about: say`show these packets; or a filter's name` },
  { name: 'keep-filter …', about: say`keep the filter on the screen under a name` },
  { name: 'go …', about: say`to a packet, by its number` },
  { name: 'save', about: say`save packets to a file` },
  { name: 'theme …', about: say`dark, light, contrast` },
  { name: 'columns', about: say`columns of the list` },
  { name: 'copy', about: say`copy from the selected field` },
  { name: 'follow', about: say`the stream of this packet` },
  { name: 'ladder', about: say`the stream as a ladder` },
  { name: 'exchanges', about: say`view 2` },
  { name: 'streams', about: say`view 3` },
  { name: 'statistics', about: say`view 4` },
  { name: 'tls', about: say`view 5` },
  { name: 'compare', about: say`view 6` },
  { name: 'lessons', about: say`view 7` },
  { name: 'layout', about: say`how the panes share the screen` },
  { name: 'capture', about: say`start or stop a capture` },
  { name: 'help', about: say`the keys` },
  { name: 'quit', about: say`leave wiretail` },
]

export function wordOf({ name }: LineWord): string {
  return name.replace(' …', '')
}

/** Those that go on with what is typed, or the one that is typed. */
export function matching(text: string): readonly LineWord[] {
  const [word = ''] = text.trimStart().split(' ')
  const whole = text.trimStart().includes(' ')
  return LINE_WORDS.filter((one) => (whole ? wordOf(one) === word : wordOf(one).startsWith(word)))
}
