/** The whole trip of a document by keyboard alone: nothing is clicked. Real Chromium, real certificate stores. */
import type { Page } from 'playwright-core'
import test, { type ExecutionContext } from 'ava'
import { openTestBox, type TestBox } from '../web/box_fixture.ts'
import { enrolUnitWithKeys, type Enrolled } from './enrolled.ts'
import { returnToDesk } from './acts.ts'
import { chooseCertificates, newPerson, type Person } from './person.ts'

let box: TestBox
let undo: () => void
test.before(async () => {
  box = await openTestBox()
  undo = chooseCertificates()
})
test.after.always(async () => {
  undo()
  await box.close()
})

/** Opens a browser of somebody's own. */
async function sitDown(t: ExecutionContext, who: Enrolled, seat: string): Promise<Person> {
  const login = who.logins[seat]
  if (login === undefined) throw new TypeError(`no seat ${seat}`)
  const person = await newPerson({ rootPem: box.rootPem })
  t.teardown(() => person.close())
  person.importKey(login)
  await person.restart()
  await person.page.goto(`https://localhost:${String(box.port)}/`)
  return person
}

/** Presses Tab until what has the focus matches. */
async function tabTo(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(selector)
  for (let pressed = 0; pressed < 150; pressed++) {
    const isThere = await page.evaluate(
      (wanted) => document.activeElement?.matches(wanted) === true,
      selector,
    )
    if (isThere) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to ${selector}`)
}

const type = async (page: Page, selector: string, text: string): Promise<void> => {
  await tabTo(page, selector)
  await page.keyboard.insertText(text)
}

/** Waits for a page by something of it, and for its script, which hears the keys. */
async function shows(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(selector, { state: 'attached' })
  await page.waitForLoadState()
}

/** Presses n on the row or page that is in front; gives the signer's tab that opens. */
async function nextStep({ page, context }: Person): Promise<Page> {
  const known = context.pages().find((one) => one.url().includes('/signer.html'))
  if (known !== undefined) {
    await page.keyboard.press('n')
    await known.bringToFront()
    return known
  }
  const [opened] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('n')])
  await opened.waitForLoadState()
  return opened
}

/** Takes the next step in the signer: unlocks where that is asked for, presses the one vermilion button, and returns to the desk. */
async function sign(person: Person, who: Enrolled, isUnlocked = false): Promise<string> {
  const signer = await nextStep(person)
  if (!isUnlocked) {
    await type(signer, '#unlock-passphrase', who.passphrase)
    await type(signer, '#unlock-secret', who.unitSecret)
    await signer.keyboard.press('Enter')
  }
  await tabTo(signer, '.btn.seal.act:enabled')
  await signer.keyboard.press('Enter')
  const mark = await signer.locator('.stamp').textContent()
  await returnToDesk(person, signer)
  return mark ?? ''
}

/** Goes to the first row of today's list. */
async function firstOfToday({ page }: Person): Promise<void> {
  await page.bringToFront()
  await page.goto(`https://localhost:${String(box.port)}/`)
  await page.waitForSelector('[data-row]')
  await page.keyboard.press('j')
}

test('compose, approve, register, seal, dispatch, sign for and find, by keyboard alone', async (t) => {
  const sender = await enrolUnitWithKeys(box, 3)
  const recipient = await enrolUnitWithKeys(box, 4)
  const clerk = await sitDown(t, sender, 'clerk')
  const title = `${sender.unit.name}关于开展档案清点工作的通知`

  await tabTo(clerk.page, 'a.btn[href="/compose"]')
  await clerk.page.keyboard.press('Enter')
  await type(clerk.page, '#title', title)
  await type(clerk.page, '#main', recipient.unit.shortName)
  await type(clerk.page, '#body', '一、清点范围\n请将青石桥库房的卷宗逐件登记造册。')
  await tabTo(clerk.page, 'button[value="hand-on"]')
  await clerk.page.keyboard.press('Enter')
  await clerk.page.waitForURL(/\/documents\//)

  const leader = await sitDown(t, sender, 'leader')
  await firstOfToday(leader)
  t.regex(await sign(leader, sender), /签发/)

  await firstOfToday(clerk)
  await clerk.page.keyboard.press('n')
  await clerk.page.waitForURL(/#register$/)
  await clerk.page.keyboard.press('n')
  await shows(clerk.page, '.acts a[data-next][href*="act=seal"]')
  t.regex(await sign(clerk, sender), /用印/)
  await shows(clerk.page, '.acts a[data-next][href*="act=dispatch"]')
  t.regex(await sign(clerk, sender, true), /发出/)

  const other = await sitDown(t, recipient, 'clerk')
  await firstOfToday(other)
  await other.page.keyboard.press('Enter')
  await shows(other.page, '.closed')
  t.regex(await sign(other, recipient), /签收/)
  await shows(other.page, 'img.sheet')
  await other.page.keyboard.press('/')
  await other.page.keyboard.insertText('"青石桥库房的卷宗"')
  await other.page.keyboard.press('Enter')
  await other.page.waitForURL(/\/search\?/)
  t.true((await other.page.locator('[data-row] .t').textContent())?.includes(title))

  await clerk.page.reload()
  t.regex((await clerk.page.locator('.crumb').textContent()) ?? '', /已签收 1 \/ 1/)
})
