/** Turns at what is slow: who asks for much waits for themselves. */
import test from 'ava'
import { createGate } from '../../web/gate.ts'

const tick = (): Promise<void> => new Promise((done) => setTimeout(done, 1))

test('a source has so many going at once, in the order of asking; another one does not wait for it', async (t) => {
  const gate = createGate(2)
  const begun: string[] = []
  const ends: (() => void)[] = []
  const work = (name: string) => (): Promise<string> => {
    begun.push(name)
    return new Promise((done) => {
      ends.push(() => {
        done(name)
      })
    })
  }
  const all = ['a1', 'a2', 'a3', 'a4'].map((name) => gate.run('a', work(name)))
  await tick()
  t.deepEqual(begun, ['a1', 'a2'])
  const other = gate.run('b', work('b1'))
  await tick()
  t.deepEqual(begun, ['a1', 'a2', 'b1'])
  while (ends.length > 0) {
    ends.shift()?.()
    await tick()
  }
  t.deepEqual(await Promise.all([...all, other]), ['a1', 'a2', 'a3', 'a4', 'b1'])
  t.deepEqual(begun, ['a1', 'a2', 'b1', 'a3', 'a4'])
})

test('what fails gives its place on', async (t) => {
  const gate = createGate(1)
  const failing = gate.run('a', () => Promise.reject(new Error('no')))
  const next = gate.run('a', () => Promise.resolve('yes'))
  await t.throwsAsync(failing, { message: 'no' })
  t.is(await next, 'yes')
  t.is(await gate.run('a', () => Promise.resolve('again')), 'again')
})

test('of one source no more than 60 wait', async (t) => {
  const gate = createGate(1)
  let end: () => void = () => undefined
  const first = gate.run('a', () => new Promise<void>((done) => (end = done)))
  const waiting = Array.from({ length: 60 }, () => gate.run('a', tick))
  await t.throwsAsync(gate.run('a', tick), { code: 'TOO_MANY_REQUESTS' } as object)
  await t.notThrowsAsync(gate.run('b', tick))
  end()
  await Promise.all([first, ...waiting])
})
