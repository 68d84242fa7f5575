/** The board and the metrics: for administrators alone, and no word of what a unit does. */
import { Agent, request } from 'node:https'
import test from 'ava'
import { htmlText } from '../../../web/html.ts'
import { gathered, linePath, niceBytes, niceTop, plot, runsOf } from '../../../web/pages/plot.ts'
import { openTestBox, type Identity, type TestBox } from '../box_fixture.ts'
import { dispatched } from '../trip.ts'
import { browserOf, type Browser } from './browse.ts'

let box: TestBox
let administrator: Browser
let login: Identity

test.before(async () => {
  box = await openTestBox()
  login = (await box.appoint('administrator-1', 'administrator')).login
  administrator = browserOf(box, login)
  const [one, two] = box.units
  await dispatched({ issuers: [one], main: [two] })
})
test.after.always(() => box.close())

test('the board shows each unit, when it was heard of and until when it can log in', async (t) => {
  const { status, text } = await administrator.get('/presence', 'en')
  t.is(status, 200)
  for (const { unit } of box.units) t.true(text.includes(unit.shortName), unit.shortName)
  t.regex(text, /<svg[^>]*class="strip"/)
  t.regex(text, /Time of an answer/)
  const zh = await administrator.get('/presence?span=weeks')
  t.regex(zh.text, /最近五周/)
})

test('a plot of which little is known says why, and shows no scale', async (t) => {
  const empty = { '': /Written down every ten minutes/g, '?span=weeks': /Summed up by the hour/g }
  for (const [query, words] of Object.entries(empty)) {
    const { text } = await administrator.get(`/presence${query}`, 'en')
    t.is(text.match(words)?.length, 4)
    t.notRegex(text, /class="scale"|0 B|0\.0 ms/)
  }
  const options = { from: 0, to: 2, title: 'Answers', now: '3', empty: 'too little', words: String }
  const drawn = (...values: readonly (number | undefined)[]): string =>
    htmlText(
      plot({ ...options, points: values.map((value, at) => ({ at, value })), ends: ['a', 'b'] }),
    )
  t.regex(drawn(undefined, 3), /too little/)
  t.notRegex(drawn(2, 3), /too little/)
  t.regex(drawn(2, 3), /class="scale"/)
})

test('no document stands on the board, and its size is that of a page', async (t) => {
  const { text } = await administrator.get('/presence')
  t.notRegex(text, /document:|\/documents\//)
  t.true(text.length < 60_000)
})

test('metrics are figures in Prometheus’ text format, without a unit or a holder', async (t) => {
  await administrator.get('/presence')
  const { status, headers, text } = await box.request({ path: '/metrics', as: login })
  t.is(status, 200)
  t.regex(String(headers['content-type']), /^text\/plain; version=0\.0\.4/)
  t.regex(text, /^sealbox_journal_entries \d+$/m)
  t.regex(text, /^sealbox_check_state\{check="journal"\} 0$/m)
  t.regex(
    text,
    /sealbox_http_answer_seconds_bucket\{le="60",route="GET \/presence",status="2xx"\} \d/,
  )
  for (const { unit } of box.units) {
    for (const name of [unit.uscc, unit.shortName]) t.false(text.includes(name))
  }
  t.notRegex(text, /seat:|person:/)
})

test('a stranger’s paths do not become labels', async (t) => {
  for (const path of ['/no-such-1', '/no-such-2']) await box.request({ path, as: login })
  const { text } = await box.request({ path: '/metrics', as: login })
  t.notRegex(text, /no-such/)
  t.regex(text, /route="none",status="4xx"/)
})

for (const path of ['/metrics', '/presence']) {
  test(`${path} is refused to everybody else`, async (t) => {
    const [one] = box.units
    const auditor = await box.appoint(`auditor${String(path.length)}`, 'auditor')
    for (const as of [box.officer.login, auditor.login, one.keys.clerk, undefined]) {
      t.is((await box.request({ path, ...(as && { as }) })).status, as ? 403 : 401)
    }
  })
}

/** Opens a stream of news; gives the first word that it is asked. */
function listen(as: Identity): Promise<{ readonly word: string; readonly close: () => void }> {
  const agent = new Agent({ ca: box.rootPem, ...as })
  return new Promise((resolve, reject) => {
    const asking = request({ host: 'localhost', port: box.port, path: '/events', agent })
    asking.on('error', reject)
    asking.on('response', (response) => {
      response.on('error', () => undefined)
      response.setEncoding('utf8').on('data', (part: string) => {
        const word = /event: ping\ndata: (\S+)/.exec(part)?.[1]
        if (word === undefined) return
        const close = (): void => {
          asking.destroy()
          agent.destroy()
        }
        resolve({ word, close })
      })
    })
    asking.end()
  })
}

const form = (word: string) => ({
  method: 'POST',
  path: '/events/pong',
  body: new URLSearchParams({ word }).toString(),
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
})

test('an open page that answers has a round trip on the board, and nobody can answer for it', async (t) => {
  const [one, two] = box.units
  const roundTrip = async () =>
    (await box.parts.watch.board()).find(({ uscc }) => uscc === two.unit.uscc)?.roundTripMs
  const { word, close } = await listen(two.keys.clerk)
  t.is((await box.request({ ...form(word), as: one.keys.clerk })).status, 200)
  t.is((await box.request({ ...form('another'), as: two.keys.clerk })).status, 200)
  t.is(await roundTrip(), undefined)
  await box.request({ ...form(word), as: two.keys.clerk })
  t.true(Number(await roundTrip()) > 0)
  t.regex((await administrator.get('/presence', 'en')).text, /here<\/span/)
  close()
})

test('a line is broken where nothing is known, and a point alone is drawn', (t) => {
  const points = [1, 2, undefined, 4].map((value, at) => ({ at, value }))
  t.is(
    linePath(
      points,
      (at) => at,
      (value) => value,
    ),
    'M0.0 1.0h.1L1.0 2.0M3.0 4.0h.1',
  )
})

test('a strip is drawn in runs, and a scale ends at a round number', (t) => {
  t.deepEqual(runsOf([true, true, false, true]), [
    { from: 0, length: 2 },
    { from: 3, length: 1 },
  ])
  t.deepEqual([0, 0.3, 7, 12, 2000].map(niceTop), [1, 0.5, 10, 20, 2000])
  t.deepEqual([600, 3 * 1024, 228 * 1024 ** 2].map(niceBytes), [1000, 5 * 1024, 500 * 1024 ** 2])
  t.deepEqual(gathered([true, false, false, false, false], 2), [true, false, false])
})
