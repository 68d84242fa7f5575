/**
 * axe-core on every page, in both languages and both themes, at the width of an office screen and of a telephone: no violation. The
 * pages of a role are found in the table of routes, so that a new one cannot be forgotten. CI sees each page in one of the four looks,
 * in turn, `SEALBOX_TEST_FULL=1` in all.
 */
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import test from 'ava'
import { routes } from '../../web/routes.ts'
import { full } from '../appliance/places.ts'
import { proposedOrder } from '../exchange/unit/asking.ts'
import { openTestBox, type Identity, type TestBox } from '../web/box_fixture.ts'
import { heldCeremony } from '../web/ceremony_fixture.ts'
import { waiting } from '../web/enrolling.ts'
import { approved, dispatched, drafted, numbered } from '../web/trip.ts'
import { browserOptions } from './chromium.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Role = 'nobody' | 'seat' | 'officer' | 'auditor' | 'administrator'

let box: TestBox
let browser: Browser
let people: Readonly<Record<Role, Identity | undefined>>
/** What stands for each parameter of a path. */
let samples: Readonly<Record<string, readonly string[]>>

test.before(async () => {
  box = await openTestBox()
  browser = await chromium.launch(browserOptions)
  const [one, two, three] = box.units
  people = {
    nobody: undefined,
    seat: one.keys.clerk,
    officer: box.officer.login,
    auditor: (await box.appoint('auditor-1', 'auditor')).login,
    administrator: (await box.appoint('administrator-1', 'administrator')).login,
  }
  const between = { issuers: [one], main: [two], copies: [three] }
  const documents = [
    await drafted(between, { urgency: '特急' }),
    await approved(between),
    await numbered(between),
    await dispatched(between, { urgency: '加急' }),
    await dispatched({ issuers: [two], main: [one] }),
  ].map(({ id }) => id)
  await two.clerk.signFor(documents[3] ?? '')
  await three.clerk.returnToSender(documents[3] ?? '', '缺少附件')
  const typed = await box.parts.drafts.put(one.unit.uscc, {
    ifVersion: 0,
    form: { kind: ['请示'], direction: ['up'], title: ['关于经费的请示'], body: ['请批示。'] },
    by: `seat:${one.unit.uscc}/clerk`,
  })
  const ceremony = String(await heldCeremony(box, 'break-glass'))
  samples = {
    '/documents/:id': documents,
    '/compose/:id': [`${typed.id}?preview`],
    '/units/:uscc': [one.unit.uscc],
    '/certificates/:sha256': [one.keys.clerk.name],
    '/certificates/:sha256/asn1': [one.keys.clerk.name],
    '/certificates/:sha256/signed': [one.keys.leaderSigning.name],
    '/certificates/:sha256/revoke': [one.keys.clerk.name],
    '/orders/:id': [await proposedOrder(box, box.officer)],
    '/ceremonies/:index': [ceremony],
    '/journal/ceremonies/:index': [ceremony],
    '/journal/:index': ['0', '20'],
    '/requests/:id': [(await waiting(box, 'auditor-2')).keys.id],
  }
})
test.after.always(async () => {
  await browser.close()
  await box.close()
})

/** Files, pictures and streams. */
const noPage =
  /^\/(api|assets|\.well-known)\/|\/(pages|files)\/:|\/(file|pem|proof|evidence-record|minutes\.\w+(\.sig)?)$|\.(zip|crt|cer|pdf|asice)$|^\/verifier\.html$|^\/(events|metrics|journal\/(export|checkpoint|certificate))/

function pagesOf(role: Role): string[] {
  const found = routes
    .filter(({ method, path, who }) => {
      const isFor = who === role || who === 'anyone' || (who === 'certified' && role !== 'nobody')
      return method === 'GET' && isFor && !noPage.test(path)
    })
    .flatMap(({ path }) => {
      if (!path.includes(':')) return [path]
      const known = samples[path]
      if (known === undefined) throw new Error(`no sample for ${path}`)
      return known.map((value) => path.replace(/:\w+/, value))
    })
  return [...found, '/no-such-page']
}

const looks = [
  { language: 'zh-CN', colorScheme: 'light', width: 1366 },
  { language: 'en-GB', colorScheme: 'dark', width: 1366 },
  { language: 'zh-CN', colorScheme: 'dark', width: 390 },
  { language: 'en-GB', colorScheme: 'light', width: 390 },
] as const

for (const role of ['nobody', 'seat', 'officer', 'auditor', 'administrator'] as const) {
  test.serial(`axe finds nothing on the pages of ${role}`, async (t) => {
    const found: string[] = []
    for (const [turn, look] of looks.entries()) {
      const context = await open(role, look)
      const page = await context.newPage()
      const paths = pagesOf(role).filter((_, at) => full || at % looks.length === turn)
      for (const path of paths) found.push(...(await faults(page, { path, look })))
      await context.close()
    }
    t.deepEqual(found, [])
  })
}

function open(role: Role, look: (typeof looks)[number]): Promise<BrowserContext> {
  const origin = `https://localhost:${String(box.port)}`
  const login = people[role]
  const { language: locale, colorScheme, width } = look
  return browser.newContext({
    ignoreHTTPSErrors: true,
    locale,
    colorScheme,
    viewport: { width, height: 800 },
    ...(login && {
      clientCertificates: [{ origin, cert: Buffer.from(login.cert), key: Buffer.from(login.key) }],
    }),
  })
}

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** What axe finds, and whether the page scrolls sideways. */
async function faults(
  page: Page,
  { path, look }: { readonly path: string; readonly look: (typeof looks)[number] },
): Promise<string[]> {
  const where = `${path} ${look.language} ${look.colorScheme} ${String(look.width)}`
  await page.goto(`https://localhost:${String(box.port)}${path}`, { waitUntil: 'load' })
  // The signer first asks the box what waits.
  await page.waitForSelector('h1')
  await page.evaluate(axe)
  const violations = await page.evaluate<Violation[]>(
    'axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )
  const width = await page.evaluate<number>('document.documentElement.scrollWidth')
  return [
    ...violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${where}: ${id}: ${html} ${failureSummary}`),
    ),
    ...(width > look.width ? [`${where}: ${String(width)} px wide`] : []),
  ]
}
