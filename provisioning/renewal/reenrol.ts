/**
 * Renewal of a log-in certificate by itself, as EST does (RFC 7030 4.2.2): the TLS client certificate authenticates, the request proves
 * possession of a new key and has the same names. The same request again is answered as before.
 */
import { equal, hasNamesOf, readRequest, sha256Hex, type Sha256 } from '../../ca/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import type { Principal } from '../../exchange/index.ts'
import { holderOf, requestsFor } from '../enrolment/codes.ts'
import { requestedKeys } from '../enrolment/proven.ts'
import type { CodeFor } from '../enrolment/types.ts'
import { ProvisioningError } from '../errors.ts'
import { requestId } from '../kit/at_the_box.ts'
import { prepareRenewal, renewalBefore, renewsFor, type RenewalParts } from './prepare.ts'

/**
 * The new certificate (DER) for the very certificate that the actor showed. Throws `RENEWAL_SUBJECT_DIFFERS`, `RENEWAL_NOT_LIVE`,
 * `CERTIFICATES_TOO_MANY`, `ENROLMENT_KEYS_KNOWN`, and what the authority throws of a request, a key that was certified before included.
 */
export async function reenrol(
  parts: RenewalParts,
  { actor, request }: { readonly actor: Principal; readonly request: Uint8Array },
): Promise<Uint8Array> {
  const { authority, journal } = parts
  const shown = await authority.certificate(actor.certificate)
  if (shown === undefined) throw new TypeError('who logged in has a certificate')
  const publicKey = await readRequest(request)
  if (!hasNamesOf(request, shown.certificate)) {
    throw new ProvisioningError(
      'RENEWAL_SUBJECT_DIFFERS',
      'subject and alternative names must be those of the certificate that is renewed',
    )
  }
  const codeFor = renewsFor(actor)
  const one = wantedOf(codeFor, { holder: actor.holder, profile: shown.profile })
  const proven = [{ ...one, publicKey }]
  const again = () => answerAgain(parts, { codeFor, proven, shown: actor.certificate })
  const before = await again()
  if (before !== undefined) return before
  try {
    const prepared = await prepareRenewal(parts, {
      ...{ actor, codeFor, proven },
      follows: (live) => live.find(({ sha256 }) => sha256 === shown.sha256),
      record: { by: 'est', keyFile: null, statements: [] },
    })
    await journal.commit(prepared)
    const [issued] = prepared.issued
    if (issued === undefined) throw new TypeError('a certificate')
    return issued.certificate
  } catch (error) {
    // The same request was answered in the same moment.
    const meanwhile = await again()
    if (meanwhile === undefined) throw error
    return meanwhile
  }
}

/** The row of what the unit or person has that this certificate is of. */
function wantedOf(codeFor: CodeFor, of: { readonly holder: string; readonly profile: string }) {
  const found = requestsFor(codeFor).find(
    ({ profile, seat }) => profile === of.profile && holderOf(codeFor, profile, seat) === of.holder,
  )
  if (found !== undefined) return found
  throw new ProvisioningError('RENEWAL_NOT_LIVE', 'this certificate is not renewed like that')
}

/** What the same key was certified for before, as a renewal of the very certificate that is shown now. */
async function answerAgain(
  parts: RenewalParts,
  of: {
    readonly codeFor: CodeFor
    readonly proven: Parameters<typeof requestedKeys>[0]
    readonly shown: Sha256
  },
): Promise<Uint8Array | undefined> {
  const record = await renewalBefore(parts, of.codeFor, requestId(requestedKeys(of.proven)))
  const [renewed] = record?.renewed ?? []
  const [own] = of.proven
  if (renewed?.before !== of.shown || own === undefined) return undefined
  const found = await parts.authority.certificate(renewed.certificate)
  const isOfKey =
    found !== undefined && equal(readCertificate(found.certificate).publicKey, own.publicKey)
  return isOfKey && sha256Hex(found.certificate) === renewed.certificate
    ? found.certificate
    : undefined
}
