// The only door of this folder: capture formats, read and written.

export { type OpenOptions, openCapture } from './open.ts'
export * from './types.ts'
