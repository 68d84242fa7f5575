/** Opening the key file: where it and its certificates come from, and what of it can sign. */
import * as z from 'zod'
import { fromBase64 } from '../../ca/path/index.ts'
import {
  openKeyFile,
  readKeyFile,
  signersOf,
  withCertificates,
  type KeyFile,
} from '../../provisioning/kit/index.ts'
import type { Answered, Api } from './api.ts'
import { argon2id } from './argon2id.ts'
import type { OpenKeys } from './keyring.ts'
import type { UnitFile } from './unit_file.ts'

/** A wrapped key file with the certificates that may be of its keys. */
export interface KeySource {
  readonly box: string
  readonly keyFile: KeyFile
  /** DER. */
  readonly certificates: readonly Uint8Array[]
}

export const certificatesShape = z.object({
  items: z.array(
    z.object({
      sha256: z.string(),
      certificate: z.string().max(16_384),
      profile: z.string(),
      notBefore: z.string(),
      notAfter: z.string(),
      revoked: z.unknown().optional(),
    }),
  ),
})

/** Certificates of a holder that may sign now, the newest last. */
export async function liveCertificates(
  api: Api,
  holder: string,
): Promise<
  Answered<
    readonly { readonly profile: string; readonly sha256: string; readonly der: Uint8Array }[]
  >
> {
  const query = new URLSearchParams({ holder }).toString()
  const found = await api.get(`/api/v1/certificates?${query}`, certificatesShape)
  if (found.state !== 'done') return found
  const value = found.value.items
    .filter(({ revoked, notAfter }) => !revoked && Date.parse(notAfter) > Date.now())
    .filter(({ profile }) => profile.endsWith('-signing') || profile === 'unit-seal')
    .toSorted((a, b) => (a.notBefore < b.notBefore ? -1 : 1))
    .map(({ profile, sha256, certificate }) => ({ profile, sha256, der: fromBase64(certificate) }))
  return { ...found, value }
}

/** The key file that the box keeps for whoever is logged in, with the certificates that are live; undefined if it keeps none. */
export async function sourceFromBox(
  api: Api,
  of: { readonly box: string; readonly holder: string; readonly unit: string | undefined },
): Promise<Answered<KeySource | undefined>> {
  const file = await api.bytes('/api/v1/key-file')
  if (file.state === 'refused' && file.problem.status === 404) {
    return { state: 'done', status: 404, value: undefined }
  }
  if (file.state !== 'done') return file
  const holders = [of.holder, ...(of.unit === undefined ? [] : [`unit:${of.unit}`])]
  const certificates: Uint8Array[] = []
  for (const holder of holders) {
    const found = await liveCertificates(api, holder)
    if (found.state !== 'done') return found
    certificates.push(...found.value.map(({ der }) => der))
  }
  const value = { box: of.box, keyFile: readKeyFile(file.value), certificates }
  return { state: 'done', status: 200, value }
}

/** The same from the unit's own stick. */
export function sourceFromFile({ box, keyFile, certificates }: UnitFile): KeySource {
  return { box: box.id, keyFile, certificates: certificates.map(fromBase64) }
}

/**
 * Opens it; what cannot sign for want of a certificate is left out. The bytes of the keys are overwritten once the browser holds
 * them as keys that it does not give out. Throws `KEY_FILE_LOCKED`, `KEY_FILE_TAMPERED`.
 */
export async function openSource(
  source: KeySource,
  by: { readonly passphrase: string; readonly unitSecret: Uint8Array },
): Promise<OpenKeys> {
  const { box, keyFile } = source
  const opened = await openKeyFile(keyFile, { ...by, argon2id })
  const signers = await signersOf(keyFile.owner, withCertificates(opened, source.certificates))
  for (const { pkcs8 } of opened) pkcs8.fill(0)
  return { box, owner: keyFile.owner.id, name: keyFile.owner.name, signers }
}
