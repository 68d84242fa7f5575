/** A thread that is asked: it answers, breaks, hangs, or is called off, and a run goes on with the next file. */
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { converse } from '../../../web/verifier/conversation.ts'
import type { JudgeAnswer, JudgeQuestion } from '../../../web/verifier/judge/messages.ts'
import { startRun, type Outcome } from '../../../web/verifier/judge/run.ts'

/** A thread whose behaviour the test decides, behind the interface of a Worker. */
function thread(
  answer: (question: JudgeQuestion, reply: (given: JudgeAnswer) => void, fail: () => void) => void,
) {
  const target = new EventTarget()
  let ended = false
  return Object.assign(target, {
    isEnded: () => ended,
    terminate: () => {
      ended = true
    },
    postMessage: (question: JudgeQuestion) => {
      answer(
        question,
        (data) => {
          if (!ended) target.dispatchEvent(new MessageEvent('message', { data }))
        },
        () => target.dispatchEvent(new Event('error', { cancelable: true })),
      )
    },
  })
}

const by = {
  ...{ trust: [], certificates: [], crls: [], statements: [], dispatches: [], attachments: [] },
  at: new Date(0),
}

test('a thread that breaks, hangs or is called off is ended and not asked again', async (t) => {
  const broken = thread((_, __, fail) => {
    fail()
  })
  const one = converse<JudgeQuestion, JudgeAnswer>(broken, 1000)
  t.is((await one.ask({ ask: 'set-up', by })).answer, 'broken')
  t.true(broken.isEnded() && one.isOver)
  t.is((await one.ask({ ask: 'set-up', by })).answer, 'broken')
  const hanging = converse<JudgeQuestion, JudgeAnswer>(
    thread(() => undefined),
    5,
  )
  t.is((await hanging.ask({ ask: 'set-up', by })).answer, 'too-long')
  const stopped = converse<JudgeQuestion, JudgeAnswer>(
    thread(() => undefined),
    60_000,
  )
  const waiting = stopped.ask({ ask: 'set-up', by })
  stopped.end()
  t.is((await waiting).answer, 'called-off')
})

test('a file that breaks the thread is said to have no verdict, and the next one has a new thread', async (t) => {
  const told: (readonly [number, Outcome['state']])[] = []
  let started = 0
  const run = startRun({
    by,
    groups: [['a.pdf'], ['breaks.pdf'], ['c.pdf']],
    fileOf: (name) => new File([], name),
    start: () => {
      started++
      return thread((question, reply, fail) => {
        if (question.ask === 'set-up') reply({ answer: 'ready' })
        else if (question.group[0]?.name === 'breaks.pdf') fail()
        else reply({ answer: 'unreadable' })
      }) as unknown as Worker
    },
    tell: (index, { state }) => told.push([index, state]),
  })
  await run.done
  t.deepEqual(
    told.filter(([, state]) => state !== 'judging'),
    [
      [0, 'unreadable'],
      [1, 'broken'],
      [2, 'unreadable'],
    ],
  )
  t.is(started, 2)
})

test('what was called off has no verdict', async (t) => {
  const told = new Map<number, Outcome['state']>()
  const run = startRun({
    by,
    groups: [['a.pdf'], ['b.pdf']],
    fileOf: (name) => new File([], name),
    start: () =>
      thread((question, reply) => {
        if (question.ask === 'set-up') reply({ answer: 'ready' })
      }) as unknown as Worker,
    tell: (index, { state }) => told.set(index, state),
  })
  await pause(5)
  run.callOff()
  await run.done
  t.deepEqual([...told.values()], ['called-off', 'called-off'])
})
