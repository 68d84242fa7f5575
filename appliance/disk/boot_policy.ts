/**
 * What a kernel image brings along to open the data partition: the owner's signature over "measured like this, and no newer version
 * was committed" (docs/formats/boot-policy.md). Section `.pcrsig` of the image; systemd-stub hands it to the initial file system. Pure.
 */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import * as z from 'zod'
import { DiskError } from './errors.ts'
import { pcr11Of, type KernelSections } from './pcr11.ts'
import { approvedPolicy } from './policy_digests.ts'
import { versionNumberOf } from './version_number.ts'

export const bootPolicyFormat = 'sealbox-boot-policy/1'
/** One has some 900 octets; more than this is none. */
export const maxBootPolicyBytes = 8192
/** Signed after the policy (`policyRef` of PolicyAuthorize): a signature for something else opens nothing. */
export const policyPurpose = new TextEncoder().encode('sealbox-data/1')
/** What every TPM 2.0 can verify. */
const keyBits = 2048

const schema = z.strictObject({
  format: z.literal(bootPolicyFormat),
  version: z.string().max(17),
  /** 64 hexadecimal digits. */
  pcr11: z.string().regex(/^[0-9a-f]{64}$/),
  /** SubjectPublicKeyInfo in PEM. */
  publicKey: z.string().max(1000),
  /** RSASSA-PKCS1-v1_5 with SHA-256, base64: it is deterministic, so that an image can be built twice. */
  signature: z.string().max(400),
})

/** A signed policy, checked. */
export interface BootPolicy {
  readonly version: string
  readonly versionNumber: bigint
  readonly pcr11: Uint8Array
  /** PEM. */
  readonly publicKey: string
  readonly signature: Uint8Array
  /** The digest that was signed, 32 octets. */
  readonly approved: Uint8Array
}

/** The text of section `.pcrsig` for an image of `sections`; `privateKey` is RSA-2048 in PEM. Throws `DISK_VERSION_MALFORMED`, `DISK_POLICY_MALFORMED`. */
export function signBootPolicy(image: {
  readonly sections: KernelSections
  readonly version: string
  readonly privateKey: string
}): string {
  const key = createPrivateKey(image.privateKey)
  if (key.asymmetricKeyType !== 'rsa' || key.asymmetricKeyDetails?.modulusLength !== keyBits) {
    throw malformed('the key of the boot policy is RSA of 2048 bits')
  }
  const pcr11 = pcr11Of(image.sections)
  const approved = approvedPolicy({ pcr11, versionNumber: versionNumberOf(image.version) })
  const policy = {
    format: bootPolicyFormat,
    version: image.version,
    pcr11: Buffer.from(pcr11).toString('hex'),
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
    signature: sign('sha256', signedOctets(approved), key).toString('base64'),
  }
  return `${JSON.stringify(policy, null, 2)}\n`
}

/**
 * Reads what the image brought. Throws `DISK_POLICY_MALFORMED` (no such thing, or the signature does not fit) and
 * `DISK_VERSION_MALFORMED`. Whose key it is, only the sealed key of the disk can say.
 */
export function readBootPolicy(text: string): BootPolicy {
  const parsed = schema.safeParse(jsonOf(text))
  if (!parsed.success) throw malformed('the kernel image brings no policy for the data partition')
  const { version, publicKey } = parsed.data
  const pcr11 = new Uint8Array(Buffer.from(parsed.data.pcr11, 'hex'))
  const signature = new Uint8Array(Buffer.from(parsed.data.signature, 'base64'))
  const versionNumber = versionNumberOf(version)
  const approved = approvedPolicy({ pcr11, versionNumber })
  if (!isSigned(approved, publicKey, signature)) {
    throw malformed('the signature of the policy for the data partition does not fit')
  }
  return { version, versionNumber, pcr11, publicKey, signature, approved }
}

/** What is hashed and signed (PolicyAuthorize, Part 3, 23.16): the policy and its purpose. */
export function signedOctets(approved: Uint8Array): Uint8Array {
  return Buffer.concat([approved, policyPurpose])
}

function isSigned(approved: Uint8Array, publicKey: string, signature: Uint8Array): boolean {
  try {
    return verify('sha256', signedOctets(approved), createPublicKey(publicKey), signature)
  } catch {
    return false
  }
}

function jsonOf(text: string): unknown {
  if (text.length > maxBootPolicyBytes) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function malformed(message: string): DiskError {
  return new DiskError('DISK_POLICY_MALFORMED', message)
}
