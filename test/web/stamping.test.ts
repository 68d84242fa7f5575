/** Time-stamps over HTTP: the path before Koa, what it leaves to Koa, and the quota that keeps strangers from flooding the journal. */
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import test from 'ava'
import * as der from '../../ca/der/write.ts'
import { oids } from '../../ca/oids.ts'
import { createPkiHandler } from '../../web/index.ts'
import { createStampQuota } from '../../web/stamp_quota.ts'
import { openTestBox, type TestBox } from './box_fixture.ts'

let box: TestBox

test.before(async () => {
  box = await openTestBox()
})
test.after.always(() => box.close())

const asked = der.sequence(
  der.integer(1),
  der.sequence(
    der.sequence(der.objectIdentifier(oids.sha256)),
    der.octetString(new Uint8Array(32)),
  ),
)

/** A PKI port with a quota of its own, whose minute does not end. */
async function port(stampsPerMinute: number, openTimeStamping = true) {
  const now = box.box.parts.clock.now()
  const clock = { ...box.box.parts.clock, now: () => now }
  const parts = { ...box.box.parts, clock, limits: { stampsPerMinute } }
  const server = createServer(createPkiHandler(parts, { openTimeStamping }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = (server.address() as AddressInfo).port
  return {
    at,
    post: (body: Uint8Array, path = '/tsa') =>
      fetch(`http://127.0.0.1:${String(at)}${path}`, { method: 'POST', body: Buffer.from(body) }),
    close: () => server.close(),
  }
}

test.serial(
  'a stranger has so many time-stamps a minute, then 429 with Retry-After and words, and no entry',
  async (t) => {
    const { post, close } = await port(3)
    t.teardown(close)
    for (let i = 0; i < 3; i++) {
      const answer = await post(asked)
      t.is(answer.status, 200)
      t.is(answer.headers.get('content-type'), 'application/timestamp-reply')
      t.is(answer.headers.get('x-content-type-options'), 'nosniff')
      await answer.arrayBuffer()
    }
    const before = box.box.journal.size
    const refused = await post(asked)
    t.is(refused.status, 429)
    const wait = Number(refused.headers.get('retry-after'))
    t.true(wait >= 1 && wait <= 60)
    t.like(await refused.json(), { code: 'TOO_MANY_REQUESTS' })
    t.is(box.box.journal.size, before)
  },
)

test.serial(
  'a production box stamps nothing for strangers before it has two officers',
  async (t) => {
    const { parts } = box.box
    const facts = { ...parts.box, mode: 'production' } as const
    const server = createServer(
      createPkiHandler({ ...parts, box: facts }, { openTimeStamping: true }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/tsa`
    // The second one says no length, and goes by another way.
    const whole = new Blob([Buffer.from(asked)]).stream()
    for (const init of [{ body: Buffer.from(asked) }, { body: whole, duplex: 'half' }]) {
      const answer = await fetch(url, { method: 'POST', ...init })
      t.like(await answer.json(), { code: 'BOX_NEEDS_OFFICERS' })
    }
  },
)

test.serial('the box itself has no quota', async (t) => {
  const { post, close } = await port(0)
  t.teardown(close)
  t.is((await post(asked)).status, 429)
  await t.notThrowsAsync(box.box.parts.timeStamping.stamp(new Uint8Array(32)))
})

test.serial('where time-stamping is not open to strangers, the path is not there', async (t) => {
  const { post, close } = await port(100, false)
  t.teardown(close)
  t.is((await post(asked)).status, 404)
})

test.serial(
  'what is too large, empty, chunked or cut short is answered as before, or not at all',
  async (t) => {
    const { at, post, close } = await port(100)
    t.teardown(close)
    t.is((await post(new Uint8Array(17 * 1024))).status, 413)
    const empty = await post(new Uint8Array())
    t.is(empty.status, 200)
    t.is(empty.headers.get('content-type'), 'application/timestamp-reply')
    const chunked = await fetch(`http://127.0.0.1:${String(at)}/tsa`, {
      method: 'POST',
      body: new Blob([Buffer.from(asked)]).stream(),
      duplex: 'half',
    } as RequestInit)
    t.is(chunked.status, 200)
    const socket = connect(at, '127.0.0.1')
    socket.write('POST /tsa HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf')
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    t.is((await post(asked)).status, 200, 'and the next one is served')
  },
)

test.serial('quota: each source by itself, strangers together, and anew each minute', (t) => {
  let now = Date.parse('2026-01-01T00:00:10.500Z')
  const quota = createStampQuota({
    clock: { now: () => new Date(now), timeSource: 'host', state: 'confirmed' },
    perMinute: 2,
  })
  const taken = (source: string): boolean => {
    try {
      quota.take(source)
      return true
    } catch (error) {
      t.like(error, { code: 'TOO_MANY_REQUESTS', details: { retryAfterSeconds: 50 } })
      return false
    }
  }
  t.deepEqual(['seat:a', 'seat:a', 'seat:a', 'seat:b'].map(taken), [true, true, false, true])
  const strangers = Array.from({ length: 8 }, (_, i) => `anonymous:10.0.0.${String(i)}`)
  t.deepEqual(strangers.map(taken), [true, true, true, true, true, true, false, false])
  t.true(taken('seat:c'), 'strangers take nothing from who has a certificate')
  now += 60_000
  t.true(taken('seat:a') && taken('anonymous:10.0.0.7'))
})
