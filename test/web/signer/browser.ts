/** A real Chromium on the signer's page: enrolling in it, logging in with what it saved, doing acts as the person in front of it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core'
import { browserOptions } from '../../browser/chromium.ts'
import type { TestBox } from '../box_fixture.ts'

export const passphrase = '青石桥下的第三盏灯笼'

export interface TestBrowser {
  readonly browser: Browser
  /** Where downloads are kept. */
  readonly folder: string
  /** A fresh profile on the box, or one that another left, with the log-in of this file if one is given. */
  context(options?: BrowserContextOptions & { readonly p12?: string }): Promise<BrowserContext>
  close(): Promise<void>
}

export async function openBrowser(box: TestBox): Promise<TestBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-signer-'))
  const browser = await chromium.launch(browserOptions)
  return {
    browser,
    folder,
    context: async ({ p12, ...options } = {}) => {
      const context = await browser.newContext({
        ignoreHTTPSErrors: true,
        locale: 'zh-CN',
        ...options,
        ...(p12 !== undefined && {
          clientCertificates: [{ origin: originOf(box), pfxPath: p12, passphrase }],
        }),
      })
      // There is no printer; a dialog that nobody closes would hold downloads up.
      await context.addInitScript(() => {
        window.print = () => undefined
      })
      return context
    },
    close: async () => {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export const originOf = ({ port }: TestBox): string => `https://localhost:${String(port)}`
export const signerAt = (box: TestBox, hash = ''): string => `${originOf(box)}/signer.html${hash}`

/** Steps 1 to 4: types the code, ticks the root, chooses the passphrase, makes the keys. */
export async function askInPage(page: Page, box: TestBox, code: string): Promise<void> {
  await page.goto(signerAt(box, '#enrol'))
  await page.fill('#code', code)
  await page.keyboard.press('Enter')
  await page.check('#same')
  await page.click('.btn.main')
  await page.fill('#passphrase', passphrase)
  await page.fill('#passphrase-again', passphrase)
  await page.keyboard.press('Enter')
  await page.click('.btn.main')
}

/** Step 6: saves everything; gives the paths by name. */
export async function takeInPage(
  page: Page,
  { folder }: Pick<TestBrowser, 'folder'>,
): Promise<string[]> {
  await page.waitForSelector('.take')
  const paths: string[] = []
  const buttons = page.locator('.take li:nth-child(-n + 4) .btn')
  for (let at = 0; at < (await buttons.count()); at++) {
    const pressed = buttons.nth(at)
    // The sheet goes to the printer.
    const isPrint = (await pressed.textContent())?.includes('打印') === true
    if (isPrint) {
      await pressed.click()
      continue
    }
    const [download] = await Promise.all([page.waitForEvent('download'), pressed.click()])
    const path = join(folder, download.suggestedFilename())
    await download.saveAs(path)
    paths.push(path)
  }
  return paths
}

/** Opens the key in whatever panel asks for it. */
export async function unlockInPage(page: Page, secret?: string): Promise<void> {
  await page.fill('#unlock-passphrase', passphrase)
  if (secret !== undefined) await page.fill('#unlock-secret', secret)
  await page.keyboard.press('Enter')
}

/** The 32 words that the page shows. */
export function wordsOn(page: Page): Promise<string[]> {
  return page.locator('.words li').allTextContents()
}

/** Presses the vermilion button and waits for its mark. */
export async function signInPage(page: Page): Promise<string> {
  await page.click('.btn.seal.act:enabled')
  return (await page.locator('.stamp').textContent()) ?? ''
}
