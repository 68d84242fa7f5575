/** The signer as a file: the same bytes each time, nothing loaded from anywhere, and a policy that fits what is inside. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { keptPage, makePage, type Page, type PageSource } from '../../../web/one_file/bundle.ts'
import { signer } from '../../../web/signer/page.ts'
import { openTestBox } from '../box_fixture.ts'

/** On a line of 512 kbit/s the packed page is there in six seconds, once an upgrade. */
const maxPackedBytes = 400 * 1024

const source = (name: string): PageSource => ({
  entry: new URL(`../../../web/signer/${name}`, import.meta.url),
  styles: [new URL('../../../web/signer/style.css', import.meta.url)],
  title: 'Test',
  withoutScripts: 'none',
  may: { 'connect-src': "'self'" },
})

let page: Page
let html: string

test.before(async () => {
  page = await signer.page()
  html = new TextDecoder().decode(page.html)
})

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64')

function inside(tag: 'script' | 'style'): string {
  const found = [...html.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'g'))]
  if (found.length !== 1) throw new Error(`${String(found.length)} elements ${tag}`)
  return found[0]?.[1] ?? ''
}

/** Addresses of the web in a script: literal ones, and modules that it would load. */
function addressesIn(script: string): string[] {
  const names = /^https?:\/\/(?:www\.w3\.org|json-schema\.org)\//
  return [...script.matchAll(/\b(?:https?|wss?):\/\/\w[^\s"'`)<>]*|\bimport\(/g)]
    .map(([address]) => address)
    .filter((address) => !names.test(address))
}

test('the same sources give the same bytes', async (t) => {
  const [first, second] = await Promise.all([
    makePage(source('turns.ts')),
    makePage(source('turns.ts')),
  ])
  t.is(first.sha256, second.sha256)
  t.not(first.sha256, (await makePage(source('random.ts'))).sha256)
  t.is(page.sha256, createHash('sha256').update(page.html).digest('hex'))
  t.is((await signer.page()).sha256, page.sha256)
})

test('a page is made once, and not at all for a box that is ending', async (t) => {
  const kept = keptPage(source('turns.ts'))
  const ending = new AbortController()
  kept.warm(ending.signal)
  ending.abort()
  const [one, two] = await Promise.all([kept.page(), kept.page()])
  t.is(one, two)
  await t.throwsAsync(makePage(source('turns.ts'), AbortSignal.abort()), { name: 'AbortError' })
})

test('a page that was packed with the product is served as it lies there, with its own policy', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-made-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true })
  })
  const beside = { ...source('turns.ts'), entry: pathToFileURL(join(folder, 'main.js')) }
  writeFileSync(join(folder, 'made.html'), '<!doctype html>')
  // Half of it is none: the bundler is asked, and finds no source there.
  await t.throwsAsync(keptPage(beside).page())
  writeFileSync(join(folder, 'made.csp'), "default-src 'none'")
  const made = await keptPage(beside).page()
  t.is(new TextDecoder().decode(made.html), '<!doctype html>')
  t.is(made.csp, "default-src 'none'")
  t.is(made.sha256, createHash('sha256').update('<!doctype html>').digest('hex'))
})

test('the policy names the one script and the one style by their hashes, and allows no more', (t) => {
  const script = `'sha256-${sha256(inside('script'))}' 'wasm-unsafe-eval'`
  const style = `'sha256-${sha256(inside('style'))}'`
  const wanted = [
    "default-src 'none'",
    `script-src ${script}`,
    `style-src ${style}`,
    "connect-src 'self'",
    'img-src blob: data:',
    'frame-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  t.is(page.csp, `${wanted}; frame-ancestors 'none'`)
  t.true(html.includes(`<meta http-equiv="Content-Security-Policy" content="${wanted}">`))
  t.true(html.indexOf('Content-Security-Policy') < html.indexOf('<style>'))
})

test('nothing is loaded from anywhere: no address of the web, no attribute that fetches', (t) => {
  const styled = inside('style')
  t.false(/@import|url\(/.test(styled))
  // Licences at the end of the script name where their texts are.
  const code = inside('script')
    .replace(/\/\*![^]*?\*\//g, '')
    .replace(/\/\*[^]*?\*\//g, '')
  t.deepEqual(addressesIn(code), [])
  const rest = html.replace(inside('script'), '').replace(styled, '')
  t.deepEqual([...rest.matchAll(/\b(?:src|href)="(?!data:)[^"]*"/g)], [])
  t.is(addressesIn('fetch("https://example.org/x")').length, 1)
})

test('no text becomes markup: the sources use none of the ways to it', (t) => {
  const own = inside('script')
  for (const way of ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write', 'eval(']) {
    t.false(own.includes(way), way)
  }
})

test('a line of 512 kbit/s has it within seconds', (t) => {
  const packed = gzipSync(page.html, { level: 4 }).length
  t.log(`signer.html: ${String(page.html.length)} bytes, ${String(packed)} packed`)
  t.true(packed < maxPackedBytes)
})

test('the box serves it to anyone with its own policy, once an upgrade, and as a file', async (t) => {
  const box = await openTestBox()
  t.teardown(() => box.close())
  const served = await box.request({ path: '/signer.html' })
  t.is(served.status, 200)
  t.is(served.headers['content-security-policy'], page.csp)
  t.is(served.headers['content-type'], 'text/html; charset=utf-8')
  t.true(served.bytes.equals(page.html))
  const known = { 'If-None-Match': String(served.headers['etag']) }
  const again = await box.request({ path: '/signer.html', headers: known })
  t.is(again.status, 304)
  t.is(again.bytes.length, 0)
  const other = await box.request({ path: '/signer.html', headers: { 'If-None-Match': '"x"' } })
  t.is(other.status, 200)
  const file = await box.request({ path: '/signer.html?download' })
  t.regex(String(file.headers['content-disposition']), /^attachment; filename="signer\.html"/)
  t.true(file.bytes.equals(page.html))
  const root = await box.request({ path: '/root.crt' })
  t.true(root.bytes.equals(box.root))
})
