/** Names that any system can keep a file under, each once in its folder. Pure. */

/** Characters of a name without its extension; with three bytes a character, below the 255 bytes that file systems take. */
const maxCharacters = 70
/** What Windows, or a shell also between quotation marks, takes for something else; and what nobody sees. */
const unusable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/\\:*?"<>|$`]/gu
/** Names of devices under Windows, with any extension. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** A safe name near to the given one; `fallback` where nothing of it is left. */
export function safeName(name: string, fallback: string): string {
  const plain = name
    .normalize('NFC')
    .replace(unusable, '_')
    // A dash in front would make it an option of a command.
    .replace(/^[\s.-]+|[\s.]+$/g, '')
  const { stem, extension } = partsOf(plain)
  const short = Array.from(stem).slice(0, maxCharacters).join('').trimEnd()
  const whole = short + extension
  if (whole === '') return fallback
  return devices.test(whole) ? `_${whole}` : whole
}

/** Gives each path once: a second one of the same letters gets ` (2)`. Systems differ in whether they tell case apart. */
export function createUniquePaths(): (path: string) => string {
  const taken = new Set<string>()
  return (path) => {
    const { stem, extension } = partsOf(path)
    let unique = path
    for (let count = 2; taken.has(unique.toLowerCase()); count++) {
      unique = `${stem} (${String(count)})${extension}`
    }
    taken.add(unique.toLowerCase())
    return unique
  }
}

function partsOf(name: string): { readonly stem: string; readonly extension: string } {
  const extension = /(?<=.)\.[^./]{1,12}$/u.exec(name)?.[0] ?? ''
  return { stem: name.slice(0, name.length - extension.length), extension }
}
