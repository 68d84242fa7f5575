/** The other side for sealed files and receipts: openssl, qpdf and poppler, given nothing of ours but bytes and the root. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { coveredBytes, signaturesOf, signerOfCms } from '../exchange/seal/tools.ts'
import { run, type Ended } from './places.ts'

export interface Trust {
  /** PEM files. */
  readonly root: string
  readonly issuing: string
}

/** Complaints of the tools about one sealed PDF, each a line; none if all is well. `folder` is this file's own. */
export async function complaintsAboutPdf(
  file: string,
  bytes: Uint8Array,
  given: { readonly trust: Trust; readonly folder: string },
): Promise<string[]> {
  const { trust, folder } = given
  await mkdir(folder, { recursive: true })
  const complaints: string[] = []
  const wants = (name: string, { status, stdout, stderr }: Ended, words: string): void => {
    if (status === 0 && (stdout + stderr).includes(words)) return
    complaints.push(`${file}: ${name}: ${String(status)} ${stdout} ${stderr}`)
  }
  const qpdf = await run('qpdf', ['--check', file])
  wants('qpdf', qpdf, 'No syntax or stream encoding errors')
  if (qpdf.stderr !== '') complaints.push(`${file}: qpdf warns: ${qpdf.stderr}`)
  wants('pdfsig', await run('pdfsig', ['-nocert', file]), 'Signature is Valid')
  const signatures = signaturesOf(bytes)
  const types = signatures.map(({ value }) => value.type)
  if (types.join(' ') !== 'Sig DocTimeStamp') complaints.push(`${file}: holds ${types.join(' ')}`)
  for (const { value, cms } of signatures) {
    const covered = coveredBytes(bytes, value)
    if (value.type === 'DocTimeStamp') {
      wants('document timestamp', await verifyToken(cms, covered, given), 'Verification: OK')
      continue
    }
    const { signature, token } = signerOfCms(cms)
    if (token === undefined) complaints.push(`${file}: no signature timestamp`)
    else wants('signature timestamp', await verifyToken(token, signature, given), 'OK')
    wants('seal', await verifyCms({ cms, content: covered, root: trust.root, folder }), 'success')
  }
  return complaints
}

/** What `openssl cms` says of a detached signature; everything it needs but the root is inside. */
export async function verifyCms(given: {
  readonly cms: Uint8Array
  readonly content: Uint8Array
  readonly root: string
  readonly folder: string
}): Promise<Ended> {
  const { folder, root } = given
  const [cms, content] = [join(folder, 'cms.der'), join(folder, 'cms.content')]
  await Promise.all([writeFile(cms, given.cms), writeFile(content, given.content)])
  const purpose = ['-cades', '-purpose', 'any', '-binary']
  const input = ['-inform', 'DER', '-in', cms, '-content', content, '-out', '/dev/null']
  return run('openssl', ['cms', '-verify', ...purpose, ...input, '-CAfile', root])
}

/** What `openssl ts` says of a token over these bytes; the issuing authority is an untrusted helper. */
export async function verifyToken(
  token: Uint8Array,
  stamped: Uint8Array,
  { trust, folder }: { readonly trust: Trust; readonly folder: string },
): Promise<Ended> {
  const [file, data] = [join(folder, 'token.der'), join(folder, 'token.content')]
  await Promise.all([writeFile(file, token), writeFile(data, stamped)])
  const input = ['-data', data, '-in', file, '-token_in']
  const trusted = ['-CAfile', trust.root, '-untrusted', trust.issuing]
  return run('openssl', ['ts', '-verify', ...input, ...trusted])
}

type Range = readonly [from: number, to: number]

/** What of a sealed file its seal covers, and what only the document timestamp covers, as offsets. */
export function coveredRanges(pdf: Uint8Array): {
  readonly seal: readonly Range[]
  readonly timestampOnly: readonly Range[]
  /** Of these, the contents of streams: certificates, CRLs and OCSP answers. */
  readonly evidence: readonly Range[]
  /** Of `<` of the seal's /Contents. */
  readonly contentsAt: number
} {
  const [seal, stamp] = signaturesOf(pdf)
  const [a = 0, b = 0, c = 0, d = 0] = seal?.value.byteRange ?? []
  const [, e = 0, f = 0, g = 0] = stamp?.value.byteRange ?? []
  const [sealed, stamped] = [c + d, e]
  return {
    seal: [
      [a, a + b],
      [c, sealed],
    ],
    timestampOnly: [
      [sealed, stamped],
      [f, f + g],
    ],
    evidence: streamsIn(pdf, [sealed, stamped]),
    contentsAt: b,
  }
}

function streamsIn(pdf: Uint8Array, [from, to]: Range): Range[] {
  const text = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length).toString('latin1', from, to)
  const lengths = text.matchAll(/<<\/Length (\d+)>>\nstream\n/g)
  return Array.from(lengths, ({ index, 0: words, 1: length }) => {
    const start = from + index + words.length
    return [start, start + Number(length)] as const
  })
}

/** The bytes with one changed: by default its lowest bit. */
export function flipped(bytes: Uint8Array, at: number, to?: number): Uint8Array {
  const changed = Uint8Array.from(bytes)
  changed[at] = to ?? (bytes[at] ?? 0) ^ 1
  return changed
}

/** A file's bytes. */
export async function bytesOf(file: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(file))
}
