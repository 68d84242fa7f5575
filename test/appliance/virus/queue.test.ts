/** Whose file the scanner looks at next: one unit, however much it sends, keeps no other from its turn. */
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import fc from 'fast-check'
import { createScanQueue } from '../../../appliance/virus/queue.ts'

test('of fifty files of one unit four are looked at or wait; one of another unit has its turn at once', async (t) => {
  const queue = createScanQueue(5000)
  const begun: string[] = []
  const slow = (unit: string) => (): Promise<string> => {
    begun.push(unit)
    return pause(100, 'scanned')
  }
  const many = Array.from({ length: 50 }, () => queue({ unit: 'a' }, slow('a')))
  t.is(await queue({ unit: 'b' }, slow('b')), 'scanned')
  t.true(begun.indexOf('b') <= 1)
  const done = await Promise.all(many)
  t.is(done.filter((one) => one === 'scanned').length, 4)
})

test('who waits too long goes without, and leaves its place to the next', async (t) => {
  const queue = createScanQueue(50)
  let free = (): void => undefined
  const first = queue(
    { unit: 'a' },
    () =>
      new Promise<string>(
        (resolve) =>
          (free = () => {
            resolve('a')
          }),
      ),
  )
  t.is(await queue({ unit: 'a' }, () => Promise.resolve('late')), undefined)
  const patient = queue({ unit: 'a', isPatient: true }, () => Promise.resolve('patient'))
  await pause(100)
  free()
  t.deepEqual(await Promise.all([first, patient]), ['a', 'patient'])
  t.is(await queue({ unit: 'a' }, () => Promise.resolve('again')), 'again')
})

test('work that fails gives its place back', async (t) => {
  const queue = createScanQueue(1000)
  for (let at = 0; at < 5; at++) {
    await t.throwsAsync(queue({ unit: 'a' }, () => Promise.reject(new Error('x'))))
  }
  t.is(await queue({ unit: 'a' }, () => Promise.resolve(1)), 1)
})

test('never more than two at once, never two of a unit, and all that stay have their turn', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ unit: fc.constantFrom('a', 'b', 'c', 'd'), isPatient: fc.boolean() })),
      async (asks) => {
        const queue = createScanQueue(10_000)
        const going: string[] = []
        const done = await Promise.all(
          asks.map((by) =>
            queue(by, async () => {
              going.push(by.unit)
              t.true(going.length <= 2)
              t.is(new Set(going).size, going.length)
              await pause(0)
              going.splice(going.indexOf(by.unit), 1)
              return true
            }),
          ),
        )
        const left = asks.filter((_, at) => done[at] === undefined)
        t.true(left.every(({ isPatient }) => !isPatient))
        return true
      },
    ),
    { seed: 7, numRuns: 50 },
  )
})
