/**
 * A renewal on its way, as this browser keeps it: the new keys, wrapped, with what was signed for them; so that a lost answer or a page
 * that was closed costs nothing. Unwrapped keys and the passphrase never stand here.
 */
import * as z from 'zod'
import { checkKeyFile, type KeyFile } from '../../../provisioning/kit/index.ts'
import { issuedShape, requestShape } from '../enrolment/pending.ts'
import type { Store } from '../store.ts'

const base64 = z.string().max(1_000_000)

const schema = z.strictObject({
  v: z.literal(1),
  name: z.string(),
  role: z.exactOptional(z.string()),
  box: z.strictObject({ id: z.string(), journalCertificate: base64 }),
  /** DER, base64. */
  root: base64,
  requests: z.array(requestShape).max(40),
  /** Signed statements, as the act takes them. */
  signed: z.array(z.unknown()).max(8),
  keyFile: z.unknown(),
  /** Log-in keys; null if none is renewed. */
  loginFile: z.unknown(),
  taken: z.array(z.string()).max(20),
  issued: z.exactOptional(issuedShape),
})

export interface PendingRenewal extends Omit<z.infer<typeof schema>, 'keyFile' | 'loginFile'> {
  readonly keyFile: KeyFile
  readonly loginFile: KeyFile | null
}

const key = (box: string, owner: string): string => `sealbox/${box}/renewal/${owner}`

/** The one of this unit or person that is on its way, or undefined. */
export function readRenewal(store: Store, box: string, owner: string): PendingRenewal | undefined {
  const { data } = schema.safeParse(store.read(key(box, owner)))
  if (data === undefined) return undefined
  try {
    const { keyFile, loginFile, ...rest } = data
    return {
      ...rest,
      keyFile: checkKeyFile(keyFile),
      loginFile: loginFile === null ? null : checkKeyFile(loginFile),
    }
  } catch {
    return undefined
  }
}

export function writeRenewal(
  store: Store,
  of: { readonly box: string; readonly owner: string; readonly pending: PendingRenewal },
): void {
  store.write(key(of.box, of.owner), of.pending)
}

export function dropRenewal(store: Store, box: string, owner: string): void {
  store.remove(key(box, owner))
}
