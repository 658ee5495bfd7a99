// What the readers need to know of link types; their names and dissection are elsewhere.

/** Most bytes of one packet that are believed, as in wiretap (WTAP_MAX_PACKET_SIZE_STANDARD and its exceptions). */
const STANDARD = 262_144
const LARGE = 128 * 1024 * 1024

// D-Bus messages, and USB transfers as usbmon, USBPcap and FreeBSD record them.
const LARGE_TYPES: ReadonlySet<number> = new Set([186, 189, 220, 231, 249, 266])
const EBHSCR = 279

/** A record that claims to hold more captured bytes than this is damaged. */
export function largestPacket(linkType: number): number {
  if (LARGE_TYPES.has(linkType)) return LARGE
  return linkType === EBHSCR ? LARGE / 4 : STANDARD
}

/** The link-type field of a pcap header: type in the low 16 bits, FCS length in units of 16 bits on top when its flag is set. */
export function splitLinkType(field: number): { linkType: number; fcsLength: number | undefined } {
  const present = (field & 0x0400_0000) !== 0
  return { linkType: field & 0xffff, fcsLength: present ? (field >>> 28) * 2 : undefined }
}
