// The only door of this folder: capture formats, read and written.

export { type OpenOptions, openCapture } from './open.ts'
export { createTemporary, type TemporaryFile } from './temporary.ts'
export * from './types.ts'
export { createWriter } from './write.ts'
export type { CaptureWriter, WriterOptions, WrittenInterface } from './write-types.ts'
