// Every protocol, one line each. The order is that of detection and of equal claims to a value: first come, first served.

import { notes } from '../core/note.ts'
import type { Protocol } from '../core/protocol.ts'
import { ah } from './ah.ts'
import { arcnet } from './arcnet.ts'
import { arp } from './arp.ts'
import { capwapData } from './capwap.ts'
import { cfp } from './cfp.ts'
import { chdlc } from './chdlc.ts'
import { cmd } from './cmd.ts'
import { coap } from './coap.ts'
import { dataTextLines } from './data-text-lines.ts'
import { dhcp } from './dhcp.ts'
import { dhcpv6 } from './dhcpv6.ts'
import { dns, llmnr, mdns } from './dns.ts'
import { enc } from './enc.ts'
import { erspan } from './erspan.ts'
import { etag } from './etag.ts'
import { eth } from './eth.ts'
import { etherip } from './etherip.ts'
import { fernet } from './fernet.ts'
import { fr } from './fr.ts'
import { geneve } from './geneve.ts'
import { gre } from './gre.ts'
import { gtp } from './gtp.ts'
import { http, ssdp } from './http.ts'
import { http2 } from './http2.ts'
import { icmp } from './icmp.ts'
import { icmpv6 } from './icmpv6.ts'
import { ieee8021ad } from './ieee8021ad.ts'
import { ieee8021ah } from './ieee8021ah.ts'
import { igmp } from './igmp.ts'
import { png } from './image-png.ts'
import { ip } from './ip.ts'
import { ipcomp } from './ipcomp.ts'
import { ipnet } from './ipnet.ts'
import { ipoib } from './ipoib.ts'
import { ipv6 } from './ipv6.ts'
import { json } from './json.ts'
import { l2tp } from './l2tp.ts'
import { lispData } from './lisp.ts'
import { llc } from './llc.ts'
import { lldp } from './lldp.ts'
import { macsec } from './macsec.ts'
import { media } from './media.ts'
import { mimeMultipart } from './mime-multipart.ts'
import { mpls } from './mpls.ts'
import { nbns } from './nbns.ts'
import { nflog } from './nflog.ts'
import { nsh } from './nsh.ts'
import { ntp } from './ntp.ts'
import { nullLoopback } from './null.ts'
import { pflog } from './pflog.ts'
import { pim } from './pim.ts'
import { ppp } from './ppp.ts'
import { pppoed, pppoes } from './pppoe.ts'
import { pwethcw } from './pwethcw.ts'
import { quic } from './quic.ts'
import { radiotap } from './radiotap.ts'
import { raw } from './raw.ts'
import { sctp } from './sctp.ts'
import { sflow } from './sflow.ts'
import { sll } from './sll.ts'
import { stp } from './stp.ts'
import { syslog } from './syslog.ts'
import { tcp } from './tcp.ts'
import { teredo } from './teredo.ts'
import { tftp } from './tftp.ts'
import { tls, tlsInQuic } from './tls.ts'
import { trill } from './trill.ts'
import { udp } from './udp.ts'
import { urlencodedForm } from './urlencoded-form.ts'
import { vlan } from './vlan.ts'
import { vntag } from './vntag.ts'
import { vxlan } from './vxlan.ts'
import { websocket } from './websocket.ts'
import { wlan } from './wlan.ts'
import { xml } from './xml.ts'

export { data } from './data.ts'
export { frame } from './frame.ts'

export const protocols: readonly Protocol[] = [
  notes,
  eth,
  vlan,
  ieee8021ad,
  llc,
  nullLoopback,
  raw,
  sll,
  arp,
  ip,
  ipv6,
  ah,
  icmp,
  icmpv6,
  tcp,
  udp,
  quic,
  http,
  http2,
  websocket,
  tls,
  tlsInQuic,
  ssdp,
  coap,
  dns,
  mdns,
  nbns,
  llmnr,
  dhcp,
  dhcpv6,
  ntp,
  tftp,
  syslog,
  mpls,
  pppoes,
  pppoed,
  ppp,
  pwethcw,
  wlan,
  gre,
  erspan,
  vxlan,
  geneve,
  gtp,
  teredo,
  ieee8021ah,
  etag,
  cmd,
  nsh,
  l2tp,
  lispData,
  capwapData,
  dataTextLines,
  json,
  urlencodedForm,
  xml,
  media,
  mimeMultipart,
  png,
  fernet,
  igmp,
  sctp,
  stp,
  lldp,
  chdlc,
  arcnet,
  cfp,
  enc,
  etherip,
  fr,
  ipcomp,
  ipnet,
  ipoib,
  macsec,
  nflog,
  pflog,
  pim,
  radiotap,
  sflow,
  trill,
  vntag,
]
