/** Files to be sealed, of every kind that the format has: by pdf-lib, qpdf, by hand and our layout, with forms, turned pages and signatures of others. */
import { degrees, PDFDocument } from 'pdf-lib'
import { layoutDraft, loadFonts } from '../../../exchange/index.ts'
import { completeSeal, prepareSeal } from '../../../exchange/seal/index.ts'
import { example } from '../draft/examples.ts'
import { hybridBase, pdfLibBase, testMark } from './bases.ts'
import type { TestPki } from './pki.ts'
import { sealByLibpdf } from './rival.ts'
import { qpdf } from './tools.ts'

export interface ManyBase {
  readonly kind: string
  readonly pdf: Uint8Array
  /** Signatures of others that it has already. */
  readonly signed: number
  /** Names of its form fields. */
  readonly fields: readonly string[]
}

/** A page with text fields, a box to tick, and a table or object streams around it; turned if told. */
async function pageBase(options: {
  readonly objectStreams: boolean
  readonly turn?: number
  readonly fields?: readonly string[]
}): Promise<Uint8Array> {
  const { objectStreams, turn = 0, fields = [] } = options
  const document = await PDFDocument.create()
  const page = document.addPage([842, 842])
  page.setRotation(degrees(turn))
  page.drawText(`Turned by ${String(turn)}`, { x: 60, y: 760, size: 20 })
  const form = document.getForm()
  fields.forEach((name, at) => {
    const field = form.createTextField(name)
    field.setText(`Value of ${name}`)
    field.addToPage(page, { x: 60, y: 690 - 40 * at, width: 200, height: 24 })
  })
  if (fields.length > 0) form.createCheckBox('seen').addToPage(page, { x: 400, y: 700 })
  return document.save({ useObjectStreams: objectStreams })
}

const formFields = ['applicant', 'amount'] as const

/** Every kind, by name; each is made when it is first asked for. */
export async function manyBases(pki: TestPki): Promise<readonly ManyBase[]> {
  const { folder } = pki
  const table = await pdfLibBase(false, 2)
  const of = (kind: string, pdf: Uint8Array, more: Partial<ManyBase> = {}): ManyBase => ({
    ...{ kind, pdf, signed: 0, fields: [] },
    ...more,
  })
  const rewritten = (kind: string, ...options: string[]): ManyBase =>
    of(kind, qpdf(folder, table, ...options))
  const versions = ['1.4', '1.5', '1.6', '1.7', '2.0'].map((version) =>
    rewritten(`PDF ${version}`, '--object-streams=disable', `--force-version=${version}`),
  )
  const turned = await Promise.all(
    [90, 180, 270].map(async (turn) =>
      of(`turned by ${String(turn)}`, await pageBase({ objectStreams: turn === 180, turn })),
    ),
  )
  const form = (objectStreams: boolean) => pageBase({ objectStreams, fields: formFields })
  const fields = [...formFields, 'seen']
  return [
    of('table', table),
    of('stream', await pdfLibBase(true, 2)),
    of('hybrid', hybridBase()),
    rewritten('objects in streams', '--object-streams=generate'),
    rewritten('linearized table', '--linearize', '--object-streams=disable'),
    rewritten('linearized stream', '--linearize', '--object-streams=generate'),
    ...versions,
    ...turned,
    of('form with a table', await form(false), { fields }),
    of('form with streams', await form(true), { fields }),
    of('signed by libpdf', await signedByLibpdf(pki, table), { signed: 1 }),
    of('signed by us', await signedByUs(pki, table), { signed: 1 }),
    ...(await ourLayouts()),
  ]
}

function unitOf(pki: TestPki) {
  const [unit] = pki.units
  if (!unit) throw new TypeError('no unit')
  return unit
}

function signedByLibpdf(pki: TestPki, pdf: Uint8Array): Promise<Uint8Array> {
  return sealByLibpdf({ pdf, pki, unit: unitOf(pki), level: 'B-T', fieldName: 'before' })
}

/** An approval signature, which certifies nothing. */
async function signedByUs(pki: TestPki, pdf: Uint8Array): Promise<Uint8Array> {
  const unit = unitOf(pki)
  const { certificate, algorithm } = unit
  const prepared = prepareSeal({
    ...{ pdf, certificate, algorithm, page: 1 },
    mark: testMark(80),
    centre: { x: 300, y: 100 },
    fieldName: 'before',
    at: new Date('2026-09-01T08:00:00Z'),
    name: 'Another unit',
  })
  const signature = await unit.sign(prepared.attributes)
  const certificates = [certificate, pki.root]
  const sealed = await completeSeal({
    ...{ prepared, signature, algorithm, certificate, certificates },
    stamp: pki.stamp,
  })
  return sealed.pdf
}

async function ourLayouts(): Promise<ManyBase[]> {
  const fonts = await loadFonts()
  return Promise.all(
    ['first', 'joint-notice'].map(async (name) => {
      const { pdf } = await layoutDraft({ draft: example(name), fonts, trial: false })
      return { kind: `layout ${name}`, pdf, signed: 0, fields: [] }
    }),
  )
}
