/**
 * What every page is written with: the reader's language and theme, who they are, which box this is, and how times are shown in the
 * box's zone. Pure; made once a request.
 */
import type { Principal } from '../exchange/index.ts'
import type { Language, Preferences, Theme } from './preferences.ts'
import type { BoxFacts } from './types.ts'

export interface View {
  readonly language: Language
  readonly theme: Theme
  readonly box: BoxFacts
  readonly actor: Principal | undefined
  /** Until when the actor's certificate is good. */
  readonly notAfter: Date | undefined
  /** Whether the page answers a form: loading it anew would send the form anew. */
  readonly isPosted: boolean
  /** Path of the page, for the navigation. */
  readonly path: string
  readonly now: Date
  /** Whether `now` is not certain. */
  readonly isTimeHeld: boolean
  /** The words of the reader's language. */
  readonly w: (zh: string, en: string) => string
  /** `2026-11-25`. */
  readonly day: (at: string | Date) => string
  /** `11月25日 14:03` or `25 Nov, 14:03`; with the year where it is another one. */
  readonly time: (at: string | Date) => string
  /** `2026-11-25 14:03:07`, for evidence. */
  readonly exact: (at: string | Date) => string
}

export function createView(of: {
  readonly preferences: Preferences
  readonly box: BoxFacts
  readonly actor?: Principal
  readonly notAfter?: Date
  readonly path: string
  readonly isPosted?: boolean
  readonly now: Date
  readonly isTimeHeld?: boolean
}): View {
  const { preferences, box, actor, notAfter, path, now } = of
  const { isPosted = false, isTimeHeld = false } = of
  const { language, theme } = preferences
  const zone = box.zone
  // Many a page shows no time, and the first one would wait for the table of zones.
  let today: string | undefined
  return {
    language,
    theme,
    box,
    actor,
    notAfter,
    isPosted,
    path,
    now,
    isTimeHeld,
    w: language === 'zh' ? (zh) => zh : (_zh, en) => en,
    day: (at) => inZone(zone, at).slice(0, 10),
    exact: (at) => inZone(zone, at),
    time: (at) => shortTime(inZone(zone, at), (today ??= inZone(zone, now)), language),
  }
}

/** `YYYY-MM-DD HH:mm:ss` in a zone (IANA name). */
export function inZone(zone: string, at: string | Date): string {
  if (typeof at !== 'string') return written(zone, at.getTime())
  // The times of entries stand on page after page.
  const key = `${zone} ${at}`
  const known = shown.get(key)
  if (known !== undefined) return known
  const made = written(zone, Date.parse(at))
  if (shown.size >= maxShown) shown.clear()
  shown.set(key, made)
  return made
}

function written(zone: string, ms: number): string {
  return new Date(ms + offsetMs(zone, ms)).toISOString().slice(0, 19).replace('T', ' ')
}

/** Some 100 bytes each. */
const maxShown = 20_000
const shown = new Map<string, string>()

/** Zones change their offset on a quarter of an hour at the soonest. */
const quarterMs = 15 * 60_000
/** A page shows some dozen times; asking the calendar for each takes longer than the rest of the page. */
const maxOffsets = 10_000
const offsets = new Map<string, number>()

/** What is added to UTC in the zone (IANA name) at that moment, in milliseconds. */
export function offsetMs(zone: string, ms: number): number {
  const quarter = Math.floor(ms / quarterMs)
  const key = `${zone} ${String(quarter)}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  })
  const begin = quarter * quarterMs
  const offset = Date.parse(`${format.format(begin).replace(' ', 'T')}Z`) - begin
  if (offsets.size >= maxOffsets) offsets.clear()
  offsets.set(key, offset)
  return offset
}

/** The moment at which the clocks of a zone show this, given in milliseconds as if it were UTC. */
export function momentIn(zone: string, shown: number): Date {
  // Twice, since the offset is that of the moment which is sought.
  const near = shown - offsetMs(zone, shown)
  return new Date(shown - offsetMs(zone, near))
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

function shortTime(local: string, now: string, language: Language): string {
  const [year = '', month = '', day = ''] = local.slice(0, 10).split('-')
  const clock = local.slice(11, 16)
  const sameYear = now.startsWith(year)
  if (language === 'zh') {
    return `${sameYear ? '' : `${year}年`}${String(Number(month))}月${String(Number(day))}日 ${clock}`
  }
  const name = months[Number(month) - 1] ?? ''
  return `${String(Number(day))} ${name}${sameYear ? '' : ` ${year}`}, ${clock}`
}

/** How long until (or since) a deadline, in a clerk's words, and how pressing that is. */
export function deadlineWords(
  view: Pick<View, 'w' | 'now' | 'time'>,
  deadline: string,
): { readonly words: string; readonly state: 'late' | 'soon' | 'calm' } {
  const left = Date.parse(deadline) - view.now.getTime()
  const minutes = Math.max(1, Math.round(Math.abs(left) / 60_000))
  const { w } = view
  if (left < 0) {
    const since = spanWords(minutes, w)
    return { words: w(`逾期 ${since}`, `${since} overdue`), state: 'late' }
  }
  if (minutes <= 24 * 60) {
    const span = spanWords(minutes, w)
    return { words: w(`剩 ${span}`, `${span} left`), state: 'soon' }
  }
  return { words: view.time(deadline), state: 'calm' }
}

function spanWords(minutes: number, w: View['w']): string {
  if (minutes < 60) return w(`${String(minutes)} 分钟`, `${String(minutes)} min`)
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return w(`${String(hours)} 小时`, `${String(hours)} h`)
  const days = Math.floor(hours / 24)
  return w(`${String(days)} 天`, `${String(days)} days`)
}
