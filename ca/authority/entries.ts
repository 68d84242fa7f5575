/** The entries of this room as they are handed to the journal. Pure. */
import { hash } from 'node:crypto'
import { fromHex } from '../bytes.ts'
import type { ProfileName } from '../certificates/profiles.ts'
import type { Actor, EntryDraft } from '../journal/types.ts'
import { serialHex } from '../ocsp/request.ts'
import { readCertificate, type Certificate } from '../path/certificate.ts'

/** How views name an issuer: the hexadecimal key identifier of its certificate (DER). */
export function issuerId(certificate: Uint8Array): string {
  return readCertificate(certificate).subjectKeyIdentifier ?? ''
}

/** `certificate.issued` for a certificate just signed; `read` is what was read of it, where that was done already. */
export function certificateIssuedEntry(options: {
  readonly certificate: Uint8Array
  readonly read?: Certificate
  readonly profile: ProfileName
  readonly holder: string
  readonly actor: Actor
}): EntryDraft {
  const { certificate, profile, holder, actor } = options
  const read = options.read ?? readCertificate(certificate)
  const sha256 = hash('sha256', certificate)
  return {
    type: 'certificate.issued',
    actor,
    subject: `certificate:${sha256}`,
    data: {
      sha256,
      certificate: Buffer.from(certificate).toString('base64'),
      profile,
      holder,
      issuer: read.authorityKeyIdentifier ?? '',
      serial: serialHex(fromHex(read.serialNumber)),
      notBefore: read.notBefore.toISOString(),
      notAfter: read.notAfter.toISOString(),
      revoked: null,
      publicKey: hash('sha256', read.publicKey),
    },
  }
}

/** `crl.issued`; `above` is a number that was seen on a list of this issuer and that the restored journal may not know of. */
export function crlIssuedEntry(options: {
  readonly issuer: string
  readonly actor: Actor
  readonly at: Date
  readonly crlValidForDays: number
  readonly above?: number
}): EntryDraft {
  const { issuer, actor, at, crlValidForDays, above } = options
  return {
    type: 'crl.issued',
    actor,
    subject: `issuer:${issuer}`,
    data: {
      issuer,
      thisUpdate: at.toISOString(),
      nextUpdate: new Date(at.getTime() + crlValidForDays * 86_400_000).toISOString(),
      ...(above !== undefined && { above }),
    },
  }
}
