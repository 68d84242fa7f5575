/** What an attacker would drop on the verifier, what a clumsy hand does to it, and whether everybody can use it. */
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import test from 'ava'
import { toPem } from '../../ca/index.ts'
import { opensslRoot } from '../web/verifier/openssl_root.ts'
import {
  chooseMoment,
  confirmRoot,
  openKit,
  savedBy,
  settled,
  take,
  type Kit,
} from './verifier_kit.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const isFull = process.env['SEALBOX_TEST_FULL'] === '1'

let kit: Kit

test.before(async () => {
  kit = await openKit()
})
test.after.always(() => kit.close())

const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>'

test.serial(
  'names of files and subjects are text: no markup, nothing unseen, no request',
  async (t) => {
    const { page, context, found } = await kit.open()
    const names = [
      '<img src=x onerror=alert(1)>.pdf',
      '公文\u202Efdp.exe',
      'javascript:alert(1).pdf',
    ]
    await page.setInputFiles(
      '#files',
      names.map((name) => ({
        name,
        mimeType: 'application/pdf',
        buffer: Buffer.from('%PDF-1.7\n'),
      })),
    )
    await settled(page)
    writeFileSync(
      kit.place('markup.pem'),
      toPem('CERTIFICATE', opensslRoot(markup.replaceAll('/', '\\/'))),
    )
    await page.setInputFiles('#roots', kit.place('markup.pem'))
    await page.locator('.compare').waitFor()
    t.true((await page.locator('.compare').textContent())?.includes('img src=x onerror=alert(1)'))
    t.true((await page.locator('.files').textContent())?.includes('⟨U+202E⟩'))
    t.is(await page.locator('main img, .rail img, main script').count(), 0)
    t.deepEqual(found, [])
    await context.close()
  },
)

test.serial(
  'a PDF with scripts, actions and a link out is judged and drawn, and does nothing',
  async (t) => {
    const { page, context, found } = await kit.open()
    const action =
      '/OpenAction<</S/JavaScript/JS(app.alert\\(1\\);this.submitForm\\("http://example.org/"\\))>>'
    const pdf = [
      '%PDF-1.7',
      `1 0 obj <</Type/Catalog/Pages 2 0 R${action}/URI<</Base(http://example.org/)>>>> endobj`,
      '2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj',
      '3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/AA<</O<</S/URI/URI(http://example.org/)>>>>>> endobj',
      'trailer <</Root 1 0 R>>',
    ].join('\n')
    await page.setInputFiles('#files', {
      name: 'active.pdf',
      mimeType: '',
      buffer: Buffer.from(pdf),
    })
    await settled(page)
    await page.locator('.page canvas').waitFor()
    t.is(await page.locator('.unverified').count(), 1)
    t.deepEqual(found, [])
    await context.close()
  },
)

test.serial(
  'a file too large is refused as the command line refuses it, and the page goes on meanwhile',
  async (t) => {
    const { page, context } = await kit.open()
    await confirmRoot(page, kit)
    const at = await chooseMoment(page)
    const large = kit.place('large.pdf')
    writeFileSync(large, '%PDF-1.7\n')
    truncateSync(large, 101 * 1024 * 1024)
    const whole = kit.place('whole.pdf')
    writeFileSync(whole, readFileSync(kit.own[0] ?? ''))
    truncateSync(whole, 60 * 1024 * 1024)
    await page.evaluate(() => {
      const counted = { frames: 0 }
      Object.assign(globalThis, { counted })
      const count = (): void => {
        counted.frames++
        requestAnimationFrame(count)
      }
      count()
    })
    await take(page, [large, whole])
    t.is(await savedBy(page), kit.commandLine([large, whole], at))
    t.true((await page.evaluate<number>('counted.frames')) > 3)
    await context.close()
  },
)

/** Keeps the questions for a verdict, counted from 0, from their threads: those are shot, or think for ever. */
function keepVerdicts(
  page: Page,
  kept: { readonly from: number; readonly to: number; readonly isShot: boolean },
): Promise<void> {
  return page.evaluate(({ from, to, isShot }) => {
    const original = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage')?.value as (
      this: Worker,
      question: unknown,
    ) => void
    let asked = 0
    Worker.prototype.postMessage = function (this: Worker, question: { readonly ask?: string }) {
      const number = question.ask === 'judge' ? asked++ : -1
      if (number < from || number >= to) original.call(this, question)
      else if (isShot)
        this.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }))
    }
  }, kept)
}

test.serial(
  'a thread that is shot leaves its file without a verdict, and the next file is judged',
  async (t) => {
    const { page, context } = await kit.open()
    await keepVerdicts(page, { from: 0, to: 1, isShot: true })
    await take(page, [
      kit.own[0] ?? '',
      kit.place('root.pem'),
      ...kit.own.filter((name) => name.endsWith('.asice')),
    ])
    const verdict = await page.locator('#verdict').textContent()
    t.true(verdict?.includes('不能当作通过'), verdict ?? '')
    t.is(await page.locator('.banner.ok').count(), 0)
    await page.keyboard.press('j')
    await page.waitForFunction(() => document.querySelector('.banner .said') !== null)
    t.pass()
    await context.close()
  },
)

test.serial(
  'thousands of files at once are judged, counted and narrowed down; more than ten thousand are not taken',
  async (t) => {
    t.timeout(300_000)
    const count = isFull ? 10_050 : 300
    const { page, context, found } = await kit.open()
    mkdirSync(kit.place('many'))
    for (let at = 0; at < count; at++)
      writeFileSync(kit.place('many', `${String(at)}.bin`), String(at))
    await dropFolder(page, kit.place('many'))
    await settled(page)
    const taken = Math.min(count, 10_000)
    t.true((await page.locator('#chip-all').textContent())?.includes(String(taken)))
    // A page of rows, and a button for more.
    t.is(await page.locator('.file').count(), 200)
    t.is(await page.getByText('一次最多 10000 个文件').count(), isFull ? 1 : 0)
    t.deepEqual(found, [])
    await context.close()
  },
)

/** A real drop of a folder from the desktop. */
async function dropFolder(page: Page, folder: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [folder], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 800, y: 300, data })
  }
}

test.serial('a run can be stopped, and what was not judged never looks like passed', async (t) => {
  const { page, context } = await kit.open()
  // The run does not end before it is stopped.
  await keepVerdicts(page, { from: 20, to: 400, isShot: false })
  const many = Array.from({ length: 400 }, (_, at) => ({
    ...{ name: `${String(at)}.pdf`, mimeType: '' },
    buffer: Buffer.from('%PDF-1.7\n'),
  }))
  await page.setInputFiles('#files', many)
  await page.getByRole('button', { name: '停止' }).click()
  await settled(page)
  const text = (await page.locator('.files').textContent()) ?? ''
  t.true(text.includes('没有验证：已停止'))
  t.is(await page.locator('.files .mark.ok').count(), 0)
  await context.close()
})

const looks = [
  { locale: 'zh-CN', colorScheme: 'light', width: 1366 },
  { locale: 'en-GB', colorScheme: 'dark', width: 1366 },
  { locale: 'zh-CN', colorScheme: 'dark', width: 390 },
  { locale: 'en-GB', colorScheme: 'light', width: 390 },
] as const

for (const look of looks) {
  test.serial(
    `axe finds nothing, and nothing scrolls sideways: ${Object.values(look).join(' ')}`,
    async (t) => {
      const { page, context } = await kit.open(look)
      t.deepEqual(await faults(page, look.width), [])
      await page.setInputFiles('#roots', kit.place('root.pem'))
      await page.locator('.compare').waitFor()
      t.deepEqual(await faults(page, look.width), [])
      await page.locator('.compare .tick').click()
      await take(page, kit.own)
      await page.locator('.page canvas').waitFor()
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true
      })
      t.deepEqual(await faults(page, look.width), [])
      await context.close()
    },
  )
}

async function faults(page: Page, width: number): Promise<string[]> {
  await page.evaluate(axe)
  const violations = await page.evaluate<
    readonly {
      readonly id: string
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
    }[]
  >('axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations)')
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
  return [
    ...violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${id}: ${html} ${failureSummary}`),
    ),
    ...(wide > width ? [`${String(wide)} px wide`] : []),
  ]
}

test.serial(
  'the printed report has the verdict, the root and the hash, and none of the tools',
  async (t) => {
    const { page, context } = await kit.open()
    await confirmRoot(page, kit)
    await take(page, [kit.own[0] ?? ''])
    await page.emulateMedia({ media: 'print' })
    t.true(await page.locator('#verdict').isVisible())
    t.true(await page.getByText('SHA-256').first().isVisible())
    for (const hidden of ['.rail', '.viewer', '.bar', '.btn']) {
      t.false(await page.locator(hidden).first().isVisible(), hidden)
    }
    await context.close()
  },
)

test.serial('no request leaves the page, whatever was dropped on it', (t) => {
  const outside = kit.asked.filter((url) => !/^(file:.*\/verifier\.html|blob:null\/)/.test(url))
  t.deepEqual(outside, [])
})
