/** Live news in a real browser: one stream however many tabs, heard in all of them, and handed on when its tab is closed. */
import test from 'ava'
import { tapServers } from '../appliance/traffic.ts'
import { openTestBox, type TestBox } from '../web/box_fixture.ts'
import { drafted } from '../web/trip.ts'
import { chooseCertificates, newPerson } from './person.ts'

const traffic = tapServers()
let box: TestBox
let undo: () => void
test.before(async () => {
  box = await openTestBox()
  undo = chooseCertificates()
})
test.after.always(async () => {
  undo()
  await box.close()
  traffic.stop()
})

/** Tabs behind are not painted, and so not asked at each paint. */
const background = { polling: 200 }

const streams = (): number =>
  Buffer.concat(
    [...traffic.all()].filter(([name]) => name.endsWith(' in')).map(([, bytes]) => bytes),
  )
    .toString('latin1')
    .split('GET /events ').length - 1

test('eight tabs share one stream, all hear of new work, and the stream outlives its tab', async (t) => {
  t.timeout(120_000)
  const [one, two] = box.units
  const leader = await newPerson({ rootPem: box.rootPem })
  t.teardown(() => leader.close())
  leader.importKey(one.keys.leader)
  await leader.restart()
  const tabs = [leader.page]
  while (tabs.length < 8) tabs.push(await leader.context.newPage())
  for (const tab of tabs) {
    await tab.goto(`https://localhost:${String(box.port)}/`)
    await tab.waitForSelector('h1')
  }
  const [first] = tabs
  if (first === undefined) throw new TypeError('a tab')
  await first.waitForSelector('[data-live-state="on"]')
  t.is(streams(), 1)

  await drafted({ issuers: [one], main: [two] })
  // In front or behind: the number stands in each tab's title, or the page has loaded itself anew.
  for (const tab of tabs) {
    await tab.waitForFunction(
      () => /^\(1\)/.test(document.title) || document.querySelector('[data-row]') !== null,
      undefined,
      background,
    )
  }

  await first.close()
  await drafted({ issuers: [one], main: [two] })
  for (const tab of tabs.slice(1)) {
    await tab.waitForFunction(
      () => /^\(2\)/.test(document.title) || document.querySelectorAll('[data-row]').length === 2,
      undefined,
      background,
    )
  }
  t.true(streams() >= 2)
})
