/** An officer in a real Chromium: several requests compared and approved by one signature, and a code for who enrols anew. */
import test from 'ava'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { openCode, openTestBox, type TestBox } from '../box_fixture.ts'
import { rowOf, waiting } from '../enrolling.ts'
import {
  askInPage,
  openBrowser,
  signerAt,
  signInPage,
  takeInPage,
  unlockInPage,
  type TestBrowser,
} from './browser.ts'

let box: TestBox
let browser: TestBrowser
let officer: Page

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const found = await (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
      }
    ).axe.run()
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)
  })
}

test.before(async () => {
  box = await openTestBox()
  browser = await openBrowser(box)
  const first = await browser.context()
  const page = await first.newPage()
  await askInPage(page, box, await openCode(box, { id: 'officer-2', role: 'officer' }))
  const saved = await takeInPage(page, browser)
  const storageState = await first.storageState()
  await first.close()
  const p12 = saved.find((path) => path.endsWith('.p12')) ?? ''
  officer = await (await browser.context({ p12, storageState })).newPage()
  officer.setDefaultTimeout(90_000)
})

test.after.always(async () => {
  await browser.close()
  await box.close()
})

test.serial('those that were ticked are approved by one signature, and no other', async (t) => {
  const ids = ['auditor-a', 'auditor-b', 'auditor-c']
  const waits = await Promise.all(ids.map((id) => waiting(box, id)))
  await officer.goto(signerAt(box))
  await officer.click('a[href="#compare"]')
  await officer.waitForSelector(`#same-${waits[0]?.keys.id ?? ''}`)
  t.deepEqual(await violations(officer), [])
  t.true(await officer.locator('.btn.seal').isDisabled())
  for (const { keys } of waits.slice(0, 2)) await officer.check(`#same-${keys.id}`)
  await officer.click('.btn.seal')
  await unlockInPage(officer)
  const press = officer.locator('.btn.seal.act')
  await press.waitFor()
  t.true(await press.isDisabled(), 'each is looked at once more')
  const ticks = officer.locator('input[data-compared]')
  t.is(await ticks.count(), 2)
  await ticks.nth(0).check()
  t.true(await press.isDisabled())
  await ticks.nth(1).check()
  t.deepEqual(await violations(officer), [])
  t.regex(await signInPage(officer), /^已批准/)
  const states = await Promise.all(ids.map(async (id) => (await rowOf(box, id))?.state))
  t.deepEqual(states, ['redeemed', 'redeemed', 'waiting'])
})

test.serial(
  'a code for who enrolled is given out once it is said what becomes of the old certificates',
  async (t) => {
    await officer.goto(signerAt(box, '#act=issue-code&id=auditor-a'))
    await officer.click('text=新证书签发时吊销旧证书')
    await officer.waitForSelector('text=旧证书')
    await unlockInPage(officer).catch(() => undefined)
    await officer.locator('.btn.seal.act:enabled').click()
    await officer.waitForSelector('.sheet')
    t.is((await rowOf(box, 'auditor-a'))?.state, 'open')
  },
)
