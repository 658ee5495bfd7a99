// `wiretail export objects`: bodies of HTTP messages as files, as tshark --export-objects writes them.

import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { safeText } from '../../bytes/text.ts'
import { readObjects } from '../../engine/objects.ts'
import { parseOptions, UsageError } from '../args.ts'
import type { Io } from '../commands.ts'
import { writeAll } from '../output.ts'
import { READING_HELP, READING_OPTIONS, runReading, tell } from '../reading.ts'

export const help = `wiretail export objects -r FILE --dir FOLDER [options]

Writes the body of every HTTP message into a file of its own, chunks put together and compression undone. Files are named after what was asked for;
equal names are numbered. What comes from the wire may be harmful: look at the files, do not run them.

      --dir FOLDER            where to write; made if need be
      --kind http             what to look for; there is only http
      --force                 write over files that are there, instead of numbering on
${READING_HELP}

Examples:
  wiretail export objects -r capture.pcapng --dir found
  wiretail export objects -r capture.pcapng --dir found -Y 'http.content_type contains "image"'
`

/** Files written at the most. */
const MAX_FILES = 100_000

const OPTIONS = {
  ...READING_OPTIONS,
  dir: { type: 'string' },
  kind: { type: 'string', default: 'http' },
  force: { type: 'boolean' },
} as const

/** Runs the command. Resolves to the exit code. */
export function run(args: string[], io: Io): Promise<number> {
  return runReading(
    {
      name: 'export objects',
      help,
      parse: () => parseOptions(args, OPTIONS, 'export objects'),
      async work({ capture, filter }, values) {
        if (values.kind !== 'http') throw new UsageError(`Objects of "${values.kind}" are not known. There is: --kind http`)
        if (values.dir === undefined) throw new UsageError('Where to write is not said. Name a folder: --dir FOLDER')
        const folder = openFolder(values.dir)
        const names = new Names(folder, values.force === true)
        let files = 0
        let left = 0
        let bytes = 0
        await readObjects(capture, filter, longestName(folder), (object) => {
          if (files >= MAX_FILES) {
            left++
            return
          }
          const fd = names.open(object.name)
          try {
            writeAll(fd, object.bytes)
          } finally {
            closeSync(fd)
          }
          files++
          bytes += object.bytes.length
        })
        io.err(`${files} file${files === 1 ? '' : 's'}, ${bytes} bytes, in ${safeText(values.dir, 200)}\n`)
        if (left > 0) tell(io, `${left} more bodies were left out: ${MAX_FILES} files is the limit. Select with -Y what you want.`)
        return 0
      },
    },
    io,
  )
}

/** File systems take names of 255 bytes; tshark counts the folder in. */
const longestName = (folder: string): number => Math.max(50, 255 - Buffer.byteLength(folder))

function openFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true })
    return path
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new UsageError(`The folder ${path} cannot be made (${code}). Choose another one: --dir FOLDER`)
  }
}

/** Hands out files with names that are not taken: file.html, file(1).html … */
class Names {
  private readonly folder: string
  private readonly force: boolean
  /** By name: numbers given out. */
  private readonly given = new Map<string, number>()
  private readonly written = new Set<string>()

  constructor(folder: string, force: boolean) {
    this.folder = folder
    this.force = force
  }

  open(name: string): number {
    for (let number = this.given.get(name) ?? 0; ; number++) {
      const numbered = number === 0 ? name : withNumber(name, number)
      if (this.written.has(numbered)) continue
      const path = join(this.folder, numbered)
      try {
        // A link that somebody laid there is never followed: what is there is only written over when that was asked for.
        const fd = openSync(path, this.force ? 'w' : 'wx')
        this.given.set(name, number + 1)
        this.written.add(numbered)
        return fd
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
        if (code !== 'EEXIST') throw new UsageError(`${path} cannot be written (${code}). Choose a folder of your own: --dir FOLDER`)
      }
    }
  }
}

function withNumber(name: string, number: number): string {
  const dot = name.lastIndexOf('.')
  return dot < 0 ? `${name}(${number})` : `${name.slice(0, dot)}(${number})${name.slice(dot)}`
}
