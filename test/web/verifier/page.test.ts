/** The verifier as a file: the same bytes each time, a policy that lets nothing out, and only ever a download. */
import { createHash } from 'node:crypto'
import test from 'ava'
import { makePage, type Page } from '../../../web/one_file/bundle.ts'
import { verifier, verifierSource } from '../../../web/verifier/page.ts'
import { openTestBox } from '../box_fixture.ts'

/** On a stick and in every evidence bundle. */
const maxBytes = 4.5 * 1024 * 1024

let page: Page

test.before(async () => {
  page = await verifier.page()
})

test('the same sources give the same bytes, PDFium included', async (t) => {
  t.is((await makePage(verifierSource)).sha256, page.sha256)
  t.true(page.html.length < maxBytes)
  t.log(`verifier.html: ${String(page.html.length)} bytes`)
})

test('the policy lets nothing out: no connection, no picture but the icon, no script but its own', (t) => {
  const html = new TextDecoder().decode(page.html)
  const script = /<script>([^]*)<\/script>/.exec(html)?.[1] ?? ''
  const hash = createHash('sha256').update(script).digest('base64')
  t.false(page.csp.includes('connect-src'))
  t.true(page.csp.startsWith(`default-src 'none'; script-src 'sha256-${hash}' 'wasm-unsafe-eval';`))
  t.true(page.csp.includes("worker-src blob:; img-src data:; base-uri 'none'; form-action 'none'"))
  t.true(html.includes('<meta http-equiv="Content-Security-Policy"'))
  for (const way of ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write', 'eval(']) {
    t.false(script.includes(way), way)
  }
})

test('the box hands it out to anyone as a file, never as a page, and says its hash', async (t) => {
  const box = await openTestBox()
  t.teardown(() => box.close())
  const file = await box.request({ path: '/verifier.html' })
  t.is(file.status, 200)
  t.true(file.bytes.equals(page.html))
  t.regex(String(file.headers['content-disposition']), /^attachment; filename="verifier\.html"/)
  const as = box.units[0].keys.clerk
  const { text } = await box.request({ path: '/verify', as })
  t.true(text.includes(page.sha256))
  t.true(text.includes('href="/verifier.html"'))
})
