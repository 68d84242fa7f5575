/** The number and the file name of a document, as a clerk would file it. Pure. */
import { paintNumber, type DocumentView } from '../../../../exchange/index.ts'

/** 发文字号 as it is painted, once it is drawn. */
export function numberOf({ record, dispatched }: DocumentView): string | undefined {
  const number = record !== undefined && 'number' in record ? record.number : dispatched?.number
  return number === undefined ? undefined : paintNumber(number)
}

/** Number and title, without what file systems refuse. */
export function fileTitle(document: DocumentView): string {
  const parts = [numberOf(document), document.head.title].filter(Boolean).join(' ')
  return parts
    .replace(/[/\\:*?"<>|\p{Cc}]/gu, ' ')
    .slice(0, 120)
    .trim()
}
