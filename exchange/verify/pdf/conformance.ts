/**
 * Where a sealed PDF leaves PAdES baseline (EN 319 142-1 6.3) and ISO 32000-2 12.8: signature dictionaries, ranges, cross-references, security
 * store. Reported apart from trust: changes no verdict. Pure but for the hash.
 */
import {
  createPieces,
  readOrExplain,
  toHex,
  webDigest,
  type PathPorts,
  type Pieces,
} from '../../../ca/path/index.ts'
import { ExchangeError } from '../../errors.ts'
import { dictionaryAt, nameOf, type PdfDocument } from '../../pdf/index.ts'
import { cmsNotes } from '../cms/conformance.ts'
import { conformanceNote } from '../report/conformance_words.ts'
import type { ConformanceNote } from '../types.ts'
import type { Opened } from './open.ts'
import type { SecurityStore } from './security_store.ts'
import type { PdfSignature } from './signatures.ts'

/** More are not listed: a file with a hundred seals may say the same of each. */
const maxNotes = 500

/** All notes on a file: signature by signature, then the file itself. */
export async function conformanceOf(
  opened: Opened,
  store: SecurityStore | undefined,
  ports: PathPorts | undefined,
): Promise<readonly ConformanceNote[]> {
  const pieces = ports?.pieces ?? createPieces()
  try {
    const notes = [
      ...opened.signatures.flatMap((signature) => signatureNotes(signature, pieces)),
      ...updateNotes(opened),
      ...extensionNotes(opened),
      ...storeNotes(opened.document, store, pieces),
      ...(await vriNotes(opened, ports)),
    ]
    return notes.slice(0, maxNotes)
  } catch (error) {
    if (error instanceof ExchangeError) return [] // what cannot be read is told by findings
    throw error
  }
}

function signatureNotes(signature: PdfSignature, pieces: Pieces): ConformanceNote[] {
  const { field, value, isTimestamp, rangeProblem, contents } = signature
  const note = (code: Parameters<typeof conformanceNote>[0], detail?: string) =>
    conformanceNote(code, { field, detail })
  const wanted = isTimestamp ? 'ETSI.RFC3161' : 'ETSI.CAdES.detached'
  const { subFilter = 'none' } = value
  const dictionary = [
    ...(value.filter === undefined ? [note('FILTER_MISSING')] : []),
    ...(subFilter === wanted ? [] : [note('SUBFILTER_NOT_PADES', subFilter)]),
    ...(value.date === undefined && !isTimestamp ? [note('M_MISSING')] : []),
    ...(value.dictionary.entries.has('Cert') ? [note('CERT_ENTRY_PRESENT')] : []),
    ...rangeNotes(rangeProblem).map((code) => note(code, rangeProblem)),
  ]
  if (isTimestamp) return dictionary
  const strict = readOrExplain(() => pieces.paddedSignedData(contents))
  const read =
    'message' in strict ? readOrExplain(() => pieces.tolerantSignedData(contents)) : strict
  return 'message' in read ? dictionary : [...dictionary, ...cmsNotes(read, { field, pieces })]
}

function rangeNotes(problem: string | undefined): ('BYTE_RANGE_GAP' | 'BYTE_RANGE_SHORT')[] {
  if (problem === undefined) return []
  return [problem.includes('end with a revision') ? 'BYTE_RANGE_SHORT' : 'BYTE_RANGE_GAP']
}

/** An update has a table after a table, and a stream after a stream: some readers lose their way otherwise. */
function updateNotes({ list }: Opened): ConformanceNote[] {
  const isStream = list.revisions.map(({ kind }) => kind === 'stream')
  const mixed = isStream.findIndex((own, at) => at > 0 && own !== isStream[at - 1])
  return mixed < 0
    ? []
    : [conformanceNote('XREF_KIND_MIXED', { detail: `revision ${String(mixed + 1)}` })]
}

/** Before PDF 2.0, what PAdES adds is an extension that the catalogue names. */
function extensionNotes({ document, signatures }: Opened): ConformanceNote[] {
  const catalog = document.catalog().value
  const version = nameOf(catalog.entries.get('Version')) ?? document.version
  const isPades = signatures.some(({ value }) => value.subFilter?.startsWith('ETSI.') === true)
  if (!isPades || Number.parseFloat(version) >= 2) return []
  const extensions = dictionaryAt(document, catalog.entries.get('Extensions'))
  return extensions?.entries.has('ESIC') ? [] : [conformanceNote('ESIC_EXTENSION_MISSING')]
}

function storeNotes(
  document: PdfDocument,
  store: SecurityStore | undefined,
  pieces: Pieces,
): ConformanceNote[] {
  const catalog = document.catalog().value
  const form = dictionaryAt(document, catalog.entries.get('AcroForm'))
  const isElsewhere = document.trailer.entries.has('DSS') || form?.entries.has('DSS') === true
  const known = new Set(store?.certificates.map(({ piece }) => pieces.same(piece)))
  const answers = (store?.ocspResponses ?? []).flatMap(({ piece }) => {
    const read = readOrExplain(() => pieces.ocsp(piece))
    return 'message' in read ? [] : [read]
  })
  const isMissing = answers.some(({ certificates }) =>
    certificates.some((piece) => !known.has(pieces.same(piece))),
  )
  return [
    ...wrongEntries(document).map((detail) => conformanceNote('DSS_ENTRY_WRONG', { detail })),
    ...(isElsewhere ? [conformanceNote('DSS_PLACEMENT')] : []),
    ...(isMissing ? [conformanceNote('RESPONDER_NOT_STORED')] : []),
  ]
}

/** Arrays of the store whose members are not all references to streams. */
function wrongEntries(document: PdfDocument): string[] {
  const store = dictionaryAt(document, document.catalog().value.entries.get('DSS'))
  return ['Certs', 'CRLs', 'OCSPs'].filter((key) => {
    const value = store?.entries.get(key)
    if (value === undefined) return false
    const array = document.resolve(value)
    if (array?.kind !== 'array') return true
    return array.items.some(
      (item) => item.kind !== 'reference' || document.resolve(item)?.kind !== 'stream',
    )
  })
}

/** Keys of /VRI that are no signature's; trimmed of its padding a signature has another hash. */
async function vriNotes(
  { document, signatures }: Opened,
  ports: PathPorts | undefined,
): Promise<ConformanceNote[]> {
  const store = dictionaryAt(document, document.catalog().value.entries.get('DSS'))
  const vri = dictionaryAt(document, store?.entries.get('VRI'))
  if (!vri) return []
  const digest = ports?.digest ?? webDigest
  const known = new Set<string>()
  for (const { contents } of signatures) known.add(toHex(await digest('SHA-1', contents)))
  return [...vri.entries.keys()]
    .filter((key) => key !== 'Type' && !(known.has(key.toLowerCase()) && key === key.toUpperCase()))
    .map((detail) => conformanceNote('VRI_KEY_WRONG', { detail }))
}
