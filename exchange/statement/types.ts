/**
 * Statements of binding acts (design 3): canonical JSON (RFC 8785) that a unit signs with `seat-signing`, or an officer with
 * theirs, as detached CMS. Each carries its type and version; the schemas refuse anything more or less. Pure.
 */
import * as z from 'zod'
import {
  canonicalJson,
  revocationReasons,
  type RevocationReason,
  type Sha256,
} from '../../ca/path/index.ts'
import { personIdPattern, roles } from '../directory/types.ts'
import { orderSchema } from '../order/acts.ts'

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Sha256)
const uscc = z.string().regex(/^[0-9A-HJ-NPQRTUWXY]{18}$/)
const personId = z.string().regex(personIdPattern)
/** A unit by its credit code, or a person. */
const who = z.union([uscc, personId])
const moment = z.iso.datetime({ precision: 3 })
const reason = z.string().trim().min(1).max(1000)
/** The journal head the signer saw last: size and RFC 6962 root, or null before the first. */
const head = z.strictObject({ size: z.int().min(0), root: z.base64().length(44) }).nullable()

/** What every statement says: which box, who, when, how often this key signed, which head it saw. */
const common = {
  v: z.literal(1),
  box: z.string().min(1).max(64),
  signer: z.string().min(1).max(100),
  at: moment,
  keyUse: z.int().min(1),
  head,
}
const aboutDocument = { ...common, document: z.string().regex(/^[a-z2-7]{26}$/) }
const attachment = z.strictObject({
  name: z.string(),
  fileName: z.string(),
  bytes: z.int().min(0),
  sha256,
})

/** Whose certificate: a hash alone would leave it to the box to say. */
const whose = {
  /** As in the register: `seat:CODE/SEAT`, `unit:CODE`, `person:ID`. */
  holder: z.string().min(1).max(100),
  /** Serial number, hexadecimal octets without a sign octet. */
  serial: z.string().regex(/^(?:[0-9a-f]{2}){1,20}$/),
}

/** One certificate that an enrolment asks for; `seat` is null for a unit's seal and for people. */
const requestedCertificate = z.strictObject({
  profile: z.string().min(1).max(40),
  seat: z.string().min(1).max(40).nullable(),
  /** SHA-256 of the DER SubjectPublicKeyInfo. */
  publicKey: sha256,
})

/** What becomes of the certificates of who enrols anew: nothing; or they end with the new ones; or at once. */
export const oldCertificates = ['keep', 'superseded', 'keyCompromise'] as const
export type OldCertificates = (typeof oldCertificates)[number]

/** Requests that one signature approves: their names travel in an address. */
export const maxApprovals = 100

export const statementSchemas = {
  'sealbox.approval': z.strictObject({
    type: z.literal('sealbox.approval'),
    ...aboutDocument,
    unit: uscc,
    approved: sha256,
    attachments: z.array(attachment).max(100),
    opinion: z.string().max(1000),
  }),
  'sealbox.dispatch': z.strictObject({
    type: z.literal('sealbox.dispatch'),
    ...aboutDocument,
    unit: uscc,
    documentHash: sha256,
    number: z.strictObject({ series: z.string(), year: z.int(), number: z.int() }),
    main: z.array(uscc).min(1).max(500),
    copies: z.array(uscc).max(500),
    deadline: moment.nullable(),
  }),
  'sealbox.receipt': z.strictObject({
    type: z.literal('sealbox.receipt'),
    ...aboutDocument,
    unit: uscc,
    documentHash: sha256,
    dispatch: sha256,
    count: z.int().min(1),
  }),
  'sealbox.return': z.strictObject({
    type: z.literal('sealbox.return'),
    ...aboutDocument,
    unit: uscc,
    documentHash: sha256,
    dispatch: sha256,
    reason,
  }),
  'sealbox.registration': z.strictObject({
    type: z.literal('sealbox.registration'),
    ...common,
    roster: sha256,
    units: z.array(uscc).min(1).max(1000),
  }),
  'sealbox.appointment': z.strictObject({
    type: z.literal('sealbox.appointment'),
    ...common,
    id: personId,
    role: z.enum(roles),
  }),
  'sealbox.code': z.strictObject({
    type: z.literal('sealbox.code'),
    ...common,
    who,
    /** Of a holder that enrolled before: that it enrols anew, and what becomes of its certificates. */
    old: z.exactOptional(z.enum(oldCertificates)),
  }),
  'sealbox.enrolment-approval': z.strictObject({
    type: z.literal('sealbox.enrolment-approval'),
    ...common,
    request: sha256,
    who,
    certificates: z.array(requestedCertificate).min(1).max(20),
  }),
  'sealbox.enrolment-approvals': z.strictObject({
    type: z.literal('sealbox.enrolment-approvals'),
    ...common,
    requests: z
      .array(
        z.strictObject({
          request: sha256,
          who,
          certificates: z.array(requestedCertificate).min(1).max(20),
        }),
      )
      .min(1)
      .max(maxApprovals),
  }),
  'sealbox.renewal': z.strictObject({
    type: z.literal('sealbox.renewal'),
    ...common,
    request: sha256,
    who,
    certificates: z.array(requestedCertificate).min(1).max(20),
  }),
  'sealbox.enrolment-refusal': z.strictObject({
    type: z.literal('sealbox.enrolment-refusal'),
    ...common,
    request: sha256,
    who,
    reason,
  }),
  'sealbox.revocation': z.strictObject({
    type: z.literal('sealbox.revocation'),
    ...common,
    certificate: sha256,
    ...whose,
    reason: z.enum(Object.keys(revocationReasons) as [RevocationReason]),
    invalidityDate: moment.nullable(),
  }),
  'sealbox.release': z.strictObject({
    type: z.literal('sealbox.release'),
    ...common,
    certificate: sha256,
    ...whose,
  }),
  /** A grave act: a second officer signs the very same bytes. */
  'sealbox.order': z.strictObject({
    type: z.literal('sealbox.order'),
    ...common,
    order: orderSchema,
    reason,
    expires: moment,
  }),
  'sealbox.order-withdrawal': z.strictObject({
    type: z.literal('sealbox.order-withdrawal'),
    ...common,
    order: sha256,
  }),
} as const

export type StatementType = keyof typeof statementSchemas
export type StatementOf<T extends StatementType> = z.infer<(typeof statementSchemas)[T]>
export type Statement = { [T in StatementType]: StatementOf<T> }[StatementType]
/** A statement before somebody signs it: without what the signer alone can say. */
export type UnsignedStatement = {
  [T in StatementType]: Omit<StatementOf<T>, keyof typeof common>
}[StatementType]

const signersOwn = { v: true, box: true, signer: true, at: true, keyUse: true, head: true } as const
/** One row of the table as far as all are alike. */
type AnyStatement = z.ZodObject<typeof common & { readonly type: z.ZodLiteral<StatementType> }>

/** A statement as somebody is asked to sign it; what is the signer's own to say is not in it. */
export const unsignedStatementSchema = z.discriminatedUnion(
  'type',
  Object.values(statementSchemas).map((schema) =>
    (schema as unknown as AnyStatement).omit(signersOwn),
  ) as unknown as [AnyStatement],
) as unknown as z.ZodType<UnsignedStatement>

/** The bytes that are hashed, signed and kept. */
export function statementBytes(statement: Statement): Uint8Array {
  return canonicalJson(statement)
}
