import { CONVERSATION_KINDS, type ConversationKind } from '../../engine/statistics.ts'
import { UsageError } from '../args.ts'

/** The layers that --kind names, separated by commas. */
export function parseKinds(text: string | undefined, otherwise: readonly ConversationKind[]): readonly ConversationKind[] {
  if (text === undefined) return otherwise
  return text.split(',').map((word) => {
    const kind = CONVERSATION_KINDS.find((one) => one === word.trim())
    if (kind === undefined)
      throw new UsageError(`"${word}" is no kind of conversation. Choose ${CONVERSATION_KINDS.join(', ')}: --kind tcp,udp`)
    return kind
  })
}
