/** The small limits by themselves: sources, refused attempts, room for uploads, and what the journal is told of a crowd. */
import type { Context } from 'koa'
import test from 'ava'
import type { EntryDraft } from '../../ca/index.ts'
import { createAttempts } from '../../web/attempts.ts'
import { WebError } from '../../web/errors.ts'
import { createRefusals } from '../../web/refusals.ts'
import { createRoom } from '../../web/room.ts'
import { networkOf } from '../../web/source.ts'
import type { Parts } from '../../web/types.ts'

/** A clock that a test moves on. */
function handClock() {
  let at = Date.parse('2026-01-01T00:00:30Z')
  const clock = { now: () => new Date(at), timeSource: 'host', state: 'confirmed' } as const
  return { clock, pass: (ms: number) => (at += ms) }
}

const full = { instanceOf: WebError, message: /too (often|many)/ }

test('a source is an IPv4 address, or the 64 bits of IPv6 that one subscriber has', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ]
  for (const [address, network] of cases) t.is(networkOf(address), network, address)
})

test('refused attempts are counted by source and minute, and forgotten with the minute', (t) => {
  const { clock, pass } = handClock()
  const attempts = createAttempts({ clock, perMinute: 3 })
  for (let at = 0; at < 3; at++) {
    t.notThrows(() => {
      attempts.requireFew('a')
    })
    attempts.refused('a')
  }
  t.throws(() => {
    attempts.requireFew('a')
  }, full)
  t.notThrows(() => {
    attempts.requireFew('b')
  })
  pass(60_000)
  t.notThrows(() => {
    attempts.requireFew('a')
  })
})

test('sources beyond the ten-thousandth share one count, so that a crowd takes no memory', (t) => {
  const { clock } = handClock()
  const attempts = createAttempts({ clock, perMinute: 3 })
  for (let at = 0; at < 10_000; at++) attempts.refused(String(at))
  for (const source of ['x', 'y', 'z']) attempts.refused(source)
  t.throws(() => {
    attempts.requireFew('another')
  }, full)
  t.notThrows(() => {
    attempts.requireFew('5')
  })
})

test('room is had by all together and half of it by one, and comes back once', (t) => {
  const room = createRoom(100)
  const leave = room.take('a', 50)
  t.throws(() => room.take('a', 1), full)
  const other = room.take('b', 40)
  t.throws(() => room.take('c', 11), full)
  leave()
  leave()
  t.notThrows(() => room.take('c', 50))
  t.throws(() => room.take('d', 11), full)
  other()
  t.notThrows(() => room.take('d', 50))
})

test('a crowd of addresses is a hundred sources and one more to the journal; who is known is told apart', async (t) => {
  const { clock } = handClock()
  const told: EntryDraft[] = []
  const journal = {
    commit: ({ entries }: { entries: EntryDraft[] }) => Promise.resolve(told.push(...entries)),
  }
  const refusals = createRefusals({ clock, journal } as unknown as Parts)
  const note = (address: string, actor?: object): Promise<void> => {
    const koa = { method: 'POST', state: { actor }, req: { socket: { remoteAddress: address } } }
    return refusals.note(koa as unknown as Context, new WebError('ROLE_WRONG', 'no'))
  }
  for (let at = 0; at < 1000; at++) await note(`10.0.${String(at >> 8)}.${String(at & 255)}`)
  t.is(told.length, 101)
  await note('10.0.0.1', { holder: 'seat:x/clerk', certificate: 'c' })
  await note('10.0.0.1', { holder: 'seat:x/clerk', certificate: 'c' })
  t.is(told.length, 102)
  t.is(told.at(-1)?.actor.holder, 'seat:x/clerk')
})
