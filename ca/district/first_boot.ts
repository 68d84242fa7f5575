/**
 * The first certificates of a district: root, issuing authority, and the box's own services. Of a trial box at first boot, with all
 * keys in the key folder; of a production box in the ceremony, with a root key that leaves. It commits nothing: the journal needs its
 * key before it can have entries.
 */
import { sha256Hex } from '../bytes.ts'
import { certificateIssuedEntry, crlIssuedEntry, issuerId } from '../authority/entries.ts'
import { crlDays } from '../authority/crls.ts'
import type { Urls } from '../certificates/build.ts'
import type { Clock } from '../clock.ts'
import type { EntryDraft } from '../journal/types.ts'
import type { KeyFolder } from '../keys/key_folder.ts'
import type { Random } from '../random.ts'
import { boxKeyNames, serviceActivatedEntry, type BoxKeyName } from '../services/service.ts'
import type { SignatureAlgorithm, Signer } from '../signer.ts'
import {
  boxActor,
  boxCertificate,
  boxKey,
  boxProfile,
  type BoxIdentity,
} from './box_certificate.ts'
import { offlineCrl, type OfflineCrl } from './offline_crl.ts'

/** Certificates of a box by the names of their keys in the key folder, DER. */
export type DistrictCertificates = Readonly<Record<BoxKeyName, Uint8Array>>

export interface District {
  readonly certificates: DistrictCertificates
  /**
   * The first commit: `box.created`, a `certificate.issued` and a `service.activated` each, a `crl.issued` for each authority, or
   * `crl.published` of a root that leaves.
   */
  readonly entries: readonly EntryDraft[]
  /** The root while its key is here. */
  readonly root: Signer
  /** The list of a root that leaves. */
  readonly rootCrl: OfflineCrl | undefined
}

export interface DistrictOptions {
  readonly box: BoxIdentity
  readonly keys: KeyFolder
  readonly clock: Clock
  readonly random: Random
  readonly urls: Urls
  /** Suite of all keys but the journal's; P-256 by default. */
  readonly algorithm?: Exclude<SignatureAlgorithm, 'ed25519'> | undefined
}

export type TrialDistrictOptions = Omit<DistrictOptions, 'box'> & Omit<BoxIdentity, 'mode'>

/** As `createDistrict`, of a trial box. */
export function createTrialDistrict(options: TrialDistrictOptions): Promise<District> {
  const { districtName, hostNames, ...rest } = options
  return createDistrict({ ...rest, box: { mode: 'trial', districtName, hostNames } })
}

/**
 * Makes keys and certificates. Keys left by a first boot that was cut short are used again, so that it can be repeated.
 * Throws `CA_PROFILE_VIOLATED` for a name out of bounds, and what `KeyFolder` throws.
 */
export async function createDistrict(options: DistrictOptions): Promise<District> {
  const { box, keys, random, urls, algorithm } = options
  const at = options.clock.now()
  const parts = { box, random, at }
  const named = (role: BoxKeyName) => boxKey(keys, { role, generation: 1, algorithm })
  const of = (role: BoxKeyName) => ({ role, generation: 1, urls })
  const rootKey = await named('root')
  const { publicKey } = rootKey
  const rootCertificate = await boxCertificate(parts, { ...of('root'), issuer: rootKey, publicKey })
  const root: Signer = { ...rootKey, certificate: rootCertificate }
  const issuingKey = await named('issuing')
  const issuing = await boxCertificate(parts, {
    ...{ ...of('issuing'), issuer: root },
    publicKey: issuingKey.publicKey,
  })
  const issuer: Signer = { ...issuingKey, certificate: issuing }
  const below = async (role: BoxKeyName): Promise<Uint8Array> =>
    boxCertificate(parts, { ...of(role), issuer, publicKey: (await named(role)).publicKey })
  const certificates: DistrictCertificates = {
    root: rootCertificate,
    issuing,
    tls: await below('tls'),
    timestamping: await below('timestamping'),
    ocsp: await below('ocsp'),
    journal: await below('journal'),
  }
  const rootCrl = box.mode === 'production' ? await offlineCrl(root, { at }) : undefined
  return { certificates, entries: entriesOf({ certificates, box, at, rootCrl }), root, rootCrl }
}

function entriesOf(of: {
  readonly certificates: DistrictCertificates
  readonly box: BoxIdentity
  readonly at: Date
  readonly rootCrl: OfflineCrl | undefined
}): EntryDraft[] {
  const { certificates, box, at, rootCrl } = of
  const { mode, districtName } = box
  const actor = boxActor
  const listOf = (role: 'root' | 'issuing'): EntryDraft =>
    crlIssuedEntry({
      issuer: issuerId(certificates[role]),
      crlValidForDays: crlDays[role],
      ...{ actor, at },
    })
  return [
    {
      type: 'box.created',
      actor,
      subject: 'box',
      data: { mode, districtName, root: sha256Hex(certificates.root) },
    },
    ...boxKeyNames.map((role) =>
      certificateIssuedEntry({
        certificate: certificates[role],
        profile: boxProfile(role),
        holder: 'box',
        actor,
      }),
    ),
    ...boxKeyNames.map((role) =>
      serviceActivatedEntry({ role, generation: 1, certificate: certificates[role], actor }),
    ),
    rootCrl?.entry ?? listOf('root'),
    listOf('issuing'),
  ]
}
