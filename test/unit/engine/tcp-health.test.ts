import { expect, it } from 'vitest'
import { readConversations, tcpHealth } from '../../../src/engine/statistics.ts'
import { Talk } from '../protocols/talk.ts'
import { withCapture } from './support.ts'

const NO_TROUBLE = { retransmissions: 0, lostSegments: 0, outOfOrder: 0, duplicateAcks: 0, zeroWindows: 0 }

it('tells by side what was sent again and lost, and how long answers took', async () => {
  // One packet a second.
  const talk = new Talk().open().client('a question').server('an answer').client('the next one')
  const frames = talk.packets.map(({ bytes }) => bytes)
  const again = frames[5]!
  await withCapture([...frames, again], (capture) => {
    const [health] = tcpHealth(capture)
    expect(health).toEqual({
      initialRtt: 2,
      sides: [
        { ...NO_TROUBLE, retransmissions: 1, ackRtt: { min: 1, mean: 1, max: 1, samples: 2 } },
        { ...NO_TROUBLE, ackRtt: { min: 1, mean: 1, max: 1, samples: 2 } },
      ],
    })
  })
  // Without the question the answer acknowledges what nobody saw.
  await withCapture([...frames.slice(0, 3), ...frames.slice(4, 5), frames[5]!], (capture) => {
    expect(tcpHealth(capture)[0]!.sides[0].lostSegments).toBe(1)
  })
})

it('is found by the conversation, and nothing where the capture was not analysed', async () => {
  const frames = new Talk().open().packets.map(({ bytes }) => bytes)
  await withCapture(frames, async (capture) => {
    const { tcp } = await readConversations(capture, null, ['tcp'])
    expect(tcpHealth(capture)[tcp[0]!.flow]?.initialRtt).toBe(2)
    capture.memory.tcp.analysis = null
    expect(tcpHealth(capture)).toEqual([])
  })
})
