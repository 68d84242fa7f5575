/** What a seal may do to a file: put one signature with its mark behind it. Whatever else is appended, no key signs. */
import test from 'ava'
import { concat, sha256, toBase64 } from '../../../ca/index.ts'
import { prepareSeal, type ReservedSeal } from '../../../exchange/seal/index.ts'
import {
  beginUpdate,
  changeObject,
  listPages,
  readPdf,
  referenceNumber,
  referenceText,
  type Changes,
  type FinishedUpdate,
  type PdfPage,
  type Update,
} from '../../../exchange/pdf/index.ts'
import { digestForSeal } from '../../../exchange/unit/seal.ts'
import { preparedPdf, timelessSeal, type RequestedSeal } from '../../../exchange/unit/index.ts'
import { pdfLibBase } from '../seal/bases.ts'
import { journalCertificate } from './journal_key.ts'

const at = new Date('2026-11-25T08:00:00.000Z')
const date = "/M(D:20261125080000+00'00')"
const dictionary = `/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached${date}`
const contentsBytes = 2048
const plain = await pdfLibBase(false, 2)
const streamed = await pdfLibBase(true, 1)

interface Evil {
  readonly base?: Uint8Array
  readonly dictionary?: string
  readonly rect?: string
  readonly extra?: (update: Update) => void
  readonly catalog?: (signature: number) => Changes
  /** Keys of one more field, which is empty. */
  readonly reserved?: (update: Update) => string
}

/** A seal as the box appends it, or one that does more. */
function append(evil: Evil = {}): FinishedUpdate {
  const document = readPdf(evil.base ?? plain)
  const [page] = listPages(document)
  if (page === undefined) throw new TypeError('a page')
  const update = beginUpdate(document)
  const [signature, widget] = [update.allocate(), update.allocate()]
  evil.extra?.(update)
  const reserved = evil.reserved && reserveField(update, page, evil.reserved(update))
  update.put(
    widget,
    `<</Type/Annot/Subtype/Widget/FT/Sig/F 132/T(seal-1)/P ${referenceText(page.object.number)}` +
      `/V ${referenceText(signature)}/Rect${evil.rect ?? '[400 100 500 200]'}>>`,
  )
  const fields = [widget, ...(reserved === undefined ? [] : [reserved])]
  const field = { append: fields.map(referenceText) }
  changeObject(update, page.object.number, { Annots: field })
  changeObject(update, document.catalog().number, {
    AcroForm: { change: { Fields: field, SigFlags: { set: '3' } } },
    ...evil.catalog?.(signature),
  })
  update.putSignature(signature, evil.dictionary ?? dictionary, contentsBytes)
  return update.finish()
}

/** An empty field for another seal, with more keys. */
function reserveField(update: Update, page: PdfPage, keys: string): number {
  const number = update.allocate()
  const onPage = `/P ${referenceText(page.object.number)}`
  const widget = `/Type/Annot/Subtype/Widget/FT/Sig/F 132/T(seal-2)${onPage}/Rect[100 100 200 200]`
  update.put(number, `<<${widget}${keys}>>`)
  return number
}

function sealOf(finished: FinishedUpdate, base: Uint8Array = plain): RequestedSeal {
  return over(finished.bytes, finished.placeholder?.contentsAt ?? 0, base)
}

function over(pdf: Uint8Array, contentsAt: number, base: Uint8Array = plain): RequestedSeal {
  const hash = '0'.repeat(64) as RequestedSeal['file']
  return {
    at: at.toISOString(),
    certificate: hash,
    file: hash,
    contentsAt,
    contentsBytes,
    append: toBase64(pdf.subarray(base.length)),
  }
}

/** The content of a page. */
function contentOf(at: number): number {
  const value = listPages(readPdf(plain))[at]?.dictionary.entries.get('Contents')
  const number = referenceNumber(value?.kind === 'array' ? value.items[0] : value)
  if (number === undefined) throw new TypeError('no content')
  return number
}

const perms = (signature: number): Changes => ({
  Perms: { change: { DocMDP: { set: `${String(signature)} 0 R` } } },
})

test('a mark and an empty signature behind the file pass, the first with certification', async (t) => {
  for (const base of [plain, streamed]) {
    for (const catalog of [undefined, perms]) {
      const finished = append({ base, ...(catalog && { catalog }) })
      const seal = sealOf(finished, base)
      const { bytes } = finished
      t.deepEqual(preparedPdf(seal, base), bytes)
      const rest = bytes.subarray(seal.contentsAt + 2 * contentsBytes + 2)
      const covered = concat(bytes.subarray(0, seal.contentsAt), rest)
      t.deepEqual(await digestForSeal(seal, base, at), sha256(covered))
    }
  }
})

/** A seal as the box prepares it. */
function preparedSeal(
  when: Date,
  {
    base = plain,
    colour = '1 0 0 rg',
    reserve = [],
  }: {
    readonly base?: Uint8Array
    readonly colour?: string
    readonly reserve?: readonly ReservedSeal[]
  } = {},
) {
  return prepareSeal({
    pdf: base,
    certificate: journalCertificate.der,
    algorithm: 'ecdsa-p256-sha256',
    mark: { content: new TextEncoder().encode(`${colour} 0 0 119 119 re f`), size: 119 },
    page: listPages(readPdf(base))[0]?.index ?? 0,
    centre: { x: 450, y: 150 },
    fieldName: 'seal-1',
    at: when,
    name: '青禾区财政局',
    contentsBytes,
    docMdp: 2,
    reserve,
  })
}

test('the fields that a first seal reserves for others pass, unless they show something', async (t) => {
  const reserve = [{ fieldName: 'seal-2', page: 0, centre: { x: 300, y: 150 }, size: 119 }]
  const prepared = preparedSeal(at, { reserve })
  const digest = await digestForSeal(over(prepared.pdf, prepared.contentsAt), plain, at)
  t.deepEqual(digest, prepared.digest)
  const shown = append({
    reserved: (update) => {
      const look = update.allocate()
      const form = '/Type/XObject/Subtype/Form/BBox[0 0 9 9]'
      update.putStream(look, form, new TextEncoder().encode('0 0 9 9 re f'))
      return `/AP<</N ${referenceText(look)}>>`
    },
  })
  await t.throwsAsync(digestForSeal(sealOf(shown), plain, at), { code: 'SEAL_CHANGES_FILE' })
  const silent = append({ reserved: () => '' })
  await t.notThrowsAsync(digestForSeal(sealOf(silent), plain, at))
})

test('a seal as the box prepares it passes', async (t) => {
  const prepared = preparedSeal(at)
  const digest = await digestForSeal(over(prepared.pdf, prepared.contentsAt), plain, at)
  t.deepEqual(digest, prepared.digest)
})

test('the same seal a while later is the same but for its time; another mark is not', (t) => {
  const later = new Date(at.getTime() + 61_000)
  for (const base of [plain, streamed]) {
    const sealAt = (when: Date, colour?: string) => {
      const { pdf, contentsAt } = preparedSeal(when, { base, ...(colour && { colour }) })
      return timelessSeal({ ...over(pdf, contentsAt, base), at: when.toISOString() })
    }
    t.deepEqual(sealAt(later), sealAt(at))
    t.notDeepEqual(sealAt(later, '0 1 0 rg'), sealAt(at))
  }
})

const evils: readonly (readonly [what: string, evil: Evil])[] = [
  [
    'the page’s content is replaced',
    {
      extra: (update) => {
        update.putStream(contentOf(0), '', new TextEncoder().encode('BT ET'))
      },
    },
  ],
  [
    'the content of another page is replaced',
    {
      extra: (update) => {
        update.putStream(contentOf(1), '', new TextEncoder().encode('BT ET'))
      },
    },
  ],
  ['an action is added', { catalog: () => ({ OpenAction: { set: '[3 0 R/Fit]' } }) }],
  ['other rights are added', { catalog: () => ({ Perms: { change: { UR3: { set: '1 0 R' } } } }) }],
  ['a store of evidence is added', { catalog: () => ({ DSS: { set: '<</Type/DSS>>' } }) }],
  ['the mark covers the page', { rect: '[0 0 595 842]' }],
  ['it is a document timestamp', { dictionary: dictionary.replace('/Sig/', '/DocTimeStamp/') }],
  ['it says another time', { dictionary: dictionary.replace('080000', '090000') }],
  ['it says no time', { dictionary: dictionary.replace(date, '') }],
]

for (const [what, evil] of evils) {
  test(`refused: ${what}`, async (t) => {
    await t.throwsAsync(digestForSeal(sealOf(append(evil)), plain, at), {
      code: 'SEAL_CHANGES_FILE',
    })
  })
}

test('refused: a second update behind the seal, or before it', async (t) => {
  const finished = append()
  const behind = beginUpdate(finished.document)
  behind.put(behind.allocate(), '(more)')
  const seal = over(behind.finish().bytes, finished.placeholder?.contentsAt ?? 0)
  await t.throwsAsync(digestForSeal(seal, plain, at), { code: 'SEAL_CHANGES_FILE' })
  const before = beginUpdate(readPdf(plain))
  before.putStream(contentOf(0), '', new TextEncoder().encode('BT ET'))
  const base = before.finish().bytes
  const hidden = append({ base })
  const whole = over(hidden.bytes, hidden.placeholder?.contentsAt ?? 0)
  await t.throwsAsync(digestForSeal(whole, plain, at), { code: 'SEAL_CHANGES_FILE' })
})

test('refused: a gap that lies in the file, is not empty, or is not the signature’s', async (t) => {
  const { bytes, placeholder } = append()
  const contentsAt = placeholder?.contentsAt ?? 0
  const refused = (seal: RequestedSeal) =>
    t.throwsAsync(digestForSeal(seal, plain, at), { code: 'SEAL_CHANGES_FILE' })
  const seal = over(bytes, contentsAt)
  await t.notThrowsAsync(digestForSeal(seal, plain, at))
  await refused({ ...seal, contentsAt: 100 })
  await refused({ ...seal, contentsAt: plain.length - 1 })
  await refused({ ...seal, contentsAt: contentsAt + 1 })
  await refused({ ...seal, contentsBytes: contentsBytes - 1 })
  await refused({ ...seal, contentsBytes: contentsBytes * 100 })
  await refused(over(bytes.with(contentsAt + 7, 0x31), contentsAt))
  await refused({ ...seal, append: '' })
  await refused({ ...seal, append: toBase64(new TextEncoder().encode('no PDF')) })
})

test('refused: a /ByteRange that leaves out more than the gap', async (t) => {
  const { bytes, placeholder } = append()
  const contentsAt = placeholder?.contentsAt ?? 0
  const text = new TextDecoder('latin1').decode(bytes)
  const digit = text.indexOf(String(contentsAt), text.indexOf('/ByteRange')) + 1
  const nine = (bytes[digit] ?? 0) === 0x39 ? 0x38 : 0x39
  const seal = over(bytes.with(digit, nine), contentsAt)
  await t.throwsAsync(digestForSeal(seal, plain, at), { code: 'SEAL_CHANGES_FILE' })
})

test('refused: a time that is not about now', async (t) => {
  const seal = sealOf(append())
  const shifted = (seconds: number) => new Date(at.getTime() + seconds * 1000)
  await t.notThrowsAsync(digestForSeal(seal, plain, shifted(1199)))
  for (const seconds of [1201, -1201, 86_400]) {
    await t.throwsAsync(digestForSeal(seal, plain, shifted(seconds)), {
      code: 'SIGN_REQUEST_DISAGREES',
    })
  }
})

test('refused: what is no base64', async (t) => {
  const seal = { ...sealOf(append()), append: '***' }
  await t.throwsAsync(digestForSeal(seal, plain, at), { code: 'SIGN_REQUEST_MALFORMED' })
})
