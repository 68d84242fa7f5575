/**
 * Looks at a seal before the unit's key signs it: the prepared PDF is the file that was shown and something behind it, and this
 * adds one signature field with its mark and nothing else. Pure but for WebCrypto.
 */
import { concat, webDigest } from '../../ca/path/index.ts'
import { ExchangeError } from '../errors.ts'
import {
  dateText,
  listRevisions,
  readPdf,
  readSignatureForm,
  type PdfDocument,
} from '../pdf/index.ts'
import { changesOfNewest } from '../verify/pdf/newest.ts'
import { decodeField, type RequestedSeal } from './sign_request.ts'

/** Longest time between what the PDF will say of its sealing and the signer's clock: a request's ten minutes and skew. */
export const maxSealAgeSeconds = 1200

/** The prepared PDF, to be shown before it is sealed: `base` and what the seal appends, its /Contents still zeros. */
export function preparedPdf(seal: RequestedSeal, base: Uint8Array): Uint8Array {
  return concat(base, decodeField('seal.append', seal.append))
}

/** What a seal does to its file, but for its time: two of the same put the same mark in the same place. */
export function timelessSeal(seal: RequestedSeal): Omit<RequestedSeal, 'at'> {
  const { at, ...rest } = seal
  const octets = new TextDecoder('latin1').decode(decodeField('seal.append', seal.append))
  return { ...rest, append: octets.replaceAll(dateText(new Date(at)), '') }
}

/**
 * SHA-256 of what the seal's signature will cover. Throws `SEAL_CHANGES_FILE` where sealing would do anything but put the mark
 * and an empty signature behind the file, and `SIGN_REQUEST_DISAGREES` for a time that is not about now.
 */
export async function digestForSeal(
  seal: RequestedSeal,
  base: Uint8Array,
  now: Date,
): Promise<Uint8Array> {
  if (Math.abs(Date.parse(seal.at) - now.getTime()) > maxSealAgeSeconds * 1000) {
    throw new ExchangeError(
      'SIGN_REQUEST_DISAGREES',
      'the time of the seal is not about now; ask for the request again, or set this clock',
      { details: { field: 'seal.at' } },
    )
  }
  const pdf = preparedPdf(seal, base)
  requirePlaceholder(seal, { pdf, baseLength: base.length })
  requireOneSeal(seal, { pdf, baseLength: base.length })
  const { contentsAt, contentsBytes } = seal
  const rest = pdf.subarray(contentsAt + 2 * contentsBytes + 2)
  return webDigest('SHA-256', concat(pdf.subarray(0, contentsAt), rest))
}

/** CR LF; no revision is so short. */
const maxEndOfLine = 2

interface Whole {
  readonly pdf: Uint8Array
  readonly baseLength: number
}

/** What the signature does not cover lies behind the file and is zeros: else octets of the file would be anyone's to change. */
function requirePlaceholder(seal: RequestedSeal, { pdf, baseLength }: Whole): void {
  const { contentsAt, contentsBytes } = seal
  const end = contentsAt + 2 * contentsBytes + 2
  if (contentsAt < baseLength || end > pdf.length) throw changes('the gap lies in the file')
  const gap = pdf.subarray(contentsAt, end)
  const zero = '0'.charCodeAt(0)
  const isEmpty =
    gap[0] === '<'.charCodeAt(0) &&
    gap.at(-1) === '>'.charCodeAt(0) &&
    gap.subarray(1, -1).every((octet) => octet === zero)
  if (!isEmpty) throw changes('the gap is not empty')
}

function requireOneSeal(seal: RequestedSeal, whole: Whole): void {
  try {
    const document = readPdf(whole.pdf)
    requireOneRevision(document, whole)
    requireSignature(document, seal, whole.pdf.length)
  } catch (error) {
    if (!(error instanceof ExchangeError) || error.code === 'SEAL_CHANGES_FILE') throw error
    throw changes(error.message)
  }
}

/** Exactly one revision behind the file, in which nothing but a signature with its mark is new. */
function requireOneRevision(document: PdfDocument, { baseLength }: Whole): void {
  const { revisions, problems } = listRevisions(document)
  const [previous, newest] = revisions.slice(-2)
  if (!previous || !newest) throw changes('nothing is appended')
  // The end of line after the file's %%EOF counts to the file, also where the seal had to write it.
  if (previous.end > baseLength + maxEndOfLine) throw changes('more than one revision is appended')
  const problem = problems.find(({ revision }) => (revision ?? newest.index) >= newest.index)
  if (problem) throw changes(`${problem.code} at byte ${String(problem.at)}`)
  const found = changesOfNewest(document)
  const objection = found.find(({ effect }) => effect !== 'permitted')
  if (objection) throw changes(objection.message)
  const seals = found.filter(({ code }) => code === 'SIGNATURE_ADDED')
  const others = found.filter(({ code }) => code !== 'SIGNATURE_ADDED')
  // The first seal of a joint document makes the empty fields of the others.
  const areReserved = others.every(({ code }) => code === 'SIGNATURE_FIELD_ADDED')
  if (seals.length !== 1 || !areReserved) throw changes('something else than one seal is appended')
}

/** The signature that the file gained has its /ByteRange around the gap, and says the time that the request says. */
function requireSignature(document: PdfDocument, seal: RequestedSeal, length: number): void {
  const { contentsAt, contentsBytes, at } = seal
  const second = contentsAt + 2 * contentsBytes + 2
  const { fields } = readSignatureForm(document)
  const value = fields.find((field) => field.value?.contents?.offset === contentsAt)?.value
  if (value === undefined) throw changes('no signature stands in the gap')
  const range = [0, contentsAt, second, length - second]
  if (value.byteRange?.join(' ') !== range.join(' ')) throw changes('/ByteRange')
  if (`(${value.date ?? ''})` !== dateText(new Date(at))) throw changes('/M')
}

function changes(what: string): ExchangeError {
  return new ExchangeError(
    'SEAL_CHANGES_FILE',
    `sealing would change more than the seal (${what}); nothing was signed`,
    { details: { what } },
  )
}
