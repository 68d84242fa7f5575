/** Pieces of the original text with what matched: the whole of a short field, the best window of a long one. Pure. */
import { occurrences, wantedLeaves } from './match.ts'
import { normaliseWithOrigin, type NormalForm } from './normalise.ts'
import type { Ast, Piece, SearchField } from './types.ts'

/** Characters of normal form in a window. */
export const snippetLength = 100
/** Characters shown before the first match. */
const leadLength = 15
/** Places looked at for each word; a window in a book need not know them all. */
const maxPlaces = 200

interface Place {
  readonly leaf: number
  readonly start: number
  readonly end: number
}

/** A whole field with its matches. */
export function markField(ast: Ast, original: string, field: SearchField): Piece {
  const form = normaliseWithOrigin(original)
  const places = placesOf(ast, form.text, (named) => named === undefined || named === field)
  return cut(original, form, { start: 0, end: form.text.length, places })
}

/** The window of the text that holds the most of the words asked for; its beginning where it holds none. */
export function bestSnippet(ast: Ast, original: string): Piece {
  const form = normaliseWithOrigin(original)
  const places = placesOf(ast, form.text, (named) => named === undefined)
  const first = bestStart(places)
  const start = Math.max(0, (places[first]?.start ?? 0) - leadLength)
  return cut(original, form, {
    start,
    end: Math.min(form.text.length, Math.max(start + snippetLength, places[first]?.end ?? 0)),
    places,
  })
}

function placesOf(
  ast: Ast,
  text: string,
  applies: (field: SearchField | undefined) => boolean,
): Place[] {
  return wantedLeaves(ast)
    .filter(({ field }) => applies(field))
    .flatMap((leaf, at) =>
      occurrences(leaf, text, maxPlaces).map(([start, end]) => ({ leaf: at, start, end })),
    )
    .sort((one, other) => one.start - other.start || one.end - other.end)
}

/** The place from which a window holds the most different words, then the most places, then comes first. */
function bestStart(places: readonly Place[]): number {
  let best = 0
  let bestValue = -1
  const inside = new Map<number, number>()
  let to = 0
  places.forEach((place, from) => {
    const limit = place.start - leadLength + snippetLength
    for (; to < places.length; to++) {
      const next = places[to]
      if (!next || next.end > limit) break
      inside.set(next.leaf, (inside.get(next.leaf) ?? 0) + 1)
    }
    const value = inside.size * 1000 + Math.max(0, to - from)
    if (value > bestValue) [best, bestValue] = [from, value]
    const left = (inside.get(place.leaf) ?? 0) - 1
    if (to > from && left > 0) inside.set(place.leaf, left)
    else inside.delete(place.leaf)
    if (to <= from) to = from + 1
  })
  return best
}

function cut(
  original: string,
  form: NormalForm,
  window: { readonly start: number; readonly end: number; readonly places: readonly Place[] },
): Piece {
  const whole = window.start === 0 && window.end === form.text.length
  const from = whole ? 0 : form.originalAt(window.start)
  const to = whole ? original.length : form.originalAt(window.end)
  const before = from > 0 ? '…' : ''
  const after = to < original.length ? '…' : ''
  const ranges: [number, number][] = []
  for (const { start, end } of window.places) {
    if (start < window.start || end > window.end) continue
    const mark: [number, number] = [
      form.originalAt(start) - from + before.length,
      lastOriginal(original, form, end) - from + before.length,
    ]
    const last = ranges.at(-1)
    if (last && mark[0] <= last[1]) last[1] = Math.max(last[1], mark[1])
    else ranges.push(mark)
  }
  return { text: before + original.slice(from, to) + after, ranges }
}

/** Where the last marked character ends in the original: white space that the normal form dropped after it is not marked. */
function lastOriginal(original: string, form: NormalForm, end: number): number {
  const next = form.originalAt(end)
  const last = form.originalAt(end - 1)
  return last + original.slice(last, next).trimEnd().length
}
