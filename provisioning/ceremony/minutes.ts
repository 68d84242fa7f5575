/** Minutes of a ceremony (docs/formats/ceremony.md): what a box keeps, its root key signs and an auditor reads. Pure. */
import * as z from 'zod'
import { canonicalJson, ceremonyKinds } from '../../ca/index.ts'

export const minutesFormat = 'sealbox-ceremony/1'

const words = z.string().max(500)
const name = z.string().min(1).max(64)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const moment = z.iso.datetime()
const count = z.int().min(0)

const certificate = z.strictObject({
  /** Name of the key, or of the link: `root-2`, `new-with-old` … */
  key: name,
  role: name,
  generation: z.int().min(1),
  sha256,
  subject: z.string().max(1000),
  notBefore: moment,
  notAfter: moment,
  algorithm: name,
  /** Where the private key is: in shares, in a sealed file, on a token; of a link nowhere. */
  store: z.enum(['shares', 'file', 'token', 'none']),
})

const minutesSchema = z.strictObject({
  format: z.literal(minutesFormat),
  kind: z.enum(ceremonyKinds),
  ceremony: z.string().regex(/^[0-9a-f]{32}$/),
  box: z.strictObject({
    id: name,
    mode: z.enum(['trial', 'production']),
    districtName: name,
    hostNames: z.array(z.string().max(253)).max(20),
    pkiUrl: z.string().max(300),
    zone: z.string().max(64),
  }),
  heldAt: moment,
  place: words,
  present: z.array(z.strictObject({ name, part: words })).max(100),
  // Boxes whose ceremony was before there was a verifier have none in their minutes.
  software: z.strictObject({ version: name, signer: sha256, verifier: sha256.optional() }),
  root: sha256,
  certificates: z.array(certificate).max(100),
  lists: z.array(z.strictObject({ key: name, number: count, nextUpdate: moment, sha256 })).max(20),
  shares: z
    .strictObject({ needed: z.int().min(2), custodians: z.array(name).min(2).max(255) })
    .nullable(),
  opened: z.array(z.strictObject({ number: z.int().min(1), custodian: name })).max(255),
  officers: z.array(name).max(20),
  dismissed: z.array(name).max(100),
  rehearsal: z.strictObject({ certificates: count, lists: count }),
  reason: words,
})

export type Minutes = z.infer<typeof minutesSchema>

/** More than any ceremony has to say. */
const maxMinutesBytes = 256 * 1024

/** The octets that are hashed, kept and signed; throws a `ZodError` for what is no minutes. */
export function writeMinutes(minutes: Minutes): Uint8Array {
  return canonicalJson(minutesSchema.parse(minutes))
}

/** Reads minutes; undefined for what is none. */
export function readMinutes(bytes: Uint8Array): Minutes | undefined {
  if (bytes.length > maxMinutesBytes) return undefined
  try {
    return minutesSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return undefined
  }
}
