/**
 * What the box and the process of its issuing keys say to each other: HTTP over a Unix socket, a route for each thing that may be asked
 * (docs/formats/keys-process.md). No route gives a key away. Pure.
 */
import * as z from 'zod'

/** The socket of the image; systemd makes it (sealbox-keys.socket). */
export const keysSocket = '/run/sealbox-keys/socket'

/** A list of 100,000 revoked certificates has 4 MB. */
export const maxBodyBytes = 16 * 1024 * 1024

/** Keys of issuing authorities, by generation, and no others. */
export const issuingKeyName = /^issuing(?:-[1-9]\d{0,3})?$/

export const keySchema = z.strictObject({
  algorithm: z.enum(['ecdsa-p256-sha256', 'ecdsa-p384-sha384', 'rsa-sha256', 'rsa-pss-sha256']),
  /** SubjectPublicKeyInfo, DER in base64. */
  publicKey: z.base64().max(4000),
})

export const refusalSchema = z.strictObject({
  code: z.string().max(60),
  message: z.string().max(500),
  lint: z.array(z.string().max(100)).max(200),
})

/** How many signatures the process has written down, and the last of them. */
export const statusSchema = z.strictObject({
  certificates: z.int().min(0),
  crls: z.int().min(0),
  /** SHA-256 of the last line of its record; of no line 64 zeros. */
  last: z.string().regex(/^[0-9a-f]{64}$/),
})
export type KeysStatus = z.infer<typeof statusSchema>
