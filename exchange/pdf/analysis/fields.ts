/** Form fields whose value is not what the page shows (ISO 32000-1 12.7): a reader may show the one or the other. */
import { dictionaryAt, type PdfDocument } from '../document.ts'
import { integerOf, nameOf, textOf, type PdfDictionary, type PdfValue } from '../objects.ts'
import { paintAnnotation, type Annotation } from './appearance.ts'
import { noRemarks, type Session } from './run.ts'
import { createScene } from './scene.ts'

export type FieldProblem =
  /** The value differs from what is drawn. */
  | 'FIELD_SHOWS_OTHER'
  /** There is a value and nothing drawn for it, or the form wants all drawn anew: each program draws it in its own way. */
  | 'FIELD_DRAWN_BY_READER'
  /** Resetting the form brings another value. */
  | 'FIELD_DEFAULT_DIFFERS'

const isMultiline = 1 << 12
const isPassword = 1 << 13

/** What is wrong with the field behind a widget. */
export function fieldProblems(session: Session, widget: Annotation): FieldProblem[] {
  const { document } = session
  const at = inheritedFrom(document, widget.dictionary)
  const type = nameOf(at('FT'))
  const flags = integerOf(at('Ff')) ?? 0
  // An empty place that says something now says nothing, or something else, when it is signed.
  if (type === 'Sig' && at('V') === undefined) {
    return drawnText(session, widget) === '' ? [] : ['FIELD_SHOWS_OTHER']
  }
  if (type === 'Btn') return buttonProblems(document, widget, at)
  if ((type !== 'Tx' && type !== 'Ch') || (flags & isPassword) !== 0) return []
  const value = plain(shownValue(document, at))
  const usual = plain(valueText(document, at('DV')))
  const problems: FieldProblem[] = []
  if (
    value !== '' &&
    usual !== '' &&
    usual !== value &&
    usual !== plain(valueText(document, at('V')))
  ) {
    problems.push('FIELD_DEFAULT_DIFFERS')
  }
  if (widget.appearance === undefined) {
    return value === '' ? problems : [...problems, 'FIELD_DRAWN_BY_READER']
  }
  const shown = drawnText(session, widget)
  if (shown === undefined) return problems
  const drawn = plain(shown)
  // Office programs leave the drawing empty and ask each reader to make it.
  if (drawn === '' && value !== '' && wantsDrawing(document)) {
    return [...problems, 'FIELD_DRAWN_BY_READER']
  }
  // A long text may be cut off where the box ends.
  const isCut = (flags & isMultiline) !== 0 && drawn.length >= 20 && value.startsWith(drawn)
  return drawn === value || isCut ? problems : [...problems, 'FIELD_SHOWS_OTHER']
}

/** /NeedAppearances of the form (12.7.2). */
function wantsDrawing(document: PdfDocument): boolean {
  const form = dictionaryAt(document, document.catalog().value.entries.get('AcroForm'))
  const wants = document.resolve(form?.entries.get('NeedAppearances'))
  return wants?.kind === 'boolean' && wants.value
}

/** A check box or radio button shows the state of its value. */
function buttonProblems(document: PdfDocument, widget: Annotation, at: At): FieldProblem[] {
  const value = nameOf(at('V'))
  const state = nameOf(document.resolve(widget.dictionary.entries.get('AS')))
  if (value === undefined || state === undefined || state === value) return []
  const states = dictionaryAt(
    document,
    dictionaryAt(document, widget.dictionary.entries.get('AP'))?.entries.get('N'),
  )
  const couldShow = value !== 'Off' && states?.entries.has(value) === true
  return state !== 'Off' || couldShow ? ['FIELD_SHOWS_OTHER'] : []
}

type At = (key: string) => PdfValue | undefined

const maxParents = 32

/** Attributes of a field may stand in what is above it (12.7.3.1). */
function inheritedFrom(document: PdfDocument, widget: PdfDictionary): At {
  const chain: PdfDictionary[] = []
  let current: PdfDictionary | undefined = widget
  while (current !== undefined && chain.length < maxParents) {
    chain.push(current)
    current = dictionaryAt(document, current.entries.get('Parent'))
  }
  return (key) => {
    const holder = chain.find(({ entries }) => entries.has(key))
    return document.resolve(holder?.entries.get(key))
  }
}

/** What the value looks like: of a choice the words of its option (12.7.4.4). */
function shownValue(document: PdfDocument, at: At): string {
  const value = valueText(document, at('V'))
  const options = at('Opt')
  for (const item of options?.kind === 'array' ? options.items.slice(0, 5000) : []) {
    const pair = document.resolve(item)
    if (pair?.kind !== 'array') continue
    const [code, words] = pair.items.map((part) => textOf(document.resolve(part)))
    if (code === value && words !== undefined) return words
  }
  return value
}

function valueText(document: PdfDocument, value: PdfValue | undefined): string {
  if (value?.kind === 'array') {
    return value.items.map((item) => textOf(document.resolve(item)) ?? '').join('')
  }
  return textOf(value) ?? nameOf(value) ?? ''
}

/** What the appearance says; undefined if a code has no known meaning. */
function drawnText(session: Session, widget: Annotation): string | undefined {
  let text: string | undefined = ''
  paintAnnotation(
    session,
    {
      scene: createScene(0, session.work),
      remarks: noRemarks(),
      onText: (character) => {
        text = text === undefined || character === undefined ? undefined : text + character
      },
    },
    widget,
  )
  return text
}

/** Without white space, marks and differences of form. */
function plain(text: string): string {
  return text.normalize('NFKC').replace(/[\s\p{C}\p{Z}]/gu, '')
}
