// The substitution cipher of the tutorial: every letter is replaced by the one before it in the alphabet. The key is the number of
// places, so there are 25 of them, and all fit on one screen.

/** Places that the tutorial shifts by: one back. */
export const TUTORIAL_SHIFT = -1

/**
 * Moves each letter a to z by `places` in the alphabet, around its end and back to its start; case stays, everything else too.
 *
 *     shiftText('fluffy tail', -1) // 'ekteex szhk'
 */
export function shiftText(text: string, places: number): string {
  const step = ((Math.trunc(places) % 26) + 26) % 26
  return text.replace(/[A-Za-z]/g, (letter) => {
    const first = letter < 'a' ? 65 : 97
    return String.fromCharCode(first + ((letter.charCodeAt(0) - first + step) % 26))
  })
}

/** The wheel of the cipher, laid flat: under each letter the one that takes its place. */
export function shiftAlphabet(places: number): { readonly from: string; readonly to: string } {
  const from = 'abcdefghijklmnopqrstuvwxyz'
  return { from, to: shiftText(from, places) }
}

/** The text shifted by 1 to 25 places: one of them is the message, whatever the key was. */
export function shiftAll(text: string): { readonly places: number; readonly text: string }[] {
  return Array.from({ length: 25 }, (_, i) => ({ places: i + 1, text: shiftText(text, i + 1) }))
}
