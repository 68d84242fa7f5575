/**
 * The bundle of an upgrade as a stream of bytes (docs/formats/upgrade.md): a line, the manifest, the release key's signature, then the
 * parts in the manifest's order. All that is needed to refuse it stands before the first part. Pure.
 */
import { equal, readSignedData, verifySignerInfo } from '../../ca/path/index.ts'
import { UpgradeError } from './errors.ts'
import { maxManifestBytes, readManifest, type Manifest } from './manifest.ts'

export const bundleSuffix = '.sealbox-upgrade'

/** `sealbox-upgrade/1 700 1200` and a line feed. */
const magic = 'sealbox-upgrade/1'
const maxLineBytes = 48
/** A CMS with one certificate; of RSA-4096 some 3 KB. */
const maxSignatureBytes = 16 * 1024

/** So many octets hold every header. */
export const maxHeaderBytes = maxLineBytes + maxManifestBytes + maxSignatureBytes

export interface BundleHeader {
  /** The signed bytes. */
  readonly manifest: Uint8Array
  /** Detached CMS over them, DER. */
  readonly signature: Uint8Array
  /** Offset of the first part. */
  readonly length: number
}

/** The octets before the first part. Throws a `RangeError` where the format does not hold so much. */
export function headerBytes(manifest: Uint8Array, signature: Uint8Array): Uint8Array {
  if (manifest.length > maxManifestBytes || signature.length > maxSignatureBytes) {
    throw new RangeError('manifest or signature are larger than the format allows')
  }
  const line = `${magic} ${String(manifest.length)} ${String(signature.length)}\n`
  return Uint8Array.from([...new TextEncoder().encode(line), ...manifest, ...signature])
}

/**
 * Reads the header from the first octets of a bundle: undefined while they are too few to tell. Throws `UPGRADE_MALFORMED` as soon as
 * no further octet could make it one.
 */
export function readHeader(start: Uint8Array): BundleHeader | undefined {
  const at = start.subarray(0, maxLineBytes).indexOf(0x0a)
  if (at === -1) {
    const begun = new TextDecoder('latin1').decode(start.subarray(0, maxLineBytes))
    if (start.length >= maxLineBytes || !couldBeLine(begun)) throw malformed()
    return undefined
  }
  const line = new TextDecoder('latin1').decode(start.subarray(0, at))
  const found = /^sealbox-upgrade\/1 ([1-9]\d{0,5}) ([1-9]\d{0,5})$/.exec(line)
  const [manifestBytes, signatureBytes] = [Number(found?.[1]), Number(found?.[2])]
  const fits = manifestBytes <= maxManifestBytes && signatureBytes <= maxSignatureBytes
  if (found === null || !fits) throw malformed()
  const from = at + 1
  const length = from + manifestBytes + signatureBytes
  if (start.length < length) return undefined
  return {
    manifest: start.slice(from, from + manifestBytes),
    signature: start.slice(from + manifestBytes, length),
    length,
  }
}

/**
 * The manifest, once the release key has signed it: one signer, whose certificate is octet for octet one of `trusted` (DER). Neither
 * its term nor a list is asked after: what the running image names is what it trusts, and a box's clock may be years behind.
 * Throws `UPGRADE_SIGNATURE`, `UPGRADE_MALFORMED`.
 */
export async function verifiedManifest(
  { manifest, signature }: Pick<BundleHeader, 'manifest' | 'signature'>,
  trusted: readonly Uint8Array[],
): Promise<Manifest> {
  const signedData = readOrRefuse(signature)
  const [signerInfo, ...others] = signedData.signerInfos
  if (signerInfo === undefined || others.length > 0) throw notSigned('it has not one signer')
  const verdict = await verifySignerInfo({ signedData, signerInfo, content: manifest })
  const { certificate } = verdict
  if (!verdict.valid || certificate === undefined) {
    throw notSigned(verdict.findings.map(({ message }) => message).join('; '))
  }
  if (!trusted.some((one) => equal(one, certificate.raw))) {
    throw notSigned('its signer is not the release key that this image names')
  }
  return readManifest(manifest)
}

/** Octets of the whole bundle. */
export function bundleBytes({ length }: BundleHeader, { parts }: Manifest): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, length)
}

function readOrRefuse(signature: Uint8Array) {
  try {
    return readSignedData(signature)
  } catch (error) {
    throw new UpgradeError('UPGRADE_SIGNATURE', 'the signature cannot be read', { cause: error })
  }
}

const couldBeLine = (begun: string): boolean =>
  begun.length <= magic.length ? magic.startsWith(begun) : /^sealbox-upgrade\/1 [\d ]*$/.test(begun)

function malformed(): UpgradeError {
  return new UpgradeError('UPGRADE_MALFORMED', 'this is no upgrade bundle')
}

function notSigned(reason: string): UpgradeError {
  return new UpgradeError('UPGRADE_SIGNATURE', `the release key did not sign this: ${reason}`)
}
