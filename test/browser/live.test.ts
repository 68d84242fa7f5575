/**
 * Live news in a real browser: one stream however many tabs, heard in all of them, and handed on when its tab is closed. What the signer
 * has done loads a page anew, but never over what somebody has there.
 */
import type { Page } from 'playwright-core'
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

test.serial(
  'eight tabs share one stream, all hear of new work, and the stream outlives its tab',
  async (t) => {
    t.timeout(300_000)
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
  },
)

test.serial(
  'an act of the signer loads lists anew, but no words that are typed and no answer to a form',
  async (t) => {
    t.timeout(300_000)
    const [one] = box.units
    const clerk = await newPerson({ rootPem: box.rootPem })
    t.teardown(() => clerk.close())
    clerk.importKey(one.keys.clerk)
    await clerk.restart()
    const tabs = new Map<string, Page>()
    for (const path of ['/', '/compose', '/verify']) {
      const tab = await clerk.context.newPage()
      await tab.goto(`https://localhost:${String(box.port)}${path}`)
      tabs.set(path, tab)
    }
    const [today, typing, verify] = [...tabs.values()]
    if (!today || !typing || !verify) throw new TypeError('three tabs')
    await typing.fill('#title', '关于河堤巡查的通知')
    const file = { name: 'note.pdf', mimeType: 'application/pdf', buffer: Buffer.from('no PDF') }
    await verify.setInputFiles('input[type="file"]', file)
    await Promise.all([
      verify.waitForResponse((response) => response.request().method() === 'POST'),
      verify.click('main form button'),
    ])
    await verify.waitForSelector('body[data-posted]')
    const answered = await verify.locator('main').textContent()

    const loads = new Map<string, number>()
    for (const [path, tab] of tabs) {
      tab.on('request', (request) => {
        if (request.isNavigationRequest()) loads.set(path, (loads.get(path) ?? 0) + 1)
      })
    }
    const before = streams()
    const reloaded = today.waitForEvent('load')
    await clerk.page.goto(`https://localhost:${String(box.port)}/signer.html`)
    await clerk.page.evaluate(() => {
      new BroadcastChannel('sealbox').postMessage({ done: 'seal', document: null })
    })
    await reloaded
    await typing.waitForSelector('.toast')
    await verify.waitForSelector('.toast')
    // The page that held the stream went away under it; another one holds it now.
    while (streams() === before) await today.waitForTimeout(50)
    t.is(await typing.inputValue('#title'), '关于河堤巡查的通知')
    t.true((await verify.locator('main').textContent()) === answered)
    t.deepEqual([...loads], [['/', 1]])
    // Who asks for it gets the page without the form.
    await verify.click('.toast a')
    await verify.waitForSelector('body:not([data-posted])')
  },
)
