/**
 * Changes keys of dictionaries inside an update and copies all else byte for byte. A change is said as data: set a key, add to an array, change inside a
 * dictionary; where the array or dictionary is an object of its own, that object is written again and its owner is left alone.
 */
import type { Update } from './append.ts'
import { malformed } from './lexer.ts'
import {
  latin1,
  type IndirectObject,
  type PdfArray,
  type PdfDictionary,
  type PdfObject,
  type PdfValue,
} from './objects.ts'
import { nameText } from './write.ts'

/** What to do with one key. Texts are PDF syntax. */
export type Change =
  { readonly set: string } | { readonly append: readonly string[] } | { readonly change: Changes }

/** What to do with the keys of a dictionary; others stay. */
export interface Changes {
  readonly [key: string]: Change
}

/** Writes the dictionary object `number` again with the changes; not at all if they all lie in other objects. */
export function changeObject(update: Update, number: number, changes: Changes): void {
  const object = update.document.object(number)
  if (object?.value.kind !== 'dictionary') throw malformed('a dictionary is missing', 0)
  const { source, value } = object
  const body = changed(update, { source, dictionary: value }, changes)
  if (body !== undefined) update.put(number, body)
}

interface Place {
  readonly source: Uint8Array
  readonly dictionary: PdfDictionary
}

/** The new text of the dictionary, or undefined if it stays as it is. */
function changed(update: Update, place: Place, changes: Changes): string | undefined {
  const texts = new Map<string, string>()
  for (const [key, change] of Object.entries(changes)) {
    const text = valueText(update, place, { value: place.dictionary.entries.get(key), change })
    if (text !== undefined) texts.set(key, text)
  }
  return texts.size > 0 ? splice(place, texts) : undefined
}

function valueText(
  update: Update,
  place: Place,
  { value, change }: { readonly value: PdfObject | undefined; readonly change: Change },
): string | undefined {
  if ('set' in change) return isText(place.source, value, change.set) ? undefined : change.set
  const owner = value?.kind === 'reference' ? lastObject(update, value) : undefined
  const target = value?.kind === 'reference' ? owner?.value : value
  const source = owner?.source ?? place.source
  const text =
    'append' in change
      ? appended(source, target, change.append)
      : inside(update, { source, target, changes: change.change })
  // Nothing was there that could be changed in place: the owner gets the new value.
  if (owner === undefined || target === undefined || target.kind === 'null') return text
  if (text !== undefined) update.put(owner.number, text)
  return undefined
}

/** Whether a value stands there in just these characters: then there is nothing to change. */
function isText(source: Uint8Array, value: PdfObject | undefined, text: string): boolean {
  return value !== undefined && latin1(source.subarray(value.start, value.end)) === text
}

/** The object that a chain of references ends at. */
function lastObject(update: Update, value: PdfObject): IndirectObject | undefined {
  const { document } = update
  let current: IndirectObject | undefined
  let next: PdfValue | undefined = value
  for (let hops = 0; next?.kind === 'reference'; hops++) {
    if (hops >= document.limits.maxReferenceHops) throw malformed('references in a circle', 0)
    current = document.object(next.number)
    next = current?.value
  }
  return current
}

function appended(
  source: Uint8Array,
  target: PdfValue | undefined,
  items: readonly string[],
): string | undefined {
  const added = items.join(' ')
  if (target === undefined || target.kind === 'null') return `[${added}]`
  if (target.kind !== 'array') throw malformed('expected an array', target.start)
  if (items.length === 0) return undefined
  const old: PdfArray = target
  return `${latin1(source.subarray(old.start, old.end - 1))} ${added}]`
}

function inside(
  update: Update,
  options: {
    readonly source: Uint8Array
    readonly target: PdfValue | undefined
    readonly changes: Changes
  },
): string | undefined {
  const { source, target, changes } = options
  if (target === undefined || target.kind === 'null') {
    return changed(update, { source: empty.source, dictionary: empty.dictionary }, changes)
  }
  if (target.kind !== 'dictionary') throw malformed('expected a dictionary', target.start)
  return changed(update, { source, dictionary: target }, changes)
}

const empty: Place = {
  source: Uint8Array.of(0x3c, 0x3c, 0x3e, 0x3e),
  dictionary: { kind: 'dictionary', entries: new Map(), start: 0, end: 4 },
}

/** The dictionary with some values replaced and new keys before its end; everything between is copied. */
function splice({ source, dictionary }: Place, texts: ReadonlyMap<string, string>): string {
  let out = ''
  let at = dictionary.start
  for (const [key, value] of dictionary.entries) {
    const text = texts.get(key)
    if (text === undefined) continue
    out += apart(latin1(source.subarray(at, value.start)), text)
    at = value.end
  }
  out += latin1(source.subarray(at, dictionary.end - 2))
  for (const [key, text] of texts) {
    if (!dictionary.entries.has(key)) out += apart(nameText(key), text)
  }
  return `${out}>>`
}

/** The two texts in a row, with a blank where they would run into each other. */
function apart(before: string, text: string): string {
  return /[\s]$/.test(before) || /^[/(<[]/.test(text) ? before + text : `${before} ${text}`
}
