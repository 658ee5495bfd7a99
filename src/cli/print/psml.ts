// -T psml: Packet Summary Markup Language, as tshark writes it: the columns of the packet list, a packet each.

import { type Capture, Summariser, type TimeFormat, timeColumn } from '../../engine/printing.ts'
import type { Output } from '../output.ts'
import { escapeXml } from './escape.ts'
import type { Printer } from './printer.ts'

const COLUMNS = ['No.', 'Time', 'Source', 'Destination', 'Protocol', 'Length', 'Info']

export function createPsmlPrinter(capture: Capture, out: Output, time: TimeFormat): Printer {
  const clock = timeColumn(capture, time)
  const summariser = new Summariser(capture)
  const section = (text: string): void => out.text(`<section>${escapeXml(text)}</section>\n`)
  return {
    fields: undefined,
    begin() {
      out.text('<?xml version="1.0" encoding="utf-8"?>\n<psml version="0" creator="wiretail">\n<structure>\n')
      COLUMNS.forEach(section)
      out.text('</structure>\n\n')
    },
    packet(packet, _dissect, bytes, start) {
      const { source, destination, protocol, info } = summariser.of(packet, bytes, start)
      out.text('<packet>\n')
      for (const text of [String(packet), clock(packet), source, destination, protocol, String(capture.index.length(packet)), info])
        section(text)
      out.text('</packet>\n\n')
    },
    end() {
      out.text('</psml>\n')
    },
  }
}
