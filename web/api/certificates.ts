/** Certificates over the API: what is issued to whom, and an officer's revocation. */
import { z } from 'zod'
import { isSha256, toBase64, revocationReasons } from '../../ca/index.ts'
import { revokeByOrder } from '../../exchange/index.ts'
import { seesCertificatesOf } from '../access.ts'
import { WebError } from '../errors.ts'
import { route, type Route } from '../types.ts'
import { actorOf, signedFields, signedStatement } from './common.ts'

const reason = z.enum(Object.keys(revocationReasons) as [keyof typeof revocationReasons])

export const certificateRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/certificates',
    who: 'certified',
    summary:
      'Certificates of a holder (`?holder=`); seats and units ask for their own, officers for any',
    handle: async (request) => {
      const actor = actorOf(request)
      const holder = request.query.get('holder') ?? actor.holder
      if (!seesCertificatesOf(actor, holder)) throw new WebError('ROLE_WRONG', 'not your own')
      const found = await request.parts.authority.certificatesOf(holder)
      return {
        json: { items: found.map((row) => ({ ...row, certificate: toBase64(row.certificate) })) },
      }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/certificates/:name/acts/revoke',
    who: 'officer',
    summary: 'Revokes a certificate: CRL, OCSP and open connections follow at once',
    body: z.strictObject({ ...signedFields, reason }),
    handle: async (request) => {
      const { name = '' } = request.params
      if (!isSha256(name)) throw new WebError('ROUTE_UNKNOWN', 'no such certificate')
      const actor = actorOf(request)
      const { body, parts } = request
      if ((await parts.authority.certificate(name))?.holder === 'box') {
        // A grave act (design 5): one officer alone does not take the district its authority.
        throw new WebError('ROLE_WRONG', 'a certificate of the box itself takes two officers')
      }
      await revokeByOrder(parts, {
        ...{ actor, certificate: name, reason: body.reason },
        signed: signedStatement(body),
      })
      return { json: { revoked: name, reason: body.reason } }
    },
  }),
]
