/** Renewal over the API: what of one's own ends when, new certificates for new keys, and for officers what was renewed. */
import * as z from 'zod'
import { toBase64 } from '../../ca/index.ts'
import {
  listOwn,
  listRenewals,
  maxRenewalStatements,
  renew,
  type CertificateRequest,
} from '../../provisioning/index.ts'
import { route, type Route } from '../types.ts'
import { actorOf, bytes, numberFrom, signedFields, signedStatement } from './common.ts'

export const renewalRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/renewals/own',
    who: 'certified',
    summary:
      'The newest certificates of one’s own unit, or of oneself, with when each is to be renewed',
    handle: async (request) => ({
      json: {
        items: (await listOwn(request.parts, actorOf(request))).map((row) => ({
          ...row,
          certificate: toBase64(row.certificate),
        })),
      },
    }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/renewals',
    who: 'officer',
    summary: 'What was renewed without an officer, newest first (`?limit=`)',
    handle: async ({ parts, query }) => {
      const limit = numberFrom(query, 'limit', { min: 1, max: 500, or: 100 })
      return { json: { items: await listRenewals(parts, { limit }) } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/renewals/acts/renew',
    who: 'certified',
    summary:
      'Certificates for new keys of one’s own unit, or of oneself, signed for by the present ones; the key file is replaced with them',
    body: z.strictObject({
      requests: z
        .array(
          z.strictObject({
            profile: z.string().max(40),
            seat: z.exactOptional(z.string().max(40)),
            request: bytes(16 * 1024),
          }),
        )
        .min(1)
        .max(20),
      signed: z.array(z.strictObject(signedFields)).min(1).max(maxRenewalStatements),
      keyFile: z.exactOptional(bytes(256 * 1024)),
    }),
    handle: async (request) => {
      const { parts, body } = request
      const { keyFile } = body
      const requests: readonly CertificateRequest[] = body.requests
      const issued = await renew(
        { ...parts, districtName: parts.box.districtName },
        {
          actor: actorOf(request),
          requests,
          signed: body.signed.map(signedStatement),
          ...(keyFile && { keyFile }),
        },
      )
      const certificates = issued.map(({ certificate, ...rest }) => ({
        ...rest,
        certificate: toBase64(certificate),
      }))
      return { status: 201, json: { certificates, chain: parts.authority.chain.map(toBase64) } }
    },
  }),
]
