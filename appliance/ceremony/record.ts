/** Writes down what a ceremony made: rows of the minutes, and the minutes signed by a root key. Pure but for the signer. */
import {
  ceremonyHeldEntry,
  sha256Hex,
  type EntryDraft,
  type PublishedCrl,
  type Signer,
} from '../../ca/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import { writeMinutes, type Minutes } from '../../provisioning/index.ts'

type CertificateRow = Minutes['certificates'][number]

/** What the minutes say of a certificate. */
export function certificateRow(
  of: Pick<CertificateRow, 'key' | 'role' | 'generation' | 'algorithm' | 'store'> & {
    readonly certificate: Uint8Array
  },
): CertificateRow {
  const { certificate, key, role, generation, algorithm, store } = of
  const { subject, notBefore, notAfter } = readCertificate(certificate)
  return {
    ...{ key, role, generation, algorithm, store },
    sha256: sha256Hex(certificate),
    subject: subject.text,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
  }
}

/** What they say of a list that the root signed. */
export function listRow(
  key: string,
  { crl, number, nextUpdate }: PublishedCrl,
): Minutes['lists'][number] {
  return { key, number, nextUpdate: nextUpdate.toISOString(), sha256: sha256Hex(crl) }
}

export interface SignedMinutes {
  readonly minutes: Minutes
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
  /** `ceremony.held`; the octets must be a blob before it is committed. */
  readonly entry: EntryDraft
}

/** Signs minutes with a root key: no certificate and no list begins like them, so the signature means nothing else. */
export async function signMinutes(minutes: Minutes, root: Signer): Promise<SignedMinutes> {
  const bytes = writeMinutes(minutes)
  const signature = await root.sign(bytes)
  const entry = ceremonyHeldEntry({
    ...{ kind: minutes.kind, signature },
    minutes: sha256Hex(bytes),
    root: sha256Hex(root.certificate),
  })
  return { minutes, bytes, signature, entry }
}
