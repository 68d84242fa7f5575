/**
 * 发文字号: how a document number is painted, and read however a clerk typed it. A number alone names no document: 代字 are not
 * unique across districts, so it always goes with its issuer. Pure.
 *
 * GB/T 9704-2012 7.2.5: 代字, year in full in 〔〕, running number without 第 and without leading zeros.
 */
import type { DocumentNumber } from './schema.ts'

/** `示办发〔2026〕12号`; without a running number a full-width blank stands in its place. */
export function paintNumber(number: Omit<DocumentNumber, 'number'> & { number?: number }): string {
  return `${number.series}〔${String(number.year)}〕${number.number === undefined ? '　' : String(number.number)}号`
}

/**
 * Reads a document number with any brackets or none, any width of digits, blanks, 第 and leading zeros; `undefined` if it is none.
 * Without brackets and without a blank the first four digits are the year (`国函200638`).
 */
export function parseDocumentNumber(text: string): DocumentNumber | undefined {
  if (text.length > 60) return undefined
  const plain = text
    .normalize('NFKC')
    .replace(/[[(【〔〖{《<]/g, '〔')
    .replace(/[\])】〕〗}》>]/g, '〕')
  const match =
    /^\s*(?<series>[\p{Script=Han}〇]{1,10})\s*(?:〔\s*(?<framed>\d{4})\s*年?\s*〕|(?<bare>\d{4})年?)\s*第?\s*0*(?<number>[1-9]\d{0,4})\s*号?\s*$/u.exec(
      plain,
    )
  const { series = '', framed, bare, number = '' } = match?.groups ?? {}
  const year = Number(framed ?? bare)
  if (match === null || year < 1949 || year > 2199) return undefined
  return { series, year, number: Number(number) }
}
