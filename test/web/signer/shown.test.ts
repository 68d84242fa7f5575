/** What is shown is what is signed: a request described, a draft and a roster read, a second answer compared. */
import test from 'ava'
import { canonicalJson, sha256Hex, toBase64 } from '../../../ca/index.ts'
import { checkSignRequest, type SignRequest } from '../../../exchange/unit/index.ts'
import { modelDistrict, writeRoster } from '../../../provisioning/index.ts'
import { isSame } from '../../../web/signer/signing/ask.ts'
import { describe } from '../../../web/signer/signing/describe.ts'
import { readDraft } from '../../../web/signer/signing/draft.ts'
import { firstQuery } from '../../../web/signer/signing/edits.ts'
import { isReadable } from '../../../web/signer/signing/looked_at.ts'
import { rosterRows } from '../../../web/signer/signing/roster.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const id = 'a'.repeat(26)
const unit = '11999901PDY9000425'
const hash = sha256Hex(utf8('file'))
const journal = { checkpoint: 'c', from: null, proof: [] }
const base = {
  type: 'sealbox-signreq',
  v: 1,
  box: 'b',
  holder: `seat:${unit}/clerk`,
  body: { ifVersion: 1 },
  files: [],
  words: { title: '关于某事的通知', issuers: ['某局'], names: { [unit]: '财政局' } },
  journal,
}

function request(act: string, statement: object, more: object = {}): SignRequest {
  const path = `/api/v1/documents/${id}/acts/${act}`
  return checkSignRequest({ ...base, act, path, statement, ...more })
}

const approval = (more: object = {}): SignRequest =>
  request('approve', {
    type: 'sealbox.approval',
    document: id,
    unit,
    approved: hash,
    attachments: [],
    opinion: '同意',
    ...more,
  })

test('what is signed is described from the statement, what the box says apart from it', (t) => {
  const shown = describe(
    request('dispatch', {
      type: 'sealbox.dispatch',
      document: id,
      unit,
      documentHash: hash,
      number: { series: '青财发', year: 2026, number: 7 },
      main: [unit, '11999901PDY900018L'],
      copies: [],
      deadline: null,
    }),
  )
  t.is(shown.act.zh, '发出')
  t.is(shown.subject, '关于某事的通知')
  const values = shown.facts.map(({ value }) => value)
  t.deepEqual(values[0], {
    kind: 'strong',
    text: { zh: '青财发〔2026〕7号', en: '青财发〔2026〕7号' },
  })
  t.deepEqual(values[1], {
    kind: 'names',
    names: [
      { name: '财政局', code: unit },
      { name: '11999901PDY900018L', code: '11999901PDY900018L' },
    ],
  })
  t.is(values.length, 4)
  t.deepEqual(
    shown.boxSays.map(({ name }) => name.zh),
    ['发文单位'],
  )
})

test('an issuer that does not lead countersigns', (t) => {
  t.is(describe(approval()).act.zh, '会签')
  const own = { words: { ...base.words, issuers: ['财政局', '某局'] } }
  t.is(describe({ ...approval(), ...own }).act.zh, '签发')
})

test('a second answer is the same if only head, version and what was edited differ', (t) => {
  const shown = approval()
  const later = { ...shown, body: { ifVersion: 9 }, journal: { ...journal, checkpoint: 'd' } }
  t.true(isSame(shown, later))
  t.false(isSame(shown, approval({ opinion: '另一种意见' })))
  t.true(isSame(shown, approval({ opinion: '另一种意见' }), 'opinion'))
  t.false(isSame(shown, approval({ approved: sha256Hex(utf8('other')) }), 'opinion'))
  t.false(isSame(shown, { ...shown, holder: `seat:${unit}/leader` }))
  t.false(isSame(shown, { ...shown, files: [{ as: 'draft', name: 'x', sha256: hash }] }))
})

test('a seal with another mark, place or certificate than was shown is not the same', (t) => {
  const sealed = (seal: object): SignRequest =>
    checkSignRequest({
      ...base,
      act: 'seal',
      path: `/api/v1/documents/${id}/acts/seal`,
      seal: {
        at: '2026-11-25T08:00:00.000Z',
        certificate: hash,
        file: hash,
        contentsAt: 10,
        contentsBytes: 8,
        append: toBase64(utf8("mark /M(D:20261125080000+00'00')")),
        ...seal,
      },
    })
  const later = {
    at: '2026-11-25T08:00:09.000Z',
    append: toBase64(utf8("mark /M(D:20261125080009+00'00')")),
  }
  t.true(isSame(sealed({}), sealed(later)))
  const others = [
    { append: toBase64(utf8("MARK /M(D:20261125080000+00'00')")) },
    { certificate: sha256Hex(utf8('other')) },
    { contentsAt: 11 },
  ]
  for (const other of others) t.false(isSame(sealed({}), sealed(other)))
})

test('what a person wrote is among what is signed, also where it cannot be edited', (t) => {
  const said = (given: SignRequest): string => JSON.stringify(describe(given).facts)
  t.true(said(approval({ opinion: '请即办理' })).includes('请即办理'))
  const about = { document: id, unit, documentHash: hash }
  const back = { type: 'sealbox.return', ...about, dispatch: hash, reason: '附件缺页' }
  t.true(said(request('return', back)).includes('附件缺页'))
  const sent = {
    type: 'sealbox.dispatch',
    ...about,
    number: { series: '青财发', year: 2026, number: 7 },
    main: [unit],
    copies: [],
    deadline: '2026-12-01T00:00:00.000Z',
  }
  t.true(said(request('dispatch', sent)).includes('2026-12-01'))
  const refused = { type: 'sealbox.enrolment-refusal', request: hash, who: unit, reason: '词不符' }
  const path = `/api/v1/requests/${hash}/acts/refuse`
  const asked = { ...base, act: 'refuse-request', path, statement: refused, body: {} }
  t.true(said(checkSignRequest(asked)).includes('词不符'))
})

test('a reason that is not written yet does not keep its request from being shown', (t) => {
  const asked = firstQuery(new URLSearchParams({ act: 'return', document: id }))
  t.true((asked.get('reason') ?? '').length > 0)
  t.is(firstQuery(new URLSearchParams({ act: 'return', reason: '有误' })).get('reason'), '有误')
  t.is(firstQuery(new URLSearchParams({ act: 'approve' })).get('reason'), null)
})

const draft = {
  kind: '通知',
  direction: 'down',
  issuers: [{ name: '某局', agencyCode: '某' }],
  mainRecipients: [],
  copies: [],
  title: '题目',
  body: [{ type: 'paragraph', text: '正文' }],
  attachments: [],
  printedBy: '某局',
}

test('a draft with a field that would not be shown is not for signing', (t) => {
  const bytes = (value: object): Uint8Array => canonicalJson(value)
  t.is(readDraft(bytes(draft))?.title, '题目')
  t.is(readDraft(bytes({ ...draft, hidden: '另有' })), undefined)
  t.is(readDraft(bytes({ ...draft, body: [{ type: 'aside', text: 'x' }] })), undefined)
  const [block] = draft.body
  t.is(readDraft(bytes({ ...draft, body: [{ ...block, hidden: '另有' }] })), undefined)
  t.is(readDraft(utf8('x')), undefined)
  const twice = new TextDecoder()
    .decode(bytes(draft))
    .replace('"title"', '"title":"另一题目","title"')
  t.is(readDraft(utf8(twice)), undefined)
  t.is(readDraft(bytes({ ...draft, title: '题\u202e目' })), undefined)
  const asked = {
    ...approval(),
    files: [{ as: 'draft', name: 'draft.json', sha256: hash }] as const,
  }
  t.true(isReadable({ ...asked, files: [...asked.files] }, new Map([[hash, bytes(draft)]])))
  t.false(isReadable({ ...asked, files: [...asked.files] }, new Map([[hash, utf8('x')]])))
  const turned = { ...asked.words, names: { [unit]: '财\u202e政局' } }
  const deceiving = { ...asked, files: [...asked.files], words: turned }
  t.false(isReadable(deceiving, new Map([[hash, bytes(draft)]])))
})

test('a roster is read for the officer, in either encoding, and must be the statement’s', (t) => {
  const bytes = writeRoster(modelDistrict)
  t.deepEqual(
    rosterRows(bytes),
    modelDistrict.map(({ uscc, name }) => ({ uscc, name })),
  )
  t.deepEqual(rosterRows(utf8('name,uscc\r\n"某局, ""甲""",X1\r\n\r\n')), [
    { uscc: 'X1', name: '某局, "甲"' },
  ])
  // 某局 in GB18030.
  const gb = new Uint8Array([...utf8('uscc,name\nX1,'), 0xc4, 0xb3, 0xbe, 0xd6])
  t.deepEqual(rosterRows(gb), [{ uscc: 'X1', name: '某局' }])
  t.is(rosterRows(utf8('a,b\n1,2')), undefined)
})
