// The data of resource records: for most types a list of steps, for the others a function.

import type { Dissection } from '../../core/dissect.ts'
import { SEVERITY_NOTE } from '../../core/note.ts'
import { recordOptions } from './edns.ts'
import { M } from './fields.ts'
import { R } from './record-fields.ts'
import { recordKey, recordNsec, recordNsec3, recordSignature, recordTkey, recordTsig } from './security.ts'
import {
  recordApl,
  recordCaa,
  recordHip,
  recordIpsecKey,
  recordLoc,
  recordNaptr,
  recordPrefixed,
  recordTexts,
  recordWins,
  recordWks,
} from './special.ts'
import { counted, fixed, name, recordSteps, rest, type Step } from './steps.ts'
import { recordParameters, S } from './svcb.ts'

const LAYOUTS: Readonly<Record<number, readonly Step[]>> = {
  1: [fixed(R.a)],
  2: [name(R.ns)],
  3: [name(R.md)],
  4: [name(R.mf)],
  5: [name(R.cname)],
  6: [
    name(R.soaServer),
    name(R.soaMailbox),
    fixed(R.soaSerial),
    fixed(R.soaRefresh),
    fixed(R.soaRetry),
    fixed(R.soaExpire),
    fixed(R.soaMinimum),
  ],
  7: [name(R.mb)],
  8: [name(R.mg)],
  9: [name(R.mr)],
  10: [rest(R.null)],
  12: [name(R.ptr)],
  13: [counted(R.cpuLength, R.cpu), counted(R.osLength, R.os)],
  14: [name(R.minfoResponsible), name(R.minfoError)],
  15: [fixed(R.mxPreference), name(R.mx)],
  17: [name(R.rpMailbox), name(R.rpText)],
  18: [fixed(R.afsdbSubtype), name(R.afsdbHost)],
  19: [counted(R.x25Length, R.x25)],
  20: [counted(R.isdnLength, R.isdn), counted(R.isdnSubLength, R.isdnSub)],
  21: [fixed(R.rtPreference), name(R.rtHost)],
  22: [rest(R.nsap)],
  23: [name(R.nsapOwner)],
  26: [fixed(R.pxPreference), name(R.px822), name(R.px400)],
  27: [counted(R.longitudeLength, R.longitude), counted(R.latitudeLength, R.latitude), counted(R.altitudeLength, R.altitude)],
  28: [fixed(R.aaaa)],
  33: [fixed(R.srvPriority), fixed(R.srvWeight), fixed(R.srvPort), name(R.srvTarget)],
  36: [fixed(R.kxPreference), name(R.kx)],
  37: [fixed(R.certType), fixed(R.certKeyTag), fixed(R.certAlgorithm), rest(R.certificate)],
  39: [name(R.dname)],
  43: [fixed(R.dsKeyId), fixed(R.dsAlgorithm), fixed(R.dsDigestType), rest(R.dsDigest)],
  44: [fixed(R.sshfpAlgorithm), fixed(R.sshfpType), rest(R.sshfp)],
  49: [rest(R.dhcid)],
  52: [fixed(R.tlsaUsage), fixed(R.tlsaSelector), fixed(R.tlsaMatching), rest(R.tlsa)],
  59: [fixed(R.dsKeyId), fixed(R.dsAlgorithm), fixed(R.dsDigestType), rest(R.dsDigest)],
  63: [fixed(R.zonemdSerial), fixed(R.zonemdScheme), fixed(R.zonemdHash), rest(R.zonemdDigest)],
  104: [fixed(R.nidPreference), rest(R.nid)],
  105: [fixed(R.l32Preference), fixed(R.l32)],
  106: [fixed(R.l64Preference), rest(R.l64)],
  107: [fixed(R.lpPreference), name(R.lp)],
  108: [fixed(R.eui48)],
  109: [rest(R.eui64)],
  32769: [fixed(R.dsKeyId), fixed(R.dsAlgorithm), fixed(R.dsDigestType), rest(R.dsDigest)],
}

/** Records what a record of this type says: `length` bytes at `at`, which are there. Returns false when the layer ends here. */
export function recordData(p: Dissection, origin: number, type: number, at: number, length: number, record: number): boolean {
  const layout = LAYOUTS[type]
  if (layout !== undefined) return recordSteps(p, origin, layout, at, length) >= 0
  const end = at + length
  switch (type) {
    case 11:
      return recordWks(p, at, length)
    case 16:
      return recordTexts(p, R.txtLength, R.txt, at, end)
    case 99:
      return recordTexts(p, R.spfLength, R.spf, at, end)
    case 24:
    case 46:
      return recordSignature(p, origin, at, length)
    case 25:
    case 48:
    case 60:
      return recordKey(p, type, at, length)
    case 29:
      return recordLoc(p, at, length)
    case 30:
    case 47:
      return recordNsec(p, origin, type, at, end)
    case 50:
    case 51:
      return recordNsec3(p, type === 50, at, end)
    case 35:
      return recordNaptr(p, origin, at, length)
    case 38:
      return recordPrefixed(p, origin, at, end)
    case 41:
      return recordOptions(p, origin, at, end)
    case 42:
      return recordApl(p, at, end)
    case 45:
      return recordIpsecKey(p, origin, at, end)
    case 55:
      return recordHip(p, origin, at, end)
    case 64:
    case 65: {
      const used = recordSteps(p, origin, SERVICE, at, length)
      return used >= 0 && recordParameters(p, at + used, end)
    }
    case 249:
      return recordTkey(p, origin, at, end)
    case 250:
      return recordTsig(p, origin, at, end)
    case 257:
      return recordCaa(p, at, length)
    case 65281:
    case 65282:
      return recordWins(p, origin, type, at, end)
  }
  if (length === 0) return true
  p.note(SEVERITY_NOTE, `Records of type ${type} are shown as they are`, record, 0, M.undecodedType)
  p.add(M.data, at, length)
  return true
}

const SERVICE: readonly Step[] = [fixed(S.priority), name(S.target)]
