/**
 * Whether the parts of a sign request agree: with the act it is for, with who is to sign, and with each other. One row an act;
 * what no row knows is refused. Pure.
 */
import * as z from 'zod'
import { canonicalJson, equal, sha256Hex } from '../../ca/path/index.ts'
import { ExchangeError } from '../errors.ts'
import { readOrderStatement } from '../order/read.ts'
import type { StatementType, UnsignedStatement } from '../statement/types.ts'
import { readRequestFile, requestedCertificates } from './request_file.ts'
import type { RequestFile, SignAct, SignRequest } from './sign_request.ts'

/** The seal of a PDF is without a statement, and so is a second signature over a statement that is there. */
interface Row {
  readonly by: 'seat' | 'person'
  readonly statement?: StatementType
  /** Shape of the API path; `statement` fills it where there is one. */
  readonly path: RegExp
  readonly pathOf?: (statement: UnsignedStatement) => string
  readonly body: z.ZodType
  /** Name of the part that does not agree. */
  readonly disagrees: (request: SignRequest) => string | undefined
  /** Likewise, where it takes the bytes of the one file. */
  readonly disagreesWith?: (request: SignRequest, file: Uint8Array) => string | undefined
}

type Of<T extends StatementType> = Extract<UnsignedStatement, { type: T }>

const documentBody = z.strictObject({ ifVersion: z.int().min(0) })
const documentId = '[a-z2-7]{26}'

/** A row of an act with a statement; ties the checks to the statement's type. */
function row<T extends StatementType>(parts: {
  readonly by: Row['by']
  readonly statement: T
  readonly path: RegExp
  readonly pathOf: (statement: Of<T>) => string
  readonly body: z.ZodType
  readonly disagrees: (statement: Of<T>, request: SignRequest) => string | undefined
  readonly disagreesWith?: (statement: Of<T>, file: Uint8Array) => string | undefined
}): Row {
  const { disagrees, disagreesWith, ...rest } = parts
  // The type of the statement is held to the row's before anything else is asked of it.
  const own = {
    disagrees: (request: SignRequest) => disagrees(request.statement as Of<T>, request),
    ...(disagreesWith && {
      disagreesWith: (request: SignRequest, file: Uint8Array) =>
        disagreesWith(request.statement as Of<T>, file),
    }),
  }
  return { ...rest, ...own } as unknown as Row
}

/** A row of an act on a document. */
function documentRow<T extends StatementType>(
  act: string,
  statement: T,
  disagrees: (statement: Of<T>, request: SignRequest) => string | undefined,
): Row {
  return row<T>({
    by: 'seat',
    statement,
    path: documentPath(act),
    pathOf: (own) => `/api/v1/documents/${(own as { document: string }).document}/acts/${act}`,
    body: documentBody,
    disagrees,
  })
}

const documentPath = (act: string): RegExp =>
  new RegExp(`^/api/v1/documents/${documentId}/acts/${act}$`)

const decisionPath = (act: string): RegExp =>
  new RegExp(`^/api/v1/requests/[0-9a-f]{64}/acts/${act}$`)

const orderPath = (act: string): RegExp => new RegExp(`^/api/v1/orders/[0-9a-f]{64}/acts/${act}$`)

/** The order that a path names. */
const orderIn = (path: string): string => path.split('/')[4] ?? ''

/** A recipient sees no pages before it signed for them; what is shown must be the file itself. */
const atMostThePages = (
  statement: { readonly documentHash: string },
  { files }: SignRequest,
): string | undefined =>
  files.length === 0 || isOnly(files, 'pdf', statement.documentHash) ? undefined : 'files'

const rows: Readonly<Record<SignAct, Row>> = {
  approve: documentRow('approve', 'sealbox.approval', (statement, { files }) => {
    const [looked, ...attachments] = files
    const isApproved =
      (looked?.as === 'draft' || looked?.as === 'pdf') && looked.sha256 === statement.approved
    const named = attachments.map(({ as, name, sha256 }) => ({ as, name, sha256 }))
    const wanted = statement.attachments.map(({ fileName: name, sha256 }) => ({
      as: 'attachment',
      name,
      sha256,
    }))
    return isApproved && equal(canonicalJson(named), canonicalJson(wanted)) ? undefined : 'files'
  }),
  seal: {
    by: 'seat',
    path: documentPath('seal'),
    body: documentBody,
    disagrees: ({ seal, files }) => {
      if (seal === undefined) return 'seal'
      return isOnly(files, 'pdf', seal.file) ? undefined : 'files'
    },
  },
  dispatch: documentRow('dispatch', 'sealbox.dispatch', (statement, { files }) =>
    isOnly(files, 'pdf', statement.documentHash) ? undefined : 'files',
  ),
  'sign-for': documentRow('sign-for', 'sealbox.receipt', atMostThePages),
  return: documentRow('return', 'sealbox.return', atMostThePages),
  register: row({
    by: 'person',
    statement: 'sealbox.registration',
    path: /^\/api\/v1\/units\/acts\/register$/,
    pathOf: () => '/api/v1/units/acts/register',
    body: z.strictObject({}),
    disagrees: (statement, { files }) =>
      isOnly(files, 'roster', statement.roster) ? undefined : 'files',
  }),
  appoint: row({
    by: 'person',
    statement: 'sealbox.appointment',
    path: /^\/api\/v1\/people\/acts\/appoint$/,
    pathOf: () => '/api/v1/people/acts/appoint',
    body: z.strictObject({ id: z.string(), role: z.string() }),
    disagrees: ({ id, role }, { body, files }) => {
      if (body['id'] !== id) return 'body.id'
      if (body['role'] !== role) return 'body.role'
      return files.length === 0 ? undefined : 'files'
    },
  }),
  'issue-code': row({
    by: 'person',
    statement: 'sealbox.code',
    path: /^\/api\/v1\/(?:units\/[0-9A-Z]{18}|people\/[a-z][a-z0-9-]*)\/acts\/issue-code$/,
    // A credit code has no small letter, and an identifier of a person begins with one.
    pathOf: ({ who }) =>
      `/api/v1/${/^[a-z]/.test(who) ? 'people' : 'units'}/${who}/acts/issue-code`,
    body: z.strictObject({}),
    disagrees: (_statement, { files }) => (files.length === 0 ? undefined : 'files'),
  }),
  'approve-request': row({
    by: 'person',
    statement: 'sealbox.enrolment-approval',
    path: decisionPath('approve'),
    pathOf: ({ request }) => `/api/v1/requests/${request}/acts/approve`,
    body: z.strictObject({}),
    disagrees: (statement, { files }) =>
      isOnly(files, 'requests', statement.request) ? undefined : 'files',
    disagreesWith: ({ certificates }, file) =>
      namesKeysOf(certificates, file) ? undefined : 'statement.certificates',
  }),
  'approve-requests': row({
    by: 'person',
    statement: 'sealbox.enrolment-approvals',
    path: /^\/api\/v1\/requests\/acts\/approve$/,
    pathOf: () => '/api/v1/requests/acts/approve',
    body: z.strictObject({}),
    disagrees: ({ requests }, { files }) => {
      const isEach =
        files.length === requests.length &&
        requests.every(
          ({ request }, at) => files[at]?.as === 'requests' && files[at].sha256 === request,
        )
      return isEach && new Set(requests.map(({ request }) => request)).size === requests.length
        ? undefined
        : 'files'
    },
    disagreesWith: ({ requests }, file) => {
      const name = sha256Hex(file)
      const own = requests.find(({ request }) => request === name)
      return own !== undefined && namesKeysOf(own.certificates, file)
        ? undefined
        : 'statement.requests'
    },
  }),
  'refuse-request': row({
    by: 'person',
    statement: 'sealbox.enrolment-refusal',
    path: decisionPath('refuse'),
    pathOf: ({ request }) => `/api/v1/requests/${request}/acts/refuse`,
    body: z.strictObject({}),
    disagrees: (_statement, { files }) => (files.length === 0 ? undefined : 'files'),
  }),
  revoke: row({
    by: 'person',
    statement: 'sealbox.revocation',
    path: /^\/api\/v1\/certificates\/[0-9a-f]{64}\/acts\/revoke$/,
    pathOf: ({ certificate }) => `/api/v1/certificates/${certificate}/acts/revoke`,
    body: z.strictObject({ reason: z.string(), invalidityDate: z.string().nullable() }),
    disagrees: (statement, { body, files, words }) => {
      if (body['reason'] !== statement.reason) return 'body.reason'
      if (body['invalidityDate'] !== statement.invalidityDate) return 'body.invalidityDate'
      if (words.certificate && words.certificate.holder !== statement.holder) return 'words'
      return files.length === 0 ? undefined : 'files'
    },
  }),
  release: row({
    by: 'person',
    statement: 'sealbox.release',
    path: /^\/api\/v1\/certificates\/[0-9a-f]{64}\/acts\/release$/,
    pathOf: ({ certificate }) => `/api/v1/certificates/${certificate}/acts/release`,
    body: z.strictObject({}),
    disagrees: (statement, { files, words }) => {
      if (words.certificate && words.certificate.holder !== statement.holder) return 'words'
      return files.length === 0 ? undefined : 'files'
    },
  }),
  'propose-order': row({
    by: 'person',
    statement: 'sealbox.order',
    path: /^\/api\/v1\/orders\/acts\/propose$/,
    pathOf: () => '/api/v1/orders/acts/propose',
    body: z.strictObject({}),
    disagrees: (_statement, { files }) => (files.length === 0 ? undefined : 'files'),
  }),
  countersign: {
    by: 'person',
    path: orderPath('countersign'),
    body: z.strictObject({}),
    disagrees: ({ path, files }) => (isOnly(files, 'order', orderIn(path)) ? undefined : 'files'),
    disagreesWith: ({ box, holder }, file) => {
      const order = readOrderStatement(file)
      if (order.box !== box) return 'files.box'
      // Nobody is both officers of an order.
      return order.signer === holder ? 'files.signer' : undefined
    },
  },
  'withdraw-order': row({
    by: 'person',
    statement: 'sealbox.order-withdrawal',
    path: orderPath('withdraw'),
    pathOf: ({ order }) => `/api/v1/orders/${order}/acts/withdraw`,
    body: z.strictObject({}),
    disagrees: (_statement, { files }) => (files.length === 0 ? undefined : 'files'),
  }),
}

/** Whether the certificates that an approval names are those of the keys in the request file, in its order. */
function namesKeysOf(
  certificates: Of<'sealbox.enrolment-approval'>['certificates'],
  file: Uint8Array,
): boolean {
  const wanted = requestedCertificates(readRequestFile(file))
  return equal(canonicalJson(wanted), canonicalJson(certificates))
}

function isOnly(files: readonly RequestFile[], as: RequestFile['as'], sha256: string): boolean {
  const [file, more] = files
  return file?.as === as && file.sha256 === sha256 && more === undefined
}

/** Whether `path` is one to which this act is posted. */
export function isPathOf(act: SignAct, path: string): boolean {
  return rows[act].path.test(path)
}

/** Throws `SIGN_REQUEST_DISAGREES` naming the first part that does not agree with the rest. */
export function requireAgreement(request: SignRequest): void {
  refuse(disagreement(request))
}

/** Likewise, of a statement that speaks of what is in its file, whose hash fits. */
export function requireFileAgreement(request: SignRequest, file: Uint8Array): void {
  refuse(rows[request.act].disagreesWith?.(request, file))
}

function refuse(field: string | undefined): void {
  if (field === undefined) return
  throw new ExchangeError(
    'SIGN_REQUEST_DISAGREES',
    `the sign request contradicts itself (${field}); nothing was signed`,
    { details: { field } },
  )
}

function disagreement(request: SignRequest): string | undefined {
  const { act, holder, path, statement, seal, body } = request
  const own = rows[act]
  if (!isHolder(own.by, holder)) return 'holder'
  if (statement?.type !== own.statement) return 'statement.type'
  if (statement !== undefined && seal !== undefined) return 'seal'
  if (!own.path.test(path)) return 'path'
  if (statement && own.pathOf && own.pathOf(statement) !== path) return 'path'
  if (!own.body.safeParse(body).success) return 'body'
  // Nobody signs for another unit than the one whose seat they hold.
  if (statement && 'unit' in statement && statement.unit !== unitOfHolder(holder)) {
    return 'statement.unit'
  }
  return own.disagrees(request)
}

function isHolder(by: Row['by'], holder: string): boolean {
  return by === 'person' ? /^person:[^/]+$/.test(holder) : unitOfHolder(holder) !== undefined
}

/** The unit of a seat's holder, `seat:CODE/SEAT`; undefined for anyone else. */
export function unitOfHolder(holder: string): string | undefined {
  return /^seat:([0-9A-Z]{18})\/[^/]+$/.exec(holder)?.[1]
}
