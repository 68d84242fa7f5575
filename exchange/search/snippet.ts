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

/** A stretch of a normal form with the matches in it. */
export interface SnippetWindow {
  readonly start: number
  readonly end: number
  readonly places: readonly Place[]
}

/** A whole field with its matches. */
export function markField(ast: Ast, original: string, field: SearchField): Piece {
  const form = normaliseWithOrigin(original)
  const places = placesOf(ast, form.text, (named) => named === undefined || named === field)
  const marks = { form, base: 0, places }
  return cut(original, marks, { from: 0, to: original.length, before: '', after: '' })
}

/** The window of a text that holds the most of the words asked for; its beginning where it holds none. */
export function bestWindow(ast: Ast, normal: string): SnippetWindow {
  const all = placesOf(ast, normal, (named) => named === undefined)
  const first = all[bestStart(all)]
  const start = Math.max(0, (first?.start ?? 0) - leadLength)
  const end = Math.min(normal.length, Math.max(start + snippetLength, first?.end ?? 0))
  return { start, end, places: all.filter((place) => place.start >= start && place.end <= end) }
}

/** A window as the original has it; `original` is the part whose normal form begins at `base`, of `length` in all. */
export function showWindow(
  window: SnippetWindow,
  part: { readonly original: string; readonly base: number; readonly length: number },
): Piece {
  const form = normaliseWithOrigin(part.original)
  const atEnd = window.end >= part.length
  return cut(
    part.original,
    { form, base: part.base, places: window.places },
    {
      from: window.start === 0 ? 0 : form.originalAt(window.start - part.base),
      to: atEnd ? part.original.length : form.originalAt(window.end - part.base),
      before: window.start > 0 ? '…' : '',
      after: atEnd ? '' : '…',
    },
  )
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
  {
    form,
    base,
    places,
  }: { readonly form: NormalForm; readonly base: number; readonly places: readonly Place[] },
  span: {
    readonly from: number
    readonly to: number
    readonly before: string
    readonly after: string
  },
): Piece {
  const shift = span.before.length - span.from
  const ranges: [number, number][] = []
  for (const { start, end } of places) {
    const mark: [number, number] = [
      form.originalAt(start - base) + shift,
      lastOriginal(original, form, end - base) + shift,
    ]
    const last = ranges.at(-1)
    if (last && mark[0] <= last[1]) last[1] = Math.max(last[1], mark[1])
    else ranges.push(mark)
  }
  return { text: span.before + original.slice(span.from, span.to) + span.after, ranges }
}

/** Where the last marked character ends in the original: white space that the normal form dropped after it is not marked. */
function lastOriginal(original: string, form: NormalForm, end: number): number {
  const next = form.originalAt(end)
  const last = form.originalAt(end - 1)
  return last + original.slice(last, next).trimEnd().length
}
