// Every protocol, one line each. The order is that of detection and of equal claims to a value: first come, first served.

import { notes } from '../core/note.ts'
import type { Protocol } from '../core/protocol.ts'
import { ah } from './ah.ts'
import { arp } from './arp.ts'
import { eth } from './eth.ts'
import { http } from './http.ts'
import { icmp } from './icmp.ts'
import { ip } from './ip.ts'
import { ipv6 } from './ipv6.ts'
import { nullLoopback } from './null.ts'
import { raw } from './raw.ts'
import { tcp } from './tcp.ts'
import { tls } from './tls.ts'
import { udp } from './udp.ts'

export { data } from './data.ts'
export { frame } from './frame.ts'

export const protocols: readonly Protocol[] = [notes, eth, nullLoopback, raw, arp, ip, ipv6, ah, icmp, tcp, udp, http, tls]
