/** Keys of the journal's own records in the store of views. Folds choose all other keys. Pure. */

/** Keys that begin so are the journal's own; no fold may write them, no scan shows them. */
export const reservedPrefix = '\u0000'

/** Characters of a key: beyond this it is no key but a document. */
export const maxKeyLength = 1024

export const keys = {
  /** How far the views have come, and by which folds. */
  applied: '\u0000applied',
  /** Where reading may begin at the next opening, after a close in order. */
  closed: '\u0000closed',
  /** Where entry `index` stands in the segments, and the Merkle nodes that it completes. */
  // Fixed width, so that keys sort as their numbers do.
  entry: (index: number): string => `\u0000entry/${index.toString(16).padStart(14, '0')}`,
} as const

/** Whether a fold may write under `key`. */
export function isViewKey(key: unknown): key is string {
  return (
    typeof key === 'string' &&
    key.length > 0 &&
    key.length <= maxKeyLength &&
    !key.startsWith(reservedPrefix) &&
    key.isWellFormed()
  )
}
