/** What a later revision did, in the report's own words: code, page, whether it was permitted, and what that makes of the seal. */
import test from 'ava'
import { beginUpdate, changeObject, readPdf, type Update } from '../../../exchange/pdf/index.ts'
import {
  changeText,
  reportText,
  verifyFile,
  type ChangeCode,
  type Report,
} from '../../../exchange/verify/index.ts'
import { appendRaw, at, richPdf } from './exploits/base.ts'
import { shadowExploits } from './exploits/shadows.ts'
import { createDistrict, sealPdf } from './openssl_district.ts'

const district = createDistrict()
test.after.always(() => {
  district.remove()
})
const soon = new Date(Date.now() + 86_400_000)
const verify = (bytes: Uint8Array): Promise<Report> =>
  verifyFile({ name: 'x.pdf', bytes, trust: [district.root], at: soon })
const seal = async (options: Parameters<typeof sealPdf>[1]): Promise<Uint8Array> =>
  (await sealPdf(district, { pdf: richPdf(), ...options })).pdf
const level1 = seal({ docMdp: 1 })
const level2 = seal({ docMdp: 2 })
const level3 = seal({ docMdp: 3 })
const locking = seal({ docMdp: 2, fieldMdp: { action: 'Include', fields: ['amount'] } })

/** The last revision's changes as `code page effect`. */
const lastChanges = ({ revisions = [] }: Report): string[] =>
  (revisions.at(-1)?.changes ?? []).map(({ code, page, effect }) =>
    [code, page ?? '', effect].join(' '),
  )

const named: readonly (readonly [exploit: string, code: ChangeCode, page?: number])[] = [
  ['the page’s text replaced', 'PAGE_CONTENT_CHANGED', 1],
  ['the text of the other page replaced', 'PAGE_CONTENT_CHANGED', 2],
  ['/Contents gains a stream', 'PAGE_CONTENT_CHANGED', 1],
  ['the table leads from the text to what lay hidden', 'SHADOW_CONTENT'],
  ['an open reference filled', 'REFERENCE_FILLED'],
  ['bytes that no table lists', 'HIDDEN_BYTES'],
  ['the picture replaced', 'PICTURE_REPLACED', 1],
  ['the graphics state replaced', 'RESOURCE_REPLACED', 1],
  ['all resources replaced', 'RESOURCE_REPLACED', 1],
  ['a page taken away', 'PAGES_REMOVED'],
  ['a page added', 'PAGES_ADDED'],
  ['pages in another order', 'PAGES_EXCHANGED'],
  ['the page turned', 'PAGE_FRAME_CHANGED', 1],
  ['a layer shown that was hidden', 'LAYERS_CHANGED'],
  ['a script when opened', 'ACTION_ADDED'],
  ['a script by name', 'ACTION_ADDED'],
  ['a file inside', 'ATTACHED_FILES_CHANGED'],
  ['another title', 'DOCUMENT_CHANGED'],
  ['a field added', 'FIELD_ADDED', 1],
  ['a field moved', 'FIELD_ALTERED', 1],
  ['fields computed by scripts', 'FORM_CHANGED'],
  ['the seal’s mark replaced', 'MARK_CHANGED', 1],
  ['the seal’s mark moved', 'MARK_CHANGED', 1],
  ['a mark like a seal that is none', 'MARK_WITHOUT_SIGNATURE', 1],
  ['an annotation of kind FreeText', 'ANNOTATION_ADDED', 1],
  ['an annotation taken away', 'ANNOTATION_REMOVED', 1],
  ['a link that leads elsewhere', 'ANNOTATION_CHANGED', 1],
  ['a hybrid table that hides the page’s text', 'UPDATE_UNREADABLE'],
]
for (const [what, code, page] of named) {
  test(`${what} is named ${code}${page === undefined ? '' : ` of page ${String(page)}`}`, async (t) => {
    const report = await verify(shadowExploits[what]?.(await level2) ?? new Uint8Array())
    const found = lastChanges(report)
    t.true(found.includes([code, page ?? '', 'forbidden'].join(' ')), found.join('; '))
    t.is(report.signatures[0]?.integrity, 'CHANGED')
    t.is(report.verdict, 'TOTAL-FAILED')
  })
}

test('a font replaced is named with the pages that use it', async (t) => {
  const report = await verify(
    shadowExploits['the font replaced']?.(await level2) ?? new Uint8Array(),
  )
  t.regex(lastChanges(report).join(), /FONT_REPLACED \d forbidden/)
})

/** By level: what DocMDP permits a person still sees, so that the seal does not vouch for it. */
const permitted: readonly (readonly [exploit: string, code: ChangeCode, from: 2 | 3])[] = [
  ['a field filled in', 'FIELD_FILLED', 2],
  ['a field’s look changed', 'FIELD_FILLED', 2],
  ['an annotation of kind Stamp', 'ANNOTATION_ADDED', 3],
  ['an annotation taken away', 'ANNOTATION_REMOVED', 3],
]
for (const [what, code, from] of permitted) {
  for (const [level, sealed] of [level1, level2, level3].entries()) {
    const isPermitted = level + 1 >= from
    test(`${what} under P=${String(level + 1)} is ${isPermitted ? 'permitted and CHANGED' : 'forbidden'}`, async (t) => {
      const report = await verify(shadowExploits[what]?.(await sealed) ?? new Uint8Array())
      const [signature] = report.signatures
      t.is(signature?.docMdp, (level + 1) as 1 | 2 | 3)
      t.regex(
        lastChanges(report).join(),
        new RegExp(`${code} \\d? ?${isPermitted ? 'permitted' : 'forbidden'}`),
      )
      t.is(signature?.integrity, 'CHANGED')
      t.is(report.verdict, isPermitted ? 'INDETERMINATE' : 'TOTAL-FAILED')
      t.is(report.subIndication, isPermitted ? 'SIG_CONSTRAINTS_FAILURE' : 'HASH_FAILURE')
      const finding = isPermitted ? 'CHANGED_AS_PERMITTED' : 'CHANGED_AFTER'
      t.true(signature?.findings.some((one) => one.code === finding))
    })
  }
}

test('a field that the seal locked may not be filled in, another may', async (t) => {
  const sealed = await locking
  const locked = await verify(shadowExploits['a field filled in']?.(sealed) ?? new Uint8Array())
  t.deepEqual(locked.signatures[0]?.fieldMdp, { action: 'Include', fields: ['amount'] })
  t.true(lastChanges(locked).includes('FIELD_LOCKED 1 forbidden'), lastChanges(locked).join())
  t.is(locked.verdict, 'TOTAL-FAILED')
  const other = await verify(
    shadowExploits['only the state of a box changed']?.(sealed) ?? new Uint8Array(),
  )
  t.true(lastChanges(other).includes('FIELD_FILLED 1 permitted'), lastChanges(other).join())
  t.is(other.verdict, 'INDETERMINATE')
})

/** What shows nothing and hurts nobody. */
const harmless: Readonly<
  Record<
    string,
    { readonly code: ChangeCode | undefined; readonly change: (update: Update) => void }
  >
> = {
  'a newer version of the format': {
    code: 'VERSION_RAISED',
    change: (update) => {
      changeObject(update, at.catalog, { Version: { set: '/2.0' } })
    },
  },
  'another date of change': {
    code: 'METADATA_CHANGED',
    change: (update) => {
      changeObject(update, at.information, { ModDate: { set: '(D:20261123)' } })
    },
  },
  'an object written again as it was': {
    code: undefined,
    change: (update) => {
      update.put(
        at.link,
        '<</Rect[72 500 200 520]/Type/Annot/Subtype/Link/Border[0 0 0]/Dest[4 0 R/Fit]>>',
      )
    },
  },
  'an object that nothing refers to': {
    code: undefined,
    change: (update) => {
      update.put(at.free, '<</Unused false>>')
    },
  },
  'an empty place for a further signature': {
    code: 'SIGNATURE_FIELD_ADDED',
    change: (update) => {
      const place = update.allocate()
      update.put(
        place,
        '<</Type/Annot/Subtype/Widget/FT/Sig/T(Next)/Rect[400 100 480 180]/P 3 0 R>>',
      )
      const reference = `${String(place)} 0 R`
      changeObject(update, at.page, { Annots: { append: [reference] } })
      changeObject(update, at.form, { Fields: { append: [reference] } })
    },
  },
}
for (const [what, { code, change }] of Object.entries(harmless)) {
  test(`${what} leaves the seal INTACT`, async (t) => {
    const update = beginUpdate(readPdf(await level2))
    change(update)
    const report = await verify(update.finish().bytes)
    t.is(report.signatures[0]?.integrity, 'INTACT', lastChanges(report).join())
    t.deepEqual(lastChanges(report), code === undefined ? [] : [`${code}  permitted`])
  })
}

test('a file that is encrypted by an update has lost its seal', async (t) => {
  const bytes = appendRaw(await level2, {
    trailer: '/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O () /U () >>',
  })
  const report = await verify(bytes)
  t.is(report.verdict, 'TOTAL-FAILED')
  t.is(report.signatures[0]?.integrity, 'BROKEN')
})

test('the report names each revision by its bytes, in both languages', async (t) => {
  const report = await verify(
    shadowExploits['the page’s text replaced']?.(await level2) ?? new Uint8Array(),
  )
  const revisions = report.revisions ?? []
  t.is(revisions.length, 5)
  revisions.forEach(({ index, start, sha256 }, place) => {
    t.is(index, place)
    t.is(start, revisions[place - 1]?.end ?? 0)
    t.regex(sha256, /^[0-9a-f]{64}$/)
  })
  t.is(report.signatures[0]?.revision, 1)
  const [change] = revisions.at(-1)?.changes ?? []
  if (change) {
    t.is(changeText(change, 'zh'), '第 1 页：页面的文字或图形被替换')
    t.is(changeText(change, 'en'), 'page 1: text or drawings of the page were replaced')
  }
  t.regex(reportText(report, 'zh'), /第 1 页：页面的文字或图形被替换/)
  t.regex(reportText(report, 'en'), /page 1: text or drawings of the page were replaced/)
})
