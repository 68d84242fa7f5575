/** Texts of others as a page may show them: file names, subjects, titles, whoever wrote them. Always put in as text, never as markup. Pure. */

/** Control characters, what turns or joins others unseen, and ends of lines. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]/gu
const maxLength = 400

/** The text with what nobody sees made visible as ⟨U+202E⟩, and cut in the middle where it is too long for any page. */
export function shown(text: string): string {
  return cut(text).replace(
    unseen,
    (one) => `⟨U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  )
}

function cut(text: string): string {
  if (text.length <= maxLength) return text
  const half = maxLength / 2
  return `${text.slice(0, half)}…${text.slice(-half)}`
}

/** A name without its folders. */
export const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
