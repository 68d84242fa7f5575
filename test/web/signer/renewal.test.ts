/**
 * One-click renewal in a real Chromium: a unit that enrolled in the page is warned before its certificates end, renews them all, the
 * answer is lost on the way, and both the old and the new log-in open the desk.
 */
import { readFile } from 'node:fs/promises'
import test from 'ava'
import axe from 'axe-core'
import type { BrowserContext, Page, Request } from 'playwright-core'
import { approveEnrolment, requests } from '../../../appliance/unit/officer.ts'
import { registerUnits } from '../../../appliance/demo/district.ts'
import { modelDistrict } from '../../../provisioning/index.ts'
import { openTestBox, type TestBox } from '../box_fixture.ts'
import {
  askInPage,
  openBrowser,
  passphrase,
  signerAt,
  takeInPage,
  unlockInPage,
  type TestBrowser,
} from './browser.ts'

const [, , , unit] = modelDistrict
if (!unit) throw new TypeError('four units')

let box: TestBox
let browser: TestBrowser
/** How far the box's pages are ahead of the real time. */
let aheadMs = 0
const sent: string[] = []
let context: BrowserContext
let clerk: Page
let oldP12: string
let unitFile: string

const byName = (paths: readonly string[], end: string): string =>
  paths.find((path) => path.endsWith(end)) ?? ''

function watch(page: Page): Page {
  page.setDefaultTimeout(90_000)
  page.on('request', (request: Request) => {
    sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`)
  })
  page.on('pageerror', (error) => {
    sent.push(`PAGE ERROR ${error.message}`)
  })
  return page
}

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
  box = await openTestBox({
    parts: (parts) => ({
      ...parts,
      clock: { ...parts.clock, now: () => new Date(Date.now() + aheadMs) },
    }),
  })
  browser = await openBrowser(box)
})

test.after.always(async () => {
  await browser.close()
  await box.close()
})

test.serial('nothing is said while there is time, and a month before it is', async (t) => {
  const codes = await registerUnits(box.officer.options, [unit])
  const first = await browser.context()
  const page = watch(await first.newPage())
  await askInPage(page, box, codes.get(unit.uscc) ?? '')
  await page.waitForSelector('.words.large')
  const waits = (await requests(box.officer.options)).find(({ who }) => who === unit.uscc)
  await approveEnrolment(box.officer.options, waits?.waiting?.id ?? '')
  const saved = await takeInPage(page, browser)
  oldP12 = byName(saved, '-clerk.p12')
  unitFile = byName(saved, '.unit.json')
  const storageState = await first.storageState()
  await first.close()

  context = await browser.context({ p12: oldP12, storageState })
  clerk = watch(await context.newPage())
  await clerk.goto(signerAt(box))
  await clerk.waitForSelector('.empty')
  t.is(await clerk.locator('a[href="#renew"]').count(), 0)

  const [own] = await box.parts.authority.certificatesOf(`seat:${unit.uscc}/clerk`)
  aheadMs = (own?.notAfter.getTime() ?? 0) - 20 * 86_400_000 - Date.now()
  await clerk.reload()
  await clerk.waitForSelector('a[href="#renew"]')
  t.regex((await clerk.locator('.note.warn').first().textContent()) ?? '', /30 天内到期/)
  t.deepEqual(await violations(clerk), [])
})

test.serial('a wrong passphrase renews nothing', async (t) => {
  const from = box.box.journal.size
  await clerk.click('a[href="#renew"]')
  await clerk.fill('#renew-passphrase', '不是这一句口令呀')
  await clerk.keyboard.press('Enter')
  await clerk.waitForSelector('.note.bad')
  t.deepEqual(await violations(clerk), [])
  t.deepEqual(await box.entries(from, 'enrolment.renewed'), [])
})

test.serial(
  'one click renews everything, also when the answer is lost and the page is closed',
  async (t) => {
    const from = box.box.journal.size
    // The box does it, and its answer never comes.
    let lost = 0
    await context.route('**/renewals/acts/renew', async (route) => {
      await route.fetch()
      lost += 1
      await route.abort()
    })
    await clerk.fill('#renew-passphrase', passphrase)
    await clerk.keyboard.press('Enter')
    await clerk.waitForSelector('.note.warn .btn')
    t.true(lost > 0)
    t.is((await box.entries(from, 'enrolment.renewed')).length, 1)
    await clerk.close()
    await context.unroute('**/renewals/acts/renew')

    clerk = watch(await context.newPage())
    await clerk.goto(signerAt(box, '#renew'))
    // What was answered is taken; the page that made the keys is gone, so the passphrase is asked for.
    await clerk.fill('#renew-passphrase', passphrase)
    await clerk.keyboard.press('Enter')
    await clerk.waitForSelector('.take')
    t.deepEqual(await violations(clerk), [])
    t.is((await box.entries(from, 'enrolment.renewed')).length, 1, 'once')
    t.is((await box.entries(from, 'certificate.issued')).length, 5)
    aheadMs = 0
  },
)

test.serial('what it saves logs in and signs; the old log-in works as well', async (t) => {
  const saved: string[] = []
  const buttons = clerk.locator('.take .btn')
  t.is(await buttons.count(), 3, 'two log-ins and the unit file')
  for (let at = 0; at < 3; at++) {
    const [download] = await Promise.all([clerk.waitForEvent('download'), buttons.nth(at).click()])
    const path = `${browser.folder}/new-${download.suggestedFilename()}`
    await download.saveAs(path)
    saved.push(path)
  }
  await clerk.waitForSelector('a.btn.seal[href="/"]')
  const storageState = await context.storageState()
  t.not(
    await readFile(byName(saved, '.unit.json'), 'utf8'),
    await readFile(unitFile, 'utf8'),
    'another unit file',
  )
  for (const p12 of [byName(saved, '-clerk.p12'), byName(saved, '-leader.p12'), oldP12]) {
    const other = await browser.context({ p12, storageState })
    const page = watch(await other.newPage())
    await page.goto(signerAt(box))
    await unlockInPage(page)
    await page.waitForSelector('text=密钥已打开')
    t.is(await page.locator('.note.bad').count(), 0, p12)
    await other.close()
  }
})

test.serial('keys, passphrase and unit secret stayed in the page', (t) => {
  t.deepEqual(
    sent.filter((line) => line.startsWith('PAGE ERROR')),
    [],
  )
  const all = sent.join('\n')
  t.false(all.includes(passphrase))
  t.true(all.includes('/renewals/acts/renew'))
})
