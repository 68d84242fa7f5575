/** Opens the verifier of a demo box from disk and drops on it what a row of pictures asks for. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import type { BoxClient } from '../../appliance/unit/box_client.ts'
import type { Dropped } from './picture_rows_verifier.ts'

/** `fetch` gives bytes of the box, `id` the identifier of a document by a piece of its title. */
export async function openVerifier(
  page: Page,
  drops: Dropped,
  by: {
    readonly folder: string
    readonly root: string
    readonly client: BoxClient
    readonly id: (piece: string) => Promise<string>
  },
): Promise<void> {
  const html = join(by.folder, 'verifier.html')
  writeFileSync(html, await by.client.bytes('/verifier.html'))
  await page.goto(pathToFileURL(html).href)
  if (drops.root !== undefined) {
    await page.setInputFiles('#roots', by.root)
    await page.locator('.compare').waitFor()
  }
  if (drops.root === 'compared') {
    await page.locator('.compare .tick').click()
    await page.locator('.compare').waitFor({ state: 'detached' })
  }
  if (drops.document !== undefined) await drop(page, drops, by)
  for (const key of drops.press ?? []) await page.keyboard.press(key)
  if (drops.press) await page.locator('.marks rect').first().scrollIntoViewIfNeeded()
}

async function drop(
  page: Page,
  { document: piece = '', as = 'sealed' }: Dropped,
  by: Parameters<typeof openVerifier>[2],
): Promise<void> {
  const id = await by.id(piece)
  const path =
    as === 'bundle' ? `/documents/${id}/bundle.asice` : `/api/v1/documents/${id}/files/pdf`
  const bytes = new Uint8Array(await by.client.bytes(path))
  // A byte in the middle of the page that was sealed.
  if (as === 'altered') bytes[10_000] = (bytes[10_000] ?? 0) ^ 1
  const name = as === 'bundle' ? '证据包.asice' : '关于做好大风天气防范工作的通知.pdf'
  await page.setInputFiles('#files', { name, mimeType: '', buffer: Buffer.from(bytes) })
  await page.locator('.page canvas').waitFor()
}
