/**
 * `npm run pictures [-- NAME …]`: fills a demo box in a temporary folder, looks at every page of `picture_rows.ts` in Chromium with the
 * demo's own .p12 files, and writes `docs/pictures/desk-*.png` and `docs/pages.md`. Fails on a page that is not as its row says.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { format, resolveConfig } from 'prettier'
import type { DocumentView } from '../../exchange/index.ts'
import { startBoxProcess } from '../../appliance/demo/box_process.ts'
import { createBoxClient, type BoxClient } from '../../appliance/unit/box_client.ts'
import { run, sealbox } from '../appliance/places.ts'
import { browserOptions } from './chromium.ts'
import {
  pictureGroups,
  pagesDocument,
  shotsOf,
  viewers,
  type PictureRow,
  type Shot,
  type Viewer,
} from './picture_rows.ts'
import type { Dropped } from './picture_rows_verifier.ts'
import { smallerPng } from './smaller_png.ts'
import { openVerifier } from './verifier_pictures.ts'

const docs = fileURLToPath(new URL('../../docs', import.meta.url))
/** Above this a picture is too heavy for a document. */
const maxPictureBytes = 150 * 1024

interface DemoBox {
  readonly url: string
  readonly out: string
  readonly passphrase: string
}

/** The box as a viewer reaches it over the API. */
function clientFor({ url, out, passphrase }: DemoBox, who: Viewer): BoxClient {
  const file = viewers[who]
  const root = readFileSync(join(out, 'root.pem'), 'utf8')
  const pfx = file && new Uint8Array(readFileSync(join(out, file)))
  return createBoxClient({ url, root, identity: pfx ? { pfx, passphrase } : {} })
}

/** The path of a row with what stands in braces looked up. */
async function pathOf(box: DemoBox, { path, who }: PictureRow): Promise<string> {
  const [whole, wanted] = /\{([^}]+)\}/.exec(path) ?? []
  if (whole === undefined || wanted === undefined) return path
  const client = clientFor(box, who)
  try {
    return path.replace(whole, await lookUp(client, wanted))
  } finally {
    client.close()
  }
}

async function lookUp(client: BoxClient, wanted: string): Promise<string> {
  if (wanted === 'draft')
    return found(/\/compose\/([a-z2-7]{26})/.exec(await client.text('/compose')))
  if (wanted === 'unit') {
    return found(/\/units\/([0-9A-Z]{18})/.exec(await client.text('/units')))
  }
  if (wanted === 'certificate') {
    const all = [
      ...(await client.text('/certificates')).matchAll(/\/certificates\/([0-9a-f]{64})/g),
    ]
    return found(all.at(-1))
  }
  if (wanted === 'seal') {
    return found(/\/certificates\/([0-9a-f]{64})/.exec(await client.text('/certificates?use=seal')))
  }
  if (wanted === 'request') {
    const { items } = await client.get<{ items: { waiting?: { id: string } }[] }>(
      '/api/v1/requests',
    )
    return items.find(({ waiting }) => waiting !== undefined)?.waiting?.id ?? found(null)
  }
  if (wanted === 'order') {
    const { items } = await client.get<{ items: { order: string }[] }>('/api/v1/orders')
    return items[0]?.order ?? found(null)
  }
  if (wanted === 'ceremony') {
    return found(/\/ceremonies\/(\d+)/.exec(await client.text('/ceremonies')))
  }
  const { items } = await client.get<{ items: DocumentView[] }>('/api/v1/documents?limit=200')
  return items.find(({ head }) => head.title.includes(wanted))?.id ?? found(null)
}

function found(match: readonly string[] | null | undefined): string {
  const [, id] = match ?? []
  if (id === undefined) throw new Error('nothing of this kind')
  return id
}

async function contextFor(browser: Browser, box: DemoBox, shot: Shot): Promise<BrowserContext> {
  const file = viewers[shot.row.who]
  const certificate = {
    origin: box.url,
    pfxPath: join(box.out, file ?? ''),
    passphrase: box.passphrase,
  }
  return browser.newContext({
    ignoreHTTPSErrors: true,
    ...(file !== undefined && { clientCertificates: [certificate] }),
    locale: shot.language === 'zh' ? 'zh-CN' : 'en-GB',
    timezoneId: 'Asia/Shanghai',
    colorScheme: shot.theme,
    viewport: shot.width === 390 ? { width: 390, height: 844 } : { width: 1366, height: 768 },
    reducedMotion: 'reduce',
  })
}

/** Chromium shows a PDF in a process of its own, which says nothing when it is done. */
const pdfViewerMs = 2000

/** Fonts and every picture in sight are there. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  await page.waitForFunction(() =>
    [...document.images].every(
      (image) => image.complete || image.getBoundingClientRect().top > innerHeight,
    ),
  )
  if ((await page.locator('iframe, embed, object').count()) > 0) await pause(pdfViewerMs)
}

/** Opens the key in the signer, as a person would. */
async function unlock(page: Page, box: DemoBox, unit: string): Promise<void> {
  const sheet = readFileSync(join(box.out, 'units', unit, 'sheet.txt'), 'utf8')
  await page.locator('#unlock-passphrase').fill(box.passphrase)
  await page.locator('#unlock-secret').fill(found(/unit secret\s+(\S+)/.exec(sheet)))
  await page.locator('.unlock button[type=submit]').click()
  await page.locator('.unlock').waitFor({ state: 'detached' })
  await page.evaluate(() => {
    scrollTo(0, 0)
  })
}

/** The verifier with what a row drops on it. */
async function openFromDisk(page: Page, box: DemoBox, drops: Dropped): Promise<void> {
  const client = clientFor(box, 'clerk')
  try {
    const root = join(box.out, 'root.pem')
    await openVerifier(page, drops, {
      folder: box.out,
      root,
      client,
      id: (piece) => lookUp(client, piece),
    })
  } finally {
    client.close()
  }
}

/** Takes one picture; gives what was not as it should be. */
async function take(browser: Browser, box: DemoBox, shot: Shot): Promise<string[]> {
  const { row, file } = shot
  const context = await contextFor(browser, box, shot)
  try {
    const page = await context.newPage()
    const troubles: string[] = []
    page.on('pageerror', (error) => troubles.push(error.message))
    if (row.drops !== undefined) await openFromDisk(page, box, row.drops)
    else {
      const response = await page.goto(box.url + (await pathOf(box, row)))
      const status = response?.status() ?? 0
      if (status !== (row.status ?? 200)) return [`${file}: HTTP ${String(status)}`]
    }
    // The signer fetches what is to be signed before it shows it.
    if (row.path.includes('#act=')) await page.locator('.side button').first().waitFor()
    if (row.unlock !== undefined) await unlock(page, box, row.unlock)
    await settled(page)
    const picture = await page.screenshot({ scale: 'css', type: 'png', animations: 'disabled' })
    const path = join(docs, 'pictures', file)
    writeFileSync(path, smallerPng(picture))
    const { size } = statSync(path)
    if (size > maxPictureBytes) troubles.push(`has ${String(Math.round(size / 1024))} KB`)
    return troubles.map((trouble) => `${file}: ${trouble}`)
  } catch (error) {
    return [`${file}: ${error instanceof Error ? error.message : String(error)}`]
  } finally {
    await context.close()
  }
}

/** The signer uses the faces of the machine, as a page that is opened from a stick must. An office machine has Chinese ones; here our own stand in. */
function machineFonts(folder: string): NodeJS.ProcessEnv {
  const packages = ['noto-sans-sc', 'noto-serif-sc'].map((name) =>
    fileURLToPath(new URL(`../../node_modules/@expo-google-fonts/${name}`, import.meta.url)),
  )
  const config = join(folder, 'fonts.conf')
  const folders = ['/usr/share/fonts', ...packages].map((path) => `<dir>${path}</dir>`)
  const cache = `<cachedir>${join(folder, 'fonts')}</cachedir>`
  writeFileSync(config, `<fontconfig>${folders.join('')}${cache}</fontconfig>\n`)
  return { ...process.env, FONTCONFIG_FILE: config }
}

async function takeAll(
  box: DemoBox,
  { rows, folder }: { readonly rows: readonly PictureRow[]; readonly folder: string },
): Promise<string[]> {
  const troubles: string[] = []
  const browser = await chromium.launch({ ...browserOptions, env: machineFonts(folder) })
  try {
    for (const row of rows) {
      for (const shot of shotsOf(row)) troubles.push(...(await take(browser, box, shot)))
      process.stdout.write(`${row.name}\n`)
    }
  } finally {
    await browser.close()
  }
  return troubles
}

/** What a district at work has seldom: the officer orders a new key for the time-stamps, which nobody has countersigned. */
async function proposeOrder({ out }: DemoBox): Promise<void> {
  const propose = ['orders', 'propose', 'roll-over-service', '--role', 'timestamping']
  const officer = ['--unit', join(out, 'people', '安全员')]
  const secret = ['--passphrase-file', join(out, 'passphrase.txt')]
  await command([...propose, '--reason', '密钥年度更换', ...officer, ...secret])
}

/** A new issuing authority below the trial's root, with two people there. The box must not run. */
async function holdCeremony(folder: string): Promise<void> {
  const answers = join(folder, 'answers.json')
  const present = [
    { name: '沈知远', part: '主持 host' },
    { name: '林若溪', part: '见证 witness' },
  ]
  writeFileSync(answers, JSON.stringify({ place: '机房', present }))
  const where = ['--data', join(folder, 'data'), '--papers', join(folder, 'papers')]
  const rollOver = ['ceremony', 'roll-over', '--role', 'issuing']
  await command([...rollOver, ...where, '--answers', answers])
}

async function command(args: readonly string[]): Promise<void> {
  const { status, stderr } = await run(sealbox, args)
  if (status !== 0) throw new Error(`${args.slice(0, 2).join(' ')}: ${stderr}`)
}

async function main(names: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-pictures-'))
  const rows = pictureGroups
    .flatMap((group) => group.rows)
    .filter(({ name }) => names.length === 0 || names.includes(name))
  const [after, before] = [true, false].map((is) =>
    rows.filter(({ afterCeremony = false }) => afterCeremony === is),
  )
  const data = join(folder, 'data')
  let box = await startBoxProcess({ data, more: ['--demo'] })
  try {
    const out = join(folder, 'demo')
    const passphrase = readFileSync(join(out, 'passphrase.txt'), 'utf8').trim()
    const demo = (): DemoBox => ({ url: box.url, out, passphrase })
    await proposeOrder(demo())
    const troubles = await takeAll(demo(), { rows: before ?? [], folder })
    if (after !== undefined && after.length > 0) {
      await box.stop()
      await holdCeremony(folder)
      box = await startBoxProcess({ data })
      troubles.push(...(await takeAll(demo(), { rows: after, folder })))
    }
    const page = join(docs, 'pages.md')
    const options = { ...(await resolveConfig(page)), filepath: page }
    writeFileSync(page, await format(pagesDocument(pictureGroups), options))
    for (const trouble of troubles) process.stderr.write(`${trouble}\n`)
    if (troubles.length > 0) process.exitCode = 1
  } finally {
    await box.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

await main(process.argv.slice(2))
