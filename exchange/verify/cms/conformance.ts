/**
 * Where a CMS leaves PAdES baseline (EN 319 142-1 6.3, EN 319 122-1 6.3): encoding, attributes, certificates. Judges no cryptography and
 * changes no verdict. Pure.
 */
import {
  equal,
  oids,
  readOrExplain,
  sameName,
  type Certificate,
  type Pieces,
  type SignedData,
} from '../../../ca/path/index.ts'
import { conformanceNote } from '../report/conformance_words.ts'
import type { ConformanceNote } from '../types.ts'

/** Attributes that PAdES forbids, since the signature dictionary or the security store says it, with their names. */
const forbidden: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.9.16.2.4', 'content-hints'],
  ['1.2.840.113549.1.9.16.2.7', 'content-identifier'],
  ['1.2.840.113549.1.9.16.2.10', 'content-reference'],
  ['1.2.840.113549.1.9.16.2.17', 'signer-location'],
  ['1.2.840.113549.1.9.6', 'counter-signature'],
  ['1.2.840.113549.1.9.16.2.21', 'complete-certificate-references'],
  ['1.2.840.113549.1.9.16.2.22', 'complete-revocation-references'],
  ['1.2.840.113549.1.9.16.2.23', 'certificate-values'],
  ['1.2.840.113549.1.9.16.2.24', 'revocation-values'],
  ['1.2.840.113549.1.9.16.2.48', 'archive-time-stamp-v2'],
  ['0.4.0.1733.2.4', 'archive-time-stamp-v3'],
])

/** Notes on the CMS of one seal; none where it cannot be read at all. */
export function cmsNotes(
  signedData: SignedData,
  options: { readonly field: string; readonly pieces: Pieces },
): ConformanceNote[] {
  const { field, pieces } = options
  const note = (code: Parameters<typeof conformanceNote>[0], detail?: string) =>
    conformanceNote(code, { field, detail })
  const [signer] = signedData.signerInfos
  const types = signer?.signedAttributes?.types ?? []
  const all = [...types, ...(signer?.unsignedAttributes.keys() ?? [])]
  const names = all.flatMap((type) => forbidden.get(type) ?? [])
  const { isInside, extra } = certificatesOf(signedData, pieces)
  const { deviations } = signedData
  return [
    ...(deviations.length > 0 ? [note('CMS_NOT_DER', deviations.join('; '))] : []),
    ...(types.includes(oids.signingTime) ? [note('SIGNING_TIME_PRESENT')] : []),
    ...names.map((name) => note('ATTRIBUTE_NOT_ALLOWED', name)),
    ...(types.includes(oids.signingCertificateV2) ? [] : [note('SIGNING_CERTIFICATE_V2_MISSING')]),
    ...(isInside ? [] : [note('SIGNER_CERTIFICATE_OUTSIDE')]),
    ...extra.map((name) => note('CERTIFICATE_EXTRA', name)),
  ]
}

/** Whether the signer's certificate is inside, and who else is that no issuer's name leads to. */
function certificatesOf(
  { certificates, signerInfos }: SignedData,
  pieces: Pieces,
): { readonly isInside: boolean; readonly extra: readonly string[] } {
  const read = certificates.flatMap((piece) => {
    const certificate = readOrExplain(() => pieces.certificate(piece))
    return 'message' in certificate ? [] : [certificate]
  })
  const sid = signerInfos[0]?.sid
  const isNamed = (one: Certificate): boolean => {
    if (sid?.kind === 'key-identifier') return one.subjectKeyIdentifier === sid.keyIdentifier
    return (
      sid !== undefined &&
      one.serialNumber === sid.serialNumber &&
      equal(one.issuer.raw, sid.issuer.raw)
    )
  }
  const chain = new Set(read.filter(isNamed))
  const isInside = chain.size > 0
  for (const member of chain) {
    for (const one of read) if (sameName(one.subject, member.issuer)) chain.add(one)
  }
  const strangers = isInside ? read.filter((one) => !chain.has(one)) : []
  return { isInside, extra: strangers.map(({ subject }) => subject.text) }
}
