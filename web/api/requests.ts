/** Enrolment over the API: everyone with a code redeems it once, an officer approves or refuses what was asked for. */
import * as z from 'zod'
import { isSha256, toBase64, type Sha256 } from '../../ca/index.ts'
import { statedFiles } from '../../exchange/index.ts'
import {
  approveMany,
  approveRequest,
  fingerprintWords,
  keyFileOf,
  listRequests,
  lookUpCode,
  ProvisioningError,
  redeemCode,
  refuseRequest,
  requestFileOf,
  requestOf,
  type CertificateRequest,
  type DecideInput,
} from '../../provisioning/index.ts'
import { route, type Parts, type Request, type Route } from '../types.ts'
import { actorOf, bytes, signedFields, signedStatement } from './common.ts'

const signedBody = z.strictObject(signedFields)

export const requestRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/requests',
    who: 'officer',
    summary:
      'Whom codes were given out for, until when, and how far they came; of requests that wait, the words to compare; never the codes',
    handle: async ({ parts }) => ({ json: { items: await listRequests(parts) } }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/requests/:id',
    who: 'officer',
    summary: 'A request for enrolment: whose, since when, the certificates wanted, how it ended',
    handle: async (request) => ({ json: await requestOf(request.parts, idOf(request)) }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/requests/:id/file',
    who: 'officer',
    summary: 'The public keys that a request asks for: the file whose SHA-256 is its name',
    handle: async (request) => {
      const file = await requestFileOf(request.parts, idOf(request))
      return { type: 'application/json', bytes: file }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/requests/:id/acts/approve',
    who: 'officer',
    summary: 'Approves a request: its certificates are issued and its code is spent',
    body: signedBody,
    handle: async (request) => {
      const { parts } = request
      const { districtName } = parts.box
      return { json: await approveRequest({ ...parts, districtName }, decideInput(request)) }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/requests/acts/approve',
    who: 'officer',
    summary:
      'Approves several requests by one signature; says of each that could not be approved why',
    body: signedBody,
    handle: async (request) => {
      const { parts } = request
      const { districtName } = parts.box
      const input = { actor: actorOf(request), signed: signedStatement(request.body) }
      return { json: await approveMany({ ...parts, districtName }, input) }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/requests/:id/acts/refuse',
    who: 'officer',
    summary: 'Refuses a request: nothing is issued and its code is spent',
    body: signedBody,
    handle: async (request) => ({
      json: await refuseRequest(request.parts, decideInput(request)),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/requests/acts/look-up',
    who: 'anyone',
    summary: 'Says what a one-time code that is still open is for',
    body: z.strictObject({ code: z.string().max(64) }),
    handle: async ({ parts, body }) => {
      const purpose = await lookUpCode(parts, body.code)
      const { id, journalCertificate } = parts.box
      return { json: { ...purpose, box: id, journalCertificate: toBase64(journalCertificate) } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/requests/acts/redeem',
    who: 'anyone',
    summary:
      'Redeems a one-time code: 202 while the request waits for an officer, then 201 with the certificates it stands for',
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
      const redeemed = await redeemCode(
        { ...parts, districtName: parts.box.districtName },
        { code, requests, ...(keyFile && { keyFile }) },
      )
      if (redeemed.state === 'waiting') {
        const fingerprint = fingerprintWords(redeemed.request)
        return { status: 202, json: { ...redeemed, fingerprint } }
      }
      const certificates = redeemed.certificates.map(({ certificate, ...rest }) => ({
        ...rest,
        certificate: toBase64(certificate),
      }))
      const compromises = await compromisesIn(parts)
      const chain = parts.authority.chain.map(toBase64)
      return { status: 201, json: { certificates, chain, compromises } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/key-file',
    who: 'certified',
    summary: 'The key file of one’s own unit, or of oneself: wrapped, as it was handed over',
    handle: async (request) => {
      const file = await keyFileOf(request.parts, actorOf(request))
      return { type: 'application/json', bytes: file }
    },
  }),
]

/** Statements of compromise, which belong to the kit of whoever verifies anything from now on. */
async function compromisesIn({ journal, blobs }: Parts): Promise<object[]> {
  const files = await statedFiles({ views: journal.views, blobs })
  return files.map(({ name, bytes }) => ({ name, file: toBase64(bytes) }))
}

/** The request that the path names; one that is no SHA-256 is not there. */
function idOf({ params }: Pick<Request, 'params'>): Sha256 {
  const { id = '' } = params
  if (isSha256(id)) return id
  throw new ProvisioningError('ENROLMENT_REQUEST_UNKNOWN', 'there is no such request')
}

function decideInput(request: Request<z.output<typeof signedBody>>): DecideInput {
  return {
    actor: actorOf(request),
    request: idOf(request),
    signed: signedStatement(request.body),
  }
}
