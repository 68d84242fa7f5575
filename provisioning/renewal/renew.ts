/**
 * Renewal by signed statement (ADR 25): whoever has live keys makes new ones, proves possession of each, and signs for them with the
 * present signing keys. Issued at once and without an officer, who sees it and can revoke. The key file that the box keeps is replaced in
 * the same commit or not at all; the same request again is answered as before.
 */
import { equal, type Blobs, type Sha256 } from '../../ca/index.ts'
import {
  bindingIn,
  holders,
  readOrder,
  type Principal,
  type SignedStatement,
  type StatementBinding,
  type StatementDesk,
} from '../../exchange/index.ts'
import { wholeHolder } from '../enrolment/codes.ts'
import { certifiedBefore } from '../enrolment/issue.ts'
import { proveAll, requestedKeys, type Proven } from '../enrolment/proven.ts'
import {
  keys,
  type CertificateRequest,
  type CodeFor,
  type IssuedCertificate,
} from '../enrolment/types.ts'
import { ProvisioningError } from '../errors.ts'
import {
  personSeat,
  readKeyFile,
  requestedCertificates,
  requestId,
  type KeyFile,
  type RequestedCertificate,
} from '../kit/at_the_box.ts'
import { prepareRenewal, renewalBefore, renewsFor, type RenewalParts } from './prepare.ts'

export interface RenewParts extends RenewalParts {
  readonly blobs: Blobs
  readonly desk: StatementDesk
}

export interface RenewInput {
  readonly actor: Principal
  readonly requests: readonly CertificateRequest[]
  /** Statements `sealbox.renewal`, one a signing key: each certificate is asked for by its own holder's. */
  readonly signed: readonly SignedStatement[]
  /** The wrapped keys as they are to be kept from now on. */
  readonly keyFile?: Uint8Array
}

/** A unit's seats. */
export const maxRenewalStatements = 8

/**
 * Throws `RENEWAL_NOT_YOURS`, `RENEWAL_NOT_LIVE`, `RENEWAL_KEY_FILE_WRONG`, `CERTIFICATES_TOO_MANY`, `ENROLMENT_REQUESTS_WRONG`,
 * `ENROLMENT_KEYS_KNOWN`, `KEY_FILE_MALFORMED`, and what the statement desk and the authority throw.
 */
export async function renew(parts: RenewParts, input: RenewInput): Promise<IssuedCertificate[]> {
  const { actor } = input
  const codeFor = renewsFor(actor)
  const proven = await proveAll(codeFor, input.requests, { part: true })
  const again = async (): Promise<IssuedCertificate[] | undefined> => {
    const request = requestId(requestedKeys(proven))
    const record = await renewalBefore(parts, codeFor, request)
    return record && certifiedBefore(parts.authority, codeFor, proven)
  }
  const before = await again()
  if (before !== undefined) return before
  await requireKeys(parts, { codeFor, proven, keyFile: input.keyFile })
  const statements = await acceptAll(parts, input, { codeFor, proven })
  const keyFile = input.keyFile === undefined ? null : await parts.blobs.put(input.keyFile)
  try {
    const prepared = await prepareRenewal(parts, {
      ...{ actor, codeFor, proven },
      record: { by: 'statement', keyFile, statements },
    })
    await parts.journal.commit(prepared)
    return [...prepared.issued]
  } catch (error) {
    // The same request was answered in the same moment.
    const meanwhile = await again()
    if (meanwhile === undefined) throw error
    return meanwhile
  }
}

/** Each statement is of a seat of this unit, or of this person, and names what is theirs; together they name everything. */
async function acceptAll(
  parts: RenewParts,
  { actor, signed }: RenewInput,
  of: { readonly codeFor: CodeFor; readonly proven: readonly Proven[] },
): Promise<StatementBinding[]> {
  const asked = requestedKeys(of.proven)
  const request = requestId(asked)
  const wanted = requestedCertificates(asked)
  const covered = new Set<string>()
  const accepted: StatementBinding[] = []
  for (const one of signed) {
    const order = readOrder('sealbox.renewal', one.statement)?.order
    const signer = order?.signer ?? actor.holder
    const mine = await ownedBy(parts, { actor, signer })
    const certificates = wanted.filter(
      (certificate) => mine(certificate) && order?.certificates.some(isSame(certificate)),
    )
    const who = of.codeFor.kind === 'unit' ? of.codeFor.uscc : of.codeFor.id
    if (certificates.length === 0) throw notYours(signer)
    const must = { signer, request, who, certificates }
    accepted.push(bindingIn(await parts.desk.accept('sealbox.renewal', one, must)))
    for (const { publicKey } of certificates) covered.add(publicKey)
  }
  const left = wanted.find(({ publicKey }) => !covered.has(publicKey))
  if (left === undefined) return accepted
  throw notYours(left.seat ?? left.profile)
}

/** Which certificates this signer may ask for: their own, and with the duty to seal the unit's seal. */
async function ownedBy(
  { directory }: Pick<RenewParts, 'directory'>,
  { actor, signer }: { readonly actor: Principal; readonly signer: string },
): Promise<(one: RequestedCertificate) => boolean> {
  if (actor.kind === 'person') return () => signer === actor.holder
  const [, name = ''] = signer.split('/')
  if (signer !== holders.seat(actor.unit, name)) return () => false
  const seat = await directory.seat(actor.unit, name)
  if (seat?.active !== true) return () => false
  return ({ profile, seat: of }) =>
    profile === 'unit-seal' ? seat.duties.includes('seal') : of === name
}

const isSame =
  (a: RequestedCertificate) =>
  (b: RequestedCertificate): boolean =>
    a.profile === b.profile && a.seat === b.seat && a.publicKey === b.publicKey

function notYours(whose: string): ProvisioningError {
  return new ProvisioningError('RENEWAL_NOT_YOURS', 'not signed for by its holder’s present key', {
    details: { whose },
  })
}

/** The file to be kept has every new signing key and loses none that is not renewed; and it comes where one is kept already. */
async function requireKeys(
  { journal, blobs }: RenewParts,
  of: {
    readonly codeFor: CodeFor
    readonly proven: readonly Proven[]
    readonly keyFile: Uint8Array | undefined
  },
): Promise<void> {
  const signing = of.proven.filter(({ profile }) => !profile.endsWith('-client'))
  const kept = await journal.views.get(keys.keyFile(wholeHolder(of.codeFor)))
  if (of.keyFile === undefined) {
    if (kept !== undefined && signing.length > 0) throw keyFileWrong('it is missing')
    return
  }
  const file = readKeyFile(of.keyFile)
  const owner = of.codeFor.kind === 'unit' ? of.codeFor.uscc : of.codeFor.id
  if (file.owner.id !== owner) throw keyFileWrong('it is of another owner')
  const has = keysIn(file)
  const renewed = new Set<string>()
  for (const { profile, seat, publicKey } of signing) {
    const place = placeOf(profile === 'unit-seal' ? 'unit-seal' : 'seat-signing', seat)
    const found = has.get(place)
    if (found === undefined || !equal(found, publicKey))
      throw keyFileWrong('a new key is not in it')
    renewed.add(place)
  }
  if (kept === undefined) return
  // One that cannot be read any more loses nothing.
  const present = await blobs.get(kept.value as Sha256).then(readKeyFile, () => undefined)
  for (const [place, key] of present === undefined ? [] : keysIn(present)) {
    const found = has.get(place)
    // Whoever renews their own key exchanges nobody else's.
    const isKept = found !== undefined && (renewed.has(place) || equal(found, key))
    if (!isKept) throw keyFileWrong('a present key is not in it')
  }
}

function keysIn(file: KeyFile): Map<string, Uint8Array> {
  return new Map(
    file.keys.map((key) => {
      const seat = key.use === 'unit-seal' ? undefined : key.seat
      return [placeOf(key.use, seat), Uint8Array.from(Buffer.from(key.publicKey, 'base64'))]
    }),
  )
}

const placeOf = (use: KeyFile['keys'][number]['use'], seat: string | undefined): string =>
  use === 'unit-seal' ? use : `${use}/${seat ?? personSeat}`

function keyFileWrong(why: string): ProvisioningError {
  return new ProvisioningError('RENEWAL_KEY_FILE_WRONG', `the key file does not fit: ${why}`)
}
