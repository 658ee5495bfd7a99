// Giving up root. Packets are hostile input, so nothing of them is parsed by a process that could harm the machine: the socket is
// opened first, then the process becomes the user who called sudo, or nobody, for good.

import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { LiveError } from './errors.ts'

export interface Identity {
  readonly uid: number
  readonly gid: number
  /** Login name, where the environment or the system tells it. */
  readonly name: string
}

/** Numbers of nobody and nogroup on every Linux and BSD; macOS has -2, which these 32 bits are not, but an unused number is as harmless. */
const NOBODY: Identity = { uid: 65534, gid: 65534, name: 'nobody' }

/**
 * Whom this process would become: the user who called sudo; without sudo nobody; null when there is nothing to give up.
 * @param uid the process's own effective user
 */
export function nextIdentity(uid = process.geteuid?.() ?? -1, environment: NodeJS.ProcessEnv = process.env): Identity | null {
  if (uid !== 0 || keepsRoot || ownsNoOtherUser()) return null
  const { SUDO_UID, SUDO_GID, SUDO_USER } = environment
  const caller = toUserNumber(SUDO_UID)
  const group = toUserNumber(SUDO_GID)
  if (caller !== null && group !== null) return { uid: caller, gid: group, name: SUDO_USER ?? String(caller) }
  return NOBODY
}

let keepsRoot = false

/** The user asked to stay root, against our advice; every later call of nextIdentity() and dropPrivileges() respects it. */
export function stayRoot(): void {
  keepsRoot = true
}

/**
 * Becomes nextIdentity(), irrevocably. Returns what to say in the status line, empty when nothing changed.
 * Modules that are still to be imported must be readable for that user: import them before.
 * @throws LiveError when the system refuses; do not go on to parse packets then
 */
export function dropPrivileges(): string {
  const next = nextIdentity()
  if (!next) return ''
  try {
    joinGroups(next)
    process.setgid?.(next.gid)
    process.setuid?.(next.uid)
  } catch (cause) {
    const remedy = 'Run it as an ordinary user, or say --stay-root.'
    throw new LiveError('permission', `Root's rights could not be given up (${String(cause)}).`, [remedy], cause)
  }
  if (process.geteuid?.() === 0 || process.getegid?.() === 0 || canReturn()) {
    throw new LiveError('permission', "Root's rights could not be given up.", ['Run it as an ordinary user.'])
  }
  adoptEnvironment(next)
  return `now running as ${next.name}`
}

/** The user's own groups, so that files shared with a group can be saved; only his main group when the system does not know him. */
function joinGroups(next: Identity): void {
  // Missing from Node's types.
  const { initgroups } = process as { initgroups?: (user: string, group: number) => void }
  try {
    if (next === NOBODY || !initgroups) process.setgroups?.([next.gid])
    else initgroups(next.name, next.gid)
  } catch {
    process.setgroups?.([next.gid])
  }
}

function canReturn(): boolean {
  try {
    process.setuid?.(0)
    return true
  } catch {
    return false
  }
}

/** sudo leaves HOME as root's on some systems, and the new user may not read there. */
function adoptEnvironment(next: Identity): void {
  try {
    const { homedir, username } = userInfo()
    Object.assign(process.env, { HOME: homedir, USER: username, LOGNAME: username })
  } catch {
    // The system does not know that user: no home at all is better than root's.
    Reflect.deleteProperty(process.env, 'HOME')
    Object.assign(process.env, { USER: next.name, LOGNAME: next.name })
  }
}

/** Root's own number is none: root behind sudo is root all the same. */
function toUserNumber(text = ''): number | null {
  return /^[1-9]\d{0,9}$/.test(text) && Number(text) < 0xffff_ffff ? Number(text) : null
}

/** In a user namespace that maps a single user, root is that ordinary user and there is nobody else to become. */
function ownsNoOtherUser(): boolean {
  try {
    const maps = readFileSync('/proc/self/uid_map', 'utf8').trim().split('\n')
    return maps.length === 1 && /\s1$/.test(maps[0] ?? '')
  } catch {
    return false
  }
}
