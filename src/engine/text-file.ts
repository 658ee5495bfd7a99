// Writing what a front end has made as text.

import { writeFile } from 'node:fs/promises'

/** Writes a new file. Rejects with an error that says what to do; a file that is there already is left alone. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o644 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'EEXIST'
        ? 'is there already. Choose another name.'
        : code === 'ENOENT'
          ? 'lies in a folder that does not exist. Make the folder, or choose another.'
          : `cannot be written (${code ?? String(error)}). Choose a place that you may write to.`
    throw new Error(`${path} ${why}`)
  }
}
