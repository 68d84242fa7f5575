/**
 * The signer in a real Chromium against a whole box: an officer and a unit enrol in the page, the officer approves the words, and the
 * unit's seats do every act; then lines that break, forks, keys that lock, and the same page from disk.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import axe from 'axe-core'
import type { BrowserContext, Page, Request } from 'playwright-core'
import { registerUnits } from '../../../appliance/demo/district.ts'
import { modelDistrict } from '../../../provisioning/index.ts'
import { openCode, openTestBox, type TestBox } from '../box_fixture.ts'
import { organ } from '../trip.ts'
import {
  askInPage,
  openBrowser,
  passphrase,
  signerAt,
  signInPage,
  takeInPage,
  unlockInPage,
  wordsOn,
  type TestBrowser,
} from './browser.ts'

const [, , , unit] = modelDistrict
if (!unit) throw new TypeError('four units')

let box: TestBox
let browser: TestBrowser
/** Everything that left any page, with its body. */
const sent: string[] = []
let officer: Page
let clerk: Page
let leader: Page
let unitFile: string
let signerFile: string
let secret: string

const byName = (paths: readonly string[], end: string): string =>
  paths.find((path) => path.endsWith(end)) ?? ''

async function newPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  page.setDefaultTimeout(90_000)
  page.on('request', (request: Request) => {
    sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`)
  })
  page.on('pageerror', (error) => {
    sent.push(`PAGE ERROR ${error.message}`)
  })
  return page
}

/** What the desk does for its reader, by the log-in of this page. */
function api(page: Page, path: string, body?: object): Promise<Record<string, unknown>> {
  return page.evaluate(
    async ([at, json]) => {
      const init = json && {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
        body: JSON.stringify(json),
      }
      const answer = await fetch(at, init || {})
      return (await answer.json()) as Record<string, unknown>
    },
    [path, body ?? null] as const,
  )
}

/** Violations of the page as it stands. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const found = await (
      globalThis as unknown as {
        axe: {
          run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
        }
      }
    ).axe.run({ rules: { region: { enabled: true } } })
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)
  })
}

async function sentTo(title: string): Promise<string> {
  const [from] = box.units
  const draft = {
    kind: '通知',
    direction: 'down',
    issuers: [{ ...organ(from), agencyCode: from.unit.agencyCode }],
    mainRecipients: [{ name: unit?.name, unit: unit?.uscc }],
    copies: [],
    title,
    body: [{ type: 'paragraph', text: '请于月底前报送。' }],
    attachments: [],
    printedBy: from.unit.name,
  }
  const { id } = await from.clerk.draft(draft)
  await from.leader.approve(id)
  await from.clerk.number(id)
  await from.clerk.sealDocument(id)
  await from.clerk.dispatch(id)
  return id
}

test.before(async () => {
  box = await openTestBox()
  browser = await openBrowser(box)
})
test.after.always(async () => {
  await browser.close()
  await box.close()
})

test.serial(
  'an officer enrols in the page, and a unit whose words the officer compared',
  async (t) => {
    const first = await browser.context()
    const page = await newPage(first)
    await askInPage(page, box, await openCode(box, { id: 'officer-2', role: 'officer' }))
    const own = await takeInPage(page, browser)
    const state = await first.storageState()
    await first.close()
    const codes = await registerUnits(box.officer.options, [unit])
    const context = await browser.context()
    let asking = await newPage(context)
    await askInPage(asking, box, codes.get(unit.uscc) ?? '')
    await asking.waitForSelector('.words.large')
    const words = await wordsOn(asking)
    t.is(words.length, 32)
    // A page that was closed goes on where it was.
    await asking.close()
    asking = await newPage(context)
    await asking.goto(signerAt(box, '#enrol'))
    await asking.waitForSelector('.words.large')
    t.deepEqual(await wordsOn(asking), words)
    t.deepEqual(await violations(asking), [])

    officer = await newPage(
      await browser.context({ storageState: state, p12: byName(own, '.p12') }),
    )
    await officer.goto(signerAt(box))
    await officer.click('.list .btn')
    await officer.waitForSelector('.words.large')
    t.deepEqual(await wordsOn(officer), words)
    await unlockInPage(officer)
    t.true(await officer.locator('.btn.seal.act').isDisabled())
    await officer.check('#compared')
    t.regex(await signInPage(officer), /^已批准/)

    await asking.fill('#passphrase', passphrase)
    await asking.keyboard.press('Enter')
    const files = await takeInPage(asking, browser)
    t.deepEqual(await violations(asking), [])
    unitFile = byName(files, '.unit.json')
    signerFile = byName(files, 'signer.html')
    const kept = await context.storageState()
    secret = await asking.evaluate(
      () =>
        localStorage.getItem(
          Object.keys(localStorage).find((key) => key.includes('/secret/')) ?? '',
        ) ?? '',
    )
    t.regex(secret, /^"\w{4}(-\w{4}){6}"$/)
    secret = secret.slice(1, -1)
    await asking.click('text=全部办完')
    t.is(await asking.evaluate(() => localStorage.getItem('sealbox/enrolment')), null)
    const seat = async (name: string): Promise<Page> =>
      newPage(await browser.context({ storageState: kept, p12: byName(files, `${name}.p12`) }))
    clerk = await seat('clerk')
    leader = await seat('leader')
    await clerk.goto(signerAt(box))
    await clerk.waitForSelector('.empty')
  },
)

test.serial('a document is approved with an opinion, sealed and sent until a day', async (t) => {
  const [one, two] = box.units
  const title = `${unit.name}关于清查闲置办公用房的通知`
  const { id } = await api(clerk, '/api/v1/drafts/acts/hand-on', {
    kind: '通知',
    direction: 'down',
    issuers: [{ name: unit.name, unit: unit.uscc, agencyCode: unit.agencyCode }],
    mainRecipients: [organ(one)],
    copies: [organ(two)],
    title,
    body: [{ type: 'paragraph', text: '请逐间登记青石桥办公用房使用情况。' }],
    attachments: [],
    printedBy: unit.name,
  })
  const document = String(id)
  const path = `/api/v1/documents/${document}`
  await leader.goto(signerAt(box))
  await leader.click('.list .btn')
  await leader.waitForSelector('.paper >> text=青石桥')
  t.deepEqual(await violations(leader), [])
  await unlockInPage(leader)
  await leader.fill('#edit-opinion', '同意，请抓紧印发。')
  t.regex(await signInPage(leader), /^已签发/)
  await api(clerk, `${path}/acts/number`, { ifVersion: (await api(clerk, path))['version'] })
  await clerk.goto(signerAt(box, `#act=seal&document=${document}`))
  await clerk.waitForSelector('iframe')
  await unlockInPage(clerk)
  t.regex(await signInPage(clerk), /^已用印/)
  // The next one is a key away.
  await clerk.keyboard.press('n')
  await clerk.fill('#edit-deadline', '2099-01-05T17:00')
  t.deepEqual(await violations(clerk), [])
  t.regex(await signInPage(clerk), /^已发出/)
  const record = (await api(clerk, path))['record'] as Record<string, unknown>
  t.is(record['stage'], 'dispatched')
  t.is(new Date(String(record['deadline'])).getFullYear(), 2099)
  const [approval] = record['approvals'] as { statement: string }[]
  const statement = await api(clerk, `${path}/files/${approval?.statement ?? ''}`)
  t.is(statement['opinion'], '同意，请抓紧印发。')
  t.is(statement['keyUse'], 1)
})

test.serial(
  'a line that breaks while the answer is on its way loses nothing and does nothing twice',
  async (t) => {
    const id = await sentTo('关于报送年度总结的通知')
    const from = box.box.journal.size
    await clerk.goto(signerAt(box, `#act=sign-for&document=${id}`))
    await clerk.waitForSelector('.folded')
    // The box gets it, the page does not hear of it.
    await clerk.route('**/acts/sign-for', async (route) => {
      // The page may be gone meanwhile.
      await route.fetch().catch(() => undefined)
      await route.abort().catch(() => undefined)
    })
    await clerk.click('.btn.seal.act:enabled')
    await clerk.waitForSelector('.note.warn >> text=不会丢')
    // Even a page that is closed now sends it when it comes back. Until then its own next attempt must not come first.
    await clerk.reload()
    await clerk.unroute('**/acts/sign-for')
    await clerk.goto(signerAt(box))
    await clerk.waitForSelector('.note.good >> text=已经送到')
    const receipts = await box.entries(from, 'document.receipted')
    t.is(receipts.length, 1)
    t.is(
      (await clerk.evaluate(() => Object.keys(localStorage))).filter((key) =>
        key.includes('/unsent/'),
      ).length,
      0,
    )
  },
)

test.serial('what somebody did first is refused, with what is possible now', async (t) => {
  const id = await sentTo('关于值班安排的通知')
  const other = await sentTo('关于另一件事的通知')
  await clerk.goto(signerAt(box, `#act=sign-for&document=${id}`))
  await clerk.waitForSelector('.folded')
  await unlockInPage(clerk)
  t.regex(await signInPage(clerk), /^已签收/)
  await clerk.goto(signerAt(box, `#act=sign-for&document=${id}`))
  await clerk.waitForSelector('.note.bad')
  await clerk.waitForSelector(`.list a[href*="${other}"]`)
  t.deepEqual(await violations(clerk), [])
  t.true((await clerk.locator('h1').textContent())?.includes('现在不能办'))
})

test.serial('a return wants its reason', async (t) => {
  const id = await sentTo('关于误发的通知')
  await clerk.goto(signerAt(box, `#act=return&document=${id}`))
  await clerk.waitForSelector('.folded')
  await clerk.click('.btn.seal.act:enabled')
  await clerk.waitForSelector('text=请写明理由')
  await clerk.fill('#edit-reason', '主送机关有误。')
  t.regex(await signInPage(clerk), /^已退文/)
  const view = await api(clerk, `/api/v1/documents/${id}`)
  t.is((view['copy'] as { state: string }).state, 'returned')
})

test.serial(
  'over a journal that does not continue what was signed last, nothing is signed, loudly',
  async (t) => {
    const id = await sentTo('关于日志的通知')
    const from = box.box.journal.size
    await clerk.goto(signerAt(box, `#act=sign-for&document=${id}`))
    await clerk.waitForSelector('.btn.seal.act:enabled')
    const kept = await clerk.evaluate(() => {
      const key = Object.keys(localStorage).find((one) => one.endsWith('/memory')) ?? ''
      const memory = localStorage.getItem(key) ?? ''
      // Another root for the head that was signed last: the box's record was altered since.
      localStorage.setItem(key, memory.replace(/"root":"[^"]{4}/g, '"root":"AAAA'))
      return { key, memory }
    })
    await clerk.click('.btn.seal.act')
    await clerk.waitForSelector('.alarm')
    t.true((await clerk.locator('.alarm').textContent())?.includes('拒绝签名'))
    t.deepEqual(await violations(clerk), [])
    const [evidence] = await Promise.all([
      clerk.waitForEvent('download'),
      clerk.click('.alarm .btn'),
    ])
    t.regex(evidence.suggestedFilename(), /^fork-/)
    t.deepEqual(await box.entries(from, 'document.receipted'), [])
    await clerk.evaluate(({ key, memory }) => {
      localStorage.setItem(key, memory)
    }, kept)
  },
)

test.serial('the key locks itself, and on a button', async (t) => {
  await clerk.clock.install()
  await clerk.goto(signerAt(box))
  await clerk.reload()
  await unlockInPage(clerk)
  await clerk.waitForSelector('.key.open')
  await clerk.click('.key .btn')
  await clerk.waitForSelector('#unlock-passphrase')
  await clerk.fill('#minutes', '1')
  await clerk.keyboard.press('Tab')
  await unlockInPage(clerk)
  await clerk.waitForSelector('.key.open >> text=/[01]:[0-9][0-9]/')
  await clerk.clock.fastForward(61_000)
  await clerk.waitForSelector('#unlock-passphrase')
  t.false(await clerk.locator('.key').isVisible())
})

test.serial('from disk it connects to nothing, and signs what it is given', async (t) => {
  const id = await sentTo('关于离线签收的通知')
  const request = await api(clerk, `/api/v1/sign-request?act=sign-for&document=${id}&inline=1`)
  const file = join(browser.folder, 'one.signreq')
  await writeFile(file, JSON.stringify(request))
  const context = await browser.context()
  const page = await context.newPage()
  page.setDefaultTimeout(90_000)
  const asked: string[] = []
  page.on('request', (one) => asked.push(one.url()))
  await page.goto(`file://${signerFile}`)
  await page.setInputFiles('.drop input', unitFile)
  await page.setInputFiles('.drop input[accept=".signreq"]', file)
  await page.waitForSelector('.folded')
  t.deepEqual(await violations(page), [])
  await unlockInPage(page, secret)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click('.btn.seal.act:enabled'),
  ])
  const path = join(browser.folder, 'one.signed')
  await download.saveAs(path)
  t.deepEqual(
    asked.filter((url) => !/^(file|blob|data):/.test(url)),
    [],
  )
  const blocked = await page.evaluate(async () => {
    try {
      await fetch('http://localhost:9/')
      return 'connected'
    } catch {
      return 'refused'
    }
  })
  t.is(blocked, 'refused')
  // Any other file that is opened from disk may read what this one keeps.
  const kept = await page.evaluate(() => JSON.stringify(localStorage))
  t.false(kept.includes('/secret/') || kept.includes(secret))
  const signed = JSON.parse(await readFile(path, 'utf8')) as object
  await api(clerk, '/api/v1/signed', signed)
  const view = await api(clerk, `/api/v1/documents/${id}`)
  t.is((view['copy'] as { state: string }).state, 'receipted')
})

test.serial('codes are shown once, on sheets to be printed', async (t) => {
  const next = modelDistrict[4]
  const codes = await registerUnits(box.officer.options, next ? [next] : [])
  await officer.goto(signerAt(box, `#act=issue-code&uscc=${next?.uscc ?? ''}`))
  await officer.click('.btn.seal.act:enabled')
  await officer.waitForSelector('.sheet')
  const text = (await officer.locator('.sheet').textContent()) ?? ''
  t.true(text.includes(next?.name ?? '?'))
  t.regex(text, /\w{6}-\w{6}-\w{6}/)
  t.false(text.includes(codes.get(next?.uscc ?? '') ?? ''))
  t.deepEqual(await violations(officer), [])
  await officer.click('text=都打印好了')
})

test.serial('in English and in the dark it is the same page, without a violation', async (t) => {
  const context = await browser.context({ locale: 'en-GB', colorScheme: 'dark' })
  const page = await newPage(context)
  await page.goto(signerAt(box, '#enrol'))
  await page.waitForSelector('text=Type the code')
  t.deepEqual(await violations(page), [])
  await page.fill('#code', 'ABCDEF-ABCDEF-ABCDEF')
  await page.click('.bar > button')
  t.is(await page.inputValue('#code'), 'ABCDEF-ABCDEF-ABCDEF')
  await page.waitForSelector('text=输入注册码')
  t.is(await page.getAttribute('html', 'lang'), 'zh-CN')
  await page.goto(signerAt(box))
  await page.waitForSelector('text=没有出示')
  t.deepEqual(await violations(page), [])
})

test.serial('no passphrase, secret or private key left any page, and no page failed', (t) => {
  const all = sent.join('\n')
  t.true(all.includes('/acts/redeem'))
  for (const never of [
    passphrase,
    encodeURIComponent(passphrase),
    secret,
    secret.replaceAll('-', ''),
  ]) {
    t.false(all.includes(never))
  }
  // PrivateKeyInfo of P-256 in base64 begins so.
  t.false(all.includes('MIGHAgEAMBMGByqGSM49'))
  t.deepEqual(
    sent.filter((line) => line.startsWith('PAGE ERROR')),
    [],
  )
})
