// Extensible Markup Language: W3C XML 1.0. Read leniently, as it comes: tags nest as they open and close, whatever their names.
//
//   <?xml version="1.0"?>  <!DOCTYPE …>  <!-- … -->  <tag name="value"> text <![CDATA[ … ]]> <tag/> </tag>

import { decodeText } from '../bytes/decode.ts'
import { spellControls } from '../bytes/format.ts'
import type { Dissection } from '../core/dissect.ts'
import { defineProtocol, type FieldOptions, group, text } from '../core/protocol.ts'
import { MEDIA_XML } from './names/media-types.ts'

/** Tags inside each other that are shown as such. */
const MAX_DEPTH = 40
/** Pieces (tags, texts, attributes) that get rows. */
const MAX_PIECES = 20_000

const asWritten: NonNullable<FieldOptions['display']> = (_get, _value, shown) => spellControls(shown)

const F = {
  declaration: text('xml.xmlpi.xml', 'xml.xmlpi.xml', {
    about: 'The first line says that this is XML, and in which letters it is written.',
    display: () => '<?xml',
  }),
  version: text('xml.xmlpi.xml.version', 'version', {
    about: 'The version of XML, which is nearly always 1.0.',
    display: (_get, _value, shown) => `version="${spellControls(shown)}"`,
  }),
  encoding: text('xml.xmlpi.xml.encoding', 'encoding', {
    about: 'How the letters of the text are spelled in bytes.',
    display: (_get, _value, shown) => `encoding="${spellControls(shown)}"`,
  }),
  standalone: text('xml.xmlpi.xml.standalone', 'standalone', {
    about: 'Tells whether the text can be understood without other files.',
    display: (_get, _value, shown) => `standalone="${spellControls(shown)}"`,
  }),
  instruction: text('xml.xmlpi', 'XMLPI', { about: 'An instruction for programs that read the text.', display: asWritten }),
  doctype: text('xml.doctype', 'Doctype', {
    about: 'Names the outermost tag, and the rules that the text follows.',
    display: (_get, _value, shown) => `<!DOCTYPE ${spellControls(shown)}>`,
  }),
  comment: text('xml.comment', 'Comment', { about: 'Words for people who read the text; programs pass over them.', display: asWritten }),
  section: text('xml.cdatasection', 'CDATASection', { about: 'Text in which angle brackets mean nothing special.', display: asWritten }),
  tag: text('xml.tag', 'Tag', {
    about: 'One element: what lies between its opening and its closing belongs to it.',
    display: (_get, _value, shown) => spellControls(/^<[^\s/>]+(?=\s+[^\s/>])/.exec(shown)?.[0] ?? shown),
  }),
  attribute: text('xml.attribute', 'Attribute', { about: 'A name and a value that describe the element.', display: asWritten }),
  lastAttribute: text('xml.attribute', 'Attribute', {
    about: 'A name and a value that describe the element.',
    display: (_get, _value, shown) => `${spellControls(shown)}>`,
  }),
  onlyAttribute: text('xml.attribute', 'Attribute', {
    about: 'A name and a value that describe the element.',
    display: (_get, _value, shown) => `${spellControls(shown)}/>`,
  }),
  text: text('xml.cdata', 'CDATA', { about: 'The text that the element holds.', display: asWritten }),
  close: group('', 'Closing', {
    about: 'The element ends here, with its name once more.',
    display: (_get, _value, _shown, raw) => spellControls(raw()),
  }),
  unknown: text('xml.unknown', 'Unknown', { about: 'Text at a place where XML has none.', display: asWritten }),
}

export const xml = defineProtocol({
  name: 'xml',
  title: 'eXtensible Markup Language',
  spec: 'W3C XML 1.0',
  about: 'Text in which tags name what each part is, readable for people and programs.',
  fields: F,
  accepts: { 'http.content_type': [MEDIA_XML] },
  scanStops: true,
  content: { column: () => '/XML' },

  dissect(p) {
    if (!p.recording) return
    p.span(p.available())
    if (Object.values(F).some((field) => p.wants(field))) new Reader(p).read()
  },
})

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
const isName = (byte: number): boolean =>
  byte >= 0x80 || byte === 0x5f || byte === 0x3a || byte === 0x2d || byte === 0x2e || isDigit(byte) || isLetter(byte)
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39
const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a

class Reader {
  private readonly p: Dissection
  private readonly bytes: Uint8Array
  private readonly base: number
  private readonly end: number
  private pieces = 0
  /** Open tags, and how many of them have a level of rows of their own. */
  private open = 0
  private levels = 0

  constructor(p: Dissection) {
    this.p = p
    this.bytes = p.bytes
    this.base = p.base
    this.end = p.end
  }

  read(): void {
    let at = this.base
    while (at < this.end && this.pieces++ < MAX_PIECES) at = this.bytes[at] === 0x3c ? this.markup(at) : this.words(at)
    for (; this.levels > 0; this.levels--) this.p.close()
  }

  private words(at: number): number {
    while (at < this.end && isBlank(this.bytes[at])) at++
    const less = this.bytes.indexOf(0x3c, at)
    const end = less < 0 ? this.end : Math.min(less, this.end)
    if (end > at) this.p.add(this.open > 0 ? F.text : F.unknown, at - this.base, end - at)
    return end
  }

  private markup(at: number): number {
    const { p } = this
    if (this.starts(at, '<!--')) return this.until(at, '-->', F.comment)
    if (this.starts(at, '<![CDATA[')) return this.until(at, ']]>', F.section)
    if (this.starts(at, '<?xml') && isBlank(this.bytes[at + 5])) return this.declaration(at)
    if (this.starts(at, '<?')) return this.until(at, '?>', F.instruction)
    if (this.starts(at, '<!DOCTYPE')) return this.doctype(at)
    if (this.starts(at, '</')) {
      const end = this.find(at, '>')
      if (this.open > this.levels) this.open--
      else if (this.open > 0) {
        p.add(F.close, at - this.base, end - at)
        p.close(end - this.base)
        this.open--
        this.levels--
      } else p.add(F.unknown, at - this.base, end - at)
      return end
    }
    return this.element(at)
  }

  private element(at: number): number {
    const { p, bytes } = this
    const attributes: number[] = []
    let i = this.nameEnd(at + 1)
    if (i === at + 1) return this.unknown(at)
    for (;;) {
      const from = this.skipBlanks(i)
      const equals = this.skipBlanks(this.nameEnd(from))
      if (this.nameEnd(from) === from || bytes[equals] !== 0x3d || from === i) {
        i = from
        break
      }
      const quote = this.skipBlanks(equals + 1)
      const close = bytes[quote] === 0x22 || bytes[quote] === 0x27 ? bytes.indexOf(bytes[quote]!, quote + 1) : -1
      if (close < 0 || close >= this.end) return this.unknown(at)
      attributes.push(from, close + 1)
      i = close + 1
    }
    const empty = bytes[i] === 0x2f
    const end = empty ? i + 2 : i + 1
    if (end > this.end || bytes[end - 1] !== 0x3e) return this.unknown(at)
    this.pieces += attributes.length / 2
    p.nest(p.wants(F.tag) ? p.generateText(F.tag, decodeText(bytes, at, end - at), at - this.base, end - at) : -1)
    const last = empty ? F.onlyAttribute : F.lastAttribute
    for (let n = 0; n < attributes.length; n += 2) {
      const from = attributes[n]!
      const stop = attributes[n + 1]!
      p.add(n + 2 < attributes.length ? F.attribute : last, from - this.base, stop - from)
    }
    this.levels++
    if (empty || this.levels > MAX_DEPTH) {
      p.close()
      this.levels--
    }
    if (!empty) this.open++
    return end
  }

  private declaration(at: number): number {
    const { p } = this
    const end = this.find(at, '?>')
    p.nest(p.add(F.declaration, at - this.base, end - at))
    const words = decodeText(this.bytes, at, end - at)
    for (const [name, field] of [
      ['version', F.version] as const,
      ['encoding', F.encoding] as const,
      ['standalone', F.standalone] as const,
    ]) {
      const found = new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)`).exec(words)
      if (found !== null) p.add(field, at + found.index + found[0].length - found[1]!.length - this.base, found[1]!.length)
    }
    if (this.ends(end, '?>')) p.add(F.close, end - 2 - this.base, 2)
    p.close()
    return end
  }

  private doctype(at: number): number {
    const from = this.skipBlanks(at + 9)
    const to = this.nameEnd(from)
    const bracket = this.bytes.indexOf(0x5b, to)
    const plain = this.find(at, '>')
    const end = bracket >= 0 && bracket < plain ? this.find(at, ']>') : plain
    this.p.add(F.doctype, from - this.base, to - from)
    return end
  }

  private unknown(at: number): number {
    const less = this.bytes.indexOf(0x3c, at + 1)
    const end = less < 0 ? this.end : Math.min(less, this.end)
    this.p.add(F.unknown, at - this.base, end - at)
    return end
  }

  private until(at: number, mark: string, field: (typeof F)['comment']): number {
    const end = this.find(at, mark)
    this.p.add(field, at - this.base, end - at)
    return end
  }

  private starts(at: number, word: string): boolean {
    for (let i = 0; i < word.length; i++) if (at + i >= this.end || this.bytes[at + i] !== word.charCodeAt(i)) return false
    return true
  }

  private ends(end: number, word: string): boolean {
    return end - word.length >= this.base && this.starts(end - word.length, word)
  }

  /** Behind the next such word, or the end of the text. */
  private find(at: number, word: string): number {
    const first = word.charCodeAt(0)
    for (let i = this.bytes.indexOf(first, at); i >= 0 && i < this.end; i = this.bytes.indexOf(first, i + 1))
      if (this.starts(i, word)) return i + word.length
    return this.end
  }

  private skipBlanks(at: number): number {
    while (at < this.end && isBlank(this.bytes[at])) at++
    return at
  }

  private nameEnd(at: number): number {
    while (at < this.end && isName(this.bytes[at]!)) at++
    return at
  }
}
