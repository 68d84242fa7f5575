/** The pages of a unit, without a script: what they show to whom, and how their forms refuse. */
import test from 'ava'
import { openTestBox, type Identity, type Reply, type TestBox } from '../box_fixture.ts'
import { approved, attachmentOf, dispatched, drafted, plainPdf, textBytes } from '../trip.ts'

let box: TestBox
test.before(async () => {
  box = await openTestBox()
})
test.after.always(() => box.close())

const parties = () => {
  const [one, two, three] = box.units
  return { one, two, three, between: { issuers: [one], main: [two] } }
}

const open = (path: string, as: Identity, language = 'zh'): Promise<Reply> =>
  box.request({ path, as, headers: { Accept: 'text/html', 'Accept-Language': language } })

/** Sends a form as a browser does without a script. */
function send(
  path: string,
  as: Identity,
  fields: readonly (readonly [string, string | File])[],
): Promise<Reply> {
  const boundary = 'sealbox-form-boundary'
  const parts = fields.map(([name, value]) =>
    typeof value === 'string'
      ? Buffer.from(
          `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
        )
      : Buffer.concat([
          Buffer.from(
            `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${value.name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
          ),
          value.bytes,
          Buffer.from('\r\n'),
        ]),
  )
  const headers = {
    Accept: 'text/html',
    'Accept-Language': 'zh',
    'Content-Type': `multipart/form-data; boundary=${boundary}`,
    'Sec-Fetch-Site': 'same-origin',
  }
  return box.request({
    method: 'POST',
    path,
    as,
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    headers,
  })
}
interface File {
  readonly name: string
  readonly bytes: Uint8Array
}

const post = (path: string, as: Identity, fields: Record<string, string>): Promise<Reply> =>
  box.request({
    method: 'POST',
    path,
    as,
    body: new URLSearchParams(fields).toString(),
    headers: {
      Accept: 'text/html',
      'Accept-Language': 'zh',
      'Content-Type': 'application/x-www-form-urlencoded',
    },
  })

const hidden = (page: Reply, name: string): string =>
  new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(page.text)?.[1] ?? ''

const filledIn = (more: Record<string, string> = {}): [string, string][] => {
  const { one, two } = parties()
  const fields = {
    mode: 'draft',
    kind: '通知',
    direction: 'down',
    urgency: '加急',
    title: `${one.unit.name}关于汛期值班的通知`,
    main: two.unit.shortName,
    copies: '',
    body: '一、总体要求\n汛期实行二十四小时值班。\n|单位|电话|\n|办公室|0000|',
    once: 'form-once-0001',
    ...more,
  }
  return Object.entries(fields)
}

test('a draft is typed, saved, previewed and handed on, without a script', async (t) => {
  const { one } = parties()
  const as = one.keys.clerk
  const saved = await send('/compose', as, [...filledIn(), ['action', 'save']])
  t.is(saved.status, 303)
  const path = String(saved.headers['location']).replace(/\?.*/, '')
  const page = await open(`${path}?preview`, as)
  t.is(page.status, 200)
  t.regex(page.text, /汛期实行二十四小时值班/)
  t.regex(page.text, /预览，共 2 页/)
  const picture = await open(`${path}/pages/1`, as)
  t.is(picture.headers['content-type'], 'image/png')
  const sent = await send('/compose', as, [
    ...filledIn({ once: hidden(page, 'once') }),
    ['draft', hidden(page, 'draft')],
    ['ifVersion', hidden(page, 'ifVersion')],
    ['action', 'hand-on'],
  ])
  t.is(sent.status, 303, sent.text)
  const document = await open(String(sent.headers['location']), as)
  t.regex(document.text, /待签发/)
  t.regex(document.text, /等待本单位领导/)
  t.is((await open(path, as)).status, 404, 'the typed draft is gone')
  // The answer was lost on the way: the same form sent again leads to the same document.
  const again = (title?: string) =>
    send('/compose', as, [
      ...filledIn({ once: hidden(page, 'once'), ...(title !== undefined && { title }) }),
      ['draft', hidden(page, 'draft')],
      ['ifVersion', hidden(page, 'ifVersion')],
      ['action', 'hand-on'],
    ])
  const repeated = await again()
  t.is(repeated.status, 303)
  t.is(repeated.headers['location'], sent.headers['location'])
  const changed = await again(`${one.unit.name}关于另一件事的通知`)
  t.is(changed.status, 409, 'what was changed meanwhile is kept, and sent by nobody')
  t.regex(changed.text, /关于另一件事的通知/)
  const leader = await open(String(sent.headers['location']), one.keys.leader)
  t.regex(leader.text, /signer\.html#act=approve&amp;document=/)
})

test('what the lint refuses is said at its field, and what was typed is kept', async (t) => {
  const { one } = parties()
  const wrong = filledIn({
    kind: '请示',
    direction: 'down',
    title: '',
    body: '请批示。<b>',
    once: 'form-once-0002',
  })
  const reply = await send('/compose', one.keys.clerk, [...wrong, ['action', 'hand-on']])
  t.is(reply.status, 422)
  t.regex(reply.text, /id="title-wrong"/)
  t.regex(reply.text, /aria-invalid="true"/)
  t.regex(reply.text, /请批示。&lt;b&gt;<\/textarea>/)
  t.regex(reply.text, /已保存/)
  const classified = filledIn({ title: '机密★', once: 'form-once-0003' })
  const from = box.box.journal.size
  const kept = await send('/compose', one.keys.clerk, [...classified, ['action', 'hand-on']])
  t.is(kept.status, 422)
  t.regex(kept.text, /密级/)
  const noted = await box.entries(from, 'act.refused')
  const reasons = noted.filter(({ data }) => String(data['reasons']).includes('CLASSIFIED_MARK'))
  t.is(reasons.length, 1, 'the journal knows what was kept out')
  t.is(reasons[0]?.actor.certificate, one.keys.clerk.name)
})

test('a page left open for a day does not overwrite newer work', async (t) => {
  const { one } = parties()
  const as = one.keys.clerk
  const saved = await send('/compose', as, [...filledIn({ title: '第一版' }), ['action', 'save']])
  const path = String(saved.headers['location']).replace(/\?.*/, '')
  const stale = await open(path, as)
  const again = (page: Reply, title: string) =>
    send('/compose', as, [
      ...filledIn({ title }),
      ['draft', hidden(page, 'draft')],
      ['ifVersion', hidden(page, 'ifVersion')],
      ['action', 'save'],
    ])
  t.is((await again(stale, '第二版')).status, 303)
  const refused = await again(stale, '旧页面的内容')
  t.is(refused.status, 409)
  t.regex(refused.text, /没有覆盖它/)
  t.regex(refused.text, /旧页面的内容/)
  t.regex((await open(path, as)).text, /第二版/)
})

test('a hostile title is text on every page that shows it', async (t) => {
  const { one, two, between } = parties()
  const title = `${one.unit.name}关于<img src=x onerror=alert(1)>的通知`
  const { id } = await dispatched(between, { title })
  const pages = ['/', '/inbox', `/documents/${id}`, `/search?q=${encodeURIComponent('onerror')}`]
  for (const path of pages) {
    const { status, text } = await open(path, two.keys.clerk)
    t.is(status, 200, path)
    t.false(text.includes('<img src=x'), path)
  }
  const query = await open(
    `/search?q=${encodeURIComponent('"><script>alert(1)</script>')}`,
    two.keys.clerk,
  )
  t.false(query.text.includes('<script>alert'))
})

test('another unit’s document is no page, no picture and no file', async (t) => {
  const { one, two, three, between } = parties()
  const { id } = await dispatched(between)
  for (const rest of ['', '/pages/1', '/files/pdf', '/bundle.asice']) {
    const reply = await open(`/documents/${id}${rest}`, three.keys.clerk)
    t.is(reply.status, 404, rest)
    t.false(reply.text.includes(one.unit.name), rest)
  }
  const before = await open(`/documents/${id}`, two.keys.clerk)
  t.regex(before.text, /签收之后可以阅读全文/)
  t.is((await open(`/documents/${id}/pages/1`, two.keys.clerk)).status, 404)
  await two.clerk.signFor(id)
  t.is(
    (await open(`/documents/${id}/pages/1`, two.keys.clerk)).headers['content-type'],
    'image/png',
  )
})

test('a recipient does not see who else signed for it', async (t) => {
  const { one, two, three } = parties()
  const { id } = await dispatched({ issuers: [one], main: [two, three] })
  await three.clerk.signFor(id)
  const own = await open(`/documents/${id}`, one.keys.clerk)
  t.regex(own.text, /class="map"/)
  t.true(own.text.includes(three.unit.shortName))
  const recipient = await open(`/documents/${id}`, two.keys.clerk)
  t.false(recipient.text.includes('class="map"'))
  t.false(recipient.text.includes(three.unit.shortName))
})

test('registering draws one number, however often the form is sent', async (t) => {
  const { one, between } = parties()
  const { id } = await approved(between)
  const page = await open(`/documents/${id}`, one.keys.clerk)
  const fields = {
    ifVersion: hidden(page, 'ifVersion'),
    once: hidden(page, 'once'),
    series: one.unit.series[0] ?? '',
  }
  const replies = await Promise.all(
    [1, 2].map(() => post(`/documents/${id}/register`, one.keys.clerk, fields)),
  )
  t.deepEqual(
    replies.map(({ status }) => status),
    [303, 303],
  )
  const late = await post(`/documents/${id}/register`, one.keys.clerk, {
    ...fields,
    once: 'another-once-1',
  })
  t.is(late.status, 409)
  t.regex(late.text, /编号 <code>|编号/)
  t.is(
    (
      await post(`/documents/${id}/register`, one.keys.leader, {
        ...fields,
        once: 'another-once-2',
      })
    ).status,
    403,
  )
  const wrong = await post(`/documents/${id}/register`, one.keys.clerk, { ...fields, number: '-3' })
  t.is(wrong.status, 409)
})

test('files are inspected as they come with the form: what is refused is said, what is good is kept', async (t) => {
  const { one, two } = parties()
  const as = one.keys.clerk
  const bytes = textBytes('名单')
  const good: File = { name: '名单 一.txt', bytes }
  const fields = filledIn({ once: 'form-once-0007' })
  const saved = await send('/compose', as, [...fields, ['attachment', good], ['action', 'save']])
  t.is(saved.status, 303)
  const page = await open(String(saved.headers['location']), as)
  t.regex(page.text, /名单 一\.txt/)
  t.true(page.text.includes(attachmentOf(bytes).sha256))
  const upload = filledIn({
    mode: 'upload',
    title: `${one.unit.name}关于上传的通知`,
    main: two.unit.name,
    once: 'form-once-0008',
  })
  const bad = await send('/compose', as, [
    ...upload,
    ['file', { name: 'x.pdf', bytes: textBytes('no pdf') }],
    ['action', 'hand-on'],
  ])
  t.is(bad.status, 422)
  t.regex(bad.text, /不是 PDF 文件/)
  const pdf = await plainPdf('upload by form', 2)
  const sent = await send('/compose', as, [
    ...upload,
    ['file', { name: 'x.pdf', bytes: pdf }],
    ['action', 'hand-on'],
  ])
  t.is(sent.status, 303, sent.text)
})

test('a file name that no page should show is made plain, and never fails', async (t) => {
  const as = parties().one.keys.clerk
  const names = ['a\u202ebat.txt', `${'长'.repeat(150)}😀${'尾'.repeat(199)}`, '..']
  for (const [at, name] of names.entries()) {
    const file: File = { name, bytes: textBytes(`名单 ${String(at)}`) }
    const fields = filledIn({ once: `form-once-01${String(at)}` })
    const sent = await send('/compose', as, [
      ...fields,
      ['attachment', file],
      ['action', 'hand-on'],
    ])
    t.is(sent.status, 303, name)
    t.regex(String(sent.headers['location']), /^\/documents\//)
  }
})

test('a picture of a page is asked for anew each time, and sent anew only where it changed', async (t) => {
  const { one, two, between } = parties()
  const { id } = await drafted(between)
  const asking = (as: Identity, known?: string): Promise<Reply> =>
    box.request({
      path: `/documents/${id}/pages/1?w=700`,
      as,
      headers: known === undefined ? {} : { 'If-None-Match': known },
    })
  const first = await asking(one.keys.leader)
  t.is(first.headers['cache-control'], 'private, no-cache')
  const tag = String(first.headers['etag'])
  t.is((await asking(one.keys.leader, tag)).status, 304)
  t.is((await asking(one.keys.leader, '"other"')).status, 200)
  t.is((await asking(two.keys.leader, tag)).status, 404)
})

test('every page of a unit speaks English too', async (t) => {
  const { one, between } = parties()
  const { id } = await drafted(between)
  for (const path of [
    '/',
    '/inbox',
    '/outbox',
    '/compose',
    '/upload',
    '/search',
    '/preferences',
    `/documents/${id}`,
  ]) {
    const { status, text } = await open(path, one.keys.clerk, 'en')
    t.is(status, 200, path)
    t.regex(text, /<html lang="en"/, path)
    t.regex(text, />Today</, path)
  }
})

test('bad addresses are refused as pages with a reference', async (t) => {
  const { one } = parties()
  for (const [path, status] of [
    ['/inbox?after=x', 400],
    ['/search?q=%22', 400],
    ['/documents/none', 404],
    ['/nothing', 404],
    ['/compose/none', 404],
    ['/assets/../app.ts', 404],
    ['/assets/constructor', 404],
  ] as const) {
    const reply = await open(path, one.keys.clerk)
    t.is(reply.status, status, path)
    t.regex(String(reply.headers['content-type']), /^text\/html/, path)
    if (status === 404) t.regex(reply.text, /<code>[0-9a-f-]{36}<\/code>/, path)
  }
})
