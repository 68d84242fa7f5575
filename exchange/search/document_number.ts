/**
 * Document numbers (发文字号) as clerks type them: `国函〔2006〕38号`, `国函(2006)38号`, `国函200638`, `国函 2006 38号`. Pure.
 * GB/T 9704-2012 7.2.5: code of the organ, year in six-angle brackets, sequence number without leading zeros.
 */
import { normalise } from './normalise.ts'

/** A document number in normal form. */
export interface DocumentNumber {
  /** `国函〔2006〕38号` */
  readonly text: string
  /** `国函〔2006〕` */
  readonly head: string
  /** `38` */
  readonly sequence: string
  /** `〔2006〕38`: what the index holds one exact term for. */
  readonly key: string
}

const bracketed = /〔((?:19|20)\d\d)〕第?0*(\d{1,5})号/g
const typed =
  /^(\p{Script=Han}{1,12})\s*(?:〔\s*((?:19|20)\d\d)\s*〕|((?:19|20)\d\d)年?)\s*第?\s*0*([1-9]\d{0,4})\s*号?$/u

/** Reads a whole query or field as one document number; undefined if it is none. Brackets of any kind or none at all. */
export function readDocumentNumber(original: string): DocumentNumber | undefined {
  const spaced = original.normalize('NFKC').trim().replace(/\s+/g, ' ')
  const found = typed.exec(spaced.replace(/[([【〖{]/g, '〔').replace(/[)\]】〗}]/g, '〕'))
  if (!found) return undefined
  const [, organ = '', inBrackets, bare, sequence = ''] = found
  const year = `〔${inBrackets ?? bare ?? ''}〕`
  const head = normalise(organ) + year
  return { text: `${head}${sequence}号`, head, sequence, key: year + sequence }
}

/** The keys of all numbers that stand in a text in normal form. */
export function documentNumberKeys(normal: string): string[] {
  if (!normal.includes('〔')) return []
  return [...normal.matchAll(bracketed)].map(
    ([, year = '', sequence = '']) => `〔${year}〕${sequence}`,
  )
}
