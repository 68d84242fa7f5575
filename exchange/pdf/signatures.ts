/**
 * Finds the signatures of a PDF (ISO 32000-1 12.7.4.5, 12.8; EN 319 142-1): fields, their dictionaries, the exact place of /Contents. Reads and judges
 * nothing cryptographic. Covers what the form can reach; `countByteRanges` tells whether the file holds more.
 */
import { dictionaryAt, type PdfDocument } from './document.ts'
import { countWord, malformed } from './lexer.ts'
import {
  integerOf,
  nameOf,
  referenceNumber,
  textOf,
  type PdfDictionary,
  type PdfObject,
  type PdfValue,
} from './objects.ts'
import { listPages, rectangleOf, type PdfPage, type Rectangle } from './pages.ts'

/** The string of /Contents in the file. */
export interface SignatureContents {
  /** Offset in the file of `<`. */
  readonly offset: number
  /** Bytes from `<` to `>`, both included. */
  readonly length: number
  /** Decoded, with the zero padding. */
  readonly bytes: Uint8Array
}

/** The visible or invisible mark of a field on a page. */
export interface SignatureWidget {
  readonly object: number
  /** Page index from 0; undefined if no page lists the widget in /Annots. */
  readonly page?: number
  readonly rect?: Rectangle
}

/** The signature dictionary a field has as its value. */
export interface SignatureValue {
  /** Object number; undefined if it stands inside the field. */
  readonly object?: number
  readonly dictionary: PdfDictionary
  /** /Type: a seal or signature, or a document timestamp. `Sig` if absent. */
  readonly type: string
  readonly filter?: string
  readonly subFilter?: string
  /** /ByteRange as it stands; not checked. */
  readonly byteRange?: readonly number[]
  /** Undefined if absent, not a hexadecimal string, or inside an object stream. */
  readonly contents?: SignatureContents
  /** /M as it stands, `D:20260901080000Z`. */
  readonly date?: string
  readonly name?: string
  readonly reason?: string
  readonly location?: string
  /** /P of a DocMDP reference (12.8.2.2), 2 if it is absent: this signature certifies. */
  readonly docMdp?: number
  /** Fields that a FieldMDP reference locks (12.8.2.4). */
  readonly fieldMdp?: LockedFields
  /** Transform methods of /Reference besides DocMDP and FieldMDP: UR3. */
  readonly otherTransforms: readonly string[]
}

/** Which fields a signature locks, by full name: all, these, or all but these. */
export interface LockedFields {
  readonly action: 'All' | 'Include' | 'Exclude'
  readonly fields: readonly string[]
}

export interface SignatureField {
  /** Fully qualified name, parts joined by points. */
  readonly name: string
  readonly object: number
  readonly widgets: readonly SignatureWidget[]
  /** Undefined for an empty field. */
  readonly value?: SignatureValue
}

/** The form of a document with what matters here. */
export interface SignatureForm {
  /** All signature fields in the order of the form. */
  readonly fields: readonly SignatureField[]
  /** Fully qualified names of all fields of any kind. */
  readonly names: ReadonlySet<string>
  /** Object number of the signature that /Perms /DocMDP names. */
  readonly certifying?: number
}

/** Reads the form. `PDF_MALFORMED` for a broken one. */
export function readSignatureForm(document: PdfDocument): SignatureForm {
  const catalog = document.catalog().value
  const fields: SignatureField[] = []
  const names = new Set<string>()
  const form = dictionaryAt(document, catalog.entries.get('AcroForm'))
  const roots = document.resolve(form?.entries.get('Fields'))
  if (roots?.kind === 'array' && roots.items.length > 0) {
    walkFields(document, roots.items, {
      leaf: (leaf) => {
        names.add(leaf.name)
        if (leaf.type === 'Sig') fields.push(fieldOf(document, leaf))
      },
    })
  }
  const perms = dictionaryAt(document, catalog.entries.get('Perms'))
  const certifying = referenceNumber(perms?.entries.get('DocMDP'))
  const placed = fields.length > 0 ? placeWidgets(fields, listPages(document), document) : fields
  return { fields: placed, names, ...(certifying !== undefined && { certifying }) }
}

/** How often the characters `/ByteRange` stand in the file: more than signatures in the form means hidden or left-over ones. */
export function countByteRanges(bytes: Uint8Array): number {
  return countWord(bytes, '/ByteRange')
}

interface Leaf {
  readonly name: string
  readonly object: number
  readonly dictionary: PdfDictionary
  readonly type?: string
  readonly value?: PdfObject
  readonly widgets: readonly number[]
}

/** Visits the terminal fields (12.7.3.1): those whose kids, if any, are widgets without a name. */
function walkFields(
  document: PdfDocument,
  roots: readonly PdfObject[],
  on: { readonly leaf: (leaf: Leaf) => void },
): void {
  const seen = new Set<number>()
  let kidsInAll = 0
  const visit = (item: PdfObject, above: Partial<Leaf>, depth: number): void => {
    const { maxDepth, maxFields } = document.limits
    const dictionary = dictionaryAt(document, item)
    if (item.kind !== 'reference' || dictionary === undefined) return
    if (seen.has(item.number) || depth > maxDepth || seen.size >= maxFields) {
      throw malformed('a form with a loop, or too many fields', item.start)
    }
    seen.add(item.number)
    const part = textOf(document.resolve(dictionary.entries.get('T')))
    const name = [above.name, part].filter((text) => text !== undefined).join('.')
    const type = nameOf(document.resolve(dictionary.entries.get('FT'))) ?? above.type
    const value = dictionary.entries.get('V') ?? above.value
    const kids = document.resolve(dictionary.entries.get('Kids'))
    const items = kids?.kind === 'array' ? kids.items : []
    // Fields may share one array of kids.
    kidsInAll += items.length
    if (kidsInAll > document.limits.maxItems) throw malformed('too many kids of fields', item.start)
    const inner = items.filter((kid) => dictionaryAt(document, kid)?.entries.has('T'))
    const own = {
      name,
      object: item.number,
      dictionary,
      ...(type && { type }),
      ...(value && { value }),
    }
    for (const kid of inner) visit(kid, own, depth + 1)
    if (inner.length > 0) return
    const widgets = items.length > 0 ? items.map(referenceNumber) : [item.number]
    on.leaf({ ...own, widgets: widgets.filter((number) => number !== undefined) })
  }
  for (const root of roots) visit(root, {}, 0)
}

function fieldOf(document: PdfDocument, leaf: Leaf): SignatureField {
  const widgets = leaf.widgets.map((object) => {
    const dictionary = dictionaryAt(document, document.object(object)?.value)
    const rect = rectangleOf(document, dictionary?.entries.get('Rect'))
    return { object, ...(rect && { rect }) }
  })
  const value = signatureValue(document, leaf.value)
  return { name: leaf.name, object: leaf.object, widgets, ...(value && { value }) }
}

/** The signature dictionary that a value is or leads to; undefined for anything else. */
export function signatureValue(
  document: PdfDocument,
  value: PdfValue | undefined,
): SignatureValue | undefined {
  const dictionary = document.resolve(value)
  if (dictionary?.kind !== 'dictionary') return undefined
  const object = referenceNumber(value)
  const at = (key: string): PdfValue | undefined => document.resolve(dictionary.entries.get(key))
  const range = at('ByteRange')
  const byteRange =
    range?.kind === 'array' ? range.items.map((item) => integerOf(item) ?? -1) : undefined
  const filter = nameOf(at('Filter'))
  const subFilter = nameOf(at('SubFilter'))
  const contents = contentsOf(document, object, dictionary.entries.get('Contents'))
  const texts = { date: 'M', name: 'Name', reason: 'Reason', location: 'Location' } as const
  return {
    ...(object !== undefined && { object }),
    dictionary,
    type: nameOf(at('Type')) ?? 'Sig',
    ...(filter !== undefined && { filter }),
    ...(subFilter !== undefined && { subFilter }),
    ...(byteRange && { byteRange }),
    ...(contents && { contents }),
    ...Object.fromEntries(
      Object.entries(texts).flatMap(([key, name]) => {
        const text = textOf(at(name))
        return text === undefined ? [] : [[key, text]]
      }),
    ),
    ...transformsOf(document, at('Reference')),
  }
}

/** The place counts only if the dictionary stands in the file itself, and the string is a hexadecimal one. */
function contentsOf(
  document: PdfDocument,
  object: number | undefined,
  value: PdfObject | undefined,
): SignatureContents | undefined {
  if (object === undefined || value?.kind !== 'string' || !value.hex) return undefined
  if (document.object(object)?.container !== undefined) return undefined
  return { offset: value.start, length: value.end - value.start, bytes: value.bytes }
}

function transformsOf(
  document: PdfDocument,
  references: PdfValue | undefined,
): Pick<SignatureValue, 'docMdp' | 'fieldMdp' | 'otherTransforms'> {
  const otherTransforms: string[] = []
  let docMdp: number | undefined
  let fieldMdp: LockedFields | undefined
  for (const item of references?.kind === 'array' ? references.items : []) {
    const reference = dictionaryAt(document, item)
    const method = nameOf(document.resolve(reference?.entries.get('TransformMethod')))
    const parameters = dictionaryAt(document, reference?.entries.get('TransformParams'))
    if (method === 'DocMDP') {
      docMdp = integerOf(document.resolve(parameters?.entries.get('P'))) ?? 2
    } else if (method === 'FieldMDP') fieldMdp = lockedFields(document, parameters)
    else if (method !== undefined) otherTransforms.push(method)
  }
  return {
    ...(docMdp !== undefined && { docMdp }),
    ...(fieldMdp && { fieldMdp }),
    otherTransforms,
  }
}

/** Table 256; what is not understood locks all. */
function lockedFields(document: PdfDocument, parameters: PdfDictionary | undefined): LockedFields {
  const action = nameOf(document.resolve(parameters?.entries.get('Action')))
  const list = document.resolve(parameters?.entries.get('Fields'))
  const fields = (list?.kind === 'array' ? list.items : []).map(
    (item) => textOf(document.resolve(item)) ?? '',
  )
  if (action === 'Include' || action === 'Exclude') return { action, fields }
  return { action: 'All', fields: [] }
}

/** Adds to each widget the page whose /Annots lists it. */
function placeWidgets(
  fields: readonly SignatureField[],
  pages: readonly PdfPage[],
  document: PdfDocument,
): SignatureField[] {
  const pageOf = new Map<number, number>()
  let annotsInAll = 0
  for (const page of pages) {
    const annots = document.resolve(page.dictionary.entries.get('Annots'))
    // Pages may share one array.
    annotsInAll += annots?.kind === 'array' ? annots.items.length : 0
    if (annotsInAll > document.limits.maxItems) {
      throw malformed('too many annotations', page.object.span.start)
    }
    for (const item of annots?.kind === 'array' ? annots.items : []) {
      const number = referenceNumber(item)
      if (number !== undefined && !pageOf.has(number)) pageOf.set(number, page.index)
    }
  }
  return fields.map((field) => ({
    ...field,
    widgets: field.widgets.map((widget) => {
      const page = pageOf.get(widget.object)
      return page === undefined ? widget : { ...widget, page }
    }),
  }))
}
