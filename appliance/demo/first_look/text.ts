/** A text of the first look as a clerk would type it, and its dates: the same words are right on whatever day the demo is started. Pure. */
import type { Draft } from '../../../exchange/index.ts'

export interface LookAttachment {
  /** As it is listed below the text. */
  readonly name: string
  readonly fileName: string
  readonly text: string
}

export interface LookText extends Pick<Draft, 'kind' | 'direction'> {
  readonly urgency?: NonNullable<Draft['urgency']>
  /** The title without the names of its issuers: `关于……的通知`. */
  readonly matter: string
  /** A line is a paragraph; headings by their form; lines of `|a|b|` are a table. */
  readonly body: string
  readonly signatory?: string
  readonly note?: string
  readonly attachments?: readonly LookAttachment[]
}

/**
 * Fills in the dates of a text: `{+5}` is the day five days from `today` (`11月30日`), `{month-1}` the month before (`10月`), `{year}` the year.
 * `today` is an ISO day.
 */
export function withDates(text: string, today: string): string {
  const [year = 0, month = 0, day = 0] = today.split('-').map(Number)
  return text
    .replace(/\{\+(\d{1,2})\}/g, (_, days: string) => {
      const at = new Date(Date.UTC(year, month - 1, day + Number(days)))
      return `${String(at.getUTCMonth() + 1)}月${String(at.getUTCDate())}日`
    })
    .replaceAll('{month-1}', `${String(month === 1 ? 12 : month - 1)}月`)
    .replaceAll('{year}', String(year))
}
