/**
 * What a reader chose for their browser, kept in two cookies that tell nothing about them: language and theme. Without a choice
 * the browser's languages decide; Chinese is the first language of the product. Pure.
 */

export const languages = ['zh', 'en'] as const
export type Language = (typeof languages)[number]

/** `auto` follows the system. */
export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export interface Preferences {
  readonly language: Language
  readonly theme: Theme
}

export const cookieNames = { language: 'language', theme: 'theme' } as const
/** A year; they are set anew with each choice. */
const maxAgeSeconds = 365 * 86_400

/** Reads them from the headers of a request. */
export function preferencesOf(headers: {
  readonly cookie?: string | undefined
  readonly 'accept-language'?: string | undefined
}): Preferences {
  const chosen = cookiesOf(headers.cookie ?? '')
  return {
    language:
      languages.find((known) => known === chosen.get(cookieNames.language)) ??
      accepted(headers['accept-language'] ?? ''),
    theme: themes.find((known) => known === chosen.get(cookieNames.theme)) ?? 'auto',
  }
}

/** `Set-Cookie` values for a choice. */
export function preferenceCookies(chosen: Preferences): string[] {
  return Object.entries(cookieNames).map(
    ([field, name]) =>
      `${name}=${chosen[field as keyof Preferences]}; Path=/; Max-Age=${String(maxAgeSeconds)}; Secure; SameSite=Lax`,
  )
}

function cookiesOf(header: string): ReadonlyMap<string, string> {
  const pairs = header.slice(0, 4096).split(';')
  return new Map(
    pairs.map((pair): [string, string] => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    }),
  )
}

/** The one of our languages that `Accept-Language` (RFC 9110 12.5.4) ranks highest; Chinese where it names neither. */
function accepted(header: string): Language {
  const ranked = header
    .slice(0, 500)
    .split(',')
    .map((item) => {
      const [tag = '', ...parameters] = item.trim().toLowerCase().split(';')
      const q = parameters.map((one) => /^\s*q=([\d.]+)/.exec(one)?.[1]).find(Boolean)
      return { language: tag.split('-')[0], weight: q === undefined ? 1 : Number(q) }
    })
    .toSorted((a, b) => b.weight - a.weight)
  const first = ranked.find(({ language, weight }) => weight > 0 && isLanguage(language))
  return first?.language === 'en' ? 'en' : 'zh'
}

function isLanguage(tag: string | undefined): boolean {
  return languages.some((known) => known === tag)
}
