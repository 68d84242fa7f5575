/** The keys of an enrolment: the requests that its code stands for, each with proof of possession. Pure. */
import { readRequest, toHex, type ProvenPublicKey } from '../../ca/index.ts'
import { ProvisioningError } from '../errors.ts'
import type { RequestedKey } from '../kit/at_the_box.ts'
import { requestsFor, type Wanted } from './codes.ts'
import type { CertificateRequest, CodeFor } from './types.ts'

/** A public key whose possession was proven, and what its certificate is to be. */
export interface Proven extends Wanted {
  readonly publicKey: ProvenPublicKey
}

/**
 * Exactly the requests that the code stands for, or some of them where `part` is set; each key once. Throws
 * `ENROLMENT_REQUESTS_WRONG`, and what `readRequest` throws of a request.
 */
export async function proveAll(
  codeFor: CodeFor,
  requests: readonly CertificateRequest[],
  { part = false }: { readonly part?: boolean } = {},
): Promise<Proven[]> {
  const wanted = requestsFor(codeFor)
  const proven: Proven[] = []
  for (const one of wanted) {
    const asked = requests.find(({ profile, seat }) => profile === one.profile && seat === one.seat)
    if (asked !== undefined) proven.push({ ...one, publicKey: await readRequest(asked.request) })
    else if (!part) throw wrongRequests(wanted)
  }
  // What was asked for beside them is none of the code's.
  if (proven.length === 0 || proven.length !== requests.length) throw wrongRequests(wanted)
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
export function wrongRequests(wanted: readonly Wanted[]): ProvisioningError {
  return new ProvisioningError('ENROLMENT_REQUESTS_WRONG', 'the code redeems other certificates', {
    details: { wanted: wanted.map(({ profile, seat }) => ({ profile, seat: seat ?? null })) },
  })
}
