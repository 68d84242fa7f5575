/**
 * First boot of a trial district: root, issuing authority, and the box's own certificates, all keys in the key folder. Production
 * boxes are made by the ceremony instead. It commits nothing: the journal needs its key before it can have entries.
 */
import { sha256Hex } from '../bytes.ts'
import { certificateIssuedEntry, crlIssuedEntry, issuerId } from '../authority/entries.ts'
import { defaultCrlDays } from '../authority/crls.ts'
import { clockSkewMs } from '../authority/issue.ts'
import { buildCertificate, drawSerial, type Issuer, type Urls } from '../certificates/build.ts'
import type { ProfileName } from '../certificates/profiles.ts'
import type { ProvenPublicKey } from '../certificates/public_key.ts'
import type { Clock } from '../clock.ts'
import type { Actor, EntryDraft } from '../journal/types.ts'
import type { KeyFolder, SigningKey } from '../keys/key_folder.ts'
import type { Random } from '../random.ts'
import { boxKeyNames, serviceActivatedEntry, type BoxKeyName } from '../services/service.ts'
import type { SignatureAlgorithm, Signer } from '../signer.ts'

/** Certificates of a box by the names of their keys in the key folder, DER. */
export type DistrictCertificates = Readonly<Record<BoxKeyName, Uint8Array>>

export interface TrialDistrict {
  readonly certificates: DistrictCertificates
  /** The first commit: `box.created`, a `certificate.issued` and a `service.activated` each, a `crl.issued` for each authority. */
  readonly entries: readonly EntryDraft[]
}

/** The box itself, before anyone has a certificate. */
export const boxActor: Actor = { holder: 'box', certificate: null }

interface Row {
  readonly profile: ProfileName
  readonly algorithm: SignatureAlgorithm
  readonly commonName: (districtName: string) => string
}

/** Stands in every trial name, so that no trial document passes for a real one. */
const trialMark = '试用 TRIAL'

const rows = {
  root: row('root', '根证书'),
  issuing: row('issuing', '签发机构'),
  tls: row('tls-server', '公文交换站'),
  timestamping: row('timestamping', '时间戳'),
  ocsp: row('ocsp', '证书状态'),
  journal: { ...row('journal', '日志'), algorithm: 'ed25519' },
} as const satisfies Record<BoxKeyName, Row>

function row(profile: ProfileName, role: string): Row {
  return {
    profile,
    algorithm: 'ecdsa-p256-sha256',
    commonName: (districtName) => `${districtName} ${role} ${trialMark}`,
  }
}

export interface TrialDistrictOptions {
  readonly keys: KeyFolder
  readonly clock: Clock
  readonly random: Random
  /** At most 40 characters: it stands in common names of at most 64. */
  readonly districtName: string
  /** Host names and addresses of the box, for its TLS certificate. */
  readonly hostNames: readonly string[]
  readonly urls: Urls
  /** Suite of all keys but the journal's; P-256 by default. */
  readonly algorithm?: Exclude<SignatureAlgorithm, 'ed25519'>
}

/**
 * Makes keys and certificates. Keys left by a first boot that was cut short are used again, so that it can be repeated.
 * Throws `CA_PROFILE_VIOLATED` for a name out of bounds, and what `KeyFolder` throws.
 */
export async function createTrialDistrict(options: TrialDistrictOptions): Promise<TrialDistrict> {
  const at = options.clock.now()
  const rootKey = await keyNamed(options, 'root')
  const root = await issue(options, 'root', { issuer: rootKey, publicKey: rootKey.publicKey, at })
  const rootSigner: Signer = { ...rootKey, certificate: root }
  const issuingKey = await keyNamed(options, 'issuing')
  const issuing = await issue(options, 'issuing', {
    issuer: rootSigner,
    publicKey: issuingKey.publicKey,
    at,
  })
  const issuer: Signer = { ...issuingKey, certificate: issuing }
  const below = async (name: BoxKeyName): Promise<Uint8Array> => {
    const { publicKey } = await keyNamed(options, name)
    return issue(options, name, { issuer, publicKey, at })
  }
  const certificates: DistrictCertificates = {
    root,
    issuing,
    tls: await below('tls'),
    timestamping: await below('timestamping'),
    ocsp: await below('ocsp'),
    journal: await below('journal'),
  }
  return { certificates, entries: entriesOf(certificates, options.districtName, at) }
}

function entriesOf(
  certificates: DistrictCertificates,
  districtName: string,
  at: Date,
): EntryDraft[] {
  const actor = boxActor
  const root = sha256Hex(certificates.root)
  return [
    {
      type: 'box.created',
      actor,
      subject: 'box',
      data: { mode: 'trial', districtName, root },
    },
    ...boxKeyNames.map((role) =>
      certificateIssuedEntry({
        certificate: certificates[role],
        profile: rows[role].profile,
        holder: 'box',
        actor,
      }),
    ),
    ...boxKeyNames.map((role) =>
      serviceActivatedEntry({ role, generation: 1, certificate: certificates[role], actor }),
    ),
    ...[certificates.root, certificates.issuing].map((certificate) =>
      crlIssuedEntry({
        issuer: issuerId(certificate),
        actor,
        at,
        crlValidForDays: defaultCrlDays,
      }),
    ),
  ]
}

async function keyNamed(
  { keys, algorithm }: TrialDistrictOptions,
  name: BoxKeyName,
): Promise<SigningKey> {
  const wanted = rows[name].algorithm
  if (!(await keys.has(name))) {
    await keys.generate(name, wanted === 'ed25519' ? wanted : (algorithm ?? wanted))
  }
  return keys.openKey(name)
}

function issue(
  { random, districtName, hostNames, urls }: TrialDistrictOptions,
  name: BoxKeyName,
  { issuer, publicKey, at }: { issuer: Issuer; publicKey: ProvenPublicKey; at: Date },
): Promise<Uint8Array> {
  const { profile, commonName } = rows[name]
  return buildCertificate(
    {
      profile,
      subject: { organization: districtName, commonName: commonName(districtName) },
      publicKey,
      serial: drawSerial(random),
      notBefore: new Date(at.getTime() - clockSkewMs),
      ...(profile === 'tls-server' && { hostNames }),
      urls,
    },
    issuer,
  )
}
