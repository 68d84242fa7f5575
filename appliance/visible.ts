/** Words of others as a terminal may show them. Pure. */

/** What a terminal takes for an order, or what nobody sees; line feed and tab are the ends of what we write ourselves. */
const unseen = /[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu

/**
 * A text as a person reads it, whoever wrote it: a title in a sign request, a name in a certificate that is being verified. Escaped as
 * JSON has it, so that lines of JSON mean the same.
 */
export function visible(text: string): string {
  return text.replace(unseen, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}
