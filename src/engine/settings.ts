// What the user tells protocols, checked: front ends give texts from options and the environment, and get settings for a capture.

import type { Settings } from '../core/dissect.ts'
import { readFernetKeys } from './exposure/keys.ts'

export interface SettingTexts {
  /** Fernet keys: 32 bytes of base64url each. */
  readonly fernetKeys?: readonly string[]
}

/**
 * Settings for CaptureOptions and SessionOptions, or one line that says what is wrong with a text and how to mend it.
 *
 *     const read = readSettings({ fernetKeys: values['fernet-key'] ?? (SECRET_KEY ? [SECRET_KEY] : []) })
 */
export function readSettings(texts: SettingTexts): { ok: true; settings: Settings } | { ok: false; message: string } {
  const fernetKeys = (texts.fernetKeys ?? []).map((key) => key.trim())
  const read = readFernetKeys(fernetKeys)
  return read.ok ? { ok: true, settings: new Map([['fernet.key', fernetKeys]]) } : read
}
