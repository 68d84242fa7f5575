/** Turns: one after the other by name, side by side by different names, and nobody is stopped by another's failure. */
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { createTurns } from '../../exchange/turns.ts'

test('work of one name is done in the order in which it came, also after a failure', async (t) => {
  const inTurn = createTurns()
  const done: string[] = []
  const work = (name: string, ms: number) => async (): Promise<string> => {
    await pause(ms)
    done.push(name)
    if (name.startsWith('bad')) throw new Error(name)
    return name
  }
  const all = [
    inTurn('a', work('a1', 20)),
    inTurn('a', work('bad', 5)),
    inTurn('a', work('a2', 0)),
    inTurn('b', work('b1', 1)),
  ]
  const settled = await Promise.allSettled(all)
  t.deepEqual(done, ['b1', 'a1', 'bad', 'a2'])
  t.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  )
  t.is(await inTurn('a', work('a3', 0)), 'a3')
})
