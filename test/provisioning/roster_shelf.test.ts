/** Rosters that were handed in to be checked: each officer's own, for a day, the newest few. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { Level } from 'level'
import { sha256Hex, type Clock } from '../../ca/index.ts'
import { createRosterShelf, maxShelved, shelfHours } from '../../provisioning/index.ts'

const start = Date.parse('2026-11-25T08:00:00Z')
const roster = (at: number): Uint8Array => new TextEncoder().encode(`roster ${String(at)}`)
const [one, two] = ['person:officer-1', 'person:officer-2']

async function shelfIn(t: ExecutionContext) {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-shelf-'))
  const scratch = new Level<string, string>(folder)
  t.teardown(async () => {
    await scratch.close()
    await rm(folder, { recursive: true })
  })
  let minutes = 0
  const clock = { now: () => new Date(start + minutes * 60_000) } as Clock
  const count = async (): Promise<number> => (await scratch.keys().all()).length
  return {
    shelf: createRosterShelf({ scratch, clock }),
    count,
    wait: (more: number) => {
      minutes += more
    },
  }
}

test('a roster is found by its hash, by the officer who handed it in alone', async (t) => {
  const { shelf } = await shelfIn(t)
  const name = await shelf.put(one, roster(1))
  t.is(name, sha256Hex(roster(1)))
  t.deepEqual(await shelf.get(one, name), roster(1))
  t.is(await shelf.get(two, name), undefined)
  t.is(await shelf.get('person:officer', name), undefined)
  t.is(await shelf.get(one, sha256Hex(roster(2))), undefined)
})

test('after a day it is gone, and cleared away with the next', async (t) => {
  const { shelf, wait, count } = await shelfIn(t)
  const name = await shelf.put(one, roster(1))
  wait(shelfHours * 60)
  t.deepEqual(await shelf.get(one, name), roster(1))
  wait(1)
  t.is(await shelf.get(one, name), undefined)
  await shelf.put(one, roster(2))
  t.is(await count(), 1)
})

test('an officer has the newest few, whatever others hand in', async (t) => {
  const { shelf, wait, count } = await shelfIn(t)
  await shelf.put(two, roster(0))
  for (let at = 1; at <= maxShelved + 2; at++) {
    await shelf.put(one, roster(at))
    wait(1)
  }
  t.is(await count(), maxShelved + 1)
  t.is(await shelf.get(one, sha256Hex(roster(2))), undefined)
  t.deepEqual(await shelf.get(one, sha256Hex(roster(3))), roster(3))
  t.deepEqual(await shelf.get(two, sha256Hex(roster(0))), roster(0))
})

test('the same roster again is one, and its day begins anew', async (t) => {
  const { shelf, wait, count } = await shelfIn(t)
  const name = await shelf.put(one, roster(1))
  wait(shelfHours * 60 - 1)
  await shelf.put(one, roster(1))
  wait(60)
  t.deepEqual(await shelf.get(one, name), roster(1))
  t.is(await count(), 1)
})
