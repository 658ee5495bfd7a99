/** What went wrong between the demo's server and client, in one line: what, then how to mend it. */
export class DemoError extends Error {
  override readonly name = 'DemoError'
}

/** The system's code for a failure ('ECONNREFUSED' …), empty when it has none. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}
