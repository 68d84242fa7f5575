/**
 * What an uploaded PDF may not have, or is warned of, as rules over one dictionary or stream: active content, references to the outside, files inside files, things
 * that readers show differently. `inspect.ts` applies them to every object of every revision.
 */
import { dictionaryOf, latin1, nameOf, type PdfDictionary, type PdfValue } from './objects.ts'

/** The findings by severity and, for the operator, in words. The UI's words stand in the table of `web/`. */
export const pdfFindings = {
  NOT_A_PDF: ['refuse', 'the file is not a PDF'],
  TOO_LARGE: ['refuse', 'the file is too large'],
  ENCRYPTED: ['refuse', 'the file is encrypted'],
  DAMAGED: ['refuse', 'the file is damaged or breaks the rules of the format'],
  STRAY_BYTES: ['refuse', 'bytes lie outside the revisions that the file declares'],
  AMBIGUOUS_STREAM: ['refuse', 'a stream seems to end before its end, so that readers may differ'],
  PAGE_COUNT_WRONG: ['refuse', 'the number of pages is not what the file says'],
  PAGE_CONTENTS_WRONG: ['refuse', 'the content of a page is not a list of streams'],
  OUTLINE_LOOP: ['refuse', 'the outline is a loop'],
  JAVASCRIPT: ['refuse', 'the file contains JavaScript'],
  LAUNCH_ACTION: ['refuse', 'the file wants to start a program'],
  SUBMIT_FORM_ACTION: ['refuse', 'the file wants to send form data'],
  VIEW_ACTION: ['refuse', 'an action hides or shows something'],
  IMPORT_DATA_ACTION: ['refuse', 'the file wants to import data'],
  REMOTE_GOTO_ACTION: ['refuse', 'the file leads into another file'],
  EMBEDDED_GOTO_ACTION: ['refuse', 'the file leads into an embedded file'],
  FILE_LINK: ['refuse', 'a link leads to a file or an unusual scheme'],
  EMBEDDED_FILE: ['refuse', 'the file contains other files'],
  MULTIMEDIA: ['refuse', 'the file contains sound, film or 3D'],
  XFA_FORM: ['refuse', 'the file contains an XFA form'],
  EXTERNAL_STREAM: ['refuse', 'content of the file lies in another file'],
  EXTERNAL_REFERENCE: ['refuse', 'the file refers to another file'],
  POSTSCRIPT: ['refuse', 'the file contains PostScript'],
  UNKNOWN_FILTER: ['refuse', 'a stream is packed in an unknown way'],
  HIDDEN_BYTES: ['refuse', 'the file contains bytes that belong to no object it lists'],
  STRANGE_KEY: ['refuse', 'a page or the catalog has a key that readers may take for another'],
  OBJECTS_OVERLAP: ['refuse', 'two objects share bytes of the file'],
  AMBIGUOUS_REFERENCES: ['refuse', 'two cross-references of one revision name different objects'],
  COVERED_TEXT: ['refuse', 'text lies under paint that hides it'],
  COVERED_PICTURE: ['refuse', 'a picture lies wholly under other paint'],
  COVERED_DRAWING: ['refuse', 'drawn writing lies wholly under a picture'],
  COVERED_BY_ANNOTATION: ['refuse', 'an annotation or field hides what is on the page'],
  HIDDEN_LAYER: ['refuse', 'the page has content on a layer that is switched off'],
  SCREEN_AND_PAPER_DIFFER: [
    'refuse',
    'layers show other things on screen than on paper, or by zoom or language',
  ],
  HIDDEN_ANNOTATION: ['refuse', 'the page has an annotation or field that is hidden'],
  HIDDEN_PAGE: ['refuse', 'the file contains a page that it does not show'],
  HIDDEN_CONTENT: ['refuse', 'the file contains pictures or contents that no page shows'],
  DANGLING_REFERENCE: ['refuse', 'the page is drawn with something that the file does not contain'],
  ALTERNATE_PICTURE: ['refuse', 'a picture has another one for printing'],
  FIELD_SHOWS_OTHER: ['refuse', 'a form field has another value than it shows'],
  SIGNATURE_FIELD_LARGE: ['refuse', 'an empty signature field could cover much of the page later'],
  FONT_DRAWS_NOTHING: ['refuse', 'a font has letters that draw nothing'],
  FONT_MAP_FALSE: ['refuse', 'a font shows other characters than its text says'],
  CONTENT_UNREADABLE: ['refuse', 'the content of the page cannot be unpacked'],
  TOO_MUCH_CONTENT: ['refuse', 'the file has more content than can be looked through'],
  PERHAPS_COVERED_TEXT: ['warn', 'text lies under paint that may hide it'],
  INVISIBLE_TEXT: ['warn', 'the page has text that cannot be seen'],
  LAYERS: ['warn', 'the page has content on layers that can be switched off'],
  COMMENTS: ['warn', 'the page has comments or marks beside its content'],
  SIGNATURE_FIELD: ['warn', 'the page has an empty signature field'],
  FIELD_DRAWN_BY_READER: ['warn', 'a form field is drawn by each program in its own way'],
  FIELD_DEFAULT_DIFFERS: ['warn', 'resetting the form would bring another value'],
  FONT_NOT_EMBEDDED: [
    'warn',
    'a font is not in the file, so that another machine may show another',
  ],
  TEXT_WITHOUT_MEANING: [
    'warn',
    'a font does not say what its characters mean, so that they cannot be searched',
  ],
  CONTENT_STRANGE: ['warn', 'the page has instructions that no version of the format knows'],
  EARLIER_VERSIONS: ['warn', 'the file still contains its earlier versions'],
  PRINTER_SETTINGS: [
    'warn',
    'the file carries settings of a printing machine, which may change colours',
  ],
  WEB_LINK: ['warn', 'the file has links to the web or mail'],
  AUTOMATIC_ACTION: ['warn', 'the file acts by itself on some event'],
  ACTION_CHAIN: ['warn', 'an action leads to further actions'],
  NAMED_ACTION: ['warn', 'an action asks the reader to do something, such as printing'],
  RESET_ACTION: ['warn', 'an action resets the form'],
  CALCULATOR_FUNCTION: ['warn', 'a colour or shading is computed by a small program'],
  FORM_FIELDS: ['warn', 'the file has form fields that can be filled in'],
  ALREADY_SIGNED: ['warn', 'the file is signed already'],
} as const satisfies Record<string, readonly ['refuse' | 'warn', string]>

export type PdfFindingCode = keyof typeof pdfFindings

/** Action types (ISO 32000-1 Table 198 and extensions) that are remarkable in themselves. */
const actionCodes: Readonly<Record<string, PdfFindingCode>> = {
  JavaScript: 'JAVASCRIPT',
  Launch: 'LAUNCH_ACTION',
  SubmitForm: 'SUBMIT_FORM_ACTION',
  ImportData: 'IMPORT_DATA_ACTION',
  GoToR: 'REMOTE_GOTO_ACTION',
  GoToE: 'EMBEDDED_GOTO_ACTION',
  Sound: 'MULTIMEDIA',
  Movie: 'MULTIMEDIA',
  Rendition: 'MULTIMEDIA',
  GoTo3DView: 'MULTIMEDIA',
  RichMediaExecute: 'MULTIMEDIA',
  Named: 'NAMED_ACTION',
  Hide: 'VIEW_ACTION',
  SetOCGState: 'VIEW_ACTION',
  ResetForm: 'RESET_ACTION',
}

/** Annotation and XObject types. */
const subtypeCodes: Readonly<Record<string, PdfFindingCode>> = {
  FileAttachment: 'EMBEDDED_FILE',
  RichMedia: 'MULTIMEDIA',
  '3D': 'MULTIMEDIA',
  Movie: 'MULTIMEDIA',
  Sound: 'MULTIMEDIA',
  Screen: 'MULTIMEDIA',
  PS: 'POSTSCRIPT',
}

/** Object types. */
const typeCodes: Readonly<Record<string, PdfFindingCode>> = {
  EmbeddedFile: 'EMBEDDED_FILE',
  Sound: 'MULTIMEDIA',
  Rendition: 'MULTIMEDIA',
}

/** Keys that are remarkable wherever they stand. */
const keyCodes: Readonly<Record<string, PdfFindingCode>> = {
  JS: 'JAVASCRIPT',
  JavaScript: 'JAVASCRIPT',
  EmbeddedFiles: 'EMBEDDED_FILE',
  EF: 'EMBEDDED_FILE',
  Collection: 'EMBEDDED_FILE',
  XFA: 'XFA_FORM',
  OPI: 'EXTERNAL_REFERENCE',
  AA: 'AUTOMATIC_ACTION',
}

const knownFilters = new Set(
  (
    'ASCIIHexDecode ASCII85Decode LZWDecode FlateDecode RunLengthDecode CCITTFaxDecode JBIG2Decode ' +
    'DCTDecode JPXDecode'
  ).split(' '),
)

/** Follows a reference as far as it leads. */
export type Resolve = (value: PdfValue | undefined) => PdfValue | undefined

/** Findings in one dictionary or stream itself, not in what it contains. */
export function findingsIn(value: PdfValue, resolve: Resolve): PdfFindingCode[] {
  const dictionary = dictionaryOf(value)
  if (dictionary === undefined) return []
  const at = (key: string): PdfValue | undefined => resolve(dictionary.entries.get(key))
  const found: (PdfFindingCode | undefined)[] = [
    actionCodes[nameOf(at('S')) ?? ''],
    subtypeCodes[nameOf(at('Subtype')) ?? ''],
    typeCodes[nameOf(at('Type')) ?? ''],
    ...keysOf(dictionary),
    ...linkIn(at),
    ...outsideIn(dictionary, at, value.kind === 'stream'),
  ]
  if (at('S')?.kind === 'name' && dictionary.entries.has('Next')) found.push('ACTION_CHAIN')
  const functionType = at('FunctionType')
  if (functionType?.kind === 'number' && functionType.value === 4) found.push('CALCULATOR_FUNCTION')
  if (hasStrangeKey(dictionary, at)) found.push('STRANGE_KEY')
  if (changesDevice(at)) found.push('PRINTER_SETTINGS')
  if (value.kind === 'stream') {
    found.push(...filtersIn(at('Filter'), resolve))
    // The short name of inline images (8.9.7): some programs take it for /DecodeParms of any stream, and so unpack another content.
    if (dictionary.entries.has('DP')) found.push('UNKNOWN_FILTER')
  }
  return found.filter((code) => code !== undefined)
}

/** Keys of pages and of the catalog are plain ASCII (7.7.2, 7.7.3); a mark or blank in one hides it from some readers only. A picture has long keys alone. */
function hasStrangeKey(dictionary: PdfDictionary, at: At): boolean {
  if (nameOf(at('Subtype')) === 'Image') {
    return shortImageKeys.some((key) => dictionary.entries.has(key))
  }
  if (!['Page', 'Pages', 'Catalog'].includes(nameOf(at('Type')) ?? '')) return false
  return hasStrangeName(dictionary)
}

/** Short names of inline images (Table 91), which some programs take for the long ones of any picture. */
const shortImageKeys: readonly string[] = ['BPC', 'CS', 'D', 'H', 'IM', 'W']

/** Whether a key is not plain ASCII. */
export function hasStrangeName({ entries }: PdfDictionary): boolean {
  return [...entries.keys()].some((key) => /[^!-~]/.test(key))
}

/** Transfer functions of a graphics state (10.4): paper may get other shades than the screen. */
function changesDevice(at: At): boolean {
  if (nameOf(at('Type')) !== 'ExtGState') return false
  return ['TR', 'TR2'].some((key) => {
    const value = at(key)
    return value !== undefined && !['Identity', 'Default'].includes(nameOf(value) ?? '')
  })
}

function keysOf(dictionary: PdfDictionary): (PdfFindingCode | undefined)[] {
  return [...dictionary.entries].map(([key, value]) =>
    // /JS and the like as a plain name are values of a table, not content.
    value.kind === 'null' ? undefined : Object.hasOwn(keyCodes, key) ? keyCodes[key] : undefined,
  )
}

type At = (key: string) => PdfValue | undefined

/** A URI action (12.6.4.7): the web and mail are warned of, anything else with a scheme or a network path is refused. */
function linkIn(at: At): PdfFindingCode[] {
  if (nameOf(at('S')) !== 'URI') return []
  const target = at('URI')
  const text = target?.kind === 'string' ? latin1(target.bytes).trim() : ''
  if (/^(https?|mailto|tel):/i.test(text)) return ['WEB_LINK']
  return /^([a-z][a-z0-9+.-]*:|[\\/]{2})/i.test(text) ? ['FILE_LINK'] : ['WEB_LINK']
}

/** Files elsewhere: of a stream (7.3.8.2), a specification without an embedded file (7.11), a reference XObject (8.10.4), an article thread. */
function outsideIn(dictionary: PdfDictionary, at: At, stream: boolean): PdfFindingCode[] {
  const { entries } = dictionary
  const found: PdfFindingCode[] = []
  if (stream && (entries.has('F') || entries.has('FFilter'))) found.push('EXTERNAL_STREAM')
  const type = nameOf(at('Type'))
  const specification = type === 'Filespec' || type === 'F' || entries.has('UF')
  const file = at('F')
  const thread = nameOf(at('S')) === 'Thread' && file !== undefined
  const reference = nameOf(at('Subtype')) === 'Form' && entries.has('Ref')
  if ((specification && !entries.has('EF')) || thread || reference) found.push('EXTERNAL_REFERENCE')
  return found
}

function filtersIn(filter: PdfValue | undefined, resolve: Resolve): PdfFindingCode[] {
  const filters = filter?.kind === 'array' ? filter.items.map((item) => resolve(item)) : [filter]
  const unknown = filters.some(
    (item) => item !== undefined && !knownFilters.has(nameOf(item) ?? ''),
  )
  return unknown ? ['UNKNOWN_FILTER'] : []
}
