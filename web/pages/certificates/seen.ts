/** The certificate that a path names, if whoever asks may see it. Reads; changes nothing. */
import { CaError, isSha256, type CertificateState } from '../../../ca/index.ts'
import { seesCertificatesOf } from '../../access.ts'
import { actorOf } from '../../api/common.ts'
import type { Request } from '../../types.ts'

/** Throws `CA_CERTIFICATE_UNKNOWN` alike for what is not there and what is not the actor's to see. */
export async function seenCertificate(
  request: Pick<Request, 'parts' | 'params' | 'actor'>,
): Promise<CertificateState> {
  const actor = actorOf(request)
  const sha256 = request.params['sha256'] ?? ''
  const found = isSha256(sha256) ? await request.parts.authority.certificate(sha256) : undefined
  if (found === undefined || !seesCertificatesOf(actor, found.holder)) {
    throw new CaError('CA_CERTIFICATE_UNKNOWN', 'no certificate that the actor may see')
  }
  return found
}
