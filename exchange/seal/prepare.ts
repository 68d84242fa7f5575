/**
 * First step of a seal (EN 319 142-1, PAdES): the PDF with mark, field and empty /Contents, and the signed attributes that the unit's key signs elsewhere. The
 * first signature of a file may certify it (DocMDP) and reserve fields for the seals of the other issuers. Second step: `complete.ts`; what has to wait
 * for it is kept by `stored.ts`.
 */
import { signedAttributes, signatureSuites, type SignatureAlgorithm } from '../../ca/index.ts'
import {
  dateText,
  numbersText,
  referenceText,
  textText,
  type Placeholder,
  type Update,
} from '../pdf/index.ts'
import {
  appendSignature,
  requireUnlocked,
  termsOf,
  waitingField,
  type FieldToReserve,
} from './field.ts'
import {
  digestAround,
  notAllowed,
  openSource,
  type PdfSource,
  type RunningHash,
  type SealableFile,
} from './file.ts'
import { fieldMdpReference, type FieldLock } from './locks.ts'
import { fitBox, placeMark, type Placed } from './place.ts'

/** A mark: the inside of a form XObject over the square from (0, 0) to (size, size), in points. */
export interface SealMark {
  /** Its only resources are the state `Multiply` and the picture `Picture`, if there is one. */
  readonly content: Uint8Array
  readonly size: number
  /** Whether `content` is deflated already (ISO 32000-1 7.4.4). */
  readonly filter?: 'FlateDecode'
  /** The picture that the content shows. */
  readonly picture?: MarkPicture
}

/** Pixels of an image XObject: DeviceRGB of 8 bits, deflated, on white, which the ink state makes vanish. */
export interface MarkPicture {
  readonly width: number
  readonly height: number
  readonly colour: Uint8Array
}

/** A place for the seal of another issuer, whose field is made now. */
export interface ReservedSeal {
  readonly fieldName: string
  readonly page: number
  readonly centre: { readonly x: number; readonly y: number }
  /** Width of the mark, points. */
  readonly size: number
}

export interface SealRequest {
  readonly pdf: PdfSource
  /** DER certificate of the key that will sign. */
  readonly certificate: Uint8Array
  /** Suite of that key. */
  readonly algorithm: SignatureAlgorithm
  /** Absent: the seal is not seen. */
  readonly mark?: SealMark
  /** Page index from 0. */
  readonly page: number
  /** Centre of the mark in points of the page's own space; absent: that of the field, which must be there. */
  readonly centre?: { readonly x: number; readonly y: number }
  /** A signature field of the file that is empty; or new to the file, without a point. */
  readonly fieldName: string
  /** Claimed time, /M. */
  readonly at: Date
  /** Who seals, /Name. */
  readonly name: string
  readonly reason?: string
  readonly location?: string
  /**
   * Certify the file: 1 no change but evidence, 2 further seals, 3 annotations too (ISO 32000-2 Table 257). Takes effect on the first signature of a file alone:
   * there can be one certification only (12.8.4).
   */
  readonly docMdp?: 1 | 2 | 3
  /** Form fields that may not change from here on (FieldMDP). */
  readonly fieldMdp?: FieldLock
  /**
   * Fields for the seals that follow. After a certification a seal may be put into a field that is there, but adding one is a change that some verifiers object to
   * (ISO 32000-2 Table 257: "filling in forms … and signing"). The first signature of a file alone.
   */
  readonly reserve?: readonly ReservedSeal[]
  /** What will go into the CMS, as `completeSeal` gets it: so much room is left as that and a timestamp of the same authority need. */
  readonly certificates?: readonly Uint8Array[]
  /** Room for the CMS; as `certificates` need, 16,384 bytes where they are not known, unless told. */
  readonly contentsBytes?: number
}

/** A prepared seal. Plain data but for `after`, which may be dropped when the request is stored. */
export interface PreparedSeal extends Placeholder {
  /** The whole PDF with zeros in /Contents; put together when it is asked for. */
  readonly pdf: Uint8Array
  /** Hash over /ByteRange, by the suite's digest. */
  readonly digest: Uint8Array
  /** DER SET OF signed attributes: the bytes to be signed (RFC 5652 5.4). */
  readonly attributes: Uint8Array
  /** Whether this seal certifies the file. */
  readonly certifies: boolean
  /** State for the next step. */
  readonly after?: PreparedState
}

/** What spares the next step reading the file again. */
export interface PreparedState {
  readonly base: Uint8Array
  /** What follows `base`, with zeros in /Contents. */
  readonly added: Uint8Array
  /** The file once its /Contents are filled. */
  over(bytes: Uint8Array): SealableFile
}

/** Room that a CMS with a token and both chains needs, with RSA and to spare. */
const usualContentsBytes = 16_384
/** What is in a CMS with a token besides the two chains: two signatures by RSA-4096, attributes, and to spare. */
const besidesChains = 3072

function roomFor({ contentsBytes, certificates }: SealRequest): number {
  if (contentsBytes !== undefined) return contentsBytes
  if (certificates === undefined) return usualContentsBytes
  return 2 * certificates.reduce((sum, { length }) => sum + length, 0) + besidesChains
}

/**
 * Prepares a seal. `SEAL_NOT_ALLOWED`: no such page, the mark leaves the page or touches another, the field is taken, locked or not where the mark
 * is to be, the file allows no further signature. Errors of `readPdf` for the file.
 */
export function prepareSeal(request: SealRequest): PreparedSeal {
  const file = openSource(request.pdf)
  const { form, document } = file
  if (form.closedBy !== undefined) {
    throw notAllowed('a signature in the file forbids any change', { field: form.closedBy })
  }
  requireUnlocked(form, request.fieldName)
  const { page, rect, lock } = placeSeal(file, request)
  const isFirst = !form.isCertified && form.fields.every(({ isSigned }) => !isSigned)
  const certifies = request.docMdp !== undefined && isFirst
  const { mark } = request
  const {
    finished,
    placeholder,
    form: after,
  } = appendSignature(file, {
    field: request.fieldName,
    ...{ page, rect, lock, certifies },
    reserve: placeReserved(file, request, { isFirst, page, rect }),
    dictionary: sealDictionary(request, {
      certifies,
      lock,
      catalog: document.catalog().number,
    }),
    contentsBytes: roomFor(request),
    ...(mark && { appearance: (update) => putMark(update, mark, { page, rect }) }),
  })
  const { added } = finished
  const { digest: hash } = signatureSuites[request.algorithm]
  const { digest, hashed } = digestAround(file, { added, placeholder }, hash)
  const attributes = signedAttributes({ certificate: request.certificate, digest })
  const closedBy = certifies && request.docMdp === 1 ? request.fieldName : undefined
  const state = { ...after, closedBy, locks: [...form.locks, ...(lock ? [lock] : [])] }
  return {
    get pdf() {
      return finished.bytes
    },
    ...placeholder,
    ...{ digest, attributes, certifies },
    after: {
      base: document.bytes,
      added,
      over: (bytes) => ({
        document: finished.over(bytes),
        pages: file.pages,
        form: state,
        hashed: hashed satisfies RunningHash,
      }),
    },
  }
}

/** Where the seal goes, and what it locks: as its field says, or as the request does. */
function placeSeal(
  file: SealableFile,
  request: SealRequest,
): Placed & { readonly lock: FieldLock | undefined } {
  const { mark, centre, fieldName, fieldMdp } = request
  const waiting = waitingField(file.form, fieldName)
  const page = file.pages[request.page]
  if (page === undefined) throw notAllowed('there is no such page', { page: request.page })
  if (!waiting) {
    if (!mark) return { page, rect: [0, 0, 0, 0], lock: fieldMdp }
    if (!centre) throw notAllowed('there is no such field, and no place for one')
    const rect = placeMark({ page, centre, size: mark.size }, file.form)
    return { page, rect, lock: fieldMdp }
  }
  const terms = termsOf(file, waiting)
  const [left, bottom, right, top] = terms.rect
  const isThere =
    terms.page === request.page &&
    (!centre ||
      Math.hypot(centre.x - (left + right) / 2, centre.y - (bottom + top) / 2) <= maxAside)
  if (!isThere) throw notAllowed('the field stands elsewhere', { field: fieldName })
  if (mark && (right <= left || top <= bottom)) {
    throw notAllowed('the field has no room for a mark', { field: fieldName })
  }
  if (terms.lock && fieldMdp) throw notAllowed('the field has a lock of its own')
  return { page, rect: terms.rect, lock: terms.lock ?? fieldMdp }
}

/** Points that a mark may stand beside its field's centre: roundings of a layout. */
const maxAside = 0.5

/** Places of the fields that are made for later seals; none touches another. */
function placeReserved(
  file: SealableFile,
  { reserve = [] }: SealRequest,
  first: Placed & { readonly isFirst: boolean },
): FieldToReserve[] {
  if (reserve.length > 0 && !first.isFirst) {
    throw notAllowed('fields are reserved by the first seal of a file alone')
  }
  const taken: Placed[] = [first]
  return reserve.map(({ fieldName, page: index, centre, size }) => {
    const page = file.pages[index]
    if (page === undefined) throw notAllowed('there is no such page', { page: index })
    const rect = placeMark({ page, centre, size }, file.form, taken)
    taken.push({ page, rect })
    return { name: fieldName, page, rect }
  })
}

/** Ink of a seal darkens what lies under it instead of hiding it (ISO 32000-1 11.3.5). */
const inkState = '/ExtGState<</Multiply<</BM/Multiply>>>>'

/** The mark as a form XObject; answers its number. */
function putMark(update: Update, mark: SealMark, { page, rect }: Placed): number {
  const picture = mark.picture && putPicture(update, mark.picture)
  const images = picture === undefined ? '' : `/XObject<</Picture ${referenceText(picture)}>>`
  const number = update.allocate()
  update.putStream(
    number,
    `/Type/XObject/Subtype/Form/BBox${numbersText(fitBox(mark.size, { page, rect }))}` +
      `${upright[page.rotate] ?? ''}/Resources<<${inkState}${images}>>` +
      (mark.filter ? `/Filter/${mark.filter}` : ''),
    mark.content,
  )
  return number
}

// Turns the mark against the page (7.7.3.3: /Rotate is clockwise), so that it stands upright when shown.
const upright: Readonly<Record<number, string>> = {
  90: '/Matrix[0 1 -1 0 0 0]',
  180: '/Matrix[-1 0 0 -1 0 0]',
  270: '/Matrix[0 -1 1 0 0 0]',
}

function putPicture(update: Update, { width, height, colour }: MarkPicture): number {
  const number = update.allocate()
  update.putStream(
    number,
    `/Type/XObject/Subtype/Image/Width ${String(width)}/Height ${String(height)}` +
      '/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode',
    colour,
  )
  return number
}

function docMdpReference(level: 1 | 2 | 3): string {
  return (
    '<</Type/SigRef/TransformMethod/DocMDP' +
    `/TransformParams<</Type/TransformParams/P ${String(level)}/V/1.2>>>>`
  )
}

/** ISO 32000-1 Table 252 and EN 319 142-1 6.3: no signing-time in the CMS, so /M. */
function sealDictionary(
  request: SealRequest,
  options: {
    readonly certifies: boolean
    readonly lock: FieldLock | undefined
    readonly catalog: number
  },
): string {
  const { at, name, reason, location, docMdp } = request
  const { certifies, lock, catalog } = options
  const references =
    (certifies && docMdp !== undefined ? docMdpReference(docMdp) : '') +
    (lock ? fieldMdpReference(lock, catalog) : '')
  return (
    '/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached' +
    `/M${dateText(at)}/Name${textText(name)}` +
    (reason === undefined ? '' : `/Reason${textText(reason)}`) +
    (location === undefined ? '' : `/Location${textText(location)}`) +
    (references === '' ? '' : `/Reference[${references}]`)
  )
}
