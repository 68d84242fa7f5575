/** The pages that everybody has: verifying files that one holds, and help. */
import { readFileSync } from 'node:fs'
import test from 'ava'
import { commonName } from '../../../exchange/verify/index.ts'
import { openTestBox, type TestBox } from '../box_fixture.ts'
import { dispatched } from '../trip.ts'
import { browserOf, type Browser, type TestForm } from './browse.ts'

let box: TestBox
let clerk: Browser
let sealed: Uint8Array
let document: string

test.before(async () => {
  box = await openTestBox()
  const [one, two] = box.units
  clerk = browserOf(box, one.keys.clerk)
  const { id } = await dispatched({ issuers: [one], main: [two] })
  const { bytes } = await box.request({
    path: `/api/v1/documents/${id}/files/pdf`,
    as: one.keys.clerk,
  })
  sealed = bytes
  document = id
})
test.after.always(() => box.close())

const folder = 'docs/formats/example'
const example = (name: string): Uint8Array => new Uint8Array(readFileSync(`${folder}/${name}`))
const chosen = (...files: (readonly [string, Uint8Array | string])[]): TestForm => ({
  files: files.map(([fileName, bytes]) => ({ field: 'files', fileName, bytes })),
})

test.serial('a sealed file of this box passes, in both languages, and is not kept', async (t) => {
  const size = box.parts.journal.size
  const { status, text } = await clerk.post('/verify', chosen(['通知.pdf', sealed]))
  t.is(status, 200)
  for (const words of [
    '印章有效，内容未改动',
    '验证通过 1 / 1',
    '时间戳',
    box.units[0].unit.name,
  ]) {
    t.true(text.includes(words), words)
  }
  const { text: english } = await clerk.post('/verify', chosen(['a.pdf', sealed]), 'en')
  t.true(english.includes('The seal is authentic and the content unchanged'))
  t.is(box.parts.journal.size, size)
})

test.serial(
  'the verdict is printed as a sheet for who sees the content, and for nobody else',
  async (t) => {
    const [one, two, three] = box.units
    const path = `/documents/${document}/evidence-sheet.pdf`
    const sheet = await box.request({ path, as: one.keys.clerk })
    t.is(sheet.status, 200)
    t.is(sheet.headers['content-type'], 'application/pdf')
    t.true(Buffer.from(sheet.bytes).subarray(0, 5).toString() === '%PDF-')
    // A recipient that has not signed for it yet, and a unit that does not know of it.
    for (const unit of [two, three]) {
      t.is((await box.request({ path, as: unit.keys.clerk })).status, 404)
    }
  },
)

test.serial('a file that was chosen is answered as a sheet on demand, one at a time', async (t) => {
  const as = { fields: { as: 'sheet' } }
  const sheet = await clerk.post('/verify', { ...chosen(['通知.pdf', sealed]), ...as })
  t.is(sheet.status, 200)
  t.true(sheet.text.startsWith('%PDF-'))
  const two = await clerk.post('/verify', {
    ...chosen(['a.pdf', sealed], ['b.pdf', sealed]),
    ...as,
  })
  t.is(two.status, 422)
  t.true(two.text.includes('验证单一次只能打印一个文件的'))
})

test.serial('two files of one name are both judged', async (t) => {
  const { text } = await clerk.post('/verify', chosen(['a.pdf', sealed], ['a.pdf', 'no PDF']))
  t.true(text.includes('验证通过 1 / 2'))
})

test.serial('an altered file fails; one of another box is not decided, and says why', async (t) => {
  const altered = Uint8Array.from(sealed)
  const at = Buffer.from(sealed).indexOf('stream') + 40
  altered[at] = (altered[at] ?? 0) ^ 1
  const { text } = await clerk.post('/verify', chosen(['altered.pdf', altered]))
  t.true(text.includes('印章无效，文件已被改动或损坏'))
  t.true(text.includes('verdict bad'))
  const other = await clerk.post(
    '/verify',
    chosen(
      ['notice.receipt.json', example('notice.receipt.json')],
      ['notice.receipt.json.p7s', example('notice.receipt.json.p7s')],
    ),
  )
  t.true(other.text.includes('验证通过 0 / 1'))
  t.true(other.text.includes('证书不能追溯到您所信任的根证书'))
})

test.serial(
  'attachments that were chosen are compared with those that the file names',
  async (t) => {
    const files = [
      ...(chosen(['a.pdf', sealed]).files ?? []),
      { field: 'attachments', fileName: '附表.txt', bytes: 'not named' },
    ]
    const { status, text } = await clerk.post('/verify', { files })
    t.is(status, 200)
    t.true(text.includes('验证通过 1 / 1'))
  },
)

test.serial('a form without files, or with too many, is refused at its field', async (t) => {
  const none = await clerk.post('/verify', { files: [] })
  t.is(none.status, 422)
  t.true(none.text.includes('请选择要验证的文件'))
  t.regex(none.text, /id="files"[^>]*aria-invalid="true"/)
  const many = Array.from({ length: 11 }, (_, at) => [`${String(at)}.txt`, 'x'] as const)
  t.is((await clerk.post('/verify', chosen(...many))).status, 422)
})

test.serial('a hostile name of a file is shown as text', async (t) => {
  const { text } = await clerk.post('/verify', chosen(['<script>alert(1).pdf', 'x']))
  t.false(text.includes('<script>alert'))
  t.true(text.includes('&lt;script&gt;alert(1).pdf'))
})

test.serial(
  'verifying and help answer whoever has a certificate, in both languages, nobody else',
  async (t) => {
    const pages = [
      ['/verify', '要验证的文件', 'Files to be verified'],
      ['/help', '谁办什么', 'Who does what'],
    ] as const
    for (const [path, zh, en] of pages) {
      t.true((await clerk.get(path)).text.includes(zh), path)
      t.true((await clerk.get(path, 'en')).text.includes(en), path)
      const refused = await browserOf(box).get(path)
      t.is(refused.status, 401)
      t.regex(String(refused.headers['content-type']), /^text\/html/)
    }
  },
)

test.serial('the common name is found in a subject, with what was escaped', (t) => {
  t.is(commonName('CN=甲\\, 乙,O=丙'), '甲, 乙')
  t.is(commonName('O=丙,CN=丁'), '丁')
  t.is(commonName('O=丙'), 'O=丙')
})
