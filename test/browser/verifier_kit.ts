/** The verifier in Chromium as an auditor has it: from disk, without a network, with files of a box of our own beside it. */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { toPem } from '../../ca/index.ts'
import { readZip } from '../../exchange/verify/bundle/zip.ts'
import { verifier } from '../../web/verifier/page.ts'
import { openTestBox } from '../web/box_fixture.ts'
import { dispatched } from '../web/trip.ts'
import { browserOptions } from './chromium.ts'

const sealbox = fileURLToPath(new URL('../../appliance/sealbox', import.meta.url))

export interface Kit {
  /** DER of our own root. */
  readonly root: Uint8Array
  /** Our own files: a sealed PDF first, statements with their signatures, the bundle that they came in. */
  readonly own: readonly string[]
  /** Everything that any page asked for. */
  readonly asked: readonly string[]
  /** A path in the folder of this kit; `root.pem`, `verifier.html` and the segments in `journal` are there. */
  readonly place: (...names: readonly string[]) => string
  /** The page from disk, offline; `found` gathers what went wrong in it. */
  readonly open: (look?: Look) => Promise<Opened>
  /** What `sealbox verify --json` prints of the same. */
  readonly commandLine: (files: readonly string[], at: string, ...more: readonly string[]) => string
  readonly close: () => Promise<void>
}

export interface Look {
  readonly locale?: 'zh-CN' | 'en-GB'
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
}

export interface Opened {
  readonly page: Page
  readonly context: BrowserContext
  readonly found: string[]
}

export async function openKit(): Promise<Kit> {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-verifier-'))
  const place = (...names: readonly string[]): string => join(folder, ...names)
  const asked: string[] = []
  const [page, root] = await Promise.all([verifier.page(), makeOwn(place)])
  writeFileSync(place('verifier.html'), page.html)
  writeFileSync(place('root.pem'), toPem('CERTIFICATE', root))
  const browser = await chromium.launch({
    ...browserOptions,
    args: [...(browserOptions.args ?? []), '--host-resolver-rules=MAP * ~NOTFOUND'],
  })
  return {
    root,
    own: globSync('*', { cwd: place('own') })
      .map((name) => place('own', name))
      .toSorted((a, b) => Number(b.endsWith('.pdf')) - Number(a.endsWith('.pdf'))),
    asked,
    place,
    open: (look = {}) => openPage(browser, { look, asked, file: place('verifier.html') }),
    commandLine: (files, at, ...more) => {
      const by = ['--trust', place('root.pem'), '--at', at, '--json', ...more]
      const maxBuffer = 256 * 1024 * 1024
      const { stdout, stderr } = spawnSync(sealbox, ['verify', ...files, ...by], {
        encoding: 'utf8',
        maxBuffer,
      })
      return stdout === '' ? stderr : stdout
    },
    close: async () => {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A document that was sent and signed for, as its sender takes it to an auditor, and a copy of the journal; gives the root. */
async function makeOwn(place: Kit['place']): Promise<Uint8Array> {
  const box = await openTestBox()
  const [one, two, three] = box.units
  const { id } = await dispatched({ issuers: [one], main: [two], copies: [three] })
  await two.clerk.signFor(id)
  const path = `/documents/${id}/bundle.asice`
  const { bytes } = await box.request({ path, as: one.keys.clerk })
  cpSync(join(box.directory, 'journal'), place('journal'), { recursive: true })
  await box.close()
  const reading = readZip(new Uint8Array(bytes))
  const members = 'members' in reading ? [...reading.members] : []
  mkdirSync(place('own'))
  writeFileSync(place('own', 'bundle.asice'), bytes)
  for (const [name, member] of members) {
    const isOwn = /\.(pdf|json|p7s)$/.test(name) && !name.startsWith('META-INF/')
    if (isOwn) writeFileSync(place('own', basename(name)), member)
  }
  return box.root
}

async function openPage(
  browser: Browser,
  of: { readonly look: Look; readonly asked: string[]; readonly file: string },
): Promise<Opened> {
  const { locale = 'zh-CN', colorScheme = 'light', width = 1366 } = of.look
  const context = await browser.newContext({
    ...{ offline: true, locale, colorScheme, timezoneId: 'Asia/Shanghai', acceptDownloads: true },
    viewport: { width, height: 800 },
  })
  const found: string[] = []
  context.on('request', (request) => of.asked.push(request.url()))
  context.on('dialog', (dialog) => {
    found.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  context.on('weberror', (error) => found.push(error.error().message))
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(message.text())
  })
  page.on('popup', () => found.push('popup'))
  await page.goto(pathToFileURL(of.file).href)
  return { page, context, found }
}

/** Drops the root and confirms it as a person with the sheet does. */
export async function confirmRoot(page: Page, { place }: Kit): Promise<void> {
  await page.setInputFiles('#roots', place('root.pem'))
  await page.locator('.compare .tick').click()
  await page.locator('.compare').waitFor({ state: 'detached' })
}

/** Chooses files and waits until none waits any more. */
export async function take(page: Page, files: readonly string[]): Promise<void> {
  await page.setInputFiles('#files', [...files])
  await settled(page)
}

export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('.file')
  await page.waitForFunction(
    () => document.querySelector('.progress:not([hidden])') === null,
    undefined,
    {
      timeout: 240_000,
    },
  )
}

/** Some seconds from now, at which the page judges from now on; as `--at` takes it. */
export async function chooseMoment(page: Page): Promise<string> {
  const at = new Date(Math.ceil(Date.now() / 1000) * 1000 + 5000)
  const shanghaiMs = 8 * 3_600_000
  await page.fill('#moment', new Date(at.getTime() + shanghaiMs).toISOString().slice(0, 19))
  return at.toISOString().replace('.000Z', 'Z')
}

/** What the page saves as its results. */
export async function savedBy(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '保存结果' }).click(),
  ])
  return readFileSync(await download.path(), 'utf8')
}

/** Companions lie beside a file: the command line takes them by itself. */
export const judged = (files: readonly string[]): string[] =>
  files.filter((name) => !name.endsWith('.p7s'))
