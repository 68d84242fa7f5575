/** The keys of an enrolment: exactly the requests that its code stands for, each with proof of possession. Pure. */
import { readRequest, toHex, type ProvenPublicKey } from '../../ca/index.ts'
import { ProvisioningError } from '../errors.ts'
import type { RequestedKey } from '../kit/index.ts'
import { requestsFor, type Wanted } from './codes.ts'
import type { CertificateRequest, CodeFor } from './types.ts'

/** A public key whose possession was proven, and what its certificate is to be. */
export interface Proven extends Wanted {
  readonly publicKey: ProvenPublicKey
}

/**
 * Exactly the requests that the code stands for, each key once. Throws `ENROLMENT_REQUESTS_WRONG`, and what `readRequest` throws
 * of a request.
 */
export async function proveAll(
  codeFor: CodeFor,
  requests: readonly CertificateRequest[],
): Promise<Proven[]> {
  const wanted = requestsFor(codeFor)
  if (requests.length !== wanted.length) throw wrongRequests(wanted)
  const proven: Proven[] = []
  for (const one of wanted) {
    const asked = requests.find(({ profile, seat }) => profile === one.profile && seat === one.seat)
    if (asked === undefined) throw wrongRequests(wanted)
    proven.push({ ...one, publicKey: await readRequest(asked.request) })
  }
  // One key, one purpose: the authority refuses what it knows, and these it does not know yet.
  const distinct = new Set(proven.map(({ publicKey }) => toHex(publicKey)))
  if (distinct.size !== proven.length) throw wrongRequests(wanted)
  return proven
}

/** The same as they stand in the request file. */
export function requestedKeys(proven: readonly Proven[]): RequestedKey[] {
  return proven.map(({ profile, seat, publicKey }) => ({ profile, seat: seat ?? null, publicKey }))
}

/** `ENROLMENT_REQUESTS_WRONG`, naming what the code redeems. */
function wrongRequests(wanted: readonly Wanted[]): ProvisioningError {
  return new ProvisioningError('ENROLMENT_REQUESTS_WRONG', 'the code redeems other certificates', {
    details: { wanted: wanted.map(({ profile, seat }) => ({ profile, seat: seat ?? null })) },
  })
}
