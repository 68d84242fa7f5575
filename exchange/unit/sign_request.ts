/**
 * The sign request and its answer (`docs/formats/sign-request.md`): the one way in which something is put before a unit or an
 * officer to be signed, online and as the files `NAME.signreq` and `NAME.signed`. Shapes and limits only; whether a request's
 * parts agree with each other is `answer.ts`. Pure, isomorphic.
 */
import * as z from 'zod'
import { fromBase64, type Json, type Sha256 } from '../../ca/path/index.ts'
import { ExchangeError } from '../errors.ts'
import { unsignedStatementSchema } from '../statement/types.ts'

/** Acts of units, then of officers. */
export const signActs = [
  'approve',
  'seal',
  'dispatch',
  'sign-for',
  'return',
  'register',
  'appoint',
  'issue-code',
  'approve-request',
  'approve-requests',
  'refuse-request',
  'revoke',
  'release',
  'propose-order',
  'countersign',
  'withdraw-order',
] as const
export type SignAct = (typeof signActs)[number]

/** A PDF of 100 MB in base64, twice in the worst case (file and what seals append), and the rest. */
export const maxSignRequestBytes = 300 * 1024 * 1024
/** The largest file that is shown: an upload of 100 MB with its seals. */
const maxFileBytes = 110 * 1024 * 1024
const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4
/** What a seal appends: mark, field, empty /Contents; an uploaded file's rewritten objects. */
const maxAppendBytes = 16 * 1024 * 1024

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Sha256)
const moment = z.iso.datetime({ precision: 3 })
const text = (max: number) => z.string().max(max)
/** Not looked at character by character: what it decodes to is hashed and compared. */
const base64 = (maxBytes: number) => z.string().max(base64Length(maxBytes))

const file = z.strictObject({
  as: z.enum(['draft', 'pdf', 'attachment', 'roster', 'requests', 'order']),
  name: text(300),
  sha256,
  /** Base64, in a request that travels as a file. */
  bytes: z.exactOptional(base64(maxFileBytes)),
  /** Path on the box, in a request that is answered online. */
  href: z.exactOptional(text(500).regex(/^\/api\/v1\//)),
})
export type RequestFile = z.infer<typeof file>

const seal = z.strictObject({
  /** Claimed time of sealing, /M. */
  at: moment,
  /** SHA-256 of the seal certificate. */
  certificate: sha256,
  /** SHA-256 of the file before this seal. */
  file: sha256,
  contentsAt: z.int().min(0),
  contentsBytes: z.int().min(1).max(1_048_576),
  /** What follows the file in the prepared PDF, base64. */
  append: base64(maxAppendBytes),
})
export type RequestedSeal = z.infer<typeof seal>

/** What the box says of the matter: shown as the box's words, never checked. */
const words = z.strictObject({
  title: z.exactOptional(text(1000)),
  kind: z.exactOptional(text(100)),
  issuers: z.exactOptional(z.array(text(200)).max(100)),
  urgency: z.exactOptional(text(20)),
  pages: z.exactOptional(z.int().min(0)),
  /** As painted, 代字〔year〕number号. */
  number: z.exactOptional(text(100)),
  deadline: z.exactOptional(moment),
  /** Names of the units and people that the statement names by code. */
  names: z.exactOptional(z.record(text(100), text(200))),
  /** Subject, profile and holder of a certificate that is to be revoked or released. */
  certificate: z.exactOptional(
    z.strictObject({ subject: text(1000), profile: text(40), holder: text(100) }),
  ),
})
export type BoxWords = z.infer<typeof words>

const journal = z.strictObject({
  /** The signed checkpoint of the head now. */
  checkpoint: text(128 * 1024),
  /** Size of the head that `proof` starts from; null without one. */
  from: z.int().min(0).nullable(),
  /** Consistency proof (RFC 6962 2.1.2), hexadecimal. */
  proof: z.array(text(64)).max(64),
})
export type JournalProof = z.infer<typeof journal>

const scalar = z.union([text(2000), z.number(), z.boolean(), z.null()])

export const signRequestSchema = z.strictObject({
  type: z.literal('sealbox-signreq'),
  v: z.literal(1),
  act: z.enum(signActs),
  box: text(64).min(1),
  /** Who must sign: `seat:CODE/SEAT` or `person:ID`. */
  holder: text(100).min(1),
  /** API path of the act that the answer is posted to. */
  path: text(300).regex(/^\/api\/v1\/[\w/.:-]+$/),
  /** Fields of the act's body that are no signature material. */
  body: z.record(text(40), scalar),
  statement: z.exactOptional(unsignedStatementSchema),
  seal: z.exactOptional(seal),
  files: z.array(file).max(120),
  words,
  journal,
})
export type SignRequest = z.infer<typeof signRequestSchema>

export const signedSchema = z.strictObject({
  type: z.literal('sealbox-signed'),
  v: z.literal(1),
  act: z.enum(signActs),
  path: text(300),
  /** `Idempotency-Key` of the act: the same answer twice is one act. */
  once: z.string().regex(/^[\x21-\x7e]{8,64}$/),
  /** What it must hold is the act's to say. */
  body: z.record(text(40), z.unknown()),
})
/** What comes back from the signer: the file `NAME.signed`. */
export interface Signed {
  readonly type: 'sealbox-signed'
  readonly v: 1
  readonly act: SignAct
  readonly path: string
  readonly once: string
  readonly body: Readonly<Record<string, Json>>
}

/** A request from its JSON value; throws `SIGN_REQUEST_MALFORMED` naming the field. */
export function checkSignRequest(value: unknown): SignRequest {
  const parsed = signRequestSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw malformed('SIGN_REQUEST_MALFORMED', parsed.error)
}

/** An answer from its JSON value; throws `SIGNED_MALFORMED` naming the field. */
export function checkSigned(value: unknown): Signed {
  const parsed = signedSchema.safeParse(value)
  if (parsed.success) return parsed.data as Signed
  throw malformed('SIGNED_MALFORMED', parsed.error)
}

/** Reads the bytes of a `.signreq`; throws `SIGN_REQUEST_MALFORMED`. */
export function readSignRequest(bytes: Uint8Array): SignRequest {
  if (bytes.length > maxSignRequestBytes) throw unreadable('larger than a sign request can be')
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw unreadable('not JSON in UTF-8')
  }
  return checkSignRequest(value)
}

/** Base64 that came in a request; throws `SIGN_REQUEST_MALFORMED`. */
export function decodeField(field: string, base64Text: string): Uint8Array {
  try {
    return fromBase64(base64Text)
  } catch {
    throw unreadable(`${field} is not base64`)
  }
}

function malformed(
  code: 'SIGN_REQUEST_MALFORMED' | 'SIGNED_MALFORMED',
  error: z.ZodError,
): ExchangeError {
  const [issue] = error.issues
  return new ExchangeError(code, 'the file is not of this kind and version', {
    details: { field: issue?.path.join('.') ?? '', rule: issue?.message ?? '' },
  })
}

function unreadable(rule: string): ExchangeError {
  return new ExchangeError('SIGN_REQUEST_MALFORMED', `no sign request: ${rule}`, {
    details: { field: '', rule },
  })
}
