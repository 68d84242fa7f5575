/**
 * An enrolment on its way, as this browser keeps it: what was asked for and the keys, wrapped; so that a page that was closed goes
 * on. The code stands here in clear: it is bound to these keys already. Passphrase and unwrapped keys never do.
 */
import * as z from 'zod'
import { checkKeyFile, type KeyFile } from '../../../provisioning/kit/index.ts'
import type { Store } from '../store.ts'

const base64 = z.string().max(1_000_000)
const request = z.strictObject({
  profile: z.string(),
  seat: z.exactOptional(z.string()),
  /** PKCS#10, base64. */
  request: base64,
  /** SubjectPublicKeyInfo, base64. */
  publicKey: base64,
})

const certificate = z.object({
  profile: z.string(),
  seat: z.exactOptional(z.string()),
  /** DER, base64. */
  certificate: base64,
})

/** What the box hands out: certificates, and the authorities from the issuing one to the root. */
export const issuedShape = z.object({
  certificates: z.array(certificate).max(40),
  chain: z.array(base64).min(1).max(8),
})
export type Issued = z.infer<typeof issuedShape>

const schema = z.strictObject({
  v: z.literal(1),
  code: z.string(),
  who: z.string(),
  name: z.string(),
  role: z.exactOptional(z.string()),
  box: z.strictObject({ id: z.string(), journalCertificate: base64 }),
  /** The root that was compared with the sheet: DER, base64. */
  root: base64,
  requests: z.array(request).max(40),
  /** Signing keys, as the box keeps them wrapped too. */
  keyFile: z.unknown(),
  /** Log-in keys, wrapped the same way, which leave this browser as PKCS#12 only. */
  loginFile: z.unknown(),
  /** What was taken away so far: names of the checklist. */
  taken: z.array(z.string()).max(20),
  issued: z.exactOptional(issuedShape),
})

export const requestShape = request
export type PendingRequest = z.infer<typeof request>
export interface Pending extends Omit<z.infer<typeof schema>, 'keyFile' | 'loginFile'> {
  readonly keyFile: KeyFile
  readonly loginFile: KeyFile
}

const key = 'sealbox/enrolment'

/** The one on its way in this browser, or undefined. */
export function readPending(store: Store): Pending | undefined {
  const { data } = schema.safeParse(store.read(key))
  if (data === undefined) return undefined
  try {
    return {
      ...data,
      keyFile: checkKeyFile(data.keyFile),
      loginFile: checkKeyFile(data.loginFile),
    }
  } catch {
    return undefined
  }
}

export function writePending(store: Store, pending: Pending): void {
  store.write(key, pending)
}

export function dropPending(store: Store): void {
  store.remove(key)
}
