/** Entries of enrolment, folded into the views of codes, requests and wrapped key files. Pure. */
import type { Entry, Fold, Json, Put, Sha256 } from '../../ca/index.ts'
import type { StatementBinding } from '../../exchange/index.ts'
import type { RequestedCertificate } from '../kit/at_the_box.ts'
import { wholeHolder } from './codes.ts'
import { boxOpened } from './opening.ts'
import { keys, type CodeRecord, type RequestRecord } from './types.ts'

type Issued = {
  readonly code: Sha256
  readonly record: CodeRecord
  /** Of a code that was ordered by itself. */
  readonly statement?: Sha256
}
type Redeemed = { readonly code: Sha256; readonly holder: string; readonly keyFile: Sha256 | null }
/** `data` of `enrolment.requested`. */
export type Requested = {
  readonly code: Sha256
  readonly request: Sha256
  readonly certificates: readonly RequestedCertificate[]
  /** Some of what the code stands for. */
  readonly part?: true
  readonly proofs: Sha256
  readonly keyFile: Sha256 | null
}
/** `data` of `enrolment.approved` and `enrolment.refused`. */
export type Decided = {
  readonly code: Sha256
  readonly request: Sha256
  readonly holder: string
  readonly keyFile: Sha256 | null
  /** Some certificates are still wanting: a further code may be given out for them. */
  readonly part?: true
} & StatementBinding
/** `data` of `enrolment.contested`. */
export type Contested = { readonly request: Sha256 }

/** Whoever issues for a holder and profile sees what was issued last, so that no two do at once. */
const certificateIssued: Fold = {
  type: 'certificate.issued',
  reads: () => [],
  apply: (entry) => {
    const { holder, profile, sha256 } = entry.data as unknown as NewCertificate
    return [{ key: keys.newest(holder, profile), value: sha256 }]
  },
}
type NewCertificate = {
  readonly holder: string
  readonly profile: string
  readonly sha256: Sha256
}

export const enrolmentFolds: readonly Fold[] = [
  certificateIssued,
  boxOpened,
  {
    type: 'enrolment.code-issued',
    reads: () => [],
    apply: (entry) => {
      const { code, record, statement } = entry.data as unknown as Issued
      return [
        ...(statement === undefined ? [] : [{ key: keys.order(statement), value: code }]),
        { key: keys.code(code), value: record },
        { key: keys.codeOf(wholeHolder(record.codeFor)), value: code },
      ]
    },
  },
  {
    type: 'enrolment.requested',
    reads: (entry) => [keys.code((entry.data as unknown as Requested).code)],
    apply: (entry, values) => {
      const { code, request, ...asked } = entry.data as unknown as Requested
      const record: RequestRecord = { code, ...asked, state: 'waiting', since: entry.time }
      return [
        codePut(values, code, { state: 'waiting', request }),
        { key: keys.request(request), value: record },
      ]
    },
  },
  {
    type: 'enrolment.contested',
    reads: (entry) => [keys.request((entry.data as unknown as Contested).request)],
    apply: (entry, values) => {
      const { request } = entry.data as unknown as Contested
      return [requestPut(values, request, { contested: entry.time })]
    },
  },
  {
    type: 'enrolment.approved',
    reads: decidedReads,
    apply: (entry, values) => {
      const { code, holder, keyFile, part } = entry.data as unknown as Decided
      return [
        codePut(values, code, { state: 'redeemed' }),
        decidedPut(entry, values, 'approved'),
        ...(part ? [] : enrolledPuts(entry, holder, keyFile)),
      ]
    },
  },
  {
    type: 'enrolment.refused',
    reads: decidedReads,
    apply: (entry, values) => {
      const { code } = entry.data as unknown as Decided
      return [codePut(values, code, { state: 'refused' }), decidedPut(entry, values, 'refused')]
    },
  },
  {
    type: 'enrolment.redeemed',
    reads: (entry) => [keys.code((entry.data as unknown as Redeemed).code)],
    apply: (entry, values) => {
      const { code, holder, keyFile } = entry.data as unknown as Redeemed
      return [codePut(values, code, { state: 'redeemed' }), ...enrolledPuts(entry, holder, keyFile)]
    },
  },
]

type Values = ReadonlyMap<string, Json>

function decidedReads(entry: Entry): string[] {
  const { code, request } = entry.data as unknown as Decided
  return [keys.code(code), keys.request(request)]
}

function decidedPut(entry: Entry, values: Values, state: 'approved' | 'refused'): Put {
  const { request, statement, signature } = entry.data as unknown as Decided
  const decision = { by: entry.actor.holder, at: entry.time, statement, signature }
  return requestPut(values, request, { state, decision })
}

function enrolledPuts(entry: Entry, holder: string, keyFile: Sha256 | null): Put[] {
  return [
    { key: keys.enrolled(holder), value: entry.index },
    ...(keyFile === null ? [] : [{ key: keys.keyFile(holder), value: keyFile }]),
  ]
}

function codePut(values: Values, code: Sha256, change: Partial<CodeRecord>): Put {
  const record = values.get(keys.code(code)) as unknown as CodeRecord
  return { key: keys.code(code), value: { ...record, ...change } }
}

function requestPut(values: Values, request: Sha256, change: Partial<RequestRecord>): Put {
  const record = values.get(keys.request(request)) as unknown as RequestRecord
  return { key: keys.request(request), value: { ...record, ...change } }
}
