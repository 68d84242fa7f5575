/** Sign requests for the acts of security officers. */
import {
  CaError,
  isRevocationReason,
  isSha256,
  type CertificateState,
  type Sha256,
} from '../../ca/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import {
  ExchangeError,
  holders,
  maxApprovals,
  oldCertificates,
  personIdPattern,
  requireOthers,
  roles,
} from '../../exchange/index.ts'
import {
  hasEnrolled,
  ProvisioningError,
  readRequestFile,
  readRoster,
  requestedCertificates,
  requestFileOf,
  requestOf,
} from '../../provisioning/index.ts'
import { WebError } from '../errors.ts'
import { hashFrom, misfit, momentFrom, textFrom } from './query.ts'
import type { Asked, Builder, Built } from './types.ts'

/** Registers the units of a roster that was handed in to be checked. */
export const registration: Builder = officersOnly(async ({ parts, actor, query }) => {
  const name = hashFrom(query, 'roster')
  const roster = await parts.rosters.get(actor.holder, name)
  if (roster === undefined) {
    throw new ExchangeError('NOT_FOUND', 'no such roster was handed in by this officer today')
  }
  const { units, refused } = readRoster(roster)
  if (refused.length > 0 || units.length === 0) {
    throw new ProvisioningError('ROSTER_REFUSED', 'the roster is refused', { details: { refused } })
  }
  return {
    path: '/api/v1/units/acts/register',
    body: {},
    statement: {
      type: 'sealbox.registration',
      roster: name,
      units: units.map(({ uscc }) => uscc),
    },
    files: [
      { as: 'roster', name: 'roster.csv', sha256: name, read: () => Promise.resolve(roster) },
    ],
    words: { names: Object.fromEntries(units.map(({ uscc, name: own }) => [uscc, own])) },
    fileName: `register ${String(units.length)} units`,
  }
})

/** Appoints an officer, auditor or administrator. */
export const appointing: Builder = officersOnly(async ({ parts, query }) => {
  const id = personFrom(query)
  const role = roles.find((known) => known === query.get('role'))
  if (role === undefined) throw misfit('role')
  if ((await parts.directory.person(id)) !== undefined) {
    throw new ProvisioningError('PERSON_KNOWN', 'there is a person of this identifier')
  }
  return {
    path: '/api/v1/people/acts/appoint',
    body: { id, role },
    statement: { type: 'sealbox.appointment', id, role },
    files: [],
    words: {},
    fileName: `appoint ${id}`,
  }
})

/**
 * Gives out a further code, to a unit (`uscc=`) or a person (`id=`); to one that enrolled before, `old=` says what becomes of its
 * certificates.
 */
export const furtherCode: Builder = officersOnly(async ({ parts, query }) => {
  const uscc = query.get('uscc')
  const who = uscc ?? personFrom(query)
  const found = uscc === null ? await parts.directory.person(who) : await parts.directory.unit(uscc)
  if (found?.active !== true) {
    throw new ProvisioningError('HOLDER_UNKNOWN', 'there is no such unit or person')
  }
  const names = 'name' in found ? { [who]: found.name } : {}
  const isEnrolled = await hasEnrolled(
    parts,
    uscc === null ? holders.person(who) : holders.unit(who),
  )
  const old = oldCertificates.find((known) => known === query.get('old'))
  if (query.has('old') && old === undefined) throw misfit('old')
  if (isEnrolled && old === undefined) {
    throw new ProvisioningError('ENROLMENT_DONE', 'enrolled already')
  }
  if (!isEnrolled && old !== undefined) {
    throw new ProvisioningError('ENROLMENT_NOT_DONE', 'not enrolled yet')
  }
  return {
    path: `/api/v1/${uscc === null ? 'people' : 'units'}/${who}/acts/issue-code`,
    body: {},
    statement: { type: 'sealbox.code', who, ...(old && { old }) },
    files: [],
    words: { names },
    fileName: `code for ${who}`,
  }
})

/** Approves an enrolment whose words were compared. */
export const approval: Builder = officersOnly(async (asked) => {
  const { parts, query } = asked
  const id = hashFrom(query, 'request')
  const { who, name } = await undecided(asked, id)
  const file = await requestFileOf(parts, id)
  return {
    path: `/api/v1/requests/${id}/acts/approve`,
    body: {},
    statement: {
      type: 'sealbox.enrolment-approval',
      request: id,
      who,
      certificates: requestedCertificates(readRequestFile(file)).map((one) => ({ ...one })),
    },
    files: [
      {
        ...{ as: 'requests', name: 'requests.json', sha256: id },
        href: `/api/v1/requests/${id}/file`,
        read: () => Promise.resolve(file),
      },
    ],
    words: { names: { [who]: name } },
    fileName: `approve ${who}`,
  }
})

/** Approves several enrolments, each of whose words were compared. */
export const approvals: Builder = officersOnly(async (asked) => {
  const ids = (asked.query.get('requests') ?? '').split(',')
  const distinct = new Set(ids)
  if (distinct.size !== ids.length || ids.length > maxApprovals) throw misfit('requests')
  const found = await Promise.all(ids.map((text) => wholeOf(asked, text)))
  return {
    path: '/api/v1/requests/acts/approve',
    body: {},
    statement: {
      type: 'sealbox.enrolment-approvals',
      requests: found.map(({ id, who, certificates }) => ({ request: id, who, certificates })),
    },
    files: found.map(({ id, who, file }) => ({
      ...{ as: 'requests', name: `${who}.json`, sha256: id },
      href: `/api/v1/requests/${id}/file`,
      read: () => Promise.resolve(file),
    })),
    words: { names: Object.fromEntries(found.map(({ who, name }) => [who, name])) },
    fileName: `approve ${String(ids.length)} requests`,
  }
})

/** A request by its name in base64url, with its file and the certificates that an approval of it names. */
async function wholeOf(asked: Asked, text: string) {
  if (!/^[\w-]{43}$/.test(text)) throw misfit('requests')
  const id = Buffer.from(text, 'base64url').toString('hex')
  if (!isSha256(id)) throw misfit('requests')
  const { who, name } = await undecided(asked, id)
  const file = await requestFileOf(asked.parts, id)
  const certificates = requestedCertificates(readRequestFile(file)).map((one) => ({ ...one }))
  return { id, who, name, file, certificates }
}

/** Refuses an enrolment for a reason. */
export const refusal: Builder = officersOnly(async (asked) => {
  const id = hashFrom(asked.query, 'request')
  const reason = textFrom(asked.query, 'reason', 1000).trim()
  const { who, name } = await undecided(asked, id)
  return {
    path: `/api/v1/requests/${id}/acts/refuse`,
    body: {},
    statement: { type: 'sealbox.enrolment-refusal', request: id, who, reason },
    files: [],
    words: { names: { [who]: name } },
    fileName: `refuse ${who}`,
  }
})

async function undecided({ parts }: Asked, id: Sha256) {
  const whole = await requestOf(parts, id)
  if (whole.decision === undefined) return whole
  throw new ProvisioningError('ENROLMENT_REQUEST_DECIDED', 'this request was decided before', {
    details: { request: id, state: whole.state },
  })
}

function personFrom(query: URLSearchParams): string {
  const id = query.get('id') ?? ''
  if (!personIdPattern.test(id)) throw misfit('id')
  return id
}

/** Revokes a certificate for a reason. */
export const revocation: Builder = officersOnly(async ({ parts, actor, query }) => {
  const certificate = hashFrom(query, 'certificate')
  const reason = query.get('reason') ?? ''
  if (!isRevocationReason(reason)) throw misfit('reason')
  const date = momentFrom(query, 'invalidityDate')
  const found = await revocable(parts, certificate)
  const by = { holder: actor.holder, certificate: actor.certificate }
  await parts.authority.prepareRevoke({
    ...{ sha256: certificate, reason, actor: by },
    ...(date && { invalidityDate: date }),
  })
  const { holder, serial } = found
  const invalidityDate = date?.toISOString() ?? null
  return {
    path: `/api/v1/certificates/${certificate}/acts/revoke`,
    body: { reason, invalidityDate },
    statement: {
      type: 'sealbox.revocation',
      ...{ certificate, holder, serial, reason, invalidityDate },
    },
    ...aboutCertificate('revoke', found),
  }
})

/** Releases a certificate that is on hold. */
export const release: Builder = officersOnly(async ({ parts, actor, query }) => {
  const certificate = hashFrom(query, 'certificate')
  const found = await revocable(parts, certificate)
  requireOthers(found, actor)
  const by = { holder: actor.holder, certificate: actor.certificate }
  await parts.authority.prepareRelease({ sha256: certificate, actor: by })
  const { holder, serial } = found
  return {
    path: `/api/v1/certificates/${certificate}/acts/release`,
    body: {},
    statement: { type: 'sealbox.release', certificate, holder, serial },
    ...aboutCertificate('release', found),
  }
})

/** The box's words of a certificate. */
function aboutCertificate(
  act: 'revoke' | 'release',
  { certificate, profile, holder }: CertificateState,
): Pick<Built, 'files' | 'words' | 'fileName'> {
  const subject = readCertificate(certificate).subject.text
  return {
    files: [],
    words: { certificate: { subject, profile, holder } },
    fileName: `${act} ${subject}`,
  }
}

async function revocable({ authority }: Asked['parts'], name: Sha256) {
  const found = await authority.certificate(name)
  if (found === undefined) throw new CaError('CA_CERTIFICATE_UNKNOWN', 'no such certificate')
  if (found.holder === 'box') {
    throw new WebError('ROLE_WRONG', 'a certificate of the box itself takes two officers')
  }
  return found
}

/** Refuses everybody but a security officer. */
export function officersOnly(build: (asked: Asked) => Promise<Built>): Builder {
  return (asked) => {
    const { actor } = asked
    if (actor.kind === 'person' && actor.role === 'officer') return build(asked)
    const is = actor.kind === 'seat' ? 'seat' : actor.role
    throw new WebError('ROLE_WRONG', 'this is for officer', { is })
  }
}
