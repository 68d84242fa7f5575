/**
 * `kill -9` at random moments of a loaded box: what was answered before is there afterwards, nothing is half-done, and whoever
 * repeats a request under its `Idempotency-Key` gets the same answer and does nothing twice.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { startBoxProcess } from '../../appliance/demo/box_process.ts'
import { dump, openStore } from '../ca/journal/places.ts'
import { check, isDown, openLedger, verifyAll, work } from './load.ts'
import { differingKeys, full, newFolder, run, sealbox, seed, seededNumbers } from './places.ts'

/** Kills; in full 50. */
const kills = full ? 50 : 5
const unitCount = 3
/** Workers that act at the same time, each on documents of its own. */
const workers = 4

test(`${String(kills)} kill -9 at random moments of a loaded box lose nothing that was answered (5 in CI, 50 in full; seed ${String(seed)})`, async (t) => {
  t.timeout(full ? 1_800_000 : 300_000)
  const folder = await newFolder()
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  const draw = seededNumbers('crash')
  let box = await startBoxProcess({ data })
  t.teardown(() => box.process.kill('SIGKILL'))
  const { port, pkiPort } = box.ready
  const ledger = await openLedger(box, unitCount)
  for (let kill = 0; kill < kills; kill++) {
    const ended = new Promise((resolve) => box.process.once('exit', resolve))
    const load = Array.from({ length: workers }, (_, lane) => work(ledger, lane, isDown))
    await pause(100 + draw(900))
    box.process.kill('SIGKILL')
    await Promise.all([...load, ended])
    box = await startBoxProcess({ data, port, pkiPort })
    await check(t, ledger)
  }
  t.true(ledger.acts > kills * 5, `${String(ledger.acts)} acts were answered`)
  t.log(`${String(ledger.acts)} acts answered, ${String(ledger.known.length)} documents`)
  await verifyAll(t, ledger)
  ledger.close()
  await box.stop()

  const verified = await run(sealbox, ['journal', 'verify', '--data', data, '--json'])
  t.is(verified.status, 0, verified.stdout)
  const live = await dumpOf(data)
  t.is((await run(sealbox, ['rebuild', '--data', data])).status, 0)
  t.deepEqual(differingKeys(await dumpOf(data), live), [])
})

async function dumpOf(data: string): Promise<Map<string, string>> {
  const store = await openStore(join(data, 'views'))
  const all = await dump(store)
  await store.close()
  return all
}
