// The TLS sessions of the open capture.

import type { TlsReport } from '../../../engine/tls-sessions.ts'
import { emptyList, type ListSlice } from '../list-view.ts'

export type TlsState = ListSlice<TlsReport>

export const INITIAL_TLS: TlsState = emptyList()
