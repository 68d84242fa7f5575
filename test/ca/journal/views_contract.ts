/** What `Views` keep over any store: order, ranges, and that a damaged value is never handed out. */
import type { ExecutionContext, TestFn } from 'ava'
import { createViews, type Store } from '../../../ca/journal/index.ts'
import { encodeRecord } from '../../../ca/journal/views.ts'
import { collect, full, seed, seededRandom } from './places.ts'

/** Declares the tests for views over the stores that `open` makes. */
export function viewsContract(
  test: TestFn,
  name: string,
  open: (t: ExecutionContext) => Promise<Store>,
): void {
  test(`${name}: records are scanned in key order, both ways, with limit and continuation`, async (t) => {
    const store = await open(t)
    const views = createViews(store)
    const keys = ['a/1', 'a/10', 'a/2', 'a/\u{1f4dc}', 'a/\uffee', 'b/1', '!c', 'a']
    for (const key of keys) await fill(store, key)
    await store.put('\u0000own', new Uint8Array(9))
    const scan = async (...ask: Parameters<typeof views.scan>): Promise<string[]> =>
      (await collect(views.scan(...ask))).map(({ key }) => key)
    const inA = ['a/1', 'a/10', 'a/2', 'a/\uffee', 'a/\u{1f4dc}']
    t.deepEqual(await scan('a/'), inA)
    t.deepEqual(await scan('a/', { reverse: true }), inA.toReversed())
    t.deepEqual(await scan('a/', { limit: 2 }), inA.slice(0, 2))
    t.deepEqual(await scan('a/', { after: 'a/10' }), inA.slice(2))
    t.deepEqual(await scan('a/', { after: 'a/2', reverse: true, limit: 1 }), ['a/10'])
    t.deepEqual(await scan('a/', { after: 'b/1' }), [])
    t.deepEqual(await scan('a/', { after: 'a' }), inA)
    t.deepEqual(await scan(''), ['!c', 'a', ...inA, 'b/1'])
    t.deepEqual(await scan('', { after: 'a/\uffee' }), ['a/\u{1f4dc}', 'b/1'])
    t.deepEqual(await scan('nothing'), [])
  })

  const flips = full ? Infinity : 24
  test(`${name}: a flipped bit in a value is VIEW_DAMAGED and names the key (all bits in full, else ${String(flips)}; seed ${String(seed)})`, async (t) => {
    const store = await open(t)
    const views = createViews(store)
    await fill(store, 'unit/1')
    const stored = await store.get('unit/1')
    if (stored === undefined) throw new Error('not stored')
    const bits = stored.length * 8
    const draw = new DataView(seededRandom()(4 * bits).buffer)
    const tried = Array.from({ length: bits }, (_, at) => at)
    const chosen = full ? tried : tried.slice(0, flips).map((at) => draw.getUint32(4 * at) % bits)
    for (const bit of chosen) {
      const flipped = new Uint8Array(stored)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await store.put('unit/1', flipped)
      const damaged = { code: 'VIEW_DAMAGED', message: /unit\/1/ }
      await t.throwsAsync(views.get('unit/1'), damaged)
      await t.throwsAsync(views.getMany(['unit/2', 'unit/1']), damaged)
      await t.throwsAsync(collect(views.scan('unit/')), damaged)
    }
    await store.put('unit/1', new Uint8Array())
    await t.throwsAsync(views.get('unit/1'), { code: 'VIEW_DAMAGED' })
    await store.put('unit/1', stored)
    t.deepEqual(await views.get('unit/1'), { version: 7, value: { name: 'unit/1' } })
  })

  test(`${name}: a whole value under another key is VIEW_DAMAGED`, async (t) => {
    const store = await open(t)
    await fill(store, 'unit/1')
    await store.put('unit/2', (await store.get('unit/1')) ?? new Uint8Array())
    await t.throwsAsync(createViews(store).get('unit/2'), { code: 'VIEW_DAMAGED' })
  })

  test(`${name}: a read that comes late opens no store that was closed`, async (t) => {
    const store = await open(t)
    const views = createViews(store)
    await fill(store, 'unit/1')
    await store.close()
    await t.throwsAsync(views.get('unit/1'))
    await t.throwsAsync(views.getMany(['unit/1']))
    t.is(store.status, 'closed')
  })
}

async function fill(store: Store, key: string): Promise<void> {
  await store.put(key, encodeRecord(key, { version: 7, value: { name: key } }))
}
