/**
 * The manifest of an evidence bundle: `META-INF/ASiCManifest.xml` of ASiC-E with CAdES (EN 319 162-1 4.4.3, A.4). Written in one form, and only
 * that form is read, so that no reader of XML can see another list of files than ours. Pure.
 */
import { equal, fromBase64, toBase64, toHex, type Sha256 } from '../../../ca/path/index.ts'

export const mimetypeName = 'mimetype'
/** EN 319 162-1 4.4.1: the type of the container, and the content of its first member. */
export const bundleType = 'application/vnd.etsi.asic-e+zip'
export const manifestName = 'META-INF/ASiCManifest.xml'
export const signatureName = 'META-INF/signature.p7s'

/** A file with the hash that the manifest gives it. */
export interface ListedFile {
  readonly name: string
  /** SHA-256, hexadecimal. */
  readonly sha256: Sha256
}

/** The manifest over some files, in the order given; the first is the root file (A.4, `Rootfile`). */
export function writeManifest(files: readonly ListedFile[]): Uint8Array {
  const references = files.map(({ name, sha256 }, at) =>
    [
      `  <asic:DataObjectReference URI="${encodeUri(name)}" MimeType="${typeOf(name)}"${at === 0 ? ' Rootfile="true"' : ''}>`,
      '    <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>',
      `    <ds:DigestValue>${toBase64(hexBytes(sha256))}</ds:DigestValue>`,
      '  </asic:DataObjectReference>',
      '',
    ].join('\n'),
  )
  return new TextEncoder().encode(head + references.join('') + tail)
}

/** The files that a manifest lists; undefined for any other form than `writeManifest` gives. */
export function readManifest(bytes: Uint8Array): readonly ListedFile[] | undefined {
  const text = new TextDecoder().decode(bytes)
  const files: ListedFile[] = []
  for (const { groups = {} } of text.matchAll(reference)) {
    const name = decodeUri(groups['uri'] ?? '')
    const digest = decodeDigest(groups['digest'] ?? '')
    if (name === undefined || digest === undefined) return undefined
    files.push({ name, sha256: digest })
  }
  if (new Set(files.map(({ name }) => name)).size !== files.length) return undefined
  // Whatever else is in there, or is written otherwise, is no manifest of ours.
  return equal(writeManifest(files), bytes) ? files : undefined
}

const head = `<?xml version="1.0" encoding="UTF-8"?>
<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
  <asic:SigReference URI="${signatureName}" MimeType="application/pkcs7-signature"/>
`
const tail = '</asic:ASiCManifest>\n'
const reference =
  /URI="(?<uri>[^"]*)" [^>]*>\s*<ds:DigestMethod[^>]*>\s*<ds:DigestValue>(?<digest>[^<]*)</g

const types: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  json: 'application/json',
  p7s: 'application/pkcs7-signature',
  pem: 'application/pem-certificate-chain',
  crl: 'application/pkix-crl',
  ocsp: 'application/ocsp-response',
  html: 'text/html',
  txt: 'text/plain',
}

function typeOf(name: string): string {
  return types[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'
}

/** A relative reference (RFC 3986): segments percent-encoded, which leaves nothing that XML would take for its own. */
function encodeUri(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/').replaceAll("'", '%27')
}

function decodeUri(uri: string): string | undefined {
  try {
    return decodeURIComponent(uri)
  } catch {
    return undefined
  }
}

function decodeDigest(text: string): Sha256 | undefined {
  try {
    const bytes = fromBase64(text)
    return bytes.length === 32 ? (toHex(bytes) as Sha256) : undefined
  } catch {
    return undefined
  }
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (octet) => parseInt(octet, 16))
}
