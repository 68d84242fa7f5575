/**
 * Enrolment over Secure Transport (RFC 7030, clarified by RFC 8951), for machines and programs that know it: the same codes, the same
 * officers and the same words as in the pages, one certificate at a time (ADR 25).
 */
import { certificatesOnly } from '../../ca/index.ts'
import {
  codeForOf,
  fingerprintWords,
  ProvisioningError,
  redeemCode,
  reenrol,
  requestsFor,
  type ProvisioningErrorCode,
  type Redemption,
  type Wanted,
} from '../../provisioning/index.ts'
import { actorOf } from '../api/common.ts'
import { WebError } from '../errors.ts'
import { route, type Answer, type Request, type Route } from '../types.ts'
import { requireThisChannel } from './channel.ts'
import { csrAttributes } from './csr_attributes.ts'
import { base64Answer, readCredentials, readPkcs10 } from './wire.ts'

const at = (operation: string): string => `/.well-known/est/${operation}`
const certificatesOnlyType = 'application/pkcs7-mime; smime-type=certs-only'
/** A client that is not told another time asks again after so long. */
const defaultRetrySeconds = 30

export const estRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: at('cacerts'),
    who: 'anyone',
    summary:
      'EST: all authorities and roots of this box that are valid now, links between roots included',
    handle: async (request) => {
      const certificates = await authorities(request)
      return base64Answer(request.koa, certificatesOnlyType, certificatesOnly(certificates))
    },
  }),
  route({
    method: 'GET',
    path: at('csrattrs'),
    who: 'anyone',
    summary: 'EST: what a certification request is to be like',
    handle: ({ koa }) =>
      Promise.resolve(base64Answer(koa, 'application/csrattrs', csrAttributes())),
  }),
  route({
    method: 'POST',
    path: at('simpleenroll'),
    who: 'anyone',
    summary:
      'EST: a certificate for an enrolment code (HTTP Basic password); 202 while officers decide, the same request again later',
    handle: simpleEnroll,
  }),
  route({
    method: 'POST',
    path: at('simplereenroll'),
    who: 'certified',
    summary: 'EST: a new certificate for a new key, with the names of the one that was shown',
    handle: async (request) => {
      const { koa, parts } = request
      const asked = await readPkcs10(koa)
      requireThisChannel(koa.req.socket, asked)
      const input = { actor: actorOf(request), request: asked }
      const { districtName } = parts.box
      const issued = await reenrol({ ...parts, districtName }, input)
      return base64Answer(koa, certificatesOnlyType, certificatesOnly([issued]))
    },
  }),
]

/** RFC 7030 4.1.3: the current chain, and after a roll-over every root with the links between them (RFC 4210 4.4). */
async function authorities({ parts }: Pick<Request, 'parts'>): Promise<Uint8Array[]> {
  const { authority, clock } = parts
  const now = clock.now()
  const own = await authority.certificatesOf('box')
  return own
    .filter(({ profile }) => ['root', 'root-link', 'issuing'].includes(profile))
    .filter(({ notBefore, notAfter, revoked }) => !revoked && notBefore <= now && now <= notAfter)
    .map(({ certificate }) => certificate)
}

async function simpleEnroll(request: Request): Promise<Answer> {
  const { koa, parts } = request
  const { districtName, id } = parts.box
  const challenge = `Basic realm="Sealbox ${id}", charset="UTF-8"`
  const credentials = readCredentials(koa.get('Authorization'))
  if (credentials === undefined) {
    // Nobody tried anything yet: this is how a client learns what is wanted (RFC 7617 2).
    koa.set('WWW-Authenticate', challenge)
    return { status: 401, type: 'text/plain; charset=utf-8', bytes: 'enrolment code wanted\n' }
  }
  const asked = await readPkcs10(koa)
  requireThisChannel(koa.req.socket, asked)
  const { user, code } = credentials
  try {
    const { profile, seat } = wantedBy(user, requestsFor(await codeForOf(parts, code)))
    const redeemed = await redeemCode(
      { ...parts, districtName },
      { code, part: true, requests: [{ profile, ...(seat && { seat }), request: asked }] },
    )
    return answerOf(request, redeemed)
  } catch (error) {
    if (!(error instanceof ProvisioningError) || !ofTheCode.has(error.code)) throw error
    koa.set('WWW-Authenticate', challenge)
    throw new WebError('EST_UNAUTHORISED', 'the code opens nothing', { reason: error.code })
  }
}

/** What makes a code worth nothing: told as wrong credentials are. */
const ofTheCode: ReadonlySet<ProvisioningErrorCode> = new Set([
  'ENROLMENT_CODE_UNKNOWN',
  'ENROLMENT_CODE_MISTYPED',
  'ENROLMENT_CODE_USED',
  'ENROLMENT_CODE_EXPIRED',
  'ENROLMENT_CODE_REPLACED',
  'ENROLMENT_REQUEST_REFUSED',
])

/** The certificate that a user name asks for, `profile` or `profile.seat`; an empty one asks for the first log-in certificate. */
function wantedBy(user: string, wanted: readonly Wanted[]): Wanted {
  const [profile = '', seat] = user.split('.')
  const isWanted = (one: Wanted): boolean =>
    user === ''
      ? one.profile.endsWith('-client')
      : one.profile === profile && (seat === undefined || one.seat === seat)
  const found = wanted.find(isWanted)
  if (found !== undefined) return found
  throw new ProvisioningError('ENROLMENT_REQUESTS_WRONG', 'the user name is no certificate of it', {
    details: { wanted: wanted.map((one) => [one.profile, one.seat].filter(Boolean).join('.')) },
  })
}

function answerOf({ koa, parts }: Request, redeemed: Redemption): Answer {
  if (redeemed.state === 'issued') {
    const certificates = redeemed.certificates.map(({ certificate }) => certificate)
    return base64Answer(koa, certificatesOnlyType, certificatesOnly(certificates))
  }
  // RFC 7030 4.2.3: to be asked again with the very same request. A person reads the words to the officer.
  koa.set('Retry-After', String(parts.limits?.estRetrySeconds ?? defaultRetrySeconds))
  const { chinese, english, hex } = fingerprintWords(redeemed.request)
  const words = [...chinese, ...english].map((row) => row.join(' ')).join('\n')
  const text = `等待安全员批准，请电话核对以下词语。\nWaiting for a security officer; compare these words by telephone.\n\n${words}\n\n${hex}\n`
  return { status: 202, type: 'text/plain; charset=utf-8', bytes: text }
}
