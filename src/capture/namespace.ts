// A network of our own, for people without rights: in a user and network namespace made by unshare(1) the ring works for anyone, and
// has a loopback interface of its own. Server, client and capture must all run inside, so the whole program moves there.

import { readFileSync } from 'node:fs'
import { LiveError } from './errors.ts'
import { loadLibc, raiseLoopback } from './libc.ts'
import { findProgram, runBriefly } from './programs.ts'

/**
 * Why no namespace can be made. platform: no Linux. program: unshare is missing. apparmor, clone, limit: forbidden by that setting.
 * seccomp: forbidden by the rules of a container. unknown: refused without a reason that we know.
 */
export type NamespaceCause = 'platform' | 'program' | 'apparmor' | 'clone' | 'limit' | 'seccomp' | 'unknown'

export type NamespaceProbe =
  | { readonly usable: true }
  | { readonly usable: false; readonly cause: NamespaceCause; readonly detail: string; readonly remedy: string }

/** Set in the environment of a wiretail that runs inside its namespace. */
const MARK = 'WIRETAIL_NAMESPACE'

/** A user namespace in which we are root, and a network namespace that belongs to it. */
const UNSHARE = ['-U', '-r', '-n', '--']

export function insideNamespace(): boolean {
  return process.env[MARK] === '1'
}

/** Tries it; 7 ms. */
export async function namespaceProbe(): Promise<NamespaceProbe> {
  if (process.platform !== 'linux') return refuse('platform', 'Only Linux has network namespaces.', 'The relay is used instead.')
  const unshare = findProgram('unshare')
  if (!unshare?.permitted) {
    return refuse('program', 'The program unshare is missing.', 'Install the package util-linux; the relay is used meanwhile.')
  }
  const { code, stderr } = await runBriefly(unshare.path, [...UNSHARE, 'true'])
  return code === 0 ? { usable: true } : explainRefusal(stderr, readSetting)
}

/**
 * The cause behind unshare's failure.
 * @param read a file under /proc, or '' when it is not there
 */
export function explainRefusal(said: string, read: (path: string) => string): NamespaceProbe {
  const setting = (name: string) => read(`/proc/sys/${name.replaceAll('.', '/')}`).trim()
  const allow = (name: string, value: string) =>
    `An administrator can allow it: sudo sysctl -w ${name}=${value}; the relay is used meanwhile.`
  if (setting('user.max_user_namespaces') === '0') {
    return refuse(
      'limit',
      'This system allows no user namespaces (user.max_user_namespaces is 0).',
      allow('user.max_user_namespaces', '15000'),
    )
  }
  if (setting('kernel.unprivileged_userns_clone') === '0') {
    const name = 'kernel.unprivileged_userns_clone'
    return refuse('clone', `Only root may make user namespaces here (${name} is 0).`, allow(name, '1'))
  }
  if (setting('kernel.apparmor_restrict_unprivileged_userns') === '1') {
    const name = 'kernel.apparmor_restrict_unprivileged_userns'
    return refuse(
      'apparmor',
      `AppArmor keeps ordinary programs out of user namespaces (${name} is 1, as in Ubuntu since 23.10).`,
      allow(name, '0'),
    )
  }
  if (/^Seccomp:\s*2/m.test(read('/proc/self/status'))) {
    const remedy = 'Start the container with --security-opt seccomp=unconfined, or with --cap-add NET_RAW; the relay is used meanwhile.'
    return refuse('seccomp', "This container's seccomp rules forbid namespaces.", remedy)
  }
  return refuse('unknown', `unshare failed: ${said.trim().split('\n')[0] || 'no reason was given'}.`, 'The relay is used meanwhile.')
}

function refuse(cause: NamespaceCause, detail: string, remedy: string): NamespaceProbe {
  return { usable: false, cause, detail, remedy }
}

function readSetting(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

export interface NamespaceCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly environment: NodeJS.ProcessEnv
}

/**
 * The command that runs this program again, inside a namespace.
 * @param argv the program's own script and arguments (process.argv without the first)
 * @throws LiveError when unshare is missing
 */
export function enterNamespace(argv: readonly string[]): NamespaceCommand {
  const unshare = findProgram('unshare')
  if (!unshare?.permitted) throw new LiveError('engine', 'The program unshare is missing.', ['Install the package util-linux.'])
  return {
    file: unshare.path,
    args: [...UNSHARE, process.execPath, ...process.execArgv, ...argv],
    environment: { ...process.env, [MARK]: '1' },
  }
}

/**
 * Becomes that command: no process stays behind, so the terminal, its signals and job control (Ctrl-C, Ctrl-Z, resizing) are the new
 * program's alone. Call it before the terminal was touched. Returns only by throwing.
 * @throws LiveError
 */
export async function becomeNamespaced(argv: readonly string[]): Promise<never> {
  const { file, args, environment } = enterNamespace(argv)
  const calls = await loadLibc()
  const list = Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
  calls.execve(file, [file, ...args], list)
  throw new LiveError('engine', `The program could not move into a namespace (error ${calls.errno()}).`, ['Use the relay: --engine relay.'])
}

/** First thing inside a namespace: its loopback interface starts down. @throws LiveError */
export async function prepareNamespace(): Promise<void> {
  const errno = raiseLoopback(await loadLibc())
  if (errno !== 0) throw new LiveError('engine', `lo could not be set up in the namespace (error ${errno}).`, ['Use --engine relay.'])
}
