// What this machine can capture with, found out by trying, and the words for someone who may not.

import { readFileSync } from 'node:fs'
import { installAdvice } from './children.ts'
import { LiveError, spellCommand } from './errors.ts'
import { listInterfaceNames } from './interfaces.ts'
import { namespaceProbe } from './namespace.ts'
import { findProgram, type Program, runBriefly } from './programs.ts'
import { reserveRing } from './ring.ts'
import type { EngineProbe } from './types.ts'

/** All engines, in the order in which they are tried. */
export async function probeEngines(): Promise<EngineProbe[]> {
  return Promise.all([probeRing(), probeProgram('dumpcap'), probeProgram('tcpdump'), probeNamespace(), probeRelay()])
}

async function probeRing(): Promise<EngineProbe> {
  try {
    await reserveRing()
    return usable('ring', 'kernel capture ring: kernel time in ns, live count of lost packets, at most 20 ms late')
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    const remedy = error.code === 'permission' ? `${withSudo('wiretail -i lo')}` : error.remedies.join(' ')
    return { engine: 'ring', usable: false, detail: error.message.replace(remedy, '').trim(), remedy }
  }
}

async function probeProgram(engine: 'dumpcap' | 'tcpdump'): Promise<EngineProbe> {
  const program = findProgram(engine)
  if (!program) return { engine, usable: false, detail: 'not installed', remedy: installAdvice(engine) }
  if (!program.permitted) return { engine, usable: false, detail: groupOnly(engine, program), remedy: joinGroup(program) }
  // Listing link types opens the interface as a capture would.
  const { code, stderr } = await runBriefly(program.path, ['-i', loopbackName(), '-L'])
  if (code === 0) {
    const late =
      engine === 'dumpcap' ? 'lost packets counted at the end, at most 250 ms late' : 'live count of lost packets, up to 1 s late'
    return usable(engine, `${program.path}: kernel time in ns, ${late}`)
  }
  if (/permission|not permitted/i.test(stderr)) {
    return { engine, usable: false, detail: `${program.path} may not open interfaces for this user`, remedy: rightsAdvice(engine) }
  }
  const why = stderr.trim().split('\n')[0] || `exit code ${code}`
  return { engine, usable: false, detail: `${program.path} fails: ${why}`, remedy: installAdvice(engine) }
}

async function probeNamespace(): Promise<EngineProbe> {
  const probe = await namespaceProbe()
  if (probe.usable) return usable('namespace', "a network of one's own for wiretail demo and wiretail run; needs no rights")
  return { engine: 'namespace', usable: false, detail: probe.detail, remedy: probe.remedy }
}

async function probeRelay(): Promise<EngineProbe> {
  return usable('relay', 'for wiretail demo: frames rebuilt from the bytes that pass through it, not captured')
}

function usable(engine: EngineProbe['engine'], detail: string): EngineProbe {
  return { engine, usable: true, detail, remedy: '' }
}

/** The error for a user without the right to capture, with every way that is open on this machine. */
export async function explainPermission(interfaceName: string, filter: string): Promise<LiveError> {
  const dumpcap = findProgram('dumpcap')
  const remedies = [withSudo(spellCommand(interfaceName, filter))]
  if (dumpcap && !dumpcap.permitted) remedies.push(`${groupOnly('dumpcap', dumpcap)}: ${joinGroup(dumpcap)}`)
  else if (dumpcap || process.platform === 'darwin') remedies.push(rightsAdvice('dumpcap'))
  if ((await namespaceProbe()).usable) remedies.push('Or practise now without any rights: wiretail demo')
  return new LiveError('permission', `You may not capture on ${interfaceName} yet; wiretail itself needs no root.`, remedies)
}

function withSudo(command: string): string {
  if (findProgram('sudo')?.permitted) return `sudo ${command}`
  return findProgram('doas')?.permitted ? `doas ${command}` : `sudo ${command} (as root without sudo, which is not installed)`
}

function rightsAdvice(engine: 'dumpcap' | 'tcpdump'): string {
  if (process.platform === 'darwin') return 'Install ChmodBPF, which comes with Wireshark, and log in again'
  if (engine === 'tcpdump') return withSudo('wiretail -i lo')
  return findProgram('dpkg-reconfigure')
    ? 'sudo dpkg-reconfigure wireshark-common, then sudo usermod -aG wireshark $USER, then log in again'
    : 'sudo usermod -aG wireshark $USER, then log in again'
}

function groupOnly(engine: string, program: Program): string {
  return `${engine} exists, but only the group ${groupName(program.group)} may run it`
}

function joinGroup(program: Program): string {
  return `sudo usermod -aG ${groupName(program.group)} $USER, then log in again`
}

function groupName(group: number): string {
  try {
    const line = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find((entry) => entry.split(':')[2] === String(group))
    return line?.split(':')[0] ?? 'wireshark'
  } catch {
    return 'wireshark'
  }
}

function loopbackName(): string {
  const names = listInterfaceNames()
  return names.find((name) => name === 'lo' || name === 'lo0') ?? names[0] ?? 'lo'
}
