// The TLS options that `wiretail serve https` and `wiretail get https://…` share.

import { DemoError, KEY_EXCHANGES, type KeyExchange, TLS_VERSIONS, type TlsVersion } from '../demo/index.ts'

/** For parseArgs. */
export const TLS_OPTIONS = {
  cert: { type: 'string' },
  key: { type: 'string' },
  passphrase: { type: 'string' },
  'tls-min': { type: 'string' },
  'tls-max': { type: 'string' },
  ciphers: { type: 'string' },
} as const

interface Values {
  readonly 'tls-min'?: string | undefined
  readonly 'tls-max'?: string | undefined
  readonly ciphers?: string | undefined
}

/** Versions and ciphers as demo/ takes them. Throws a DemoError for a version that does not exist, or limits that cross. */
export function parseTlsChoices(values: Values): { minVersion?: TlsVersion; maxVersion?: TlsVersion; ciphers?: string } {
  const minVersion = parseVersion(values['tls-min'], '--tls-min')
  const maxVersion = parseVersion(values['tls-max'], '--tls-max')
  if (minVersion && maxVersion && minVersion > maxVersion)
    throw new DemoError(
      `No TLS version is at least ${minVersion} and at most ${maxVersion}. Turn them around: --tls-min ${maxVersion} --tls-max ${minVersion}`,
    )
  return {
    ...(minVersion ? { minVersion } : {}),
    ...(maxVersion ? { maxVersion } : {}),
    ...(values.ciphers === undefined ? {} : { ciphers: values.ciphers }),
  }
}

function parseVersion(text: string | undefined, option: string): TlsVersion | undefined {
  if (text === undefined) return undefined
  const version = TLS_VERSIONS.find((one) => one === text.replace(/^tls ?v?/i, ''))
  if (version === undefined) throw new DemoError(`"${text}" is no TLS version. Choose ${TLS_VERSIONS.join(', ')}: ${option} 1.2`)
  return version
}

/** How the keys are agreed on. Throws a DemoError for one that does not exist, or that the versions rule out. */
export function parseKeyExchange(text: string | undefined, minVersion: TlsVersion | undefined): KeyExchange | undefined {
  if (text === undefined) return undefined
  const found = KEY_EXCHANGES.find((one) => one === text.toLowerCase())
  if (found === undefined) throw new DemoError(`"${text}" is no key exchange. Choose ${KEY_EXCHANGES.join(', ')}: --key-exchange ecdhe`)
  if (found !== 'ecdhe' && minVersion === '1.3')
    throw new DemoError(
      `TLS 1.3 has no key exchange of the kind ${found}: it always uses fresh Diffie-Hellman keys. Leave out --tls-min 1.3, or take ecdhe.`,
    )
  return found
}

/** Options that only https takes. Throws a DemoError when one is given with something else. */
export function refuseTlsOptions(
  values: Readonly<Record<string, unknown>>,
  names: readonly string[],
  where: string,
  instead: string,
): void {
  const used = names.find((name) => values[name] !== undefined && values[name] !== false)
  if (used !== undefined) throw new DemoError(`--${used} is for https, not for ${where}. Leave it out, or: ${instead}`)
}
