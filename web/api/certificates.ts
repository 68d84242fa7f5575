/** Certificates over the API: what is issued to whom, and an officer's revocation or release. */
import * as z from 'zod'
import { CaError, isSha256, toBase64, revocationReasons, type Sha256 } from '../../ca/index.ts'
import { releaseByOrder, revokeByOrder } from '../../exchange/index.ts'
import { seesCertificatesOf } from '../access.ts'
import type { Measured } from '../effects.ts'
import { WebError } from '../errors.ts'
import { route, type Request, type Route } from '../types.ts'
import { actorOf, signedFields, signedStatement } from './common.ts'

const reason = z.enum(Object.keys(revocationReasons) as [keyof typeof revocationReasons])
const moment = z.iso.datetime({ precision: 3 })

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
    summary:
      'Revokes a certificate, or puts it on hold: CRL, OCSP and open connections follow at once, after the milliseconds answered',
    body: z.strictObject({
      ...signedFields,
      reason,
      invalidityDate: z.exactOptional(moment.nullable()),
    }),
    handle: async (request) => {
      const { body, parts } = request
      const certificate = await ofOthers(request)
      const date = body.invalidityDate ?? null
      const measured = await measure(request, certificate, () =>
        revokeByOrder(parts, {
          ...{ actor: actorOf(request), certificate, reason: body.reason },
          invalidityDate: date === null ? undefined : new Date(date),
          signed: signedStatement(body),
        }),
      )
      return { json: { revoked: certificate, reason: body.reason, measured } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/certificates/:name/acts/release',
    who: 'officer',
    summary: 'Releases a certificate that is on hold: off the CRL, good by OCSP, let in again',
    body: z.strictObject(signedFields),
    handle: async (request) => {
      const { body, parts } = request
      const certificate = await ofOthers(request)
      const measured = await measure(request, certificate, () =>
        releaseByOrder(parts, {
          ...{ actor: actorOf(request), certificate, signed: signedStatement(body) },
        }),
      )
      return { json: { released: certificate, measured } }
    },
  }),
]

/** The certificate that the path names, where one officer may decide on it. */
async function ofOthers({ params, parts }: Request): Promise<Sha256> {
  const { name = '' } = params
  if (!isSha256(name)) throw new WebError('ROUTE_UNKNOWN', 'no such certificate')
  if ((await parts.authority.certificate(name))?.holder === 'box') {
    // A grave act (design 5): one officer alone does not take the district its authority.
    throw new WebError('ROLE_WRONG', 'a certificate of the box itself takes two officers')
  }
  return name
}

/**
 * Does the act and looks when its effects are there: not claimed, but asked of list and responder. An order that was carried out
 * before is answered as it was then, or null once that is forgotten.
 */
async function measure(
  { parts, effects }: Request,
  certificate: Sha256,
  act: () => Promise<boolean>,
): Promise<Measured | null> {
  const { authority, clock } = parts
  const from = performance.now()
  const passed = (): number => Math.round((performance.now() - from) * 10) / 10
  if (!(await act())) return effects.measuredOf(certificate) ?? null
  const committedMs = passed()
  const found = await authority.certificate(certificate)
  if (!found) throw new CaError('CA_CERTIFICATE_UNKNOWN', 'it was there before')
  const connectionsClosed = found.revoked === undefined ? 0 : effects.shut(certificate)
  const [crlMs, ocspMs] = await Promise.all([
    authority.crlOf(found.certificate).then(passed),
    authority.ocsp.answerFor(found.certificate, clock.now()).then(passed),
  ])
  const measured = { committedMs, crlMs, ocspMs, connectionsClosed }
  effects.keep(certificate, measured)
  return measured
}
