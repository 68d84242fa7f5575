/**
 * The page's two languages. Words are pairs; what is shown follows the choice at once, without anything typed being lost, since
 * every text on the page remembers its pair (`dom.ts`).
 */

import { cookieNames, preferenceCookies, preferencesOf } from '../preferences.ts'

export type Language = 'zh' | 'en'

/** The same thing said in both languages. */
export interface Words {
  readonly zh: string
  readonly en: string
}

/** Where the choice is kept: the desk's cookie while served, this browser's storage too for the page from disk. */
export const languageKey = 'sealbox/language'

/** What was chosen on the desk or here, else what the browser asks for (as the desk's pages: `preferences.ts`). */
export function preferredLanguage(from: {
  readonly stored: unknown
  readonly cookie: string
  readonly asked: readonly string[]
}): Language {
  const desk = /(?:^|;\s*)language=(zh|en)\b/.exec(from.cookie)?.[1]
  for (const chosen of [desk, from.stored]) {
    if (chosen === 'zh' || chosen === 'en') return chosen
  }
  const accepted = from.asked.join(',')
  return preferencesOf({ 'accept-language': accepted }).language
}

/** Joins words of both languages in order. */
export function joinWords(parts: readonly Words[], mark: Words = { zh: '', en: ' ' }): Words {
  return {
    zh: parts.map(({ zh }) => zh).join(mark.zh),
    en: parts.map(({ en }) => en).join(mark.en),
  }
}

/** The same text in both languages: names, numbers. */
export const both = (text: string): Words => ({ zh: text, en: text })

let current: Language = 'zh'
const listeners = new Set<() => void>()

/** The language that is shown now. */
export const language = (): Language => current

/** What of a pair is shown now. */
export const pick = (words: Words): string => words[current]

/** Takes language and theme of the last visit, else of the browser. */
export function startLanguage(stored: unknown): void {
  current = preferredLanguage({ stored, cookie: document.cookie, asked: navigator.languages })
  document.documentElement.dataset['theme'] = preferencesOf({ cookie: document.cookie }).theme
  show()
}

/** Shows the page in this language from now on, and the desk's pages too; `keep` is given what to remember here. */
export function chooseLanguage(
  chosen: Language,
  keep: (key: string, value: Language) => void,
): void {
  current = chosen
  keep(languageKey, chosen)
  if (location.protocol === 'https:') {
    const { theme } = preferencesOf({ cookie: document.cookie })
    const cookies = preferenceCookies({ language: chosen, theme })
    for (const cookie of cookies.filter((one) => one.startsWith(cookieNames.language))) {
      document.cookie = cookie
    }
  }
  show()
}

/** Calls `listener` after each change. */
export function onLanguage(listener: () => void): void {
  listeners.add(listener)
}

function show(): void {
  document.documentElement.lang = current === 'zh' ? 'zh-CN' : 'en'
  for (const listener of listeners) listener()
}
