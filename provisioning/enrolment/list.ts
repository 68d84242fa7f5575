/** What officers and holders read of enrolment: codes, requests, people, wrapped key files. Changes nothing. */
import type { Blobs, Clock, Journal, Sha256 } from '../../ca/index.ts'
import { holders, type Directory, type Person, type Principal } from '../../exchange/index.ts'
import { ProvisioningError } from '../errors.ts'
import {
  fingerprintWords,
  isEnrolmentCodeExpired,
  type Fingerprint,
  type RequestedCertificate,
} from '../kit/at_the_box.ts'
import { nameOf, wholeHolder, type Named } from './codes.ts'
import { keys, type CodeRecord, type Decision, type RequestRecord } from './types.ts'

export interface ListParts {
  readonly journal: Journal
  readonly directory: Directory
  readonly clock: Clock
}

/** A unit or person that was given a code, by its newest one, and how far its enrolment came. */
export interface ListedRequest extends Named {
  readonly kind: 'unit' | 'person'
  readonly state: 'open' | 'waiting' | 'redeemed' | 'refused' | 'expired'
  /** RFC 3339. */
  readonly expires: string
  /** Of a request that waits. */
  readonly waiting?: WaitingRequest
}

export interface WaitingRequest {
  /** The name of the request. */
  readonly id: Sha256
  /** RFC 3339. */
  readonly since: string
  /** To be compared with what the unit reads out. */
  readonly fingerprint: Fingerprint
  /** When other keys were first offered under the same code: somebody else has it. */
  readonly contested?: string
}

/** One row for each unit and person that was given a code: those that wait first, longest first, then by state and name. */
export async function listRequests(parts: ListParts): Promise<ListedRequest[]> {
  const { views } = parts.journal
  const rows: ListedRequest[] = []
  for await (const { key, value } of views.scan(keys.codes)) {
    const record = value as unknown as CodeRecord
    const holder = wholeHolder(record.codeFor)
    const newest = await views.get(keys.codeOf(holder))
    if (newest?.value !== key.slice(keys.codes.length)) continue
    rows.push(await rowOf(parts, record))
  }
  return rows.toSorted(
    (a, b) =>
      stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state) ||
      compare(a.waiting?.since ?? '', b.waiting?.since ?? '') ||
      compare(a.who, b.who),
  )
}

const stateOrder: readonly ListedRequest['state'][] = [
  'waiting',
  'open',
  'expired',
  'refused',
  'redeemed',
]
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

async function rowOf(parts: ListParts, record: CodeRecord): Promise<ListedRequest> {
  const { expires, codeFor, request: id } = record
  const state = stateOf(record, parts.clock.now())
  const named = await nameOf(parts.directory, codeFor)
  const row: ListedRequest = { ...named, kind: codeFor.kind, state, expires }
  if (state !== 'waiting' || id === undefined) return row
  const found = await parts.journal.views.get(keys.request(id))
  if (found === undefined) return row
  const { since, contested } = found.value as unknown as RequestRecord
  const fingerprint = fingerprintWords(id)
  const waiting = { id, since, fingerprint, ...(contested !== undefined && { contested }) }
  return { ...row, waiting }
}

/** What is not spent ends with its time. */
function stateOf({ state, expires }: CodeRecord, now: Date): ListedRequest['state'] {
  const isSpent = state === 'redeemed' || state === 'refused'
  return !isSpent && isEnrolmentCodeExpired(expires, now) ? 'expired' : state
}

/** A request as a whole. */
export interface WholeRequest extends Named {
  readonly id: Sha256
  readonly kind: 'unit' | 'person'
  /** `expired`: its code's time is over, or another code was given out since. */
  readonly state: 'waiting' | 'approved' | 'refused' | 'expired'
  readonly since: string
  readonly expires: string
  readonly fingerprint: Fingerprint
  /** As the approval names them. */
  readonly certificates: readonly RequestedCertificate[]
  /** Whether wrapped keys were handed over to be kept. */
  readonly keyFile: boolean
  readonly contested?: string
  readonly decision?: Decision
}

/** Throws `ENROLMENT_REQUEST_UNKNOWN`. */
export async function requestOf(parts: ListParts, id: Sha256): Promise<WholeRequest> {
  const { views } = parts.journal
  const record = await requestRecord(views, id)
  const code = (await views.get(keys.code(record.code)))?.value as unknown as CodeRecord
  const newest = await views.get(keys.codeOf(wholeHolder(code.codeFor)))
  const isOver =
    newest?.value !== record.code || isEnrolmentCodeExpired(code.expires, parts.clock.now())
  const { since, certificates, keyFile, contested, decision } = record
  return {
    id,
    ...(await nameOf(parts.directory, code.codeFor)),
    kind: code.codeFor.kind,
    state: record.state === 'waiting' && isOver ? 'expired' : record.state,
    since,
    expires: code.expires,
    fingerprint: fingerprintWords(id),
    certificates,
    keyFile: keyFile !== null,
    ...(contested !== undefined && { contested }),
    ...(decision && { decision }),
  }
}

/** The request file, whose SHA-256 is `id`; throws `ENROLMENT_REQUEST_UNKNOWN`. */
export async function requestFileOf(
  parts: { readonly journal: Journal; readonly blobs: Blobs },
  id: Sha256,
): Promise<Uint8Array> {
  await requestRecord(parts.journal.views, id)
  return parts.blobs.get(id)
}

async function requestRecord(views: Journal['views'], id: Sha256): Promise<RequestRecord> {
  const found = await views.get(keys.request(id))
  if (found === undefined) {
    throw new ProvisioningError('ENROLMENT_REQUEST_UNKNOWN', 'there is no such request')
  }
  return found.value as unknown as RequestRecord
}

/** The wrapped keys of the actor's unit, or of the person; throws `KEY_FILE_ABSENT`. */
export async function keyFileOf(
  { journal, blobs }: { readonly journal: Journal; readonly blobs: Blobs },
  actor: Principal,
): Promise<Uint8Array> {
  const holder = actor.kind === 'seat' ? holders.unit(actor.unit) : actor.holder
  const found = await journal.views.get(keys.keyFile(holder))
  if (found === undefined) {
    throw new ProvisioningError('KEY_FILE_ABSENT', 'no key file was handed over')
  }
  return blobs.get(found.value as Sha256)
}

/** Whether a unit or person (`unit:…`, `person:…`) enrolled. */
export async function hasEnrolled(
  { journal }: Pick<ListParts, 'journal'>,
  holder: string,
): Promise<boolean> {
  return (await journal.views.get(keys.enrolled(holder))) !== undefined
}

/** One of the three administrators, and whether they enrolled. */
export interface ListedPerson extends Person {
  readonly enrolled: boolean
}

export async function listPeople(
  parts: Pick<ListParts, 'journal' | 'directory'>,
): Promise<ListedPerson[]> {
  const people = await parts.directory.people()
  const enrolled = await parts.journal.views.getMany(
    people.map(({ id }) => keys.enrolled(holders.person(id))),
  )
  return people.map((person, at) => ({ ...person, enrolled: enrolled[at] !== undefined }))
}
