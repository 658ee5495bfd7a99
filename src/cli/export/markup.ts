// HTML in which nothing from outside can become markup: what is put into a template is text, unless it was made by a template itself.

import { safeText } from '../../bytes/text.ts'

/** Markup that `html` made. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | Markup | readonly Markup[]

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(value: Value): string {
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(({ text }) => text).join('')
  return safeText(String(value), 2000).replace(/[&<>"']/g, (letter) => ESCAPES[letter]!)
}

/** html`<td>${anything}</td>` */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.reduce((text, part, i) => `${text}${escaped(values[i - 1]!)}${part}`))
}
