// The only door for front ends. They see plain data and the functions named here, and nothing of what lies behind.

import { basename } from 'node:path'
import { openCapture } from '../files/index.ts'
import { CaptureSession, type SessionOptions } from './session.ts'

export { becomeNamespaced, type EngineName, insideNamespace, LiveError, namespaceProbe, prepareNamespace } from '../capture/index.ts'
export { Capture, type CaptureOptions } from './capture.ts'
export { type ColumnField, columnOf } from './columns.ts'
export { endpoints, Summariser, summarise } from './lines.ts'
export { followLive, type LiveOptions, type LiveSource, liveTitle, loopbackName, openLive, startLive, startRelayed } from './live.ts'
export { type Query, runQuery } from './query.ts'
export { registry } from './registry.ts'
export { formatOf, writePacket, writerFor } from './save.ts'
export { CaptureSession, type LiveFeed, type SessionOptions } from './session.ts'
export { readSettings, type SettingTexts } from './settings.ts'
export { timeText } from './times.ts'
export * from './types.ts'

/** Opens a capture file, or standard input for '-', as a session. Rejects with a CaptureError. */
export async function openFile(path: string, options: Partial<SessionOptions> = {}): Promise<CaptureSession> {
  const reader = await openCapture(path, { follow: options.follow ?? false })
  return new CaptureSession(reader, { title: path === '-' ? 'standard input' : basename(path), ...options })
}
