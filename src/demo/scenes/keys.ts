// Keys of the lessons. They lie open on purpose: what is sealed with them is made for the lessons, and must be openable by every reader.

/** The key that server and client share: 32 bytes that spell a sentence. */
export const LESSON_KEY = Buffer.from('a key that server & client share').toString('base64').replaceAll('+', '-').replaceAll('/', '_')

/** A well-formed key that is another one. */
export const WRONG_KEY = Buffer.from('another key, of somebody else...').toString('base64').replaceAll('+', '-').replaceAll('/', '_')
