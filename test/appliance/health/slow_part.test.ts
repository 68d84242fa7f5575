/** A part of the box that does not answer does not make it blind: it says how it is all the same, and in time. */
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { createAsk } from '../../../appliance/health/ask.ts'
import { askHealth } from '../../../appliance/health/line.ts'
import { newFolder } from '../places.ts'
import { openTestBox } from '../../web/box_fixture.ts'

test('a clamd that says its version and nothing more leaves the box able to say so within its patience', async (t) => {
  const folder = await newFolder()
  const socket = join(folder, 'clamd')
  const mute = createServer((line) => {
    line.on('error', () => undefined)
    line.once('data', (word: Buffer) => {
      if (word.toString().startsWith('zVERSION')) line.end('ClamAV 1.4.6\0')
    })
  }).listen(socket)
  await once(mute, 'listening')
  const box = await openTestBox({ virus: { socket } })
  t.teardown(async () => {
    await box.close()
    mute.close()
    await rm(folder, { recursive: true })
  })
  for (let asked = 0; asked < 2; asked++) {
    const report = await askHealth(box.directory, { patienceMs: 60_000 })
    const virus = report?.checks.find(({ code }) => code === 'virus')
    t.is(virus?.state, 'bad')
    t.regex(virus?.en.value ?? '', /does not answer/)
  }
})

test('a part that is slow counts with its last word, is not asked twice at once, and is heard again', async (t) => {
  const answers: ((units: number) => void)[] = []
  const ask = createAsk(
    {
      presence: () =>
        new Promise((resolve) =>
          answers.push((units) => {
            resolve({ units, silent: 0, lastSeen: undefined, isAlone: false })
          }),
        ),
      evidence: () => Promise.resolve(undefined),
    },
    { firstMs: 200, againMs: 20, silentMs: 60_000 },
  )
  const units = async (): Promise<number | undefined> => (await ask()).presence?.units
  t.is(await units(), undefined)
  t.is(await units(), undefined)
  t.is(answers.length, 1)
  answers[0]?.(3)
  t.is(await units(), 3)
  t.is(await units(), 3, 'its last word')
  t.is(answers.length, 2)
  answers[1]?.(4)
  await units()
  t.is(await units(), 4)
})

test('a part that fails is said to fail', async (t) => {
  const ask = createAsk({ presence: () => Promise.reject(new Error('no history')) })
  await t.throwsAsync(ask(), { message: 'no history' })
  await t.throwsAsync(ask(), { message: 'no history' })
})

test('a part that never answers again is named as silent, and its last word no longer counts as how it is', async (t) => {
  let asked = 0
  const ask = createAsk(
    {
      presence: () =>
        ++asked === 1
          ? Promise.resolve({ units: 3, silent: 0, lastSeen: undefined, isAlone: false })
          : new Promise(() => undefined),
      evidence: () => Promise.resolve(undefined),
    },
    { firstMs: 20, againMs: 20, silentMs: 10_000 },
  )
  t.is((await ask()).silent, undefined)
  t.is((await ask()).silent, undefined)
  await sleep(10_100)
  t.deepEqual((await ask()).silent, ['presence'])
})
