/** A cache forgets what was used longest ago, and never holds more than its bound. */
import test from 'ava'
import fc from 'fast-check'
import { createLru } from '../../exchange/lru.ts'

test('what was used longest ago is forgotten first', (t) => {
  const lru = createLru<number>({ maxWeight: 2 })
  lru.set('a', 1)
  lru.set('b', 2)
  t.is(lru.get('a'), 1)
  lru.set('c', 3)
  t.deepEqual([lru.get('a'), lru.get('b'), lru.get('c')], [1, undefined, 3])
  lru.delete('a')
  t.is(lru.get('a'), undefined)
})

test('a value heavier than the bound is not kept, and takes the one before with it', (t) => {
  const lru = createLru<string>({ maxWeight: 3, weigh: (value) => value.length })
  lru.set('a', 'xx')
  lru.set('a', 'xxxx')
  t.is(lru.get('a'), undefined)
  t.is(lru.weight, 0)
})

test('whatever is set, the weights add up and stay within the bound', (t) => {
  const acts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(12)))
  fc.assert(
    fc.property(acts, (all) => {
      const lru = createLru<number>({ maxWeight: 10, weigh: (value) => value })
      for (const [key, value] of all) {
        if (value === 12) lru.delete(key)
        else lru.set(key, value)
      }
      const kept = ['a', 'b', 'c', 'd'].flatMap((key) => lru.get(key) ?? [])
      t.is(
        kept.reduce((sum, value) => sum + value, 0),
        lru.weight,
      )
      t.true(lru.weight <= 10)
    }),
    { seed: 1 },
  )
})
