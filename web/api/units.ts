/** Units and enrolment over the API: officers register, everyone with a code redeems it once. */
import { z } from 'zod'
import { toBase64 } from '../../ca/index.ts'
import {
  givenCodes,
  lookUpCode,
  redeemCode,
  registerRoster,
  type CertificateRequest,
} from '../../provisioning/index.ts'
import { route, type Route } from '../types.ts'
import { actorOf, bytes, signedFields, signedStatement } from './common.ts'

export const unitRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/units',
    who: 'certified',
    summary: 'The units of the district',
    handle: async ({ parts }) => ({ json: { items: await parts.directory.units() } }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/units/acts/register',
    who: 'officer',
    summary: 'Registers the units of a roster; answers a one-time code for each',
    body: z.strictObject({ ...signedFields, roster: bytes(2 * 1024 * 1024) }),
    handle: async (request) => {
      const codes = await registerRoster(request.parts, {
        actor: actorOf(request),
        roster: request.body.roster,
        signed: signedStatement(request.body),
      })
      const given = codes.map(({ codeFor, code, expires }) => ({ codeFor, code, expires }))
      return { status: 201, json: { codes: given } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/requests',
    who: 'officer',
    summary:
      'The one-time codes given out: for whom, until when, redeemed or open; never the codes',
    handle: async ({ parts }) => ({ json: { items: await givenCodes(parts.journal.views) } }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/requests/acts/look-up',
    who: 'anyone',
    summary: 'Says what a one-time code that is still open is for',
    body: z.strictObject({ code: z.string().max(64) }),
    handle: async ({ parts, body }) => {
      const { id, journalCertificate } = parts.box
      const purpose = await lookUpCode(parts, body.code)
      return { json: { ...purpose, box: id, journalCertificate: toBase64(journalCertificate) } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/requests/acts/redeem',
    who: 'anyone',
    summary: 'Redeems a one-time code: issues the certificates it stands for',
    body: z.strictObject({
      code: z.string().max(64),
      requests: z
        .array(
          z.strictObject({
            profile: z.string().max(40),
            seat: z.exactOptional(z.string().max(40)),
            request: bytes(16 * 1024),
          }),
        )
        .max(20),
      keyFile: z.exactOptional(bytes(256 * 1024)),
    }),
    handle: async ({ parts, body }) => {
      const { code, keyFile } = body
      const requests: readonly CertificateRequest[] = body.requests
      const issued = await redeemCode(
        { ...parts, districtName: parts.box.districtName },
        { code, requests, ...(keyFile && { keyFile }) },
      )
      const certificates = issued.map(({ certificate, ...rest }) => ({
        ...rest,
        certificate: toBase64(certificate),
      }))
      return { status: 201, json: { certificates, chain: parts.authority.chain.map(toBase64) } }
    },
  }),
]
