/**
 * First step of a seal (EN 319 142-1, PAdES): the PDF with mark, field and empty /Contents, and the signed attributes that the unit's key signs elsewhere. The
 * first seal of a file certifies it with DocMDP P=2 (further seals and evidence allowed); later ones of a joint document do not. Second step: `complete.ts`.
 */
import { createHash } from 'node:crypto'
import { signedAttributes, type SignatureAlgorithm } from '../../ca/index.ts'
import {
  dateText,
  listPages,
  numbersText,
  numberText,
  referenceText,
  textText,
  type FinishedUpdate,
  type PdfPage,
  type Placeholder,
  type Rectangle,
  type SignatureForm,
  type Update,
} from '../pdf/index.ts'
import { appendField, notAllowed, openForm, openSource, type PdfSource } from './field.ts'

/** A mark drawn as vectors: a content stream over the square from (0, 0) to (size, size), in points; its only resource is the state `Multiply`. */
export interface SealMark {
  readonly content: Uint8Array
  readonly size: number
  /** Whether `content` is deflated already (ISO 32000-1 7.4.4). */
  readonly filter?: 'FlateDecode'
}

export interface SealRequest {
  readonly pdf: PdfSource
  /** DER certificate of the key that will sign. */
  readonly certificate: Uint8Array
  /** Suite of that key; the attributes are the same for all that hash with SHA-256. */
  readonly algorithm: SignatureAlgorithm
  readonly mark: SealMark
  /** Page index from 0. */
  readonly page: number
  /** Centre of the mark in points of the page's own space. */
  readonly centre: { readonly x: number; readonly y: number }
  /** New to the file, without a point. */
  readonly fieldName: string
  /** Claimed time, /M. */
  readonly at: Date
  /** Who seals, /Name. */
  readonly name: string
  readonly reason?: string
  readonly location?: string
  /** Certify the file. Takes effect on the first signature of a file alone: there can be one certification only (ISO 32000-1 12.8.4). */
  readonly docMdp?: 2
  /** Room for the CMS, 16,384 bytes unless told. */
  readonly contentsBytes?: number
}

/** A prepared seal. Plain data but for `finished`, which may be dropped when the request is stored. */
export interface PreparedSeal extends Placeholder {
  /** The whole PDF with zeros in /Contents. */
  readonly pdf: Uint8Array
  /** SHA-256 over /ByteRange, 32 bytes. */
  readonly digest: Uint8Array
  /** DER SET OF signed attributes: the bytes to be signed (RFC 5652 5.4). */
  readonly attributes: Uint8Array
  /** Whether this seal certifies the file. */
  readonly certifies: boolean
  /** Parsed state for the next step. */
  readonly finished?: FinishedUpdate
}

/** Room that a CMS with a token and both chains needs, with RSA and to spare. */
const usualContentsBytes = 16_384

/**
 * Prepares a seal. `SEAL_NOT_ALLOWED`: no such page, the mark leaves the page or touches another, the field name is taken, the file allows no further
 * signature. Errors of `readPdf` for the file.
 */
export function prepareSeal(request: SealRequest): PreparedSeal {
  const document = openSource(request.pdf)
  const form = openForm(document)
  const page = listPages(document)[request.page]
  if (page === undefined) throw notAllowed('there is no such page', { page: request.page })
  const rect = placeMark(request, page, form)
  const certifies =
    request.docMdp !== undefined &&
    form.certifying === undefined &&
    form.fields.every(({ value }) => value === undefined)
  const finished = appendField(document, form, {
    name: request.fieldName,
    page,
    dictionary: sealDictionary(request, certifies),
    contentsBytes: request.contentsBytes ?? usualContentsBytes,
    widget: (update) => {
      const appearance = putMark(update, request.mark, page.rotate)
      return `/Rect${numbersText(rect)}/AP<</N ${referenceText(appearance)}>>`
    },
    ...(certifies && {
      catalog: (signature) => ({
        Perms: { change: { DocMDP: { set: referenceText(signature) } } },
      }),
    }),
  })
  const placeholder = placeholderOf(finished)
  const digest = digestAround(finished.bytes, placeholder)
  const attributes = signedAttributes({ certificate: request.certificate, digest })
  return { pdf: finished.bytes, ...placeholder, digest, attributes, certifies, finished }
}

/** SHA-256 of a file without its /Contents string: what /ByteRange covers. */
export function digestAround(pdf: Uint8Array, placeholder: Placeholder): Uint8Array {
  const { contentsAt, contentsBytes } = placeholder
  const hash = createHash('sha256')
  hash.update(pdf.subarray(0, contentsAt))
  hash.update(pdf.subarray(contentsAt + 2 * contentsBytes + 2))
  return new Uint8Array(hash.digest())
}

/** The placeholder of an update that has one. */
export function placeholderOf(finished: FinishedUpdate): Placeholder {
  if (!finished.placeholder) throw new TypeError('the update has no signature placeholder')
  return finished.placeholder
}

/** /Rect of the mark: inside the page, apart from every mark that is there. */
function placeMark(request: SealRequest, page: PdfPage, form: SignatureForm): Rectangle {
  const { centre, mark } = request
  const half = mark.size / 2
  const rect: Rectangle = [centre.x - half, centre.y - half, centre.x + half, centre.y + half]
  const [left, bottom, right, top] = page.mediaBox
  if (!(half > 0 && rect[0] >= left && rect[1] >= bottom && rect[2] <= right && rect[3] <= top)) {
    throw notAllowed('the mark would leave the page', { page: request.page, rect: [...rect] })
  }
  for (const { name, widgets } of form.fields) {
    for (const widget of widgets) {
      if (widget.page === page.index && widget.rect && touch(rect, widget.rect)) {
        throw notAllowed('the mark would touch another', { page: request.page, field: name })
      }
    }
  }
  return rect
}

/** Whether two rectangles share a point; one without area is no mark. */
function touch(a: Rectangle, b: Rectangle): boolean {
  if (b[0] === b[2] || b[1] === b[3]) return false
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

// Turns the mark against the page (7.7.3.3: /Rotate is clockwise), so that it stands upright when shown.
const upright: Readonly<Record<number, string>> = {
  90: '/Matrix[0 1 -1 0 0 0]',
  180: '/Matrix[-1 0 0 -1 0 0]',
  270: '/Matrix[0 -1 1 0 0 0]',
}

/** Ink of a seal darkens what lies under it instead of hiding it (ISO 32000-1 11.3.5). */
const markResources = '<</ExtGState<</Multiply<</BM/Multiply>>>>>>'

/** The mark as a form XObject; answers its number. */
function putMark(update: Update, mark: SealMark, rotate: number): number {
  const number = update.allocate()
  const size = numberText(mark.size)
  const box = `/BBox[0 0 ${size} ${size}]${upright[rotate] ?? ''}`
  update.putStream(
    number,
    `/Type/XObject/Subtype/Form${box}/Resources${markResources}${mark.filter ? `/Filter/${mark.filter}` : ''}`,
    mark.content,
  )
  return number
}

const docMdp2 =
  '/Reference[<</Type/SigRef/TransformMethod/DocMDP' +
  '/TransformParams<</Type/TransformParams/P 2/V/1.2>>>>]'

/** ISO 32000-1 Table 252 and EN 319 142-1 6.3: no signing-time in the CMS, so /M. */
function sealDictionary(request: SealRequest, certifies: boolean): string {
  const { at, name, reason, location } = request
  return (
    '/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached' +
    `/M${dateText(at)}/Name${textText(name)}` +
    (reason === undefined ? '' : `/Reason${textText(reason)}`) +
    (location === undefined ? '' : `/Location${textText(location)}`) +
    (certifies ? docMdp2 : '')
  )
}
