/** The disk's key sealed by a TPM, as a token of the LUKS2 header (docs/formats/data-partition.md). Pure. */
import * as z from 'zod'
import { DiskError } from './errors.ts'

export const sealedKeyType = 'sealbox-tpm2'

const base64 = z.base64().max(1000)
const digest = z.string().regex(/^[0-9a-f]{64}$/)

const schema = z.strictObject({
  type: z.literal(sealedKeyType),
  /** The slot that the key opens; LUKS2 wants decimal texts. */
  keyslots: z.array(z.string().regex(/^\d{1,2}$/)).length(1),
  version: z.literal(1),
  /** TPM2B_PUBLIC and TPM2B_PRIVATE of the sealed object. */
  public: base64,
  private: base64,
  /** PCR 7 it is bound to: only to tell people what changed, the TPM compares by itself. */
  pcr7: digest,
  /** Name of the owner's policy key, hexadecimal. */
  policyKey: z.string().regex(/^000b[0-9a-f]{64}$/),
  pin: z.boolean(),
})

/** What a TPM sealed, and under which policy. */
export interface SealedKey {
  readonly public: Uint8Array
  readonly private: Uint8Array
  /** 64 hexadecimal digits. */
  readonly pcr7: string
  readonly policyKey: string
  readonly pin: boolean
}

/** The token's JSON. */
export function writeSealedKey(sealed: SealedKey, slot: number): string {
  return JSON.stringify({
    type: sealedKeyType,
    keyslots: [String(slot)],
    version: 1,
    public: Buffer.from(sealed.public).toString('base64'),
    private: Buffer.from(sealed.private).toString('base64'),
    ...{ pcr7: sealed.pcr7, policyKey: sealed.policyKey, pin: sealed.pin },
  })
}

/** Reads a token. Throws `DISK_TOKEN_MALFORMED`: the header is not protected against whoever has the disk in hand. */
export function readSealedKey(token: unknown): SealedKey & { readonly slot: number } {
  const parsed = schema.safeParse(token)
  if (!parsed.success) {
    throw new DiskError('DISK_TOKEN_MALFORMED', 'the sealed key in the header is none of ours')
  }
  const { keyslots, pcr7, policyKey, pin, ...areas } = parsed.data
  return {
    ...{ pcr7, policyKey, pin, slot: Number(keyslots[0]) },
    public: new Uint8Array(Buffer.from(areas.public, 'base64')),
    private: new Uint8Array(Buffer.from(areas.private, 'base64')),
  }
}
