/**
 * Another key and certificate for a service of the box that runs on: time-stamping, OCSP, TLS, the journal. Commits nothing; what the
 * old key signed stays verifiable by its own certificate.
 */
import { prepareCertificate, type IssuingParts } from '../authority/issue.ts'
import type { PreparedCertificate } from '../authority/types.ts'
import type { Actor } from '../journal/types.ts'
import type { KeyFolder } from '../keys/key_folder.ts'
import {
  serviceActivatedEntry,
  serviceViewKey,
  type BoxKeyName,
  type ServiceGeneration,
} from '../services/service.ts'
import type { Signer } from '../signer.ts'
import { boxCommonName, boxKey, boxProfile, type BoxIdentity } from './box_certificate.ts'

/** Roles whose keys the issuing authority certifies. */
export type ServiceRole = Exclude<BoxKeyName, 'root' | 'issuing'>

/**
 * The certificate of the next generation, and the entries that activate it. Its key is made first; one that a roll-over made which was
 * cut short is used again. Throws `CA_PROFILE_VIOLATED`, and what `KeyFolder` throws.
 */
export async function rollOverService(
  parts: Omit<IssuingParts, 'issuer'> & { readonly box: BoxIdentity; readonly keys: KeyFolder },
  of: {
    readonly role: ServiceRole
    /** So far, oldest first. */
    readonly generations: readonly ServiceGeneration[]
    /** The issuing authority; for a responder the one that it will answer for (RFC 6960 4.2.2.2). */
    readonly issuer: Signer
    readonly actor: Actor
  },
): Promise<PreparedCertificate> {
  const { box, keys } = parts
  const { role, generations, issuer, actor } = of
  const last = generations.at(-1)
  const generation = (last?.generation ?? 0) + 1
  const suite = last && (await keys.openKey(last.key)).algorithm
  const algorithm = suite === 'ed25519' ? undefined : suite
  const { publicKey } = await boxKey(keys, { role, generation, algorithm })
  const prepared = await prepareCertificate(
    {
      ...{ profile: boxProfile(role), publicKey, holder: 'box', actor },
      subject: {
        organization: box.districtName,
        commonName: boxCommonName(role, { box, generation }),
      },
      ...(role === 'tls' && { hostNames: box.hostNames }),
    },
    { ...parts, issuer },
  )
  const { certificate } = prepared
  return {
    certificate,
    entries: [...prepared.entries, serviceActivatedEntry({ role, generation, certificate, actor })],
    // Of two roll-overs at once the second finds nothing left to do.
    expect: [...prepared.expect, { key: serviceViewKey(role, generation), version: null }],
  }
}
