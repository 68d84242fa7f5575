/** The other side: what qpdf, poppler, mupdf and openssl say of a sealed file. */
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPdf, readSignatureForm, type SignatureValue } from '../../../exchange/pdf/index.ts'
import { children, readFirst } from '../../../ca/der/read.ts'
import { oids } from '../../../ca/oids.ts'
import { objectIdentifier } from '../../../ca/der/write.ts'
import type { TestPki } from './pki.ts'

/** Output of a program, both streams, whatever its exit status. */
export function said(program: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return stdout + stderr
}

/** Exit status and complaints of `qpdf --check`; empty if clean. */
export function qpdfComplaints(file: string): string {
  const { status, stdout, stderr } = spawnSync('qpdf', ['--check', file], { encoding: 'utf8' })
  return status === 0 && stderr === '' ? '' : `${String(status)} ${stdout} ${stderr}`
}

/** How many signatures pdfsig calls valid. */
export function pdfsigValid(file: string): number {
  return said('pdfsig', '-nocert', file).split('Signature is Valid').length - 1
}

/** Signature dictionaries of a PDF with their /Contents without padding. */
export function signaturesOf(pdf: Uint8Array): { value: SignatureValue; cms: Uint8Array }[] {
  return readSignatureForm(readPdf(pdf)).fields.flatMap(({ value }) => {
    if (!value?.contents) return []
    return [{ value, cms: readFirst(value.contents.bytes).raw }]
  })
}

/** The bytes that /ByteRange covers. */
export function coveredBytes(pdf: Uint8Array, value: SignatureValue): Uint8Array {
  const [a = 0, b = 0, c = 0, d = 0] = value.byteRange ?? []
  return Buffer.concat([pdf.subarray(a, a + b), pdf.subarray(c, c + d)])
}

/** What openssl says of a seal's CMS over the covered bytes. */
export function opensslVerifiesSeal(pki: TestPki, cms: Uint8Array, covered: Uint8Array): string {
  const file = join(pki.folder, 'seal.cms')
  const content = join(pki.folder, 'seal.content')
  writeFileSync(file, cms)
  writeFileSync(content, covered)
  return said(
    'openssl',
    'cms',
    '-verify',
    '-cades',
    '-binary',
    '-purpose',
    'any',
    '-inform',
    'DER',
    '-in',
    file,
    '-content',
    content,
    '-CAfile',
    pki.rootPem,
    '-out',
    '/dev/null',
  )
}

/** What openssl says of a token over some bytes. */
export function opensslVerifiesToken(pki: TestPki, token: Uint8Array, covered: Uint8Array): string {
  const file = join(pki.folder, 'token.der')
  const content = join(pki.folder, 'token.content')
  writeFileSync(file, token)
  writeFileSync(content, covered)
  return said(
    'openssl',
    'ts',
    '-verify',
    '-data',
    content,
    '-in',
    file,
    '-token_in',
    '-CAfile',
    pki.rootPem,
    '-untrusted',
    pki.tsaPem,
  )
}

/** Signature value and signature timestamp of the one signer of a CMS (RFC 5652 5.3). */
export function signerOfCms(cms: Uint8Array): { signature: Uint8Array; token?: Uint8Array } {
  const signedData = children(children(readFirst(cms))[1] ?? readFirst(cms))[0]
  const info = signedData && children(signedData).at(-1)
  const parts = info ? children(children(info)[0] ?? info) : []
  const signature = parts.find(({ tag }) => tag === 0x04)?.contents ?? new Uint8Array()
  const unsigned = parts.find(({ tag }) => tag === 0xa1)
  const type = objectIdentifier(oids.signatureTimeStampToken)
  for (const attribute of unsigned ? children(unsigned) : []) {
    const [name, values] = children(attribute)
    const [token] = values ? children(values) : []
    if (name && token && Buffer.compare(name.raw, type) === 0)
      return { signature, token: token.raw }
  }
  return { signature }
}

/** Rewrites a file with qpdf. */
export function qpdf(folder: string, pdf: Uint8Array, ...options: string[]): Uint8Array {
  const file = join(folder, 'in.pdf')
  writeFileSync(file, pdf)
  return new Uint8Array(
    execFileSync('qpdf', [...options, file, '-'], { stdio: 'pipe', maxBuffer: 1e8 }),
  )
}
