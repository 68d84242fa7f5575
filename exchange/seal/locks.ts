/**
 * Locks on form fields (FieldMDP, ISO 32000-2 12.8.2.4; signature field lock dictionaries, 12.7.5.5): what a seal locks, and what earlier
 * seals of a file have locked. Pure.
 */
import {
  dictionaryAt,
  nameOf,
  referenceText,
  textOf,
  textText,
  type PdfDictionary,
  type PdfDocument,
  type SignatureField,
} from '../pdf/index.ts'

/** Fields that may not change after the seal: all, the named ones, or all but the named ones. Names are fully qualified. */
export type FieldLock =
  | { readonly action: 'All' }
  | { readonly action: 'Include' | 'Exclude'; readonly fields: readonly string[] }

/** Whether a lock is on the field: a name stands for all below it as well. */
export function isLocked(lock: FieldLock, name: string): boolean {
  if (lock.action === 'All') return true
  const isNamed = lock.fields.some((field) => name === field || name.startsWith(`${field}.`))
  return isNamed === (lock.action === 'Include')
}

/** Keys of a lock in PDF syntax, of TransformParams and of a lock dictionary alike. */
export function lockKeys(lock: FieldLock): string {
  if (lock.action === 'All') return '/Action/All'
  return `/Action/${lock.action}/Fields[${lock.fields.map(textText).join('')}]`
}

/** Entry of /Reference; /Data names the catalog, as Table 256 demands of this method. */
export function fieldMdpReference(lock: FieldLock, catalog: number): string {
  return (
    `<</Type/SigRef/TransformMethod/FieldMDP/Data ${referenceText(catalog)}` +
    `/TransformParams<</Type/TransformParams${lockKeys(lock)}/V/1.2>>>>`
  )
}

/** The locks that the signatures of a file put on fields. */
export function locksOf(
  document: PdfDocument,
  fields: readonly SignatureField[],
): readonly FieldLock[] {
  return fields.flatMap(({ value }) => {
    const references = document.resolve(value?.dictionary.entries.get('Reference'))
    const items = references?.kind === 'array' ? references.items : []
    return items.flatMap((item) => {
      const reference = dictionaryAt(document, item)
      const method = nameOf(document.resolve(reference?.entries.get('TransformMethod')))
      if (method !== 'FieldMDP') return []
      const parameters = dictionaryAt(document, reference?.entries.get('TransformParams'))
      // A lock that cannot be read locks everything.
      return [readLock(document, parameters) ?? { action: 'All' }]
    })
  })
}

/** A lock from its dictionary; undefined if it says none. */
export function readLock(
  document: PdfDocument,
  dictionary: PdfDictionary | undefined,
): FieldLock | undefined {
  const action = nameOf(document.resolve(dictionary?.entries.get('Action')))
  if (action === 'All') return { action }
  const names = document.resolve(dictionary?.entries.get('Fields'))
  if ((action !== 'Include' && action !== 'Exclude') || names?.kind !== 'array') return undefined
  const fields = names.items.map((item) => textOf(document.resolve(item)))
  const known = fields.filter((name) => name !== undefined)
  return known.length === fields.length ? { action, fields: known } : undefined
}
