/** The stream of news: whom it tells what, and how it ends. */
import { Agent, request } from 'node:https'
import test from 'ava'
import { openTestBox, type Identity, type TestBox } from './box_fixture.ts'
import { dispatched, drafted } from './trip.ts'

let box: TestBox
test.before(async () => {
  box = await openTestBox()
})
test.after.always(() => box.close())

interface Stream {
  readonly status: number
  /** All that came so far. */
  readonly words: () => string
  /** Resolves once `words` match, or after a while. */
  seen(pattern: RegExp): Promise<boolean>
  readonly ended: Promise<void>
  close(): void
}

function listen(as: Identity): Promise<Stream> {
  const agent = new Agent({ ca: box.rootPem, ...as })
  return new Promise((resolve, reject) => {
    const asking = request({ host: 'localhost', port: box.port, path: '/events', agent })
    asking.on('error', reject)
    asking.on('response', (response) => {
      let words = ''
      response.setEncoding('utf8').on('data', (part: string) => (words += part))
      const ended = new Promise<void>((done) => {
        response.on('close', done).on('error', () => {
          done()
        })
      })
      resolve({
        status: response.statusCode ?? 0,
        words: () => words,
        ended,
        close: () => {
          asking.destroy()
          agent.destroy()
        },
        seen: async (pattern) => {
          for (let tried = 0; tried < 3000; tried++) {
            if (pattern.test(words)) return true
            await new Promise((wait) => setTimeout(wait, 20))
          }
          return false
        },
      })
    })
    asking.end()
  })
}

/** For what comes within a second on a machine that does nothing else. */
const patienceMs = 60_000
const soon = (promise: Promise<void>, ms: number): Promise<boolean> =>
  Promise.race([
    promise.then(() => true),
    new Promise<boolean>((done) => setTimeout(done, ms, false)),
  ])

test.serial(
  'a leader hears of a draft that waits for them, a stranger unit does not, and no title goes out',
  async (t) => {
    const [one, two] = box.units
    const [leader, other] = await Promise.all([listen(one.keys.leader), listen(two.keys.clerk)])
    await drafted({ issuers: [one], main: [two] })
    t.true(await leader.seen(/event: news\ndata: \{"tasks":1,"new":true\}/))
    t.notRegex(leader.words(), /办公用房|通知/)
    t.notRegex(other.words(), /news/)
    leader.close()
    other.close()
  },
)

test.serial(
  'what one recipient does is told to the issuer, and to no other recipient',
  async (t) => {
    const [one, two, three] = box.units
    const { id } = await dispatched({ issuers: [one], main: [two, three] })
    const [issuer, other] = await Promise.all([listen(one.keys.leader), listen(three.keys.leader)])
    await other.seen(/event: state/)
    await two.clerk.signFor(id)
    t.true(await issuer.seen(/event: news\n.*"new":true/))
    t.notRegex(other.words(), /event: news/)
    issuer.close()
    other.close()
  },
)

test.serial(
  'a stream ends with its certificate’s revocation, and is refused afterwards',
  async (t) => {
    const gone = await box.appoint('officer-stream', 'officer')
    const kept = await box.appoint('auditor-stream', 'auditor')
    const [ending, going] = await Promise.all([listen(gone.login), listen(kept.login)])
    await box.revoke(gone.login)
    t.true(await soon(ending.ended, patienceMs))
    t.false(await soon(going.ended, 200))
    t.is((await listen(gone.login)).status, 401)
    going.close()
  },
)

test.serial('of many streams of one person the oldest ends', async (t) => {
  const one = await box.appoint('auditor-tabs', 'auditor')
  const streams: Stream[] = []
  for (let at = 0; at < 5; at++) streams.push(await listen(one.login))
  t.true(await soon(streams[0]?.ended ?? Promise.resolve(), patienceMs))
  t.false(await soon(streams[1]?.ended ?? Promise.resolve(), 200))
  for (const stream of streams) stream.close()
})
