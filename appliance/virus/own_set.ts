/**
 * Signature files of a district's own: plain lists in ClamAV's formats, each with a detached CMS signature beside it (`NAME.p7s`) by an
 * administrator or officer of this box, whose certificate must be live. Pure but for the view that is asked.
 */
import { sha256Hex, type Authority, type Sha256 } from '../../ca/index.ts'
import { oids, readOrExplain, readSignedData, verifySignerInfo } from '../../ca/path/index.ts'
import { selfTestPrefix } from './self_test.ts'

/** Profiles of certificates that may sign one. */
const signers: ReadonlySet<string> = new Set(['administrator-signing', 'officer-signing'])

export type OwnSetVerdict =
  | { readonly holder: string; readonly certificate: Sha256 }
  | { readonly refused: 'NOT_SIGNED' | 'SIGNER_UNKNOWN' }

/** Judges a detached signature (DER) over a file; resolves for any bytes. */
export async function judgeOwnSet(
  file: { readonly content: Uint8Array; readonly signature: Uint8Array },
  by: { readonly authority: Pick<Authority, 'liveCertificate'>; readonly at: Date },
): Promise<OwnSetVerdict> {
  const read = readOrExplain(() => readSignedData(file.signature))
  if ('message' in read) return { refused: 'NOT_SIGNED' }
  const [signerInfo, second] = read.signerInfos
  if (!signerInfo || second || read.content !== undefined || read.contentType !== oids.data) {
    return { refused: 'NOT_SIGNED' }
  }
  const { content } = file
  const { valid, certificate } = await verifySignerInfo({ signedData: read, signerInfo, content })
  if (!valid || certificate === undefined) {
    return { refused: 'NOT_SIGNED' }
  }
  const name = sha256Hex(certificate.raw)
  const live = await by.authority.liveCertificate(name, by.at)
  if (live === undefined || !signers.has(live.profile)) {
    return { refused: 'SIGNER_UNKNOWN' }
  }
  return { holder: live.holder, certificate: name }
}

/** Endings of lists that are taken. Lists of what is to be let pass (`.fp`, `.ign2`) and bytecode are not among them. */
const endings = /^[A-Za-z0-9][\w-]{0,60}\.(hdb|hsb|ndb|ldb|mdb|msb)$/

/** Not of them: the lists by which the box tries whether the scanner finds anything. */
export function isOwnSetName(name: string): boolean {
  return endings.test(name) && !name.startsWith(selfTestPrefix)
}

const headline = '# sealbox-signatures '

/** The list with a first line that says when it was made (ClamAV takes `#` for a comment): the newer of two is known by it. */
export function withMoment(list: string, at: Date): string {
  return `${headline}${at.toISOString()}\n${list}`
}

/**
 * When a list was made; undefined for what is no such list. What is signed as one must not be anything else that a signature could be
 * asked for: each line has its fields, and none begins as JSON or PDF do.
 */
export function momentOfList(text: string): Date | undefined {
  const [first = '', ...lines] = text.split(/\r?\n/)
  const at = first.startsWith(headline) ? first.slice(headline.length) : ''
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at)) return undefined
  const isList = lines.every((line) => line === '' || /^[A-Za-z0-9#][ -~]*$/.test(line))
  const isFull = lines.some((line) => line.split(/[:;]/).length >= 3)
  return isList && isFull ? new Date(at) : undefined
}
