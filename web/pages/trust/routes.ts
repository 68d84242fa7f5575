/** Rows of the pages of the trust services. */
import { WebError } from '../../errors.ts'
import { route, type Answer, type Request, type Route } from '../../types.ts'
import { keysPage } from './keys.ts'
import { trustPage } from './overview.ts'
import { statusPage } from './status.ts'
import { timePage } from './time.ts'

const row = (path: string, summary: string, handle: Route['handle']): Route =>
  route({ method: 'GET', path, who: 'officer', summary, handle })

export const trustRoutes: readonly Route[] = [
  row('/trust', 'Page: whether all is well with the trust services', trustPage),
  row('/trust/status', 'Page: revocation lists and status answers', statusPage),
  row('/trust/status/:key/file', 'A revocation list as it is published, DER', listFile),
  row('/trust/time', 'Page: how certain the time is, and what stamps with it', timePage),
  row('/trust/keys', 'Page: the box’s own keys by generation', keysPage),
]

async function listFile({ parts, params }: Request): Promise<Answer> {
  const { key = '' } = params
  if (!parts.authority.authorities.some((one) => one.key === key)) {
    throw new WebError('ROUTE_UNKNOWN', 'there is no such list')
  }
  const { crl } = await parts.authority.crl(key)
  return { type: 'application/pkix-crl', bytes: crl, fileName: `${key}.crl` }
}
