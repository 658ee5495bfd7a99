/**
 * A mistake in the options, as node:util's parseArgs reports it, in one line that names the command's help. Undefined for any
 * other error.
 */
export function explainUsage(error: unknown, command: string): string | undefined {
  if (!(error instanceof TypeError) || !('code' in error) || !String(error.code).startsWith('ERR_PARSE_ARGS')) return undefined
  // Its own first sentence will do: "Unknown option '--prot'". What follows is about options that start with a dash.
  const [sentence = ''] = error.message.split(/\.?\n|\. |\.$/, 1)
  return `${sentence}. The options are listed by: wiretail ${command} --help`
}
