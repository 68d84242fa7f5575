/** The certificates of a box's own keys: profile, name and suite by role and generation, and the issuing of one. */
import { clockSkewMs } from '../authority/issue.ts'
import { buildCertificate, drawSerial, type Issuer, type Urls } from '../certificates/build.ts'
import type { ProfileName } from '../certificates/profiles.ts'
import type { ProvenPublicKey } from '../certificates/public_key.ts'
import type { Actor } from '../journal/types.ts'
import type { KeyFolder, SigningKey } from '../keys/key_folder.ts'
import type { Random } from '../random.ts'
import { serviceKeyName, type BoxKeyName } from '../services/service.ts'
import type { SignatureAlgorithm } from '../signer.ts'

/** The box itself, before anyone has a certificate. */
export const boxActor: Actor = { holder: 'box', certificate: null }

export type BoxMode = 'trial' | 'production'

/** What a box is, as far as its certificates say it. */
export interface BoxIdentity {
  readonly mode: BoxMode
  /** At most 40 characters: it stands in common names of at most 64. */
  readonly districtName: string
  /** Host names and addresses of the box, for its TLS certificate. */
  readonly hostNames: readonly string[]
}

export interface BoxCertificateParts {
  readonly box: BoxIdentity
  readonly random: Random
  readonly at: Date
}

interface Row {
  readonly profile: ProfileName
  readonly algorithm: SignatureAlgorithm
  readonly words: string
}

/** Stands in every trial name, so that no trial document passes for a real one. */
const trialMark = '试用 TRIAL'

const row = (profile: ProfileName, words: string): Row => ({
  profile,
  algorithm: 'ecdsa-p256-sha256',
  words,
})

const rows = {
  root: row('root', '根证书'),
  issuing: row('issuing', '签发机构'),
  tls: row('tls-server', '公文交换站'),
  timestamping: row('timestamping', '时间戳'),
  ocsp: row('ocsp', '证书状态'),
  journal: { ...row('journal', '日志'), algorithm: 'ed25519' },
} as const satisfies Record<BoxKeyName, Row>

/** The profile of a role's certificates. */
export function boxProfile(role: BoxKeyName): ProfileName {
  return rows[role].profile
}

/**
 * The common name. Issuing authorities differ by name from generation 2 on, since a CRL is found by its issuer's name; roots of all
 * generations have one name, so that links between them are self-issued (RFC 4210 4.4).
 */
export function boxCommonName(
  role: BoxKeyName,
  { box, generation }: { readonly box: BoxIdentity; readonly generation: number },
): string {
  const { words } = rows[role]
  const counted = role === 'issuing' && generation > 1 ? `${words} ${String(generation)}` : words
  const mark = box.mode === 'trial' ? ` ${trialMark}` : ''
  return `${box.districtName} ${counted}${mark}`
}

/** Opens the key of a generation, made first where there is none yet: what was cut short can be repeated. */
export async function boxKey(
  keys: KeyFolder,
  of: {
    readonly role: BoxKeyName
    readonly generation: number
    readonly algorithm?: Exclude<SignatureAlgorithm, 'ed25519'> | undefined
  },
): Promise<SigningKey> {
  const { role, generation, algorithm } = of
  const name = serviceKeyName(role, generation)
  const wanted = rows[role].algorithm
  if (!(await keys.has(name))) {
    await keys.generate(name, wanted === 'ed25519' ? wanted : (algorithm ?? wanted))
  }
  return keys.openKey(name)
}

/** Signs the certificate of a generation, and has a second reader read it. Throws `CA_PROFILE_VIOLATED`. */
export async function boxCertificate(
  { box, random, at }: BoxCertificateParts,
  of: {
    readonly role: BoxKeyName
    readonly generation: number
    readonly publicKey: ProvenPublicKey
    readonly issuer: Issuer
    readonly urls: Urls
  },
): Promise<Uint8Array> {
  const { role, generation, publicKey, issuer, urls } = of
  const { profile } = rows[role]
  const commonName = boxCommonName(role, { box, generation })
  const certificate = await buildCertificate(
    {
      ...{ profile, publicKey, urls },
      subject: { organization: box.districtName, commonName },
      serial: drawSerial(random),
      notBefore: new Date(at.getTime() - clockSkewMs),
      ...(profile === 'tls-server' && { hostNames: box.hostNames }),
    },
    issuer,
  )
  await readTwice(certificate, issuer)
  return certificate
}

/** Throws `CA_PROFILE_VIOLATED` if another implementation reads a certificate otherwise than we do. */
export async function readTwice(certificate: Uint8Array, issuer: Issuer): Promise<void> {
  // Loaded when a key of the box is certified, which is seldom: every start of a box would wait for it otherwise.
  const { requireSecondReading } = await import('../certificates/second_reader.ts')
  await requireSecondReading(certificate, issuer.certificate ?? certificate)
}
