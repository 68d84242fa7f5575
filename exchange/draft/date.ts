/**
 * Document dates: `2026-01-05` inside, `2026年1月5日` on paper (GB/T 9704-2012 7.3.5.4: Arabic numerals, no leading zero), and the
 * Chinese numerals that stood there before 2012. Calendar days without a time or zone. Pure.
 */

const digits = '〇一二三四五六七八九'

/** `2026-01-05` as `2026年1月5日`. */
export function paintDate(isoDay: string): string {
  const [year = '', month = '', day = ''] = isoDay.split('-')
  return `${String(Number(year))}年${String(Number(month))}月${String(Number(day))}日`
}

/** The year of an ISO day. */
export function yearOf(isoDay: string): number {
  return Number(isoDay.slice(0, 4))
}

/** The ISO day on which `at` falls in a time zone (IANA name), the box's own unless set otherwise. */
export function dayIn(at: Date, timeZone = 'Asia/Shanghai'): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at)
}

/**
 * Reads `2026年1月5日`, `2026-01-05` and `二○二六年一月五日` (○ U+25CB, 〇 U+3007 and 零 alike) into an ISO day; `undefined` for all else
 * and for days that do not exist.
 */
export function parseDate(text: string): string | undefined {
  const plain = text
    .normalize('NFKC')
    .replace(/\s/g, '')
    .replace(/[○零Ｏ]/g, '〇')
  const match =
    /^(\d{4})年(\d{1,2})月(\d{1,2})日$/.exec(plain) ??
    /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(plain) ??
    /^([〇一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日$/.exec(
      plain,
    )
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0] = match.slice(1).map(readNumber)
  const at = new Date(Date.UTC(year, month - 1, day))
  const exists = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && year >= 1000
  return exists ? at.toISOString().slice(0, 10) : undefined
}

/** Reads Arabic digits, Chinese digits in a row (二〇二六) or Chinese numerals up to 99 (三十一). */
function readNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  if (!text.includes('十')) return Number(Array.from(text, (char) => digits.indexOf(char)).join(''))
  const [tens = '', ones = ''] = text.split('十')
  return (tens === '' ? 1 : digits.indexOf(tens)) * 10 + (ones === '' ? 0 : digits.indexOf(ones))
}
