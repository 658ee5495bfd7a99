// The certificates that the TLS sessions of a capture show, as PEM: each chain as it was sent, the sender's own certificate first.

import { safeText } from '../bytes/text.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { writePem } from '../crypto/pem.ts'
import { readCertificate } from '../crypto/x509.ts'
import { formatRfc4514 } from '../crypto/x509-names.ts'
import type { CompiledFilter } from '../filter/index.ts'
import type { Capture } from './capture.ts'
import type { Side } from './exposure/facts.ts'
import { collectTls } from './tls-collect.ts'

export interface ShownChain {
  /** tcp.stream */
  readonly stream: number
  /** Whose certificates they are. */
  readonly from: Side
  /** Packet in which they are complete. */
  readonly packet: number
  readonly certificates: readonly ShownCertificate[]
}

export interface ShownCertificate {
  /** RFC 4514, safe to print; '' when the certificate is damaged. */
  readonly subject: string
  readonly issuer: string
  readonly sha256: string
  /** With two lines of words before the block, which readers of PEM pass over. */
  readonly pem: string
}

/** Reads the capture to its end. With a filter: chains of connections with a packet that matches; `stream`: of this one only. */
export async function readChains(capture: Capture, filter: CompiledFilter | null = null, stream = -1): Promise<ShownChain[]> {
  const facts = await collectTls(capture, filter)
  return facts.conversations
    .filter((one) => stream < 0 || one.stream === stream)
    .toSorted((one, other) => one.stream - other.stream)
    .flatMap(({ stream: number, tls }): ShownChain[] =>
      tls === null
        ? []
        : [
            { stream: number, from: 'server' as const, packet: tls.certificatePacket, certificates: tls.certificates.map(showCertificate) },
            {
              stream: number,
              from: 'client' as const,
              packet: tls.clientCertificatePacket,
              certificates: tls.clientCertificates.map(showCertificate),
            },
          ].filter(({ certificates }) => certificates.length > 0),
    )
}

function showCertificate(bytes: Uint8Array): ShownCertificate {
  const read = readCertificate(bytes)
  const subject = read.ok ? safeText(formatRfc4514(read.value.subject)) : ''
  const issuer = read.ok ? safeText(formatRfc4514(read.value.issuer)) : ''
  const words = read.ok ? `Subject: ${subject}\nIssuer: ${issuer}\n` : ''
  return { subject, issuer, sha256: sha256Hex(bytes), pem: `${words}${writePem('CERTIFICATE', bytes)}` }
}
