/**
 * The auditor's verifier in Chromium, opened from a `file:` address with the network off: the same JSON as the command line, and pages revision by
 * revision.
 */
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { toPem } from '../../ca/index.ts'
import { sha256Hex } from '../../ca/path/index.ts'
import { fingerprintWords } from '../../provisioning/kit/index.ts'
import { opensslRoot } from '../web/verifier/openssl_root.ts'
import {
  chooseMoment,
  confirmRoot,
  judged,
  openKit,
  savedBy,
  take,
  type Kit,
} from './verifier_kit.ts'

const corpus = fileURLToPath(new URL('../../../shared/data/pdf', import.meta.url))

let kit: Kit

test.before(async () => {
  kit = await openKit()
})
test.after.always(() => kit.close())

test.serial(
  'our own files give the JSON of the command line, byte for byte, and the sealed one passes',
  async (t) => {
    const { page, context, found } = await kit.open()
    await confirmRoot(page, kit)
    const at = await chooseMoment(page)
    await take(page, kit.own)
    const saved = await savedBy(page)
    t.is(saved, kit.commandLine(judged(kit.own), at))
    const reports = saved
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { verdict: string })
    t.true(reports.length >= 4)
    t.is(reports[0]?.verdict, 'TOTAL-PASSED')
    t.is(await page.locator('#verdict').textContent(), '印章有效，内容未改动')
    t.deepEqual(found, [])
    await context.close()
  },
)

test.serial('the whole corpus gives the JSON of the command line, byte for byte', async (t) => {
  t.timeout(300_000)
  if (!existsSync(corpus)) {
    t.log('left out: ../shared/data is not here')
    t.pass()
    return
  }
  mkdirSync(kit.place('corpus'))
  // One name a file: the page has no folders when files are chosen one by one.
  const files = globSync('**/*.pdf', { cwd: corpus })
    .toSorted()
    .map((path) => {
      const copy = kit.place('corpus', path.replaceAll('/', '__'))
      copyFileSync(join(corpus, path), copy)
      return copy
    })
  const { page, context, found } = await kit.open()
  await confirmRoot(page, kit)
  const at = await chooseMoment(page)
  await take(page, files)
  const saved = await savedBy(page)
  const [theirs, ours] = [kit.commandLine(files, at).split('\n'), saved.split('\n')]
  t.is(ours.length, files.length + 1)
  const differing = theirs.filter((line, index) => line !== ours[index])
  t.deepEqual(differing, [])
  t.deepEqual(found, [])
  t.log(`${String(files.length)} files`)
  await context.close()
})

test.serial('attachments and statements speak to the files as on the command line', async (t) => {
  const { page, context } = await kit.open()
  await confirmRoot(page, kit)
  const at = await chooseMoment(page)
  mkdirSync(kit.place('attachments'), { recursive: true })
  writeFileSync(kit.place('attachments', '附表.txt'), 'not the one that was sealed')
  const compromise = kit.place('noise.compromise.json')
  writeFileSync(compromise, '{}')
  await page.locator('details.panel > summary').click()
  await page.setInputFiles('#attachments', kit.place('attachments', '附表.txt'))
  const files = [kit.own[0] ?? '', compromise]
  await take(page, files)
  const more = ['--attachments', kit.place('attachments'), '--statements', compromise]
  t.is(await savedBy(page), kit.commandLine(files, at, ...more))
  await context.close()
})

test.serial(
  'receipts are compared with the dispatch statement beside them as on the command line',
  async (t) => {
    const { page, context, found } = await kit.open()
    await confirmRoot(page, kit)
    const at = await chooseMoment(page)
    const own = (ending: string): string => kit.own.find((path) => path.endsWith(ending)) ?? ''
    const dispatch = JSON.parse(readFileSync(own('.dispatch.json'), 'utf8')) as object
    const other = kit.place('other.dispatch.json')
    writeFileSync(other, JSON.stringify({ ...dispatch, copies: [] }))
    const files = [own('.receipt.json'), own('.receipt.json.p7s'), other]
    await take(page, files)
    const saved = await savedBy(page)
    t.is(saved, kit.commandLine(judged(files), at))
    t.true(saved.includes('RECEIPT_OTHER_DISPATCH'), saved)
    t.deepEqual(found, [])
    await context.close()
  },
)

test.serial(
  'a journal is compared with the heads of all files as on the command line',
  async (t) => {
    const { page, context, found } = await kit.open()
    await confirmRoot(page, kit)
    const at = await chooseMoment(page)
    const segments = globSync('*.seg', { cwd: kit.place('journal') }).map((name) =>
      kit.place('journal', name),
    )
    await take(page, [...kit.own, ...segments])
    const saved = await savedBy(page)
    t.is(saved, kit.commandLine(judged(kit.own), at, '--heads', kit.place('journal')))
    t.true(saved.includes('"heads":{'))
    t.deepEqual(found, [])
    await context.close()
  },
)

test.serial(
  'a root is relied upon after its fingerprint was compared, never for its name',
  async (t) => {
    const { page, context } = await kit.open()
    writeFileSync(kit.place('forged.pem'), toPem('CERTIFICATE', opensslRoot('根证书')))
    const twin = opensslRoot('根证书')
    writeFileSync(kit.place('twin.crt'), twin)
    writeFileSync(kit.place('sealbox.config.json'), '{"trust":["*"],"confirmed":true}')
    await take(page, [
      kit.own[0] ?? '',
      kit.place('forged.pem'),
      kit.place('twin.crt'),
      kit.place('sealbox.config.json'),
    ])
    t.is(await page.locator('.compare').count(), 2)
    // Two of one name: the page says so beside each.
    t.is(await page.locator('.compare .note.bad').count(), 2)
    t.is(await page.locator('#verdict').textContent(), '内容未改动，但不能确定是否有效')
    const typed = page.locator('#fingerprint')
    await typed.fill(fingerprintWords(sha256Hex(kit.root)).chinese.flat().join(' '))
    await page.getByText('指纹不一致').first().waitFor()
    // The right one comes, and is the one that was typed.
    await page.setInputFiles('#roots', kit.place('root.pem'))
    await page.waitForFunction(
      () => document.querySelector('#verdict')?.textContent === '印章有效，内容未改动',
    )
    t.is(await page.locator('.compare').count(), 2)
    t.is(await page.locator('#trust .mark.ok').count(), 1)
    await context.close()
  },
)

test.serial('each revision is drawn, and what differs from the last state is framed', async (t) => {
  const { page, context, found } = await kit.open()
  await take(page, [kit.own[0] ?? ''])
  await page.locator('.page canvas').waitFor()
  const steps = await page.locator('#view-step option').allTextContents()
  t.true(steps.length >= 3, steps.join())
  await page.keyboard.press('[')
  await page.keyboard.press('[')
  await page.keyboard.press('[')
  await page.getByText('处不同').waitFor()
  t.true((await page.locator('.marks rect').count()) >= 1)
  const dark = await page.evaluate(() => {
    const canvas = document.querySelector('canvas')
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
    return pixels?.filter((value) => value < 128).length ?? 0
  })
  t.true(dark > 1000)
  await page.keyboard.press('+')
  await page.keyboard.press('d')
  await page.waitForFunction(() => document.querySelector('.marks') === null)
  t.deepEqual(found, [])
  await context.close()
})

test.serial('no request leaves the page, whatever was done in it', (t) => {
  const outside = kit.asked.filter((url) => !/^(file:.*\/verifier\.html|blob:null\/)/.test(url))
  t.deepEqual(outside, [])
  t.true(kit.asked.length > 0)
})
