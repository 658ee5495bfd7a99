// Numbers of the Linux cooked capture header: LINKTYPE_LINUX_SLL.

import type { Names } from '../../core/field.ts'

export const packetTypes: Names = {
  0: 'Unicast to us',
  1: 'Broadcast',
  2: 'Multicast',
  3: 'Unicast to another host',
  4: 'Sent by us',
}

export const linuxProtocols: Names = {
  1: 'Raw 802.3',
  3: 'Ethernet',
  4: '802.2 LLC',
  7: 'PPP (HDLC)',
  12: 'CAN',
  13: 'CAN FD',
  23: 'IrDA LAP',
  245: 'ISI',
  246: 'IEEE 802.15.4',
}
